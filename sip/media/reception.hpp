#pragma once
// What arrives from one peer, in the terms of RFC 3550 appendix A: which packets are in order, late or from a
// restarted sender (A.1), how many were lost (A.3), and the jitter between them (A.8). Pure.
#include <chrono>
#include <cstdint>

#include "sip/media/rtp.hpp"

namespace pledge::media {

using Instant = std::chrono::steady_clock::time_point;

enum class Arrival : std::uint8_t {
  started,    // the first of a source: first packet ever, new SSRC, or a restarted sequence
  in_order,   // newer than any before (a gap before it is loss)
  late,       // reordered: older than the newest, still of use
  duplicate,  // seen before
  jumped      // far out of sequence: of no use unless the next one follows it
};

// One report block of RTCP (RFC 3550 §6.4.1).
struct ReceptionReport {
  std::uint32_t ssrc = 0;
  std::uint8_t fraction_lost = 0;      // since the last report, in 1/256
  std::int32_t lost = 0;               // since the start; negative where packets were duplicated
  std::uint32_t highest_sequence = 0;  // with the count of cycles above it
  std::uint32_t jitter = 0;            // in units of the timestamp, 1/8000 s
};

class Reception {
 public:
  Reception(std::uint16_t max_dropout, std::uint16_t max_misorder)
      : max_dropout_(max_dropout), max_misorder_(max_misorder) {}

  Arrival take(const RtpPacket& packet, Instant now);

  bool any() const { return received_ > 0; }
  // Since the last call for the fraction, since the start of the source for the rest.
  ReceptionReport report();

 private:
  Arrival start(const RtpPacket& packet, Instant now);
  Arrival place(std::uint16_t sequence);
  void measure_jitter(const RtpPacket& packet, Instant now);
  std::uint32_t expected() const { return cycles_ + highest_ - base_ + 1; }

  std::uint16_t max_dropout_, max_misorder_;
  std::uint32_t ssrc_ = 0;
  std::uint16_t highest_ = 0;
  std::uint32_t cycles_ = 0;  // wraps of the sequence number, already shifted by 16
  std::uint32_t base_ = 0;    // first sequence number
  std::uint32_t received_ = 0;
  std::uint32_t bad_ = no_bad;  // the number that would confirm a jump
  std::uint32_t expected_prior_ = 0, received_prior_ = 0;
  std::uint32_t transit_ = 0;   // of the last packet, modulo 2^32
  std::uint32_t jitter16_ = 0;  // 16 times the jitter, as in A.8
  static constexpr std::uint32_t no_bad = 1u << 16;
};

}  // namespace pledge::media
