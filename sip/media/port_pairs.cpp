#include "sip/media/port_pairs.hpp"

namespace pledge::media {

PortPairs::PortPairs(std::uint16_t first, std::uint16_t last) {
  for (std::uint32_t port = first + first % 2u; port + 1 <= last; port += 2) {
    if (port != 0) free_.push_back(static_cast<std::uint16_t>(port));
  }
}

std::optional<std::uint16_t> PortPairs::take() {
  if (free_.empty()) return std::nullopt;
  const std::uint16_t port = free_.front();
  free_.pop_front();
  return port;
}

void PortPairs::give_back(std::uint16_t rtp_port) { free_.push_back(rtp_port); }

}  // namespace pledge::media
