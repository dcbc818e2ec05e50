#pragma once
// An IPv4 or IPv6 address and port in the form of the system calls. Compared on every packet: cheap.
#include <netinet/in.h>

#include <cstdint>
#include <optional>
#include <string>

namespace pledge::media {

class SocketAddress {
 public:
  SocketAddress() = default;  // of no family: equal to nothing that arrives
  // Textual IPv4 or IPv6, never a host name. nullopt if it is neither.
  static std::optional<SocketAddress> parse(const std::string& ip, std::uint16_t port);

  int family() const { return any_.sa_family; }
  std::uint16_t port() const;
  SocketAddress with_port(std::uint16_t port) const;
  bool same_host(const SocketAddress& other) const;
  // 0.0.0.0 or ::, which old-style hold puts into SDP: nothing can be sent there.
  bool unspecified() const;
  std::string ip() const;

  const sockaddr* data() const { return &any_; }
  sockaddr* data() { return &any_; }
  socklen_t size() const { return family() == AF_INET6 ? sizeof v6_ : sizeof v4_; }
  static constexpr socklen_t capacity() { return sizeof(sockaddr_in6); }

  friend bool operator==(const SocketAddress& a, const SocketAddress& b) {
    return a.same_host(b) && a.port() == b.port();
  }

 private:
  union {
    sockaddr any_;
    sockaddr_in v4_;
    sockaddr_in6 v6_ = {};
  };
};

}  // namespace pledge::media
