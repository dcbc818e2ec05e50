#include "workforce/intraday.hpp"

#include <algorithm>
#include <cmath>

#include "workforce/forecast_errors.hpp"
#include "workforce/ridge.hpp"

namespace pledge::workforce {

namespace {

constexpr int learned_days = 730;
constexpr double half_life = 365;
constexpr double penalty = 10;

// By slot, the error between roots per length of the slot; NaN where nothing was counted.
DayCounts errors_of(const RollingForecast& rolling, const DayForecast& made, const DayCounts& counts) {
  DayCounts errors(counts.size(), std::nan(""));
  for (unsigned s = 0; s < counts.size(); ++s) {
    const double length = rolling.calendar().length(made.day, s);
    if (length > 0) errors[s] = error_root(counts[s] / length) - error_root(made.counts[s] / length);
  }
  return errors;
}

double mean_before(const DayCounts& errors, unsigned seen, unsigned slots) {
  double sum = 0, known = 0;
  for (unsigned s = seen - std::min(seen, slots); s < seen; ++s)
    if (!std::isnan(errors[s])) sum += errors[s], known += 1;
  return known > 0 ? sum / known : 0;
}

std::vector<double> features_of(const DayCounts& errors, unsigned seen) {
  const auto slots = static_cast<unsigned>(errors.size());
  return {mean_before(errors, seen, slots / 12), mean_before(errors, seen, slots / 4), mean_before(errors, seen, seen),
          1};
}

const DayCounts& counts_of(const RollingForecast& rolling, Day day) {
  return rolling.demand().counts[static_cast<std::size_t>((day - rolling.demand().first).count())];
}

}  // namespace

DayForecast reforecast(const RollingForecast& rolling, const DayForecast& made, const DayCounts& counts,
                       unsigned seen) {
  const auto slots = rolling.demand().slots;
  Ridge ridge(4, slots, half_life);
  std::vector<DayCounts> known;
  for (Day day = std::max(rolling.demand().first, made.day - std::chrono::days{learned_days}); day < made.day;
       day += std::chrono::days{1}) {
    const auto* past = rolling.made(day);
    if (!past || rolling.calendar().events.contains(day)) continue;
    known.push_back(errors_of(rolling, *past, counts_of(rolling, day)));
    auto targets = known.back();
    for (double& t : targets) t = std::isnan(t) ? 0 : std::clamp(t, -4.0, 4.0);
    ridge.learn(features_of(known.back(), seen), targets);
  }
  ridge.solve(std::vector<double>(4, penalty));

  const auto correct = [&](const DayCounts& errors) {
    const auto x = features_of(errors, seen);
    DayCounts shift(slots);
    for (unsigned s = seen; s < slots; ++s) shift[s] = ridge.predict(x, s);
    return shift;
  };
  ErrorBand band(slots, 0.8);
  for (std::size_t i = known.size() - std::min<std::size_t>(known.size(), 84); i < known.size(); ++i) {
    auto left = known[i];
    const auto shift = correct(known[i]);
    for (unsigned s = 0; s < slots; ++s) left[s] -= shift[s];
    band.add(left);
  }
  DayForecast out = made;
  const auto shift = correct(errors_of(rolling, made, counts));
  for (unsigned s = 0; s < slots; ++s) {
    const double length = rolling.calendar().length(made.day, s);
    if (s >= seen && length > 0)
      out.counts[s] = length * error_count(std::max(0.0, error_root(made.counts[s] / length) + shift[s]));
  }
  band.apply(out.counts, out.low, out.high);
  for (unsigned s = 0; s < seen; ++s) {
    if (std::isnan(counts[s])) continue;
    out.counts[s] = counts[s];
    if (!out.low.empty()) out.low[s] = out.high[s] = counts[s];
  }
  return out;
}

IntradayEvaluation evaluate_intraday(RollingForecast& rolling, Day from, Day to, unsigned seen) {
  rolling.advance(std::min(to + std::chrono::days{1}, rolling.demand().end()));
  IntradayEvaluation out;
  double before = 0, after = 0, counted = 0, remaining = 0;
  for (Day day = from; day <= to && day < rolling.demand().end(); day += std::chrono::days{1}) {
    const auto* made = rolling.made(day);
    if (!made) continue;
    const auto& counts = counts_of(rolling, day);
    auto part = counts;
    std::fill(part.begin() + seen, part.end(), std::nan(""));
    const auto again = reforecast(rolling, *made, part, seen);
    ++out.days;
    for (unsigned s = seen; s < counts.size(); ++s) {
      if (std::isnan(counts[s]) || rolling.calendar().length(day, s) <= 0) continue;
      before += std::abs(counts[s] - made->counts[s]);
      after += std::abs(counts[s] - again.counts[s]);
      counted += counts[s];
      remaining += 1;
      if (!again.low.empty()) out.inside += counts[s] >= again.low[s] && counts[s] <= again.high[s];
    }
  }
  if (counted > 0)
    out.wape_before = 100 * before / counted, out.wape_after = 100 * after / counted, out.inside *= 100 / remaining;
  return out;
}

std::vector<Outlier> outliers(const RollingForecast& rolling, Day from, double limit) {
  const auto& demand = rolling.demand();
  std::vector<Outlier> found;
  std::vector<double> sizes;
  for (int pass = 0; pass < 2; ++pass) {
    double deviation = 0;
    if (pass == 1) {
      if (sizes.empty()) return found;
      std::nth_element(sizes.begin(), sizes.begin() + static_cast<std::ptrdiff_t>(sizes.size() / 2), sizes.end());
      deviation = std::max(1.4826 * sizes[sizes.size() / 2], 0.25);
    }
    for (Day day = std::max(from, demand.first); day < demand.end(); day += std::chrono::days{1}) {
      const auto* made = rolling.made(day);
      if (!made) continue;
      const auto errors = errors_of(rolling, *made, counts_of(rolling, day));
      for (unsigned s = 0; s < errors.size(); ++s) {
        if (std::isnan(errors[s])) continue;
        if (pass == 0) sizes.push_back(std::abs(errors[s]));
        else if (std::abs(errors[s]) > limit * deviation)
          found.push_back({day, s, counts_of(rolling, day)[s], made->counts[s], std::abs(errors[s]) / deviation});
      }
    }
  }
  std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.times > b.times; });
  return found;
}

}  // namespace pledge::workforce
