#pragma once
// A recorded day from the files of a journal. Part of the composition root; `pledge whatif` reads with it too.
#include <functional>
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

// The latest run in a journal's folder, which may still go on. Gives up, with an error, when `stop` says so. A run older than
// `longest_run` is refused before it is read: its events would be kept all at once.
inline constexpr core::Duration longest_run = std::chrono::hours{36};
tl::expected<ReadDay, std::vector<std::string>> read_latest_run(const std::string& folder, core::Time now, const std::function<bool()>& stop);

// A roster of another week is a mistake, not an empty room.
bool any_shift_within(const workforce::RecordedDay& day, const std::vector<workforce::PlannedShift>& shifts);

}  // namespace pledge
