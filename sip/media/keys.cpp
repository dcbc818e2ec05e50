#include "sip/media/keys.hpp"

#include <algorithm>

namespace pledge::media {
namespace {

constexpr std::size_t event_size = 4;          // RFC 4733 §2.3: event, flags and volume, duration
constexpr std::uint8_t end_bit = 0x80;         // of the flags
constexpr std::uint8_t keys_in_events = 16;    // §3.2: events 0 to 15
constexpr std::uint32_t longest_part = 0xFFFF;  // §2.5.1.3: a longer press goes on under a timestamp so much later
constexpr auto second = std::chrono::seconds(1);

}  // namespace

bool EventKeys::is_new(const Press& press) const {
  if (!last_) return true;
  const auto later = press.timestamp - last_->timestamp;  // modulo 2^32, as timestamps wrap
  if (later == 0 || later >= 1u << 31) return false;      // the same press, or one that is over
  return last_->ended || press.event != last_->event || later != longest_part;
}

void EventKeys::take(std::uint32_t timestamp, std::span<const std::uint8_t> payload, std::vector<core::Key>& pressed) {
  for (; payload.size() >= event_size; payload = payload.subspan(event_size)) {
    const Press press{timestamp, payload[0], (payload[1] & end_bit) != 0};
    timestamp += static_cast<std::uint32_t>(payload[2] << 8 | payload[3]);  // where a further one in the packet begins
    if (is_new(press)) {
      if (press.event < keys_in_events) pressed.push_back(static_cast<core::Key>(press.event));
      last_ = press;
    } else if (press.timestamp == last_->timestamp) {
      last_->ended = last_->ended || press.ended;
    } else if (press.timestamp - last_->timestamp == longest_part) {
      last_ = press;  // the next part of a long one
    }
  }
}

void Keys::listen(bool on) {
  listening_ = on;
  if (!on) tones_.reset();
}

void Keys::restart() {
  events_.restart();
  if (tones_) tones_->restart();
}

const std::vector<core::Key>& Keys::take(const Packet& packet, Instant now) {
  pressed_.clear();
  if (packet.event) {
    events_.take(packet.timestamp, packet.payload, pressed_);
  } else if (listening_ && !packet.has_events) {
    if (!tones_) tones_ = std::make_unique<ToneKeys>();
    tones_->take(packet.codec, packet.timestamp, packet.payload, pressed_);
  }
  if (!listening_) pressed_.clear();
  if (!pressed_.empty()) hold_to_bound(now);
  return pressed_;
}

void Keys::hold_to_bound(Instant now) {
  if (now - second_began_ >= second) second_began_ = now, in_second_ = 0;
  const std::size_t room = most_a_second_ - std::min(in_second_, most_a_second_);
  if (pressed_.size() > room) beyond_bound_ += pressed_.size() - room, pressed_.resize(room);
  in_second_ += static_cast<std::uint32_t>(pressed_.size());
}

}  // namespace pledge::media
