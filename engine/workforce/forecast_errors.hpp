#pragma once
// What past errors say: how to weigh methods, and how wide a band must be.
#include <cstddef>
#include <vector>

#include "workforce/demand.hpp"

namespace pledge::workforce {

// Errors are measured between square roots, where their size hardly depends on the count.
double error_root(double count);
double error_count(double root);  // its inverse

// The weights, none negative, sum 1, whose combination would have had the least squared error (J. M. Bates, C. W. J.
// Granger, "The combination of forecasts", 1969). products[i * methods + j] = Σ of the products of errors i and j.
std::vector<double> least_error_weights(const std::vector<double>& products, std::size_t methods);

// A band from the quantiles of past errors, slot by slot with the neighbours on either side; conformal: of n past
// errors the k-th is taken so that the next one is inside with the share wanted (V. Vovk et al. 2005).
class ErrorBand {
 public:
  ErrorBand(unsigned slots, double share);
  void add(const DayCounts& errors);  // NaN = none
  // low and high for these counts; left empty while fewer than `least` errors are known on average.
  void apply(const DayCounts& counts, DayCounts& low, DayCounts& high) const;

 private:
  static constexpr std::size_t least = 7;
  double share_;
  std::vector<std::vector<double>> errors_;  // by slot
};

// Mean |X - m| of a Poisson count X with mean m.
double poisson_mean_deviation(double mean);

}  // namespace pledge::workforce
