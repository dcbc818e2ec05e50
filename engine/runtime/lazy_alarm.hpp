#pragma once
// One Asio timer for many deadlines, most of which are taken back or moved before their time.
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <utility>  // before Asio: g++ 12 with C++20 needs it

namespace pledge::runtime {

// Rings not after the earliest time asked for since it last rang, and forgets them all then: its owner looks at what is
// due and asks for the next. A deadline that was taken back is left to ring for nothing, which is cheaper than a system
// call for every change.
class LazyAlarm {
 public:
  using Clock = boost::asio::steady_timer::clock_type;

  LazyAlarm(boost::asio::io_context& io, std::function<void()> rang)
      : timer_(io), rang_(std::move(rang)), self_(std::make_shared<LazyAlarm*>(this)) {}
  ~LazyAlarm() { *self_ = nullptr; }
  LazyAlarm(const LazyAlarm&) = delete;
  LazyAlarm& operator=(const LazyAlarm&) = delete;

  void ring_by(Clock::time_point due);

 private:
  static constexpr Clock::time_point unset = Clock::time_point::max();
  boost::asio::steady_timer timer_;
  const std::function<void()> rang_;
  Clock::time_point armed_ = unset;
  std::shared_ptr<LazyAlarm*> self_;  // emptied at destruction: an expiry already posted finds nothing
};

}  // namespace pledge::runtime
