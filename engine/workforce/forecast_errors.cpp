#include "workforce/forecast_errors.hpp"

#include <algorithm>
#include <cmath>

namespace pledge::workforce {

double error_root(double count) { return std::sqrt(count + 0.375); }
double error_count(double root) { return std::max(0.0, root * root - 0.375); }

// Exponentiated gradient: stays on the simplex, and a few hundred steps suffice for a handful of methods.
std::vector<double> least_error_weights(const std::vector<double>& products, std::size_t methods) {
  std::vector<double> weights(methods, 1 / static_cast<double>(methods));
  double scale = 0;
  for (std::size_t i = 0; i < methods; ++i) scale = std::max(scale, products[i * methods + i]);
  if (scale <= 0) return weights;
  for (int step = 0; step < 500; ++step) {
    double sum = 0;
    std::vector<double> next(methods);
    for (std::size_t i = 0; i < methods; ++i) {
      double gradient = 0;
      for (std::size_t j = 0; j < methods; ++j) gradient += products[i * methods + j] * weights[j];
      next[i] = weights[i] * std::exp(-4 * gradient / scale);
      sum += next[i];
    }
    for (std::size_t i = 0; i < methods; ++i) weights[i] = next[i] / sum;
  }
  return weights;
}

ErrorBand::ErrorBand(unsigned slots, double share) : share_(share), errors_(slots) {}

void ErrorBand::add(const DayCounts& errors) {
  for (std::size_t s = 0; s < errors.size(); ++s)
    if (!std::isnan(errors[s])) errors_[s].push_back(errors[s]);
}

void ErrorBand::apply(const DayCounts& counts, DayCounts& low, DayCounts& high) const {
  std::size_t known = 0;
  for (const auto& e : errors_) known += e.size();
  if (known < least * errors_.size()) return;
  low.resize(counts.size());
  high.resize(counts.size());
  std::vector<double> near;
  for (std::size_t s = 0; s < counts.size(); ++s) {
    near.clear();
    for (std::size_t k = s - std::min<std::size_t>(s, 1); k <= std::min(s + 1, counts.size() - 1); ++k)
      near.insert(near.end(), errors_[k].begin(), errors_[k].end());
    low[s] = high[s] = counts[s];
    if (near.size() < least) continue;  // a slot hardly ever open
    std::sort(near.begin(), near.end());
    const double each = (1 - share_) / 2 * static_cast<double>(near.size() + 1);  // errors left outside on either side
    const auto outside = static_cast<std::size_t>(std::max(0.0, std::floor(each) - 1));
    const double root = error_root(counts[s]);
    low[s] = error_count(std::max(0.0, root + near[outside]));
    high[s] = error_count(std::max(0.0, root + near[near.size() - 1 - outside]));
  }
}

double poisson_mean_deviation(double mean) {
  if (mean <= 0) return 0;
  const double whole = std::floor(mean);
  return 2 * std::exp((whole + 1) * std::log(mean) - mean - std::lgamma(whole + 1));
}

}  // namespace pledge::workforce
