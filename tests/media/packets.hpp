#pragma once
// Packets for the tests of media.
#include <chrono>
#include <cstdint>
#include <vector>

#include "sip/media/address.hpp"
#include "sip/media/rtp.hpp"

namespace pledge::media::test {

using Bytes = std::vector<std::uint8_t>;
using namespace std::chrono_literals;

inline Bytes rtp(const RtpHeader& header, const Bytes& payload) {
  Bytes packet(rtp_header_size);
  write_rtp_header(header, std::span<std::uint8_t, rtp_header_size>(packet.data(), rtp_header_size));
  packet.insert(packet.end(), payload.begin(), payload.end());
  return packet;
}

inline RtpPacket parsed(const RtpHeader& header) { return parse_rtp(rtp(header, {0xD5})).value(); }

inline SocketAddress address(const char* ip, std::uint16_t port) { return *SocketAddress::parse(ip, port); }

}  // namespace pledge::media::test
