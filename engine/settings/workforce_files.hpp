#pragma once
// The planner's files of a day, read for `pledge intraday` and for [workforce] alike.
#include <optional>
#include <string>
#include <vector>

#include "settings/fault.hpp"
#include "workforce/day_ahead.hpp"

namespace pledge::settings {

struct WorkforceFiles {
  std::string roster, counts, calendar;  // files; empty: none
  std::string rules;                     // folder; empty: none
  std::string zone;                      // of their clock; exists
};

// Every fault of every file is added; with any the result is not complete.
workforce::PlannedDay read_workforce(const WorkforceFiles& files, std::vector<Fault>& faults);

// Of a zone that exists, from 1970 to 2100: those of `read_workforce`.
std::vector<core::UtcOffset> zone_offsets(const std::string& zone);

// Digest of the bytes of all of them: tells a new roster under the old name.
std::uint64_t digest_of(const WorkforceFiles& files);

}  // namespace pledge::settings
