#include "workforce/handling.hpp"

#include <cmath>
#include <numeric>

namespace pledge::workforce {

namespace {

constexpr double half_life = 28;                       // days
constexpr std::chrono::days profile_days{84};          // as methods of counts are chosen by
constexpr double calls_of_prior = 100;
constexpr unsigned minutes_an_hour = 60;
constexpr NumberRange handled_range{"handled", 0, 1e9}, seconds_range{"handling_s", 0, 1e6};

// What calls took over what they were expected to take, shrunk to 1.
struct Factor {
  double calls = 0, ratios = 0;  // of calls: their sum
  void add(const HandledInterval& at, double expected) {
    calls += at.handled;
    ratios += at.handled * at.mean / expected;
  }
  double value() const { return (ratios + calls_of_prior) / (calls + calls_of_prior); }
};

template <std::size_t N>
std::array<double, N> values(const std::array<Factor, N>& factors) {
  std::array<double, N> out;
  for (std::size_t i = 0; i < N; ++i) out[i] = factors[i].value();
  return out;
}

}  // namespace

HandlingHistory read_handling(const Table& table, std::vector<TextFault>& faults) {
  HandlingHistory history;
  const bool any = table.column("handled") || table.column("handling_s");
  const auto before = faults.size();
  if (!any) return history;
  const auto columns = require_columns(table, {"timestamp", "handled", "handling_s"}, faults);
  if (faults.size() > before) return history;
  const auto classes = table.column("class");
  for (const Row& row : table.rows) {
    const auto at = parse_stamp(row.cells[columns[0]].text);  // read_demand() tells what is wrong with it
    const Cell &handled = row.cells[columns[1]], &mean = row.cells[columns[2]];
    if (!at || handled.text.empty()) continue;
    const auto calls = parse_number(row, handled, handled_range, faults);
    if (!calls || *calls <= 0) continue;
    if (mean.text.empty()) {
      faults.push_back({row.line, mean.column, "handling_s is empty", "handled says that calls were handled", "give their mean seconds, or leave both empty"});
      continue;
    }
    if (const auto seconds = parse_number(row, mean, seconds_range, faults))
      history[classes ? row.cells[*classes].text : "all"].push_back({*at, *calls, *seconds});
  }
  return history;
}

double HandlingForecast::of_day(Day day, const std::array<double, 24>& calls_by_hour) const {
  const double all = std::accumulate(calls_by_hour.begin(), calls_by_hour.end(), 0.0);
  if (all <= 0) return level * weekday[weekday_of(day)];
  double seconds = 0;
  for (unsigned h = 0; h < calls_by_hour.size(); ++h) seconds += calls_by_hour[h] * at(day, h);
  return seconds / all;
}

HandlingForecast forecast_handling(const std::vector<HandledInterval>& history, Day day) {
  HandlingForecast forecast;
  double weights = 0;
  for (const HandledInterval& one : history) {
    if (one.at.day >= day) continue;
    const double weight = one.handled * std::exp2(-static_cast<double>((day - one.at.day).count()) / half_life);
    weights += weight;
    forecast.level += weight * one.mean;
  }
  forecast.level = weights > 0 ? forecast.level / weights : 0;
  std::array<Factor, 24> hours;
  std::array<Factor, 7> weekdays;
  const auto lately = [&](const HandledInterval& one) { return one.at.day < day && one.at.day >= day - profile_days; };
  const auto hour_of = [](const HandledInterval& one) { return one.at.minute / minutes_an_hour; };
  if (forecast.level > 0)
    for (const HandledInterval& one : history)
      if (lately(one)) hours[hour_of(one)].add(one, forecast.level);
  forecast.hour = values(hours);
  for (const HandledInterval& one : history) {
    if (!lately(one) || forecast.level <= 0) continue;
    weekdays[weekday_of(one.at.day)].add(one, forecast.level * forecast.hour[hour_of(one)]);
    forecast.calls += one.handled;
  }
  forecast.weekday = values(weekdays);
  return forecast;
}

}  // namespace pledge::workforce
