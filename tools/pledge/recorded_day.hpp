#pragma once
// A recorded day from the files of a journal.
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "workforce/whatif.hpp"

namespace pledge {

struct ReadDay {
  workforce::RecordedDay events;
  std::vector<std::string> remarks;  // what is wrong with the files and does no harm: the torn end of a crash
};

// The events of one run of the engine, from its start on, without holes, and decided as this program decides them. The error is
// for a person, a line each: what, where, what to do.
tl::expected<ReadDay, std::vector<std::string>> read_day(const std::vector<std::string>& paths);

}  // namespace pledge
