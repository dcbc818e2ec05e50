#include "sip/media/outbound.hpp"

#include <algorithm>

#include "sip/media/sound.hpp"

namespace pledge::media {
namespace {

// a - b in the circle of sequence numbers.
std::int16_t ahead(std::uint16_t a, std::uint16_t b) { return static_cast<std::int16_t>(a - b); }

// `oldest_` follows the newest packet at this distance: far more than any reordering, far less than half the circle.
constexpr std::uint16_t window = 8192;

}  // namespace

std::uint32_t Outbound::timestamp_at(Instant now) const {
  using Ticks = std::chrono::duration<std::int64_t, std::ratio<1, sample_rate>>;
  return timestamp_ + static_cast<std::uint32_t>(std::chrono::duration_cast<Ticks>(now - sent_at_).count());
}

void Outbound::switch_source(const Place& of_source, Instant now) {
  const std::uint32_t passed = std::max(timestamp_at(now) - timestamp_, packet_samples);
  sequence_shift_ = static_cast<std::uint16_t>(sequence_ + 1 - of_source.sequence);
  timestamp_shift_ = timestamp_ + passed - of_source.timestamp;
  oldest_ = newest_ = of_source.sequence;
  cut_ = false;
}

std::optional<Outbound::Place> Outbound::place(const Place& of_source, Instant now) {
  const bool first = cut_;
  if (first) switch_source(of_source, now);
  if (ahead(of_source.sequence, oldest_) < 0) return std::nullopt;
  const Place out{static_cast<std::uint16_t>(of_source.sequence + sequence_shift_),
                  of_source.timestamp + timestamp_shift_, first || of_source.marker};
  if (first || ahead(of_source.sequence, newest_) > 0) {
    newest_ = of_source.sequence;
    sequence_ = out.sequence;
    timestamp_ = out.timestamp;
    sent_at_ = now;
  }
  if (ahead(newest_, oldest_) > 2 * window) oldest_ = static_cast<std::uint16_t>(newest_ - window);
  return out;
}

void Outbound::skip(std::uint16_t sequence) {
  if (cut_ || ahead(sequence, newest_) <= 0) return;
  newest_ = sequence;
  --sequence_shift_;
}

}  // namespace pledge::media
