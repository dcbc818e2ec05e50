#include "workforce/estimate.hpp"

#include <array>
#include <cmath>
#include <numeric>

namespace pledge::workforce {

double student_95(std::size_t degrees) {
  constexpr std::array table{12.7062, 4.3027, 3.1824, 2.7764};
  if (degrees <= table.size()) return table[degrees - 1];
  constexpr double x = 1.959964, x2 = x * x, x4 = x2 * x2, x6 = x4 * x2, x8 = x4 * x4;
  const double v = static_cast<double>(degrees);
  const double second = x * (5 * x4 + 16 * x2 + 3) / 96, third = x * (3 * x6 + 19 * x4 + 17 * x2 - 15) / 384;
  const double fourth = x * (79 * x8 + 776 * x6 + 1482 * x4 - 1920 * x2 - 945) / 92160;
  return x + (x * (x2 + 1) / 4 + (second + (third + fourth / v) / v) / v) / v;
}

Estimate estimate(const std::vector<double>& by_day) {
  Estimate result;
  const auto n = static_cast<double>(by_day.size());
  for (const double value : by_day) result.mean += value / n;
  if (by_day.size() < 2 || std::isnan(result.mean)) return result;
  double squares = 0;
  for (const double value : by_day) squares += (value - result.mean) * (value - result.mean);
  result.interval = student_95(by_day.size() - 1) * std::sqrt(squares / (n - 1) / n);
  return result;
}

std::vector<double> shares_by_day(const std::vector<double>& part, const std::vector<double>& whole) {
  const double parts = std::accumulate(part.begin(), part.end(), 0.0), wholes = std::accumulate(whole.begin(), whole.end(), 0.0);
  std::vector<double> shares(part.size(), std::nan(""));
  if (wholes <= 0) return shares;
  const double share = parts / wholes, a_day = wholes / static_cast<double>(whole.size());
  for (std::size_t d = 0; d < part.size(); ++d) shares[d] = share + (part[d] - share * whole[d]) / a_day;
  return shares;
}

Estimate difference(std::vector<double> with, const std::vector<double>& without) {
  for (std::size_t d = 0; d < with.size(); ++d) with[d] -= without[d];
  return estimate(with);
}

}  // namespace pledge::workforce
