#pragma once
// What the running engine plans with the files of its [workforce]: a day to come, and what its run would have been.
#include <cstdint>
#include <string>
#include <vector>

#include "tools/pledge/command.hpp"

namespace pledge {

struct LiveDay {
  std::string date;           // 2026-11-30; empty: tomorrow
  std::string configuration;  // folder on the engine's machine; empty: only what is in force
  std::uint32_t days = 0;     // 0: as configured
  std::uint64_t seed = 1;
};
// Prints, and returns the exit code; so do the others.
int simulate_live(const Program& program, const LiveDay& wanted);

struct LiveWhatIf {
  std::string configuration;  // likewise; empty: that of the run
  bool roster = false;        // who is there by the engine's roster
  std::uint32_t calls = 20;   // told one by one
  std::uint64_t seed = 1;
};
int what_if_live(const Program& program, const LiveWhatIf& wanted);

// The roster, or a change of it: the two parts HANDLER:DAY of a swap, or HANDLER:FROM:TO of a leave.
struct LiveRoster {
  std::vector<std::string> swap;
  std::string leave;
};
int roster_live(const Program& program, const LiveRoster& wanted);

}  // namespace pledge
