#include "workforce/erlang_table.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace pledge::workforce {

namespace {

constexpr std::array figures_by_column{
    std::pair{"prob_wait", &ErlangFigures::wait_share},
    std::pair{"asa_s", &ErlangFigures::answered_wait},
    std::pair{"service_level", &ErlangFigures::service_level},
    std::pair{"one_minus_service_level", &ErlangFigures::late_share},
    std::pair{"abandon_prob", &ErlangFigures::abandoned},
    std::pair{"occupancy", &ErlangFigures::occupancy},
    std::pair{"mean_wait_all_s", &ErlangFigures::mean_wait},
    std::pair{"sl_of_served", &ErlangFigures::service_level_answered},
    std::pair{"sl_excl_short_abandons", &ErlangFigures::service_level_patient},
};
constexpr std::array models{std::pair{"ErlangB", ErlangModel::b}, std::pair{"ErlangC", ErlangModel::c},
                            std::pair{"ErlangA", ErlangModel::a}};

constexpr NumberRange arrivals_range{"lambda_per_s", 1e-9, 1e6}, handling_range{"aht_s", 1e-3, 1e6},
    agents_range{"agents", 1, most_erlang_handlers}, patience_range{"patience_s", 1e-6, 1e9},
    target_range{"target_s", 0, 1e6};

struct Reader {
  const Row& row;
  std::vector<TextFault>& faults;
  const std::vector<std::size_t>& columns;  // model, λ, handling, agents, patience, target

  const Cell& cell(std::size_t i) const { return row.cells[columns[i]]; }
  bool fault(std::size_t i, std::string what, std::string why, std::string remedy) {
    faults.push_back({row.line, cell(i).column, std::move(what), std::move(why), std::move(remedy)});
    return false;
  }
  bool number(std::size_t i, const NumberRange& range, double& value) {
    const auto read = parse_number(row, cell(i), range, faults);
    if (read) value = *read;
    return read.has_value();
  }

  bool model(ErlangCase& out) {
    const auto known =
        std::find_if(models.begin(), models.end(), [&](const auto& m) { return m.first == cell(0).text; });
    if (known == models.end())
      return fault(0, "model \"" + cell(0).text + "\"", "not a model known here", "write ErlangB, ErlangC or ErlangA");
    out.model = known->second;
    return true;
  }
  bool values(ErlangCase& out) {
    double agents = 0;
    bool good = number(1, arrivals_range, out.load.arrivals);
    good = number(2, handling_range, out.load.handling) && good;
    good = number(3, agents_range, agents) && good;
    good = number(5, target_range, out.target) && good;
    if (out.model == ErlangModel::a) good = number(4, patience_range, out.load.patience) && good;
    out.handlers = static_cast<std::uint32_t>(agents);
    if (good && out.handlers != agents) return fault(3, "agents " + cell(3).text, "not a whole number", "round it up");
    return good;
  }
  bool compute(ErlangCase& out) {
    if (out.model == ErlangModel::a && !erlang_a_is_bounded(out.load))
      return fault(4, "patience_s " + cell(4).text,
                   "so many callers could wait at once that their sum would take minutes",
                   "use ErlangC, or a patience that callers have");
    if (out.model == ErlangModel::c) {
      const auto figures = erlang_c(out.load, out.handlers, out.target);
      if (!figures)
        return fault(3, "agents " + cell(3).text,
                     "no more than the load in erlangs: the queue would grow without bound",
                     "give more agents, or use ErlangA with the callers' patience");
      out.figures = *figures;
      return true;
    }
    out.figures =
        out.model == ErlangModel::a ? erlang_a(out.load, out.handlers, out.target) : erlang_b(out.load, out.handlers);
    return true;
  }
};

}  // namespace

std::vector<ErlangCase> erlang_cases(const Table& table, std::vector<TextFault>& faults) {
  const auto before = faults.size();
  const char* arrivals = table.column("lambda_per_s_exact") ? "lambda_per_s_exact" : "lambda_per_s";
  const auto columns = require_columns(table, {"model", arrivals, "aht_s", "agents", "patience_s", "target_s"}, faults);
  std::vector<ErlangCase> cases;
  if (faults.size() > before) return cases;
  for (const auto& row : table.rows) {
    Reader reader{row, faults, columns};
    ErlangCase one;
    one.line = row.line;
    if (reader.model(one) && reader.values(one) && reader.compute(one)) cases.push_back(one);
  }
  return cases;
}

const double ErlangFigures::*erlang_figure(std::string_view column) {
  const auto known = std::find_if(figures_by_column.begin(), figures_by_column.end(),
                                  [&](const auto& f) { return f.first == column; });
  return known == figures_by_column.end() ? nullptr : known->second;
}

}  // namespace pledge::workforce
