#include "workforce/ridge.hpp"

#include <algorithm>
#include <cmath>

namespace pledge::workforce {

Ridge::Ridge(std::size_t features, std::size_t targets, double half_life)
    : features_(features),
      targets_(targets),
      forget_(std::exp2(-1 / half_life)),
      gram_(features * features),
      moments_(features * targets),
      factor_(features * features),
      coefficients_(features * targets) {}

void Ridge::learn(const std::vector<double>& features, const std::vector<double>& targets) {
  for (std::size_t i = 0; i < features_; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      auto& sum = gram_[i * features_ + j];
      sum = sum * forget_ + features[i] * features[j];
    }
    for (std::size_t k = 0; k < targets_; ++k) {
      auto& sum = moments_[i * targets_ + k];
      sum = sum * forget_ + features[i] * targets[k];
    }
  }
}

// Cholesky's factor of gram + penalty, then the two triangular systems.
void Ridge::solve(const std::vector<double>& penalty) {
  const auto n = features_, m = targets_;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double sum = gram_[i * n + j] + (i == j ? penalty[i] : 0);
      for (std::size_t k = 0; k < j; ++k) sum -= factor_[i * n + k] * factor_[j * n + k];
      factor_[i * n + j] = i == j ? std::sqrt(std::max(sum, 1e-12)) : sum / factor_[j * n + j];
    }
  }
  coefficients_ = moments_;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t k = 0; k < i; ++k)
      for (std::size_t c = 0; c < m; ++c) coefficients_[i * m + c] -= factor_[i * n + k] * coefficients_[k * m + c];
    for (std::size_t c = 0; c < m; ++c) coefficients_[i * m + c] /= factor_[i * n + i];
  }
  for (std::size_t i = n; i-- > 0;) {
    for (std::size_t k = i + 1; k < n; ++k)
      for (std::size_t c = 0; c < m; ++c) coefficients_[i * m + c] -= factor_[k * n + i] * coefficients_[k * m + c];
    for (std::size_t c = 0; c < m; ++c) coefficients_[i * m + c] /= factor_[i * n + i];
  }
}

double Ridge::predict(const std::vector<double>& features, std::size_t target) const {
  double sum = 0;
  for (std::size_t i = 0; i < features_; ++i) sum += features[i] * coefficients_[i * targets_ + target];
  return sum;
}

}  // namespace pledge::workforce
