#pragma once
// The engine's clock and its alarm: nanoseconds of UTC that never go back.
#include <chrono>
#include <functional>
#include <utility>

#include "runtime/lazy_alarm.hpp"
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

// Offers and wrap-ups mostly end before their time, so that the wish moves later with each call: the alarm is left alone.
class TimerWaker final : public Waker {
 public:
  TimerWaker(boost::asio::io_context& io, const SystemClock& clock, std::function<void()> wake)
      : clock_(clock), wake_(std::move(wake)), alarm_(io, [this] { rang(); }) {}
  void wake_at(core::Time due) override;

 private:
  void rang();

  const SystemClock& clock_;
  const std::function<void()> wake_;
  core::Time due_ = core::never;
  LazyAlarm alarm_;
};

}  // namespace pledge::runtime
