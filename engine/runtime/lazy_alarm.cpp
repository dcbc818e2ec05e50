#include "runtime/lazy_alarm.hpp"

namespace pledge::runtime {

void LazyAlarm::ring_by(Clock::time_point due) {
  if (armed_ <= due) return;
  armed_ = due;
  timer_.expires_at(due);
  timer_.async_wait([self = self_](const boost::system::error_code& moved) {
    if (moved || !*self) return;
    (*self)->armed_ = unset;
    (*self)->rang_();
  });
}

}  // namespace pledge::runtime
