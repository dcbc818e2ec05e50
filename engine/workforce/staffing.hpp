#pragma once
// Handlers needed for one class, half-hour by half-hour: each taken as a steady state at its own rate (the stationary
// independent period-by-period approximation: L. Green, P. Kolesar, J. Soares 2001), which holds while calls are short
// against half an hour. Several classes that share handlers need the simulation instead.
#include <vector>

#include "workforce/erlang.hpp"
#include "workforce/forecast.hpp"
#include "workforce/handling.hpp"

namespace pledge::workforce {

struct StaffingOptions {
  double handling = 300;                     // mean seconds of talk and wrap-up; 0: `expected`
  HandlingForecast expected = {};            // by hour; its level is then above 0
  double patience = without_patience_limit;  // mean seconds; finite: Erlang A, else Erlang C
  ErlangTarget target{.within = 10, .service_level = 0.9};
  double shrinkage = 0.3;   // share of a rostered handler's time not on calls: breaks, training, sickness; >= 0, < 1
  std::uint32_t least = 1;  // handlers while open
};

struct HalfHour {
  Day day{};
  unsigned half_hour = 0;      // 0..47
  double calls = 0, high = 0;  // forecast, and the upper end of its band
  std::uint32_t handlers = 0;  // needed on calls for the forecast; 0 where none is forecast
  std::uint32_t for_high = 0;  // and for the upper end
  std::uint32_t rostered = 0;  // handlers / (1 - shrinkage), rounded up
  ErlangFigures figures;       // of `handlers` and the forecast
  ErlangFigures at_high;       // of `handlers` and the upper end: what a busy day does to it
};

// Intervals of an hour are halved, quarters of an hour joined: the busier one sets the need; an interval that the clock
// repeats is needed for as long again, not twice as many. None where some
// half-hour's target cannot be kept by any number of handlers.
std::optional<std::vector<HalfHour>> handlers_needed(const std::vector<DayForecast>& forecast,
                                                     const DemandCalendar& calendar, const StaffingOptions& options);

}  // namespace pledge::workforce
