// `pledge counts`: calls by queue and half-hour from the engine's journals, as `pledge forecast` reads them.
#include <fmt/format.h>

#include <cmath>
#include <map>

#include "journal/reader.hpp"
#include "journal/replay.hpp"
#include "settings/workforce_files.hpp"
#include "tools/pledge/command.hpp"
#include "tools/pledge/json.hpp"
#include "tools/pledge/planning.hpp"
#include "workforce/counted_calls.hpp"
#include "workforce/local_clock.hpp"
#include "workforce/roster_rules.hpp"

namespace pledge {
namespace {

using workforce::SeenHalfHour;

struct Request {
  std::vector<std::string> journal;
  std::string zone = "Europe/London";
};

struct Read {
  workforce::CountedCalls calls;
  core::Time run, last;
  std::uint64_t undecided = 0;  // records of runs without their first file
};

void take(Read& read, const journal::Replayed& step) {
  const core::Time now = step.record.time;
  if (read.run != step.header.run_started) read.calls.begin_run(step.header.run_started, read.last);
  read.run = step.header.run_started;
  read.last = now;
  const auto* event = std::get_if<core::Event>(&step.record.content);
  if (!event) return;
  read.calls.advance(now);
  if (const auto* configured = std::get_if<core::Configured>(event)) read.calls.configured(*configured->options);
  read.undecided += step.actions == nullptr && !step.record.restated;
  if (step.actions)
    for (const auto& action : *step.actions) read.calls.observe(now, action);
}

std::optional<Read> read_journals(const std::vector<std::string>& paths) {
  const auto files = journal::find_files(paths);
  if (!files) return fmt::print(stderr, "{}\n", files.error()), std::nullopt;
  Read read;
  const auto outcome = journal::replay(*files, journal::new_core, [&](const journal::Replayed& step) { return take(read, step), true; });
  for (const auto& remark : outcome.remarks) fmt::print(stderr, "{}\n", remark);
  if (outcome.damaged || read.undecided > 0)
    return fmt::print(stderr, "calls would be missing from the counts: name journals without damage, each run's files from its first on\n"),
           std::nullopt;
  if (read.calls.half_hours().empty())
    return fmt::print(stderr, "the journal has no half-hour from its beginning to its end: there is nothing to count yet\n"), std::nullopt;
  return read;
}

double wrap_up(const SeenHalfHour& calls) { return calls.wrapped > 0 ? calls.wrap_up / calls.wrapped : 0; }
double handling(const SeenHalfHour& calls) { return calls.talk / calls.handled + wrap_up(calls); }

// What staffing and simulation want to know beside the counts.
void tell(const std::string& name, const SeenHalfHour& all) {
  fmt::print(stderr, "class {}: {} calls", name, all.offered);
  if (all.handled > 0) {
    const double talk = all.talk / all.handled;
    const double cv = talk > 0 ? std::sqrt(std::max(0.0, all.talk_squared / all.handled - talk * talk)) / talk : 0;
    fmt::print(stderr, "; handling {:.0f} s ({:.0f} of it wrap-up), talk's coefficient of variation {:.2f}", handling(all), wrap_up(all), cv);
  }
  if (all.abandoned > 0) fmt::print(stderr, "; {} gave up, patience {:.0f} s", all.abandoned, all.waited / all.abandoned);
  fmt::print(stderr, "\n");
}

void add(SeenHalfHour& all, const SeenHalfHour& one) {
  all.offered += one.offered, all.handled += one.handled, all.wrapped += one.wrapped, all.abandoned += one.abandoned;
  all.talk += one.talk, all.talk_squared += one.talk_squared, all.wrap_up += one.wrap_up, all.waited += one.waited;
}

int run(const Program& program, const Request& request) {
  if (!known_zone(request.zone)) return exit_usage;
  const auto read = read_journals(request.journal);
  if (!read) return exit_no;
  const auto offsets = settings::zone_offsets(request.zone);
  std::map<std::string, SeenHalfHour> classes;
  if (!program.json) fmt::print("timestamp,count,class,handled,handling_s\n");
  for (const auto& [from, queue, calls] : read->calls.half_hours()) {
    const std::chrono::sys_seconds clock{std::chrono::seconds{workforce::clock_seconds(from, offsets)}};
    const auto day = std::chrono::floor<std::chrono::days>(clock);
    const auto stamp = workforce::stamp_text(day, static_cast<unsigned>((clock - day) / std::chrono::minutes{1}));
    if (program.json)
      fmt::print(R"({{"timestamp":"{}","count":{},"class":{},"handled":{},"handling_s":{}}})" "\n", stamp, calls.offered, json_quoted(queue.value),
                 calls.handled, calls.handled > 0 ? fmt::format("{:.1f}", handling(calls)) : "null");
    else
      fmt::print("{},{},{},{},{}\n", stamp, calls.offered, queue.value, calls.handled,
                 calls.handled > 0 ? fmt::format("{:.1f}", handling(calls)) : "");
    add(classes[queue.value], calls);
  }
  for (const auto& [name, all] : classes) tell(name, all);
  return exit_done;
}

}  // namespace

void add_counts(CLI::App& app, Program& program) {
  auto* command = app.add_subcommand("counts", "calls by queue and half-hour from the engine's journals, for `pledge forecast`");
  auto request = std::make_shared<Request>();
  command->add_option("--journal", request->journal, "journals' files or folders")->required()->type_name("PATH");
  command->add_option("--zone", request->zone, "zone of the local clock (default Europe/London)");
  command->footer(
      "Prints timestamp,count,class,handled,handling_s: the half-hour on the local clock, the calls that entered the queue in it as their\n"
      "first, the queue, the talks that ended in it and their mean with wrap-up. Half-hours that no run of the engine saw from beginning to end are left out: they are not known. The hour that the\n"
      "clock repeats is there twice; give `pledge forecast` the zone. On standard error, by class, how long calls took and callers\n"
      "waited before they gave up. 0: done; 1: the journals cannot be used.\n\n"
      "Example:\n"
      "  pledge counts --journal /var/lib/pledge/journal >counts.csv");
  command->callback([request, &program] { program.exit = run(program, *request); });
}

}  // namespace pledge
