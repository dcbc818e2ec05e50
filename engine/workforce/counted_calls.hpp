#pragma once
// Calls by queue and half-hour, from the core's actions over any number of days and runs of the engine: what a forecast learns from.
// Pure.
#include <set>
#include <vector>

#include "core/options.hpp"
#include "workforce/day_so_far.hpp"

namespace pledge::workforce {

struct CountedHalfHour {
  core::Time from;
  core::QueueId queue;
  SeenHalfHour calls;
};

// Only half-hours that one run of the engine saw from beginning to end are told: of the others nobody knows what was missed. A
// queue is told from the first configuration that has it, also where it had no call.
class CountedCalls {
 public:
  // The engine started; nothing is known between its former run and this one.
  void begin_run(core::Time started, core::Time ended);
  void configured(const core::Options& options);
  // The half-hours that were over by `now` are complete; before what happens at `now` is observed.
  void advance(core::Time now);
  void observe(core::Time now, const core::Action& action) { day_.observe(now, action); }

  const std::vector<CountedHalfHour>& half_hours() const { return counted_; }  // ascending

 private:
  DaySoFar day_;
  std::set<core::QueueId> queues_;
  core::Time next_ = core::never;  // the first half-hour of this run that is not over
  std::vector<CountedHalfHour> counted_;
};

}  // namespace pledge::workforce
