#pragma once
// The forecast of a series: every method rolled through its past, day by day, each forecast made only from what was
// known `lead` days before; by those errors the method is chosen, or a combination where that did better, and the band
// set.
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "workforce/demand.hpp"
#include "workforce/forecast_method.hpp"

namespace pledge::workforce {

struct ForecastOptions {
  unsigned choose_over = 84;  // days of past forecasts by which a method is chosen: a quarter, as habits change
  unsigned band_over = 84;    // days of past errors that make the band
  double band = 0.8;          // share of counts that it is to hold
};

inline constexpr std::size_t least_history = 35;  // days; the methods need 28, and a week of errors to be chosen by
inline constexpr unsigned most_lead = 126;        // days: 18 weeks

struct DayForecast {
  Day day{};
  std::string method;
  DayCounts counts;            // per slot
  DayCounts low, high;         // the band; empty where too few errors are known
  std::vector<DayCounts> all;  // by method, in the order of RollingForecast::methods()
};

class RollingForecast {
 public:
  // lead >= 1: a day is forecast from the days up to `lead` days before it. References must outlive it.
  RollingForecast(const Demand& demand, const DemandCalendar& calendar, unsigned lead,
                  const ForecastOptions& options = {});
  ~RollingForecast();

  // Makes the days before `day` known, one after the other, and forecasts at each. Never goes back.
  void advance(Day day);
  const std::vector<std::string>& methods() const { return names_; }  // the last is the combination
  // The forecast of a day made `lead` days before it, null before the first.
  const DayForecast* made(Day day) const;
  // From what is known now, for any day not known yet.
  DayForecast forecast(Day day);
  // How often `made` by each method was wrong, of the days scored: Σ|count - forecast| over the last `choose_over`.
  const Demand& demand() const { return demand_; }
  const DemandCalendar& calendar() const { return calendar_; }

 private:
  struct Score;
  void learn_next();
  void score(std::size_t day);
  std::vector<double> weights() const;
  std::size_t choose() const;
  void add_band(DayForecast& forecast) const;

  const Demand& demand_;
  const DemandCalendar& calendar_;
  unsigned lead_;
  ForecastOptions options_;
  std::vector<std::unique_ptr<ForecastMethod>> methods_;
  std::vector<std::string> names_;
  Past past_;
  std::vector<std::optional<DayForecast>> made_;  // by day of demand
  std::vector<Score> scores_;                     // in the order of days
};

// Counts per length of a slot, as methods learn them: NaN for closed and skipped slots and days of events.
DayCounts learnable(const Demand& demand, const DemandCalendar& calendar, std::size_t day);

// How the methods did from `from` to `to`, both included: forecasts of `lead` days before.
struct Evaluation {
  struct Row {
    std::string method;
    double wape = 0;  // 100 Σ|count - forecast| / Σ count
    double bias = 0;  // 100 Σ(forecast - count) / Σ count
    unsigned days_chosen = 0;
  };
  std::vector<Row> rows;  // the methods, then what was chosen day by day
  double floor = 0;       // WAPE if counts were Poisson and their rate the forecast: what no forecast can go below
  double inside = 0;      // % of counts inside the band
  unsigned days = 0;
  std::size_t slots = 0;  // scored
  std::vector<double> wape_by_slot;
};
Evaluation evaluate(RollingForecast& rolling, Day from, Day to);

// Days `from` on for `days` days, each by the shortest of some leads that reaches it.
std::vector<DayForecast> forecast_days(const Demand& demand, const DemandCalendar& calendar, unsigned days,
                                       const ForecastOptions& options = {});

}  // namespace pledge::workforce
