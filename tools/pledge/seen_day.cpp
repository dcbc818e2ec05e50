#include "tools/pledge/seen_day.hpp"

#include <fmt/format.h>

#include "journal/reader.hpp"
#include "journal/replay.hpp"

namespace pledge {
namespace {

struct Read {
  workforce::DaySoFar day;
  std::shared_ptr<const core::Options> options;
  core::Time run, last;
  std::uint64_t undecided = 0;  // records of runs without their first file
};

void take(Read& read, const journal::Replayed& step) {
  if (read.run != step.header.run_started) read.day.begin_run(step.header.run_started, read.last);
  read.run = step.header.run_started;
  read.last = step.record.time;
  const auto* event = std::get_if<core::Event>(&step.record.content);
  if (!event) return;
  if (const auto* configured = std::get_if<core::Configured>(event)) read.options = configured->options;
  read.undecided += step.actions == nullptr && !step.record.restated;
  if (step.actions)
    for (const auto& action : *step.actions) read.day.observe(step.record.time, action);
}

}  // namespace

std::optional<JournalDay> read_seen_day(const std::vector<std::string>& paths, core::Time now) {
  const auto files = journal::find_files(paths);
  if (!files) return fmt::print(stderr, "{}\n", files.error()), std::nullopt;
  Read read;
  const auto outcome = journal::replay(*files, journal::new_core, [&](const journal::Replayed& step) {
    if (step.record.time > now) return false;
    return take(read, step), true;
  });
  for (const auto& remark : outcome.remarks) fmt::print(stderr, "{}\n", remark);
  if (!read.options)
    return fmt::print(stderr, "the journal has no configuration up to then: name a run's files from its first on, and a time after "
                              "its start\n"), std::nullopt;
  if (read.undecided > 0)
    fmt::print(stderr, "{} events follow a file that is not there: nothing is known from them; name the run's files from its first on\n",
               read.undecided);
  return JournalDay{read.day.seen(now), read.options};
}

std::optional<core::Time> last_time(const std::vector<std::string>& paths) {
  const auto files = journal::find_files(paths);
  if (!files) return fmt::print(stderr, "{}\n", files.error()), std::nullopt;
  std::optional<core::Time> last;
  journal::replay(*files, nullptr, [&](const journal::Replayed& step) { return last = step.record.time, true; });
  if (!last) fmt::print(stderr, "the journal has no records\n");
  return last;
}

}  // namespace pledge
