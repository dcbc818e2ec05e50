#include "sip/signalling/udp_socket.hpp"

#include <arpa/inet.h>
#include <linux/sock_diag.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <filesystem>

#include "sip/signalling/text.hpp"

namespace pledge::signalling {
namespace {

bool is_udp(int descriptor) {
  int type = 0;
  socklen_t size = sizeof type;
  return ::getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_DGRAM;
}

bool bound_to(int descriptor, const std::string& address, std::uint16_t port) {
  sockaddr_storage local{};
  socklen_t size = sizeof local;
  if (::getsockname(descriptor, reinterpret_cast<sockaddr*>(&local), &size) != 0) return false;
  if (local.ss_family == AF_INET) {
    const auto& own = reinterpret_cast<const sockaddr_in&>(local);
    in_addr wanted{};
    return ntohs(own.sin_port) == port && ::inet_pton(AF_INET, address.c_str(), &wanted) == 1 && wanted.s_addr == own.sin_addr.s_addr;
  }
  if (local.ss_family != AF_INET6) return false;
  const auto& own = reinterpret_cast<const sockaddr_in6&>(local);
  in6_addr wanted{};
  return ntohs(own.sin6_port) == port && ::inet_pton(AF_INET6, address.c_str(), &wanted) == 1 && IN6_ARE_ADDR_EQUAL(&wanted, &own.sin6_addr);
}

}  // namespace

UdpSocket UdpSocket::find(const std::string& address, std::uint16_t port) {
  std::error_code fault;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd", fault)) {
    const auto descriptor = text::to_number<int>(entry.path().filename().string());
    if (descriptor && is_udp(*descriptor) && bound_to(*descriptor, address, port)) return UdpSocket(*descriptor);
  }
  return {};
}

// The first question makes the kernel stamp what arrives from then on.
UdpSocket::UdpSocket(int descriptor) : descriptor_(descriptor) { (void)backlog(); }

Backlog UdpSocket::backlog() const {
  Backlog now;
  if (descriptor_ < 0) return now;
  timespec arrived{}, clock{};
  if (::ioctl(descriptor_, SIOCGSTAMPNS, &arrived) == 0 && arrived.tv_sec > 0) {
    ::clock_gettime(CLOCK_REALTIME, &clock);  // which the kernel stamps by
    const core::Duration delay = std::chrono::seconds(clock.tv_sec - arrived.tv_sec) + std::chrono::nanoseconds(clock.tv_nsec - arrived.tv_nsec);
    now.delay = std::max(delay, core::Duration{});
  }
  std::array<std::uint32_t, SK_MEMINFO_VARS> memory{};
  socklen_t size = sizeof memory;
  if (::getsockopt(descriptor_, SOL_SOCKET, SO_MEMINFO, memory.data(), &size) == 0 && memory[SK_MEMINFO_RCVBUF] > 0)
    now.filled = static_cast<double>(memory[SK_MEMINFO_RMEM_ALLOC]) / memory[SK_MEMINFO_RCVBUF];
  return now;
}

std::uint64_t UdpSocket::make_room(std::uint64_t bytes) const {
  const int half = static_cast<int>(bytes / 2);  // the kernel doubles it, socket(7)
  if (::setsockopt(descriptor_, SOL_SOCKET, SO_RCVBUFFORCE, &half, sizeof half) != 0)
    (void)::setsockopt(descriptor_, SOL_SOCKET, SO_RCVBUF, &half, sizeof half);
  int granted = 0;
  socklen_t size = sizeof granted;
  return ::getsockopt(descriptor_, SOL_SOCKET, SO_RCVBUF, &granted, &size) == 0 ? static_cast<std::uint64_t>(granted) : 0;
}

}  // namespace pledge::signalling
