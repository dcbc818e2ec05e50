#pragma once
// What a simulated user agent needs of the outside: datagrams, the time, and a schedule. Real (udp_loop.hpp) or a
// virtual one in tests.

// <utility> must come first (g++ 12, Boost 1.74).
// clang-format off
#include <utility>
#include <boost/asio/ip/udp.hpp>
// clang-format on

#include <string>
#include <string_view>

#include "core/types.hpp"
#include "tools/load/schedule.hpp"

namespace pledge::load {

using Address = boost::asio::ip::udp::endpoint;

class Wire {
 public:
  virtual core::Time now() const = 0;
  virtual Schedule& schedule() = 0;
  virtual Address local() const = 0;
  virtual void send(const Address& to, std::string_view datagram) = 0;  // may be lost, as datagrams are

 protected:
  ~Wire() = default;
};

std::string host_port(const Address& address);  // "127.0.0.1:5060", "[::1]:5060"

}  // namespace pledge::load
