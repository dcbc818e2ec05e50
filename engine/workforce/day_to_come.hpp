#pragma once
// A day to come, from its midnight to the next: its forecast calls through the core with its roster, under the configuration in force
// and, on the same calls, under another. Pure. What is left out is that of room_ahead.hpp; the day begins with an empty room.
#include <functional>

#include "workforce/ahead_judge.hpp"
#include "workforce/handler_gaps.hpp"

namespace pledge::workforce {

struct DayToComeInput {
  core::Time midnight;
  const PlannedDay& plan;
  const core::Options& options;             // in force; its targets are those of both
  const core::Options* other = nullptr;     // null: only that in force
  AheadOptions ahead;
  std::uint32_t days = 60;                  // simulated
  std::uint64_t seed = 1;
};

struct DayToCome {
  DayAhead ahead;
  HandlerGaps gaps;
  SideAhead in_force;
  std::optional<SideAhead> other;
  GainAhead gain;                    // of the other
  std::vector<std::string> remarks;  // what was assumed, for a person
};
struct DayToComeOutcome {
  std::vector<std::string> faults;  // for a person; if any, there is no day
  bool stopped = false;             // likewise
  DayToCome day;
};
// `stop` is asked between simulated days.
DayToComeOutcome simulate_day_to_come(const DayToComeInput& input, const std::function<bool()>& stop);

}  // namespace pledge::workforce
