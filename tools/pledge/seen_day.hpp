#pragma once
// What a journal shows of a day up to a moment, and the options in force then.
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/options.hpp"
#include "workforce/day_so_far.hpp"

namespace pledge {

struct JournalDay {
  workforce::SeenDay seen;
  std::shared_ptr<const core::Options> options;
};

// None, with the reason on standard error, if the files cannot be used.
std::optional<JournalDay> read_seen_day(const std::vector<std::string>& paths, core::Time now);

// The time of the last record; likewise.
std::optional<core::Time> last_time(const std::vector<std::string>& paths);

}  // namespace pledge
