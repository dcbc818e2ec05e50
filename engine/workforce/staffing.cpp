#include "workforce/staffing.hpp"

#include <algorithm>
#include <cmath>

namespace pledge::workforce {

namespace {

constexpr double negligible = 1e-3;  // calls a half-hour: closed

class Need {
 public:
  explicit Need(const StaffingOptions& options) : options_(options) {}

  // Handlers for this many calls a half-hour, of so many seconds.
  std::optional<std::uint32_t> operator()(double calls, double handling) const {
    if (calls < negligible) return 0;
    const auto fewest = fewest_handlers(model(), load(calls, handling), options_.target);
    return fewest ? std::optional(std::max(*fewest, options_.least)) : std::nullopt;
  }
  // An overload without end, where nobody gives up, answers nobody in time.
  ErlangFigures figures(double calls, double handling, std::uint32_t handlers) const {
    if (calls < negligible || handlers == 0) return {.service_level = 1};
    if (model() == ErlangModel::a) return erlang_a(load(calls, handling), handlers, options_.target.within);
    return erlang_c(load(calls, handling), handlers, options_.target.within)
        .value_or(ErlangFigures{.wait_share = 1, .late_share = 1, .occupancy = 1});
  }

 private:
  ErlangModel model() const { return std::isinf(options_.patience) ? ErlangModel::c : ErlangModel::a; }
  ErlangLoad load(double calls, double handling) const { return {calls / 1800, handling, options_.patience}; }
  const StaffingOptions& options_;
};

DayCounts per_length(DayCounts counts, Day day, const DemandCalendar& calendar) {
  for (unsigned s = 0; s < counts.size(); ++s)
    if (const double length = calendar.length(day, s); length > 0) counts[s] /= length;
  return counts;
}

// The calls of a half-hour, and twice those of its busier part where it has parts.
struct Calls {
  double sum = 0, busiest = 0;
};

Calls calls_of(const DayCounts& counts, unsigned half_hour) {
  const auto slots = counts.size();
  if (slots == 24) return {counts[half_hour / 2] / 2, counts[half_hour / 2] / 2};
  if (slots == 48) return {counts[half_hour], counts[half_hour]};
  const double first = counts[2 * half_hour], second = counts[2 * half_hour + 1];
  return {first + second, 2 * std::max(first, second)};
}

}  // namespace

std::optional<std::vector<HalfHour>> handlers_needed(const std::vector<DayForecast>& forecast,
                                                     const DemandCalendar& calendar, const StaffingOptions& options) {
  const Need need{options};
  std::vector<HalfHour> out;
  for (const auto& day : forecast) {
    const auto counts = per_length(day.counts, day.day, calendar);
    const auto highs = per_length(day.high.empty() ? day.counts : day.high, day.day, calendar);
    for (unsigned half_hour = 0; half_hour < 48; ++half_hour) {
      const auto calls = calls_of(counts, half_hour), high = calls_of(highs, half_hour);
      const double handling = options.handling > 0 ? options.handling : options.expected.at(day.day, half_hour / 2);
      const auto handlers = need(calls.busiest, handling), for_high = need(high.busiest, handling);
      if (!handlers || !for_high) return std::nullopt;
      HalfHour one{day.day, half_hour, calls.sum, high.sum, *handlers, *for_high, 0, {}, {}};
      one.rostered = static_cast<std::uint32_t>(std::ceil(one.handlers / (1 - options.shrinkage) - 1e-9));
      one.figures = need.figures(calls.busiest, handling, one.handlers);
      one.at_high = need.figures(high.busiest, handling, one.handlers);
      out.push_back(one);
    }
  }
  return out;
}

}  // namespace pledge::workforce
