#pragma once
// The page of `pledge simulate --html`.
#include <string>
#include <vector>

#include "workforce/study.hpp"

namespace pledge {

struct SimulatedStudy {
  const workforce::RoomOptions& room;
  const std::vector<workforce::Policy>& policies;
  const std::vector<std::vector<workforce::DayFigures>>& figures;  // by policy and day
  const std::vector<workforce::Shift>& shifts;
  double from = 0;             // seconds after the start at which the first counted day begins
  std::size_t days_a_run = 1;  // that the shifts cover
  double handler_hours = 0;    // a day
  std::uint64_t seed = 1;
};

// Of each class the service level by half-hour, with the band that holds 80 % of the days, and its waits; and the staffing.
std::string simulate_page(const SimulatedStudy& study);

}  // namespace pledge
