#include "sip/media/sockets.hpp"

#include <sys/socket.h>

#include <cerrno>

namespace pledge::media {
namespace {

std::error_code last_error() { return {errno, std::system_category()}; }

void set_option(const Descriptor& socket, int level, int option, int value) {
  // Advice to the kernel: voice also flows where it is refused.
  (void)setsockopt(socket.get(), level, option, &value, sizeof value);
}

}  // namespace

tl::expected<Descriptor, std::error_code> bind_socket(const SocketAddress& local,
                                                      const runtime::MediaOptions& options) {
  Descriptor socket(::socket(local.family(), SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket) return tl::unexpected(last_error());
  const bool v6 = local.family() == AF_INET6;
  if (v6) set_option(socket, IPPROTO_IPV6, IPV6_V6ONLY, 1);
  const int traffic_class = options.dscp << 2;  // RFC 2474: the upper six bits
  set_option(socket, v6 ? IPPROTO_IPV6 : IPPROTO_IP, v6 ? IPV6_TCLASS : IP_TOS, traffic_class);
  set_option(socket, SOL_SOCKET, SO_RCVBUF, static_cast<int>(options.receive_buffer));
  set_option(socket, SOL_SOCKET, SO_SNDBUF, static_cast<int>(options.send_buffer));
  if (::bind(socket.get(), local.data(), local.size()) != 0) return tl::unexpected(last_error());
  return socket;
}

tl::expected<SocketPair, std::error_code> bind_pair(const SocketAddress& local, const runtime::MediaOptions& options) {
  auto rtp = bind_socket(local, options);
  if (!rtp) return tl::unexpected(rtp.error());
  auto rtcp = bind_socket(local.with_port(static_cast<std::uint16_t>(local.port() + 1)), options);
  if (!rtcp) return tl::unexpected(rtcp.error());
  return SocketPair{std::move(*rtp), std::move(*rtcp)};
}

std::optional<std::span<std::uint8_t>> receive_from(const Descriptor& socket, std::span<std::uint8_t> buffer,
                                                    SocketAddress& from) {
  socklen_t size = SocketAddress::capacity();
  // MSG_TRUNC makes the result the datagram's own length, also where it did not fit.
  const auto length = ::recvfrom(socket.get(), buffer.data(), buffer.size(), MSG_TRUNC, from.data(), &size);
  if (length < 0) return std::nullopt;
  return static_cast<std::size_t>(length) > buffer.size() ? buffer.first(0)
                                                          : buffer.first(static_cast<std::size_t>(length));
}

bool send_to(const Descriptor& socket, std::span<const std::uint8_t> bytes, const SocketAddress& to) {
  return ::sendto(socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL, to.data(), to.size()) >= 0;
}

}  // namespace pledge::media
