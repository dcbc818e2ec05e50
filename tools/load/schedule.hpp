#pragma once
// Things to do at a time, in order. Holds no clock: the owner says what time it is, so tests run it on a virtual one.
#include <functional>
#include <map>
#include <utility>

#include "core/types.hpp"

namespace pledge::load {

class Schedule {
 public:
  // Names one entry; a cancelled or finished entry's ticket is harmless.
  struct Ticket {
    core::Time due{};
    std::uint64_t number = 0;
    friend auto operator<=>(const Ticket&, const Ticket&) = default;
  };

  Ticket at(core::Time due, std::function<void()> run);
  void cancel(Ticket& ticket);  // also clears it
  core::Time next() const { return entries_.empty() ? core::never : entries_.begin()->first.due; }
  // Runs, one at a time, everything due by `now`; what these add for a time already past runs too.
  void run_due(core::Time now);
  // Told whenever an entry becomes the first one: the owner arms its timer.
  void on_earlier(std::function<void(core::Time)> tell) { tell_ = std::move(tell); }

 private:
  std::map<Ticket, std::function<void()>> entries_;
  std::uint64_t last_ = 0;
  std::function<void(core::Time)> tell_;
};

}  // namespace pledge::load
