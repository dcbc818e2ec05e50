#pragma once
// Linear programs solved by CLP (COIN-OR, EPL; Debian's coinor-libclp-dev). A layer of its own because engine/workforce is
// pure: the models and all that is said about them live there, and this is the only code that knows the library. Its handles
// never leave it.
//
// Chosen on the plan of 300 handlers x 4 weeks (5,172 rows, 5,964 variables): CLP's dual simplex takes 0.13 s of processor,
// GLPK's simplex 1.5 s. Branch and cut (CBC 2.10, GLPK 5.0) found no whole-number plan in 20 s for even a tenth of it, and
// is not needed: whole numbers come from exact tours (workforce/tours.hpp), so that only the bound is asked of a library.
#include "workforce/linear_program.hpp"

namespace pledge::solver {

// One thread, no output, deterministic unless `seconds` run out.
std::optional<workforce::LinearSolution> solve_with_clp(const workforce::LinearProgram& program, double seconds);

}  // namespace pledge::solver
