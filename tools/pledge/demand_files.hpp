#pragma once
// The planner's input: a file of counts, a calendar, a zone.
#include <optional>
#include <string>
#include <vector>

#include "workforce/handling.hpp"

namespace CLI {
class App;
}

namespace pledge {

struct DemandFiles {
  std::string counts, calendar, zone, only;  // paths; the class wanted, empty = every one
};

void add_demand_options(CLI::App& command, DemandFiles& files);

// One class. A last day that is not over is kept apart.
struct LoadedDemand {
  workforce::Demand demand;  // complete days
  std::vector<workforce::Gap> gaps;
  workforce::DayCounts today;  // empty if the last day is complete
  unsigned seen = 0;           // slots of it that are counted
  std::vector<workforce::HandledInterval> handled;  // empty: the counts do not tell
};

struct LoadedFiles {
  std::vector<LoadedDemand> series;
  workforce::DemandCalendar calendar;
  unsigned merged = 0;
};

// None, with every fault on standard error, if the files cannot be used.
std::optional<LoadedFiles> load(const DemandFiles& files);

// "2026-11-25T14:30"
std::string stamp(workforce::Day day, unsigned slot, unsigned slots);

// Gaps in words, on standard error.
void tell_gaps(const LoadedFiles& files);

}  // namespace pledge
