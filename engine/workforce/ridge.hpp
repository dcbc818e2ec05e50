#pragma once
// Least squares with a penalty on the size of the coefficients, several targets at once, older observations forgotten
// exponentially (A. E. Hoerl, R. W. Kennard, "Ridge regression", 1970).
#include <cstddef>
#include <vector>

namespace pledge::workforce {

class Ridge {
 public:
  // `half_life`: after so many observations one counts half.
  Ridge(std::size_t features, std::size_t targets, double half_life);
  void learn(const std::vector<double>& features, const std::vector<double>& targets);
  // The coefficients for all learned so far. `penalty`: one a feature, in observations; positive.
  void solve(const std::vector<double>& penalty);
  // By the coefficients of the last solve().
  double predict(const std::vector<double>& features, std::size_t target) const;

 private:
  std::size_t features_, targets_;
  double forget_;
  std::vector<double> gram_, moments_, factor_, coefficients_;
};

}  // namespace pledge::workforce
