#include "core/timers.hpp"

#include <algorithm>

namespace pledge::core {

bool Timers::later(const Entry& a, const Entry& b) {
  return a.due.due != b.due.due ? a.due.due > b.due.due : a.order > b.order;
}

TimerHandle Timers::arm(Time due, TimerKind kind, std::uint64_t subject) {
  std::uint32_t slot;
  if (free_slots_.empty()) {
    slot = static_cast<std::uint32_t>(generations_.size());
    generations_.push_back(0);
  } else {
    slot = free_slots_.back();
    free_slots_.pop_back();
  }
  const TimerHandle handle{slot, generations_[slot]};
  heap_.push_back({{due, kind, subject}, order_++, handle});
  std::push_heap(heap_.begin(), heap_.end(), later);
  ++live_;
  return handle;
}

void Timers::cancel(TimerHandle& handle) {
  if (handle.slot < generations_.size() && generations_[handle.slot] == handle.generation) {
    ++generations_[handle.slot];
    free_slots_.push_back(handle.slot);
    --live_;
  }
  handle = {};
  // Half of the heap stale: rebuild, so that it never outgrows the live timers.
  if (heap_.size() > 64 && heap_.size() > 4 * live_) {
    std::erase_if(heap_, [&](const Entry& e) { return generations_[e.handle.slot] != e.handle.generation; });
    std::make_heap(heap_.begin(), heap_.end(), later);
  }
}

void Timers::pop_top() {
  std::pop_heap(heap_.begin(), heap_.end(), later);
  heap_.pop_back();
}

void Timers::drop_stale() {
  while (!heap_.empty() && generations_[heap_.front().handle.slot] != heap_.front().handle.generation) pop_top();
}

Time Timers::next_due() {
  drop_stale();
  return heap_.empty() ? never : heap_.front().due.due;
}

std::optional<Timers::Due> Timers::pop_due(Time now) {
  drop_stale();
  if (heap_.empty() || heap_.front().due.due > now) return std::nullopt;
  const Entry entry = heap_.front();
  pop_top();
  ++generations_[entry.handle.slot];
  free_slots_.push_back(entry.handle.slot);
  --live_;
  return entry.due;
}

}  // namespace pledge::core
