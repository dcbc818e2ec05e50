#pragma once
// The engine's clock and its alarm: nanoseconds of UTC that never go back.
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <utility>  // before Asio: g++ 12 with C++20 needs it

#include "runtime/ports.hpp"

namespace pledge::runtime {

// Reads UTC once and adds a steady clock to it: a step of the system's clock moves nothing.
class SystemClock final : public Clock {
 public:
  SystemClock() = default;
  core::Time now() const override { return utc_ + (std::chrono::steady_clock::now() - steady_); }
  std::chrono::steady_clock::time_point steady(core::Time time) const { return steady_ + (time - utc_); }

 private:
  core::Time utc_{std::chrono::nanoseconds(std::chrono::system_clock::now().time_since_epoch()).count()};
  std::chrono::steady_clock::time_point steady_ = std::chrono::steady_clock::now();
};

// Calls back once at (not before) the time last asked for.
class Waker {
 public:
  virtual void wake_at(core::Time due) = 0;  // replaces the former wish; core::never = none

 protected:
  ~Waker() = default;
};

// On one Asio timer. Offers and wrap-ups mostly end before their time, so that the wish moves later with each call; the
// timer is then left where it is and set anew when it fires, instead of a system call for every event.
class TimerWaker final : public Waker {
 public:
  TimerWaker(boost::asio::io_context& io, const SystemClock& clock, std::function<void()> wake)
      : timer_(io), clock_(clock), wake_(std::move(wake)) {}
  void wake_at(core::Time due) override;

 private:
  void arm();
  void fired();

  boost::asio::steady_timer timer_;
  const SystemClock& clock_;
  const std::function<void()> wake_;
  core::Time due_ = core::never;    // what is wished
  core::Time armed_ = core::never;  // what the timer is set to
};

}  // namespace pledge::runtime
