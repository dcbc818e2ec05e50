#pragma once
// `pledge staff --simulate`: staff by half-hour and group, by simulation.
#include <optional>
#include <string>
#include <vector>

#include "tools/pledge/command.hpp"

namespace pledge {

struct SimulatedStaffRequest {
  std::string demand, output, configuration, policy;  // no policy: strict, or what is configured
  std::vector<std::string> targets, groups, costs, most;
  std::optional<double> ring;
  double seconds = 60, no_answer = 0, wrap_up = 0, dispersion = 0, worst = 0;
  double shrinkage = 0.3;
  std::optional<unsigned> least;  // handlers of a group at any time; default 1, of a configuration 0
  unsigned parallel = processors();
  std::size_t days = 0;  // 0: by the calls
  std::uint64_t seed = 1;
};

// But for shrinkage and least, which are those of `pledge staff`.
void add_simulated_staff_options(CLI::App& command, SimulatedStaffRequest& request);

// Prints what it finds, or what is wrong; the exit code.
int find_simulated_staff(const Program& program, const SimulatedStaffRequest& request);

}  // namespace pledge
