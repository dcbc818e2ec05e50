#include "sip/media/reception.hpp"

#include <algorithm>

#include "sip/media/sound.hpp"

namespace pledge::media {

Arrival Reception::take(const RtpPacket& packet, Instant now) {
  if (received_ == 0 || packet.ssrc != ssrc_) return start(packet, now);
  const Arrival arrival = place(packet.sequence);
  if (arrival == Arrival::started) return start(packet, now);
  if (arrival == Arrival::jumped) return arrival;
  ++received_;
  measure_jitter(packet, now);
  return arrival;
}

Arrival Reception::start(const RtpPacket& packet, Instant now) {
  *this = Reception(max_dropout_, max_misorder_);
  ssrc_ = packet.ssrc;
  base_ = highest_ = packet.sequence;
  received_ = 1;
  measure_jitter(packet, now);
  jitter16_ = 0;
  return Arrival::started;
}

// update_seq() of appendix A.1.
Arrival Reception::place(std::uint16_t sequence) {
  const auto ahead = static_cast<std::uint16_t>(sequence - highest_);
  if (ahead == 0) return Arrival::duplicate;
  if (ahead < max_dropout_) {
    if (sequence < highest_) cycles_ += 1u << 16;
    highest_ = sequence;
    bad_ = no_bad;
    return Arrival::in_order;
  }
  if (ahead > (1u << 16) - max_misorder_) return Arrival::late;
  if (sequence == bad_) return Arrival::started;
  bad_ = static_cast<std::uint16_t>(sequence + 1);
  return Arrival::jumped;
}

// Appendix A.8: the mean deviation of the transit time, with a gain of 1/16.
void Reception::measure_jitter(const RtpPacket& packet, Instant now) {
  using Ticks = std::chrono::duration<std::int64_t, std::ratio<1, sample_rate>>;
  const auto arrived = std::chrono::duration_cast<Ticks>(now.time_since_epoch()).count();
  const std::uint32_t transit = static_cast<std::uint32_t>(arrived) - packet.timestamp;
  const auto change = static_cast<std::int32_t>(transit - transit_);
  transit_ = transit;
  const std::uint32_t size = change < 0 ? 0u - static_cast<std::uint32_t>(change) : static_cast<std::uint32_t>(change);
  jitter16_ += size - ((jitter16_ + 8) >> 4);
}

// Appendix A.3.
ReceptionReport Reception::report() {
  const std::uint32_t expected_now = expected() - expected_prior_, received_now = received_ - received_prior_;
  expected_prior_ = expected();
  received_prior_ = received_;
  const auto lost_now = static_cast<std::int32_t>(expected_now - received_now);
  const auto lost = std::clamp(static_cast<std::int32_t>(expected() - received_), -0x800000, 0x7FFFFF);
  const bool any_lost = expected_now != 0 && lost_now > 0;
  const auto fraction = any_lost ? std::min<std::uint64_t>(255, (std::uint64_t{256} * lost_now) / expected_now) : 0;
  return {ssrc_, static_cast<std::uint8_t>(fraction), lost, cycles_ + highest_, jitter16_ >> 4};
}

}  // namespace pledge::media
