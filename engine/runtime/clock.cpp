#include "runtime/clock.hpp"

namespace pledge::runtime {

void TimerWaker::wake_at(core::Time due) {
  due_ = due;
  if (due_ != core::never) alarm_.ring_by(clock_.steady(due_));
}

void TimerWaker::rang() {
  if (clock_.now() < due_) return wake_at(due_);
  due_ = core::never;
  wake_();
}

}  // namespace pledge::runtime
