#pragma once
// `pledge staff --simulate`: staff by half-hour and group, by simulation.
#include <memory>
#include <string>
#include <vector>

#include "tools/pledge/command.hpp"

namespace pledge {

struct SimulatedStaffRequest {
  std::string demand, output, policy = "strict";
  std::vector<std::string> targets, groups, costs, most;
  double seconds = 60, ring = 0, wrap_up = 0, dispersion = 0, worst = 0;
  double shrinkage = 0.3;
  unsigned least = 1, parallel = 1;
  std::size_t days = 0;  // 0: by the calls
  std::uint64_t seed = 1;
};

// But for shrinkage and least, which are those of `pledge staff`.
void add_simulated_staff_options(CLI::App& command, SimulatedStaffRequest& request);

// Prints what it finds, or what is wrong; the exit code.
int find_simulated_staff(const Program& program, const SimulatedStaffRequest& request);

}  // namespace pledge
