#pragma once
// Ways to forecast a day's counts from the days before. Each is fed day by day and never sees a day it forecasts.
#include <memory>
#include <string>
#include <vector>

#include "workforce/demand.hpp"

namespace pledge::workforce {

// The days known so far, per length of a slot; NaN = not known, or not to be learned from.
struct Past {
  Day first{};
  unsigned slots = 0;
  std::vector<DayCounts> counts;
  Day day(std::size_t index) const { return first + std::chrono::days{index}; }
};

class ForecastMethod {
 public:
  virtual ~ForecastMethod() = default;
  virtual std::string name() const = 0;
  virtual std::size_t least_days() const = 0;  // of history, before it can forecast
  // The last day of `past` is new. Called once a day, in order.
  virtual void learn(const Past& past) = 0;
  // The counts of day `target` >= past.counts.size(), per length of a slot.
  virtual DayCounts forecast(const Past& past, std::size_t target) = 0;
};

// Mean of the last `weeks` same weekdays; one week is the seasonal naive forecast.
std::unique_ptr<ForecastMethod> weekly_mean(unsigned weeks);

// Median of the last 8 same weekdays, each divided by the level of its time: outliers do not touch it.
std::unique_ptr<ForecastMethod> weekly_median();

// A profile a weekday, exponentially smoothed, times a level with damped trend (P. R. Winters 1960; E. S. Gardner,
// E. McKenzie 1985).
std::unique_ptr<ForecastMethod> smoothing();

// Square roots of counts (L. Brown et al., "Statistical analysis of a telephone call center", 2005) regressed on the
// calendar: weekday, time of year, trend, a profile a slot; then what is left over on the recent past: level, same
// weekdays, same slots, last evening, and on the same dates of earlier years. Holidays are taken from `calendar`, which
// must outlive it.
std::unique_ptr<ForecastMethod> regression(const DemandCalendar& calendar);

}  // namespace pledge::workforce
