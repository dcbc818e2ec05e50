// What a leg hears by the clock, a packet each 20 ms: sounds, and the mix of several legs. And what is told of a leg.
#include <algorithm>

#include "sip/media/g711.hpp"
#include "sip/media/relay_leg.hpp"

namespace pledge::media {

// ---- groups -----------------------------------------------------------------------------------------------------

// Whatever feeds the leg's stream from now on.
void Relay::begin_feed(Leg& leg) {
  leg.out.cut();
  const std::uint64_t groups = groups_.size(), group = leg.slot % groups;
  leg.timed_packets = 0;
  leg.first_tick = tick_ + 1 + (group + groups - (tick_ + 1) % groups) % groups;
  if (leg.timed() && leg.place_in_group == no_place) {
    leg.place_in_group = groups_[group].size();
    groups_[group].push_back(leg.slot);
    ++timed_;
  } else if (!leg.timed() && leg.place_in_group != no_place) {
    find(groups_[group].back())->place_in_group = leg.place_in_group;
    groups_[group][std::exchange(leg.place_in_group, no_place)] = groups_[group].back();
    groups_[group].pop_back();
    --timed_;
  }
}

const std::vector<Slot>& Relay::tick() { return groups_[++tick_ % groups_.size()]; }

std::optional<Transmission> Relay::next_packet(Slot slot, Instant now) {
  Leg* leg = find(slot);
  if (!leg || !leg->timed() || tick_ < leg->first_tick) return std::nullopt;
  const std::uint64_t position = (tick_ - leg->first_tick) / groups_.size();
  if (leg->turn != 0) look_for_end(*leg, position);
  const auto& destination = leg->source.destination();
  if (!leg->format.send || !destination) {
    leg->out.cut();
    return std::nullopt;
  }
  const auto timestamp = static_cast<std::uint32_t>(position * packet_samples);
  const auto place = leg->out.place({leg->timed_packets++, timestamp, false}, now);
  if (!place) return std::nullopt;
  const auto header = std::span(packet_).first<rtp_header_size>();
  write_rtp_header({leg->format.payload_type, place->marker, place->sequence, place->timestamp, leg->out.ssrc()}, header);
  const Frame frame = leg->playing() ? leg->sound->frame(leg->format.codec, position) : mixed(*leg);
  std::copy(frame.begin(), frame.end(), packet_.begin() + rtp_header_size);
  if (leg->speech) leg->speech->sent(leg->format.codec, frame, now);
  return Transmission{slot, *destination, packet_};
}

// Each source is decoded once for all who hear it in these 20 ms. The sum is made for each leg: 160 additions a source cost
// far less than the packet's transmission.
Frame Relay::mixed(const Leg& leg) const {
  std::array<int, packet_samples> sum{};
  for (const Slot source : leg.sources) {
    const Samples& voice = find(source)->playout->take(tick_ / groups_.size());
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += voice[i];
  }
  if (leg.tone_every > 0) {
    const std::uint64_t at = (tick_ - leg.tone_from) / groups_.size() % leg.tone_every * packet_samples;
    for (std::size_t i = 0; i < sum.size() && at < tone_.size(); ++i) sum[i] += tone_[at + i];
  }
  Frame frame;
  std::transform(sum.begin(), sum.end(), frame.begin(), [&](int sample) {
    return g711::encode(leg.format.codec, static_cast<std::int16_t>(std::clamp(sample, INT16_MIN, INT16_MAX)));
  });
  return frame;
}

void Relay::set_tone(Leg& leg, std::chrono::milliseconds every) {
  if (leg.tone_every == 0) leg.tone_from = tick_ + 1;
  leg.tone_every = packets_in(every);
}

// ---- sounds -----------------------------------------------------------------------------------------------------

void Relay::play(Slot slot, SharedSound sound, std::uint32_t turn, bool keys) {
  Leg* leg = find(slot);
  if (!leg || !sound) return;
  leg->turn = turn;
  leg->end_told = false;
  leg->keys.listen((turn != 0 && keys) || leg->speech != nullptr);
  leg->sound = std::move(sound);
  leg->tone_every = 0;
  hear(*leg, Feed::none, {});  // instead of other legs, whose packets are not for this stream any more
  begin_feed(*leg);
}

void Relay::stop_playing(Leg& leg) {
  if (!leg.playing()) return;
  leg.sound.reset();
  leg.turn = 0;
  begin_feed(leg);
}

// ---- dialogue ---------------------------------------------------------------------------------------------------

void Relay::look_for_keys(Leg& leg, const RtpPacket& packet, std::span<const std::uint8_t> payload, Instant now) {
  const bool event = packet.payload_type == leg.format.event_payload_type;
  if (!event && !leg.keys.listening()) return;
  const bool has_events = leg.format.event_payload_type.has_value();
  const std::uint64_t before = leg.keys.beyond_bound();
  for (const core::Key key : leg.keys.take({event, has_events, leg.format.codec, packet.timestamp, payload}, now))
    heard_.push_back({leg.slot, Heard::What::key, leg.turn, key});
  keys_beyond_bound_ += leg.keys.beyond_bound() - before;
}

// When the last packet has been heard, or would have been by a leg on hold.
void Relay::look_for_end(Leg& leg, std::uint64_t position) {
  const auto end = leg.sound->ends_at();
  if (leg.end_told || !end || position < *end) return;
  leg.end_told = true;
  heard_.push_back({leg.slot, Heard::What::end, leg.turn});
}

void Relay::listen_for_speech(Slot slot, Instant now) {
  Leg* leg = find(slot);
  if (!leg) return;
  leg->speech = std::make_unique<SpeechDetector>(now);
  leg->keys.listen(true);
}

void Relay::look_for_speech(Leg& leg, const RtpPacket& packet, std::span<const std::uint8_t> payload, Instant now) {
  if (packet.payload_type != leg.format.payload_type || !leg.speech->take(leg.format.codec, payload, now)) return;
  leg.speech.reset();
  heard_.push_back({leg.slot, Heard::What::speech});
}

}  // namespace pledge::media
