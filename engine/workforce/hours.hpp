#pragma once
// The handler-hours a day at which every class keeps its promise: the same days are run at more and fewer hours until two
// amounts near each other lie on either side of it.
#include <functional>
#include <optional>
#include <vector>

#include "workforce/study.hpp"

namespace pledge::workforce {

// The days under one amount of staff.
struct HoursTrial {
  double hours = 0;                                   // a day
  std::vector<std::vector<double>> offered, on_time;  // by class and day: calls, and those answered within the target
};
// How much staff: any number that the hours grow with (β of the square-root rule, a factor on a roster).
using RunAt = std::function<HoursTrial(double)>;

struct HoursNeeded {
  double hours = 0;
  std::vector<double> on_time;   // by class, there: share of calls offered; NaN of a class without calls
  std::size_t binding = 0;       // the class that wants them: with fewer hours its share is missed
  // By day: the hours less what the binding class's share of that day (shares_by_day) is beyond its target, at its slope in hours.
  // Their mean is `hours`; their spread, and that of the difference of two policies on common days, gives the intervals.
  std::vector<double> by_day;
};

// Bisection of `least` to `most` until their hours differ by no more than `within` of them; then in a straight line. nullopt
// where `most` is not enough, or `least` is enough already. Targets are shares, by class.
std::optional<HoursNeeded> hours_needed(const RunAt& run, const std::vector<double>& targets, double least, double most,
                                        double within);

}  // namespace pledge::workforce
