#pragma once
// A linear program as values, and the one function that solves it. The formulations are pure and stand here; the library that
// solves them is behind this wall (engine/solver), so that models are tested without it and it can be changed without them.
#include <functional>
#include <limits>
#include <optional>
#include <vector>

namespace pledge::workforce {

// minimise cost·x where each row's sum lies within its bounds and each variable in 0..most. Columns are stored one after the
// other: column c has entries starts[c] .. starts[c + 1] - 1 of `rows` and `values`.
struct LinearProgram {
  static constexpr double infinite = std::numeric_limits<double>::infinity();
  std::vector<double> cost, most;
  std::vector<int> starts{0}, rows;
  std::vector<double> values;
  std::vector<double> row_least, row_most;

  int add_row(double least, double its_most) {
    row_least.push_back(least);
    row_most.push_back(its_most);
    return static_cast<int>(row_least.size()) - 1;
  }
  // The entries that follow are the new variable's.
  int add_variable(double its_cost, double its_most) {
    cost.push_back(its_cost);
    most.push_back(its_most);
    starts.push_back(starts.back());
    return static_cast<int>(cost.size()) - 1;
  }
  void add_entry(int row, double value) {
    rows.push_back(row);
    values.push_back(value);
    ++starts.back();
  }
};

struct LinearSolution {
  double cost = 0;             // the least
  std::vector<double> values;  // of the variables
};

// None if nothing keeps every row, or if `seconds` were not enough.
using SolveLinear = std::function<std::optional<LinearSolution>(const LinearProgram& program, double seconds)>;

}  // namespace pledge::workforce
