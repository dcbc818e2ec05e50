#include <algorithm>
#include <cmath>

#include "workforce/forecast.hpp"
#include "workforce/forecast_errors.hpp"

namespace pledge::workforce {

namespace {

struct Sums {
  double error = 0, difference = 0;
  unsigned days = 0;
};

}  // namespace

Evaluation evaluate(RollingForecast& rolling, Day from, Day to) {
  const auto& demand = rolling.demand();
  rolling.advance(to);  // what is forecast for `to` was made before
  Evaluation out;
  const auto& names = rolling.methods();
  std::vector<Sums> sums(names.size() + 1);
  double counted = 0, deviation = 0;
  std::size_t banded = 0, inside = 0;
  std::vector<double> slot_error(demand.slots), slot_count(demand.slots);
  for (Day day = from; day <= to && day < demand.end(); day += std::chrono::days{1}) {
    const auto* made = rolling.made(day);
    if (!made) continue;
    ++out.days;
    const auto& counts = demand.counts[static_cast<std::size_t>((day - demand.first).count())];
    for (std::size_t m = 0; m < names.size(); ++m) sums[m].days += names[m] == made->method;
    for (unsigned s = 0; s < demand.slots; ++s) {
      if (std::isnan(counts[s]) || rolling.calendar().length(day, s) <= 0) continue;
      const auto add = [&](Sums& sum, double forecast) {
        sum.error += std::abs(counts[s] - forecast);
        sum.difference += forecast - counts[s];
      };
      for (std::size_t m = 0; m < names.size(); ++m) add(sums[m], made->all[m][s]);
      add(sums.back(), made->counts[s]);
      counted += counts[s];
      deviation += poisson_mean_deviation(made->counts[s]);
      slot_error[s] += std::abs(counts[s] - made->counts[s]);
      slot_count[s] += counts[s];
      ++out.slots;
      if (made->low.empty()) continue;
      ++banded;
      inside += counts[s] >= made->low[s] && counts[s] <= made->high[s];
    }
  }
  const auto percent = [](double part, double whole) { return whole > 0 ? 100 * part / whole : 0; };
  for (std::size_t m = 0; m <= names.size(); ++m)
    out.rows.push_back({m < names.size() ? names[m] : "chosen day by day", percent(sums[m].error, counted),
                        percent(sums[m].difference, counted), m < names.size() ? sums[m].days : out.days});
  out.floor = percent(deviation, counted);
  out.inside = percent(static_cast<double>(inside), static_cast<double>(banded));
  for (unsigned s = 0; s < demand.slots; ++s) out.wape_by_slot.push_back(percent(slot_error[s], slot_count[s]));
  return out;
}

}  // namespace pledge::workforce
