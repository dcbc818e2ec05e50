#pragma once
// `pledge simulate --hours-to`: the handler-hours a day that each policy needs for given targets.
#include <string>
#include <vector>

#include "tools/pledge/simulate_days.hpp"

namespace pledge {

// "97/80": per cent answered within the target, by class in order of priority.
struct HoursTarget {
  std::string text;
  std::vector<double> shares;
};

// Prints a row for each target and policy. Staffing without a roster follows the square-root rule, whose β is sought; a roster is
// multiplied, each half-hour rounded up.
void print_hours(const SimulatedDays& study, const std::vector<HoursTarget>& targets, unsigned threads, bool json);

}  // namespace pledge
