#include "sip/media/address.hpp"

#include <arpa/inet.h>

#include <cstring>

namespace pledge::media {

std::optional<SocketAddress> SocketAddress::parse(const std::string& ip, std::uint16_t port) {
  SocketAddress address;
  if (inet_pton(AF_INET, ip.c_str(), &address.v4_.sin_addr) == 1) {
    address.v4_.sin_family = AF_INET;
  } else if (inet_pton(AF_INET6, ip.c_str(), &address.v6_.sin6_addr) == 1) {
    address.v6_.sin6_family = AF_INET6;
  } else {
    return std::nullopt;
  }
  return address.with_port(port);
}

// sin_port and sin6_port lie at the same place, by design of both structures.
std::uint16_t SocketAddress::port() const { return ntohs(v4_.sin_port); }

SocketAddress SocketAddress::with_port(std::uint16_t port) const {
  SocketAddress copy = *this;
  copy.v4_.sin_port = htons(port);
  return copy;
}

bool SocketAddress::same_host(const SocketAddress& other) const {
  if (family() != other.family()) return false;
  if (family() == AF_INET) return v4_.sin_addr.s_addr == other.v4_.sin_addr.s_addr;
  return family() == AF_INET6 && std::memcmp(&v6_.sin6_addr, &other.v6_.sin6_addr, sizeof v6_.sin6_addr) == 0;
}

bool SocketAddress::unspecified() const {
  if (family() == AF_INET) return v4_.sin_addr.s_addr == INADDR_ANY;
  return family() != AF_INET6 || IN6_IS_ADDR_UNSPECIFIED(&v6_.sin6_addr);
}

std::string SocketAddress::ip() const {
  char text[INET6_ADDRSTRLEN] = "";
  if (family() == AF_INET) inet_ntop(AF_INET, &v4_.sin_addr, text, sizeof text);
  if (family() == AF_INET6) inet_ntop(AF_INET6, &v6_.sin6_addr, text, sizeof text);
  return text;
}

}  // namespace pledge::media
