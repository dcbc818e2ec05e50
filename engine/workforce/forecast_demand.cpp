#include "workforce/forecast_demand.hpp"

#include <cstdio>

namespace pledge::workforce {

std::array<double, hours_a_day> calls_by_hour(const DayForecast& day, const DemandCalendar& calendar) {
  std::array<double, hours_a_day> calls{};
  const std::size_t slots = day.counts.size();
  for (unsigned slot = 0; slot < slots; ++slot) {
    const double times = calendar.length(day.day, slot);
    if (times > 0) calls[slot * hours_a_day / slots] += day.counts[slot] / times;
  }
  return calls;
}

std::string demand_text(const std::vector<DemandClass>& classes) {
  std::string text = "hour,class,calls,handling_s,handling_cv,patience_s\n";
  for (const DemandClass& one : classes)
    for (std::size_t hour = 0; hour < hours_a_day; ++hour) {
      char numbers[128];
      std::snprintf(numbers, sizeof numbers, ",%.3f,%g,%g,%g\n", one.calls[hour], one.handling, one.handling_cv, one.patience);
      text += std::to_string(hour) + "," + one.name + numbers;
    }
  return text;
}

}  // namespace pledge::workforce
