#include "solver/clp.hpp"

#include <coin/Clp_C_Interface.h>
#include <printf.h>

#include <memory>

namespace pledge::solver {

namespace {

struct Deleted {
  void operator()(Clp_Simplex* model) const { Clp_deleteModel(model); }
};

constexpr int optimal = 0;  // Clp_status

}  // namespace

std::optional<workforce::LinearSolution> solve_with_clp(const workforce::LinearProgram& program, double seconds) {
  const std::unique_ptr<Clp_Simplex, Deleted> model{Clp_newModel()};
  Clp_setLogLevel(model.get(), 0);
  Clp_setMaximumSeconds(model.get(), seconds);
  const std::vector<double> least(program.cost.size(), 0);
  Clp_loadProblem(model.get(), static_cast<int>(program.cost.size()), static_cast<int>(program.row_least.size()),
                  program.starts.data(), program.rows.data(), program.values.data(), least.data(), program.most.data(),
                  program.cost.data(), program.row_least.data(), program.row_most.data());
  Clp_initialDualSolve(model.get());
  if (Clp_status(model.get()) != optimal) return std::nullopt;
  const double* values = Clp_primalColumnSolution(model.get());
  return workforce::LinearSolution{Clp_objectiveValue(model.get()), {values, values + program.cost.size()}};
}

}  // namespace pledge::solver

// Clp's linear algebra brings libquadmath, which on loading registers conversions of its own with printf. From then on
// glibc reads every format twice, slowly, in the whole process: 6 % of the instructions of a call (`tools/bench --only
// instructions`), as the SIP library prints with it. Nobody here prints quadruple precision; refused a type, libquadmath
// registers nothing. The dynamic linker finds this function before glibc's.
extern "C" int register_printf_type(printf_va_arg_function*) noexcept { return -1; }
