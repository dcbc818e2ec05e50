#pragma once
// The SIP library's event loop (su_root, on epoll) driven by the engine's Asio loop: one thread, no polling, no lock.
// clang-format off
#include <utility>  // before Asio: g++ 12 with C++20 needs it
// clang-format on
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <tl/expected.hpp>

#include "runtime/lazy_alarm.hpp"
#include "sip/signalling/sofia.hpp"

namespace pledge::signalling {

class SofiaLoop {
 public:
  explicit SofiaLoop(boost::asio::io_context& io);
  ~SofiaLoop();
  SofiaLoop(const SofiaLoop&) = delete;
  SofiaLoop& operator=(const SofiaLoop&) = delete;

  // Fails where the library's epoll descriptor cannot be found: without it the loop would have to poll.
  tl::expected<void, std::string> start();
  su_root_t* root() const { return root_; }

  // To be called after anything was sent, or a timer made, from outside the library's own callbacks: the library does
  // not notice by itself. Many calls in one turn of the loop cost one step.
  void kick();

 private:
  void wait_readable();
  void step();

  boost::asio::io_context& io_;
  boost::asio::posix::stream_descriptor descriptor_;
  runtime::LazyAlarm alarm_;
  su_root_t* root_ = nullptr;
  bool kick_posted_ = false;
  bool stepping_ = false;
  std::shared_ptr<SofiaLoop*> self_;  // emptied at destruction: what was posted and comes late finds nothing
};

}  // namespace pledge::signalling
