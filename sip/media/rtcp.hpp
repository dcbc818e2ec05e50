#pragma once
// RTCP (RFC 3550 §6): the check of what arrives, and the report that we send. Nothing of a peer's RTCP is relayed:
// each leg is an RTP session of its own.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "sip/media/reception.hpp"

namespace pledge::media {

// What is kept of a valid compound packet.
struct RtcpPacket {
  std::uint32_t ssrc = 0;                      // of the first packet's sender
  std::optional<std::uint32_t> sender_report;  // middle 32 bits of its NTP time, to be echoed (LSR)
};
// The rules of appendix A.2: version 2, starts with SR or RR, no padding but in the last, lengths that add up.
std::optional<RtcpPacket> parse_rtcp(std::span<const std::uint8_t> datagram);

using WallClock = std::chrono::system_clock::time_point;

struct RtcpReport {
  std::uint32_t ssrc = 0;
  struct Sent {  // a sender report if set, else a receiver report
    WallClock now;
    std::uint32_t timestamp = 0;  // RTP time of the same moment
    std::uint32_t packets = 0, bytes = 0;
  };
  std::optional<Sent> sent;
  struct Received {
    ReceptionReport report;
    std::uint32_t last_sender_report = 0;  // 0 if none came
    std::chrono::nanoseconds since_sender_report{};
  };
  std::optional<Received> received;
};
inline constexpr std::size_t rtcp_report_capacity = 128;  // bytes; longest: SR 28 + block 24 + SDES with a 16-byte name
inline constexpr std::size_t cname_size = 16;             // hexadecimal digits; unguessable, per leg (RFC 7022)

// A compound of SR or RR and SDES with the CNAME. Returns the bytes written to `out`.
std::size_t write_rtcp(const RtcpReport& report, std::span<const char, cname_size> cname,
                       std::span<std::uint8_t, rtcp_report_capacity> out);

}  // namespace pledge::media
