#include "sip/media/ticker.hpp"

#include <sys/timerfd.h>

#include <cerrno>

namespace pledge::media {

Ticker::Ticker(std::chrono::nanoseconds period)
    : timer_(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC)), period_(period) {
  if (!timer_) throw std::system_error(errno, std::system_category(), "timerfd");
}

void Ticker::run(bool on) {
  if (on == running_) return;
  running_ = on;
  const auto seconds = std::chrono::floor<std::chrono::seconds>(period_);
  const timespec period{static_cast<time_t>(seconds.count()), static_cast<long>((period_ - seconds).count())};
  const itimerspec setting = on ? itimerspec{period, period} : itimerspec{};
  ::timerfd_settime(timer_.get(), 0, &setting, nullptr);
}

std::uint64_t Ticker::passed() {
  std::uint64_t periods = 0;
  return ::read(timer_.get(), &periods, sizeof periods) == sizeof periods ? periods : 0;
}

}  // namespace pledge::media
