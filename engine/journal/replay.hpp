#pragma once
// Runs recorded events through a core again and compares what it decides with what was decided.
//
// Comparing needs a run from its first file on (header: file_in_run = 1) without holes: the core's state is made by
// all events before. Later files begin with the configuration in force, so that they can be read alone; their events
// are then shown, but not decided again.
#include <filesystem>
#include <functional>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "core/actions.hpp"
#include "journal/record.hpp"

namespace pledge::journal {

using Step = std::function<const core::Actions&(core::Time, const core::Event&)>;
Step new_core();  // of a core of its own, as a run of the engine begins with

// One record, and what the core answers to it now. `actions` is null where nothing is decided.
struct Replayed {
  const std::filesystem::path& file;
  const FileHeader& header;
  const Record& record;
  const core::Actions* actions = nullptr;
  bool same = true;  // the actions are byte for byte those recorded
};

struct ReplayOutcome {
  std::uint64_t records = 0;   // read
  std::uint64_t compared = 0;  // events decided again
  std::uint64_t different = 0;
  std::vector<std::string> remarks;  // "file: what": torn tails, damage, gaps, files that cannot be compared
  bool damaged = false;              // something other than a torn tail is wrong with the files
  std::string first_difference;      // sequence, time, event and actions as text; empty: none
};

// `new_core` is called at the beginning of each run in the files; null: nothing is decided. `each` may be null; it
// returns false to stop.
ReplayOutcome replay(const std::vector<std::filesystem::path>& files, const std::function<Step()>& new_core,
                     const std::function<bool(const Replayed&)>& each);

// ---- `pledge replay` ----
struct ReplayRequest {
  std::vector<std::string> paths;  // directories and files
  bool print = false;              // every event and every action
  bool json = false;               // as JSON, one object a line; the summary as the last
  bool compare = true;             // decide again and compare with the recorded digests
};
// Exit code: 0 all the same; 1 a decision differs; 2 nothing could be read; 3 the files are damaged.
int run_replay(const ReplayRequest& request, std::ostream& out, std::ostream& errors);

}  // namespace pledge::journal
