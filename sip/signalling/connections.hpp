#pragma once
// How many TCP connections peers hold open to us, and the closing of those beyond the limits. The SIP library has no such
// limits, and its list of connections cannot be walked whole from outside: the system is asked.
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "runtime/signalling_options.hpp"

namespace pledge::signalling {

class Connections {
 public:
  // Closes what is beyond the limits among the connections to these local ports, the newest first: those that were there
  // at the last call are kept. The library notices as if the peer had closed. Returns how many.
  std::size_t enforce(const std::vector<std::uint16_t>& ports, const runtime::SignallingLimits& limits);
  std::size_t open() const { return kept_.size(); }

 private:
  std::set<std::string> kept_;  // peers
};

}  // namespace pledge::signalling
