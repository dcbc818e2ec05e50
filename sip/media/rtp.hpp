#pragma once
// RTP packets (RFC 3550 §5.1): a bounded parser for what comes from the network, and the header we write ourselves.
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <tl/expected.hpp>

namespace pledge::media {

// Of RTP's and RTCP's first octet, and the unit of lengths in both.
inline constexpr std::uint8_t rtp_version = 2, rtp_padding_bit = 0x20;
inline constexpr std::size_t rtp_word = 4;

inline constexpr std::size_t rtp_header_size = 12;  // without CSRC list and extension: the form that we send

// A parsed packet. The payload lies in the datagram at [payload_offset, payload_offset + payload_size).
struct RtpPacket {
  std::uint8_t payload_type = 0;  // 0..127
  bool marker = false;
  std::uint16_t sequence = 0;
  std::uint32_t timestamp = 0;
  std::uint32_t ssrc = 0;
  std::size_t payload_offset = 0;  // at least rtp_header_size
  std::size_t payload_size = 0;    // at least 1
};

enum class RtpFault : std::uint8_t { too_short, wrong_version, csrc_overrun, extension_overrun, bad_padding, empty };
std::string_view name(RtpFault fault);

// Never reads outside `datagram`; the work does not depend on its contents.
tl::expected<RtpPacket, RtpFault> parse_rtp(std::span<const std::uint8_t> datagram);

struct RtpHeader {
  std::uint8_t payload_type = 0;
  bool marker = false;
  std::uint16_t sequence = 0;
  std::uint32_t timestamp = 0;
  std::uint32_t ssrc = 0;
};
void write_rtp_header(const RtpHeader& header, std::span<std::uint8_t, rtp_header_size> out);

}  // namespace pledge::media
