#include "main/recorded_day.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "journal/json.hpp"
#include "journal/reader.hpp"
#include "journal/replay.hpp"

namespace pledge {
namespace {

using Faults = std::vector<std::string>;

struct Read {
  workforce::RecordedDay events;
  std::map<core::Time, std::string> runs;  // by their start: the first file given
  std::uint64_t calls = 0, undecided = 0;
};

using Files = std::vector<std::filesystem::path>;
using Stop = std::function<bool()>;

journal::ReplayOutcome replay(const Files& files, Read& read, const Stop& stop) {
  return journal::replay(files, journal::new_core, [&](const journal::Replayed& step) {
    if (stop && stop()) return false;
    read.runs.emplace(step.header.run_started, step.file.string());
    const auto* event = std::get_if<core::Event>(&step.record.content);
    if (!event || step.record.restated) return true;
    read.undecided += step.actions == nullptr;
    read.calls += std::holds_alternative<core::CallArrived>(*event);
    read.events.push_back({step.record.time, *event});
    return true;
  });
}

std::string time_text(core::Time time) {
  std::string text;
  journal::json_time(text, time);
  return text.substr(1, 19) + "Z";  // without quotes and fractions
}

Faults several_runs(const Read& read) {
  Faults faults{fmt::format("the files are of {} runs of the engine, and a day is of one: name the files of one run", read.runs.size())};
  for (const auto& [started, file] : read.runs) faults.push_back(fmt::format("  started {}: {} and on", time_text(started), file));
  return faults;
}

Faults faults_of(const Read& read, const journal::ReplayOutcome& outcome) {
  if (outcome.damaged || read.undecided > 0 || read.events.empty()) {
    Faults faults = outcome.remarks;
    faults.push_back(read.events.empty() ? "no event could be read: name a journal's folder or its files, from a run's first on"
                                         : "the day cannot be played: a journal without damage or holes from the engine's start on is needed");
    return faults;
  }
  if (read.runs.size() > 1) return several_runs(read);
  if (outcome.different > 0)
    return {fmt::format("{} of {} events are decided otherwise by this version than they were: what was and what if would not "
                        "compare; use the version that wrote the journal (`pledge replay` shows the first)",
                        outcome.different, outcome.compared)};
  if (read.calls == 0)
    return {fmt::format("no call arrived from {} to {}: there is nothing to compare", time_text(read.events.front().at),
                        time_text(read.events.back().at))};
  return {};
}

tl::expected<ReadDay, Faults> read(const Files& files, const Stop& stop) {
  Read read;
  const auto outcome = replay(files, read, stop);
  if (stop && stop()) return tl::unexpected(Faults{"given up"});
  if (auto faults = faults_of(read, outcome); !faults.empty()) return tl::unexpected(std::move(faults));
  return ReadDay{std::move(read.events), outcome.remarks};
}

std::optional<core::Time> run_of(const std::filesystem::path& path) {
  const auto file = journal::MappedFile::open(path);
  if (!file) return std::nullopt;
  const journal::Records records{file->bytes()};
  return records.header() ? std::optional{records.header()->run_started} : std::nullopt;
}

}  // namespace

tl::expected<ReadDay, Faults> read_day(const std::vector<std::string>& paths) {
  const auto files = journal::find_files(paths);
  if (!files) return tl::unexpected(Faults{files.error()});
  return read(*files, {});
}

tl::expected<ReadDay, Faults> read_latest_run(const std::string& folder, core::Time now, const Stop& stop) {
  const auto files = journal::find_files({folder});
  if (!files) return tl::unexpected(Faults{files.error()});
  std::map<core::Time, Files> runs;
  for (const auto& file : *files)
    if (const auto started = run_of(file)) runs[*started].push_back(file);
  if (runs.empty()) return tl::unexpected(Faults{folder + ": no journal that can be read"});
  const auto& [started, latest] = *runs.rbegin();
  if (now - started > longest_run)
    return tl::unexpected(Faults{fmt::format("this run of the engine began at {}, longer ago than {} h: `pledge whatif --journal` reads it "
                                             "without the engine's memory", time_text(started), longest_run / std::chrono::hours{1})});
  return read(latest, stop);
}

bool any_shift_within(const workforce::RecordedDay& day, const std::vector<workforce::PlannedShift>& shifts) {
  const core::Time from = day.front().at, to = day.back().at;
  return std::any_of(shifts.begin(), shifts.end(), [&](const auto& shift) { return shift.from < to && shift.to > from; });
}

}  // namespace pledge
