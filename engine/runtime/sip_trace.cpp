#include "runtime/sip_trace.hpp"

#include <arpa/inet.h>

namespace pledge::runtime {

std::string to_text(const WireAddress& address) {
  char ip[INET6_ADDRSTRLEN] = "";
  inet_ntop(address.v6 ? AF_INET6 : AF_INET, address.ip.data(), ip, sizeof ip);
  return (address.v6 ? "[" + std::string(ip) + "]" : std::string(ip)) + ":" + std::to_string(address.port) +
         (address.tcp ? "/tcp" : "/udp");
}

}  // namespace pledge::runtime
