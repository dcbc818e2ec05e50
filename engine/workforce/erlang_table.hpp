#pragma once
// Erlang's models for every row of a table. Columns read: model (ErlangB, ErlangC, ErlangA), lambda_per_s, aht_s,
// agents, patience_s (ErlangA only), target_s. lambda_per_s_exact (a fraction) goes before lambda_per_s.
#include "workforce/erlang.hpp"
#include "workforce/table.hpp"

namespace pledge::workforce {

struct ErlangCase {
  std::uint32_t line = 0;
  ErlangModel model{};
  ErlangLoad load;
  std::uint32_t handlers = 0;
  double target = 0;  // s
  ErlangFigures figures;
};

// One case a row, computed, in the table's order; rows with a fault are left out.
std::vector<ErlangCase> erlang_cases(const Table& table, std::vector<TextFault>& faults);

// The figure that a column of this name shows; null where the column is an input or of another kind.
const double ErlangFigures::*erlang_figure(std::string_view column);

}  // namespace pledge::workforce
