#include "runtime/clock.hpp"

namespace pledge::runtime {

void TimerWaker::wake_at(core::Time due) {
  due_ = due;
  if (due_ < armed_) arm();
}

void TimerWaker::arm() {
  armed_ = due_;
  if (armed_ == core::never) return;
  timer_.expires_at(clock_.steady(armed_));
  timer_.async_wait([this](boost::system::error_code error) {
    if (!error) fired();
  });
}

void TimerWaker::fired() {
  armed_ = core::never;
  if (clock_.now() < due_) return arm();
  due_ = core::never;
  wake_();
}

}  // namespace pledge::runtime
