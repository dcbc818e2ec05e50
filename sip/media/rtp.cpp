#include "sip/media/rtp.hpp"

#include "sip/media/bytes.hpp"

namespace pledge::media {
namespace {

constexpr std::uint8_t extension_bit = 0x10, csrc_mask = 0x0F, marker_bit = 0x80;

// Where the payload starts, past the CSRC list and the header extension.
tl::expected<std::size_t, RtpFault> payload_start(std::span<const std::uint8_t> datagram) {
  std::size_t at = rtp_header_size + rtp_word * (datagram[0] & csrc_mask);
  if (at > datagram.size()) return tl::unexpected(RtpFault::csrc_overrun);
  if (!(datagram[0] & extension_bit)) return at;
  if (at + rtp_word > datagram.size()) return tl::unexpected(RtpFault::extension_overrun);
  at += rtp_word + rtp_word * std::size_t{read16(&datagram[at + 2])};
  if (at > datagram.size()) return tl::unexpected(RtpFault::extension_overrun);
  return at;
}

// Length of the padding: its own last byte, which counts itself.
tl::expected<std::size_t, RtpFault> padding(std::span<const std::uint8_t> datagram, std::size_t start) {
  if (!(datagram[0] & rtp_padding_bit)) return 0;
  const std::size_t length = datagram.back();
  if (length == 0 || start + length > datagram.size()) return tl::unexpected(RtpFault::bad_padding);
  return length;
}

}  // namespace

std::string_view name(RtpFault fault) {
  constexpr std::string_view names[] = {"too_short",         "wrong_version", "csrc_overrun",
                                        "extension_overrun", "bad_padding",   "empty"};
  return names[static_cast<std::size_t>(fault)];
}

tl::expected<RtpPacket, RtpFault> parse_rtp(std::span<const std::uint8_t> datagram) {
  if (datagram.size() < rtp_header_size) return tl::unexpected(RtpFault::too_short);
  if (datagram[0] >> 6 != rtp_version) return tl::unexpected(RtpFault::wrong_version);
  const auto start = payload_start(datagram);
  if (!start) return tl::unexpected(start.error());
  const auto pad = padding(datagram, *start);
  if (!pad) return tl::unexpected(pad.error());
  const std::size_t size = datagram.size() - *start - *pad;
  if (size == 0) return tl::unexpected(RtpFault::empty);
  return RtpPacket{static_cast<std::uint8_t>(datagram[1] & ~marker_bit),
                   (datagram[1] & marker_bit) != 0,
                   read16(&datagram[2]),
                   read32(&datagram[4]),
                   read32(&datagram[8]),
                   *start,
                   size};
}

void write_rtp_header(const RtpHeader& header, std::span<std::uint8_t, rtp_header_size> out) {
  out[0] = rtp_version << 6;
  out[1] = static_cast<std::uint8_t>((header.marker ? marker_bit : 0) | header.payload_type);
  write16(&out[2], header.sequence);
  write32(&out[4], header.timestamp);
  write32(&out[8], header.ssrc);
}

}  // namespace pledge::media
