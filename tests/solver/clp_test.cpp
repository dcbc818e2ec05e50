#include "solver/clp.hpp"

#include <printf.h>

#include <catch2/catch.hpp>

#include <array>

using namespace pledge;

TEST_CASE("the least cost of a small program, and none where no values keep its rows") {
  workforce::LinearProgram program;  // 2 a + 3 b is least where a + b >= 4 and a <= 3: a 3, b 1
  const int needed = program.add_row(4, workforce::LinearProgram::infinite);
  program.add_variable(2, 3);
  program.add_entry(needed, 1);
  program.add_variable(3, workforce::LinearProgram::infinite);
  program.add_entry(needed, 1);
  const auto solution = solver::solve_with_clp(program, 10);
  REQUIRE(solution);
  CHECK(solution->cost == Approx(9));
  CHECK(solution->values.at(0) == Approx(3));
  CHECK(solution->values.at(1) == Approx(1));

  program.most[1] = 0.5;
  CHECK_FALSE(solver::solve_with_clp(program, 10));
}

TEST_CASE("the library beneath adds no conversion to printf, which would make every format slow") {
  std::array<int, 4> types{};
  CHECK(parse_printf_format("%d", types.size(), types.data()) == 1);
  CHECK(parse_printf_format("%Qf", types.size(), types.data()) == 0);  // libquadmath's
}
