#pragma once
// What the part of a day already counted says of the rest, and which past counts were unlike their forecast.
#include <vector>

#include "workforce/forecast.hpp"

namespace pledge::workforce {

// `made`, with its slots from `seen` on corrected by how the slots before came out: regressed, on the days that
// `rolling` (lead 1) has forecast, on the errors of the last two hours, of the last six, and of the whole part seen.
// The slots before are the counts themselves. `counts`: the day's, NaN from `seen` on or where not known. 0 < seen <
// slots.
DayForecast reforecast(const RollingForecast& rolling, const DayForecast& made, const DayCounts& counts, unsigned seen);

struct IntradayEvaluation {
  double wape_before = 0, wape_after = 0;  // of the remaining slots, forecast the day before and re-forecast
  double inside = 0;                       // % of the remaining counts inside the new band
  unsigned days = 0;
};
// Every day from `from` to `to`, both included, as if it were seen up to `seen`.
IntradayEvaluation evaluate_intraday(RollingForecast& rolling, Day from, Day to, unsigned seen);

struct Outlier {
  Day day{};
  unsigned slot = 0;
  double count = 0, forecast = 0;
  double times = 0;  // its error, in standard deviations of the errors around that time of day
};
// Counts of the days from `from` on whose error, between square roots, exceeds `limit` standard deviations (by the
// median of absolute errors); the most unlikely first.
std::vector<Outlier> outliers(const RollingForecast& rolling, Day from, double limit = 5);

}  // namespace pledge::workforce
