#pragma once
// Means and shares over days that are independent of each other, with their 95 % intervals.
#include <cstddef>
#include <optional>
#include <vector>

namespace pledge::workforce {

struct Estimate {
  double mean = 0;                 // NaN: there was nothing to count
  std::optional<double> interval;  // half-width; none with fewer than two days
};

// The quantile 0.975 of Student's t: an interval from few days is as wide as few days know. A table to 4 degrees of freedom, beyond
// it the expansion 26.7.5 of Abramowitz & Stegun (1964), within 0.0003 of it. `degrees` >= 1.
double student_95(std::size_t degrees);

Estimate estimate(const std::vector<double>& by_day);

// A share is Σ part / Σ whole, so that a busy day weighs as much as its calls and a day without any not at all. By day
//
//   share + (part[d] - share * whole[d]) / mean(whole),
//
// whose mean is the share and whose spread gives its interval (the delta method: Cochran 1977, Sampling Techniques, 2.11); the
// day-by-day difference of two such series is that of two policies on common days. All NaN where there is no whole.
std::vector<double> shares_by_day(const std::vector<double>& part, const std::vector<double>& whole);

// The paired difference: `with` less `without`, day by day.
Estimate difference(std::vector<double> with, const std::vector<double>& without);

}  // namespace pledge::workforce
