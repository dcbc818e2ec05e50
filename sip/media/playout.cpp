#include "sip/media/playout.hpp"

#include <utility>

#include "sip/media/g711.hpp"

namespace pledge::media {
namespace {

constexpr std::uint32_t slack = 2 * packet_samples;  // beyond the delay, before anything is passed over

// a - b in the circle of timestamps.
std::int32_t ahead(std::uint32_t a, std::uint32_t b) { return static_cast<std::int32_t>(a - b); }

}  // namespace

void Playout::forget() {
  samples_.fill(nothing);
  end_ = next_;
}

void Playout::start_at(std::uint32_t timestamp) {
  forget();
  next_ = timestamp - delay;
  end_ = timestamp;
}

// The distance to what is heard is brought back to the delay; what may still come before that is too late.
void Playout::pass_over(std::uint32_t payload) {
  const std::uint32_t next = end_ - payload - delay;
  for (; next_ != next; ++next_) at(next_) = nothing;
}

void Playout::put(runtime::AudioCodec codec, std::uint32_t timestamp, std::span<const std::uint8_t> payload) {
  if (payload.size() > capacity - delay) return;  // longer than any datagram
  const auto size = static_cast<std::uint32_t>(payload.size());
  const bool jumped = ahead(timestamp, end_) > static_cast<std::int32_t>(delay + slack);
  const bool fits = ahead(timestamp + size, next_) <= static_cast<std::int32_t>(capacity);
  if (empty() || jumped || !fits) start_at(timestamp);
  if (ahead(timestamp, next_) < 0) return;
  const g711::LinearTable& linear = g711::to_linear(codec);
  for (const std::uint8_t code : payload) at(timestamp++) = linear[code];
  if (ahead(timestamp, end_) > 0) end_ = timestamp;
  if (ahead(end_, next_) > static_cast<std::int32_t>(delay + slack + size)) pass_over(size);
}

const Samples& Playout::take(std::uint64_t period) {
  if (std::exchange(period_, period) == period) return taken_;
  const bool any = !empty();
  for (std::int16_t& taken : taken_) {
    std::int16_t& sample = at(next_);
    taken = any && sample != nothing ? sample : static_cast<std::int16_t>(taken / 2);
    if (!any) continue;
    sample = nothing;
    ++next_;
  }
  return taken_;
}

}  // namespace pledge::media
