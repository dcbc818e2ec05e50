#pragma once
// What is to happen on a virtual clock: happenings by their time, and between them the core's own timer.
#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "core/types.hpp"

namespace pledge::workforce {

template <class Happening>
class Agenda {
 public:
  // Happenings of the same moment happen in the order in which they were planned, so that runs repeat exactly.
  void plan(core::Time at, Happening what) {
    next_.push_back({at, order_++, std::move(what)});
    std::push_heap(next_.begin(), next_.end());
  }
  // The core's wish of a WakeAt; it replaces the former.
  void wake_at(core::Time due) { wake_ = due; }

  // Until no happening is left (the core's timers alone never end), or the next thing lies behind `end`. timer(at) serves one
  // due timer, happen(at, what) one happening; both may plan more. A timer comes before a happening of the same moment.
  template <class Timer, class Happen>
  void run(core::Time end, Timer&& timer, Happen&& happen) {
    while (!next_.empty()) {
      // A timer may bring about something that happens before what is planned next: look again after each.
      const bool timer_first = wake_ <= next_.front().at;
      const core::Time at = std::max(now_, timer_first ? wake_ : next_.front().at);
      if (at > end) return;
      now_ = at;
      if (timer_first) {
        timer(at);
        continue;
      }
      std::pop_heap(next_.begin(), next_.end());
      Happening what = std::move(next_.back().what);
      next_.pop_back();
      happen(at, what);
    }
  }

 private:
  struct Next {
    core::Time at;
    std::uint64_t order = 0;
    Happening what;
    friend bool operator<(const Next& a, const Next& b) { return a.at != b.at ? a.at > b.at : a.order > b.order; }
  };
  std::vector<Next> next_;  // a heap, the earliest in front
  core::Time now_, wake_ = core::never;
  std::uint64_t order_ = 0;
};

}  // namespace pledge::workforce
