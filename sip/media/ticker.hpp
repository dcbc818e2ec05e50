#pragma once
// A periodic timer that epoll can wait for. It does not drift; periods missed are counted, not repeated.
#include <chrono>
#include <cstdint>

#include "sip/media/sockets.hpp"

namespace pledge::media {

class Ticker {
 public:
  explicit Ticker(std::chrono::nanoseconds period);
  void run(bool on);  // no effect if it already does
  // Periods passed since the last call.
  std::uint64_t passed();
  int descriptor() const { return timer_.get(); }

 private:
  Descriptor timer_;
  std::chrono::nanoseconds period_;
  bool running_ = false;
};

}  // namespace pledge::media
