#pragma once
// Counts made for tests: Poisson around a weekly profile, a level that wanders from day to day.
#include <cmath>
#include <random>

#include "workforce/demand.hpp"

namespace made {

using pledge::workforce::Day;
using pledge::workforce::DayCounts;
using pledge::workforce::Demand;

inline Day day(int year, unsigned month, unsigned of_month) {
  return std::chrono::sys_days{std::chrono::year{year} / std::chrono::month{month} / std::chrono::day{of_month}};
}

// The rate of a slot, before the day's own factor.
inline double rate(Day date, unsigned slot, unsigned slots, double level) {
  const double hour = 24.0 * slot / slots;
  const unsigned weekday = pledge::workforce::weekday_of(date);
  return level * (1 + 0.6 * std::sin((hour - 9) * 3.14159265 / 12)) * (weekday == 0 || weekday == 6 ? 0.7 : 1);
}

inline double poisson(std::mt19937_64& random, double mean) {
  double sum = 0, count = -1;
  while (sum < mean) {
    sum -= std::log((static_cast<double>(random() >> 11) + 0.5) * 0x1p-53);
    ++count;
  }
  return count;
}

// `wander`: standard deviation of the logarithm of each day's own factor.
inline Demand demand(unsigned days, unsigned slots = 24, double level = 40, double wander = 0) {
  std::mt19937_64 random{7};
  Demand out{"all", day(2025, 1, 6), slots, {}};
  for (unsigned d = 0; d < days; ++d) {
    DayCounts counts(slots);
    double normal = -6;
    for (int i = 0; i < 12; ++i) normal += static_cast<double>(random() >> 11) * 0x1p-53;
    for (unsigned s = 0; s < slots; ++s)
      counts[s] = poisson(random, rate(out.end(), s, slots, level) * std::exp(wander * normal));
    out.counts.push_back(counts);
  }
  return out;
}

}  // namespace made
