#pragma once
// Linear programs solved by CLP (COIN-OR, EPL; Debian's coinor-libclp-dev). A layer of its own because engine/workforce is
// pure: the models and all that is said about them live there, and this is the only code that knows the library. Its handles
// never leave it.
//
// Chosen on the plan of 300 handlers x 4 weeks (5,172 rows, 5,964 variables): CLP's dual simplex takes 0.13 s of processor,
// GLPK's simplex 1.5 s. Branch and cut found no whole-number plan of it (CBC 2.10: 24 s on a busy machine, some 4 s of
// processor; GLPK 5.0, a tenth of the handlers: 20 s, 2.5 s of processor), and is not needed: whole numbers come from exact tours (workforce/tours.hpp), so that only the bound is asked of a library.
#include "workforce/linear_program.hpp"

namespace pledge::solver {

// One thread, no output, deterministic unless `seconds` run out.
std::optional<workforce::LinearSolution> solve_with_clp(const workforce::LinearProgram& program, double seconds);

}  // namespace pledge::solver
