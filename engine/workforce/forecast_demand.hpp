#pragma once
// A forecast day as the demand that simulated days are drawn from (workload.hpp), and that demand as text.
#include <string>
#include <vector>

#include "workforce/forecast.hpp"
#include "workforce/workload.hpp"

namespace pledge::workforce {

// Calls an hour by the hour of the local clock. An hour that the clock repeats has its rate, not the calls of both comings; one that
// it skips, or that is closed, has none: a simulated day has 24 hours.
std::array<double, hours_a_day> calls_by_hour(const DayForecast& day, const DemandCalendar& calendar);

// What read_demand (traces.hpp) reads; classes in the order given, which is that of priority.
std::string demand_text(const std::vector<DemandClass>& classes);

}  // namespace pledge::workforce
