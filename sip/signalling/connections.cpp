#include "sip/signalling/connections.hpp"

#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "sip/signalling/text.hpp"

namespace pledge::signalling {
namespace {

constexpr std::string_view established = "01";
using Ports = std::vector<std::uint16_t>;

bool among(const Ports& ports, unsigned port) { return std::find(ports.begin(), ports.end(), port) != ports.end(); }

// The peers of established connections to these ports, as /proc/net/tcp writes them: "0200007F:9C40".
void read_table(const char* path, const Ports& ports, std::vector<std::string>& peers) {
  std::ifstream table(path);
  std::string line;
  std::getline(table, line);
  while (std::getline(table, line)) {
    std::istringstream words(line);
    std::string number, local, peer, state;
    words >> number >> local >> peer >> state;
    const auto colon = local.rfind(':');
    if (state != established || colon == std::string::npos) continue;
    if (among(ports, static_cast<unsigned>(std::strtoul(local.c_str() + colon + 1, nullptr, 16)))) peers.push_back(peer);
  }
}

std::string source_of(const std::string& peer) { return peer.substr(0, peer.rfind(':')); }

// The same text of a socket's peer; empty: none, or the socket is not one of these ports.
std::string peer_of(int descriptor, const Ports& ports) {
  sockaddr_storage local{}, peer{};
  socklen_t size = sizeof local;
  if (getsockname(descriptor, reinterpret_cast<sockaddr*>(&local), &size) != 0) return {};
  size = sizeof peer;
  if (getpeername(descriptor, reinterpret_cast<sockaddr*>(&peer), &size) != 0) return {};
  if (local.ss_family == AF_INET) {
    const auto& to = reinterpret_cast<const sockaddr_in&>(peer);
    if (!among(ports, ntohs(reinterpret_cast<const sockaddr_in&>(local).sin_port))) return {};
    return fmt::format("{:08X}:{:04X}", to.sin_addr.s_addr, ntohs(to.sin_port));
  }
  if (local.ss_family != AF_INET6) return {};
  const auto& to = reinterpret_cast<const sockaddr_in6&>(peer);
  if (!among(ports, ntohs(reinterpret_cast<const sockaddr_in6&>(local).sin6_port))) return {};
  const auto& words = to.sin6_addr.s6_addr32;
  return fmt::format("{:08X}{:08X}{:08X}{:08X}:{:04X}", words[0], words[1], words[2], words[3], ntohs(to.sin6_port));
}

std::size_t close_all(const std::set<std::string>& surplus, const Ports& ports) {
  std::size_t closed = 0;
  std::error_code fault;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd", fault)) {
    const auto descriptor = text::to_number<int>(entry.path().filename().string());
    if (!descriptor || surplus.count(peer_of(*descriptor, ports)) == 0) continue;
    if (shutdown(*descriptor, SHUT_RDWR) == 0) ++closed;
  }
  return closed;
}

}  // namespace

std::size_t Connections::enforce(const Ports& ports, const runtime::SignallingLimits& limits) {
  std::vector<std::string> peers;
  if (!ports.empty())
    for (const char* path : {"/proc/self/net/tcp", "/proc/self/net/tcp6"}) read_table(path, ports, peers);
  std::stable_partition(peers.begin(), peers.end(), [&](const std::string& peer) { return kept_.count(peer) > 0; });
  kept_.clear();
  std::map<std::string, std::uint32_t> of_source;
  std::set<std::string> surplus;
  for (const auto& peer : peers) {
    auto& from_there = of_source[source_of(peer)];
    if (kept_.size() < limits.tcp_connections && from_there < limits.tcp_connections_per_source) {
      ++from_there;
      kept_.insert(peer);
    } else {
      surplus.insert(peer);
    }
  }
  return surplus.empty() ? 0 : close_all(surplus, ports);
}

}  // namespace pledge::signalling
