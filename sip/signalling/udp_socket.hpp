#pragma once
// A listener's UDP socket as the kernel sees it. The SIP library opens, reads and closes it; here it is only asked.
#include <cstdint>
#include <string>

#include "core/types.hpp"

namespace pledge::signalling {

// How far the engine is behind the network with one socket.
struct Backlog {
  core::Duration delay{};  // of the datagram read last: from its arrival at the machine until now; 0 = not known
  // Share of the receive buffer that is in use, 0..1: what does not fit is lost. The kernel gives back what was read in
  // portions of a quarter.
  double filled = 0;
};

class UdpSocket {
 public:
  UdpSocket() = default;  // knows nothing: no delay, an empty buffer
  // The process's socket with this local address (textual, without brackets) and port, if there is one.
  static UdpSocket find(const std::string& address, std::uint16_t port);

  explicit operator bool() const { return descriptor_ >= 0; }
  Backlog backlog() const;
  // Room for received datagrams in bytes, what the kernel keeps about each included. With CAP_NET_ADMIN a wish beyond
  // net.core.rmem_max is fulfilled too. Returns what there is then.
  std::uint64_t make_room(std::uint64_t bytes) const;

 private:
  explicit UdpSocket(int descriptor);
  int descriptor_ = -1;
};

}  // namespace pledge::signalling
