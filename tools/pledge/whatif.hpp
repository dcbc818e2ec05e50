#pragma once
// `pledge whatif`, and the end of `pledge diff --journal`.
#include <string>
#include <vector>

#include "tools/pledge/command.hpp"
#include "workforce/whatif.hpp"

namespace pledge {

struct WhatIfRequest {
  std::vector<std::string> journal;  // files or folders
  std::string configuration;         // folder; empty: the day's own
  std::string roster;                // file; empty: who was there then
  std::size_t calls = 20;            // told one by one, of those that would have fared differently
  double differs_by = 1;             // seconds
  std::uint64_t seed = 1;
  std::string html;                  // a page beside it; empty = none
};
// Prints, and returns the exit code.
int run_what_if(const Program& program, const WhatIfRequest& request);

void add_whatif(CLI::App& app, Program& program);

// What the report needs besides the result.
struct WhatIfReport {
  const workforce::WhatIf& result;
  const WhatIfRequest& request;
  std::vector<core::UtcOffset> offsets;  // of the new configuration's zone
};
// "config new/, roster next.csv": what the day is put under.
std::string under_text(const WhatIfRequest& request);
void print_what_if(const WhatIfReport& report);
void print_what_if_json(const WhatIfReport& report);
std::string what_if_page(const WhatIfReport& report);

// "18:30" of the local clock, seconds and tenths where asked for.
std::string clock_text(const std::vector<core::UtcOffset>& offsets, core::Time time, bool seconds);
// "emergency, 12.3 s, sim03": where a call went, how long it waited, who answered or how it ended.
std::string side_text(const workforce::CallLog& call, core::Duration wait);

}  // namespace pledge
