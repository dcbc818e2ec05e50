#pragma once
// The demonstration itself, from the first process to the last comparison.
#include <chrono>
#include <string>

namespace pledge {

struct DemoOptions {
  std::string configuration;
  std::chrono::seconds time{};  // 0: until told to stop
  double rate = 0;              // calls/s; 0: from the room's size
  double talk_seconds = 8;
  double patience_seconds = 45;
  std::uint64_t seed = 1;
  bool own_ports = false;
  bool audio = true;
  bool guest_phone = true;
  bool keep = false;
  bool json = false;
};
int run_demo(const DemoOptions& options);  // the exit code

}  // namespace pledge
