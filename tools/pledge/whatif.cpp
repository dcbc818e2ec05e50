// `pledge whatif`: a recorded day under another configuration or roster.
#include "tools/pledge/whatif.hpp"

#include <fmt/format.h>

#include "main/operations.hpp"
#include "main/recorded_day.hpp"
#include "tools/pledge/planning.hpp"
#include "tools/pledge/planning_live.hpp"

namespace pledge {

namespace {

int refuse(const std::vector<std::string>& lines) {
  for (const auto& line : lines) fmt::print(stderr, "{}\n", line);
  return exit_no;
}

// The recorded day's first, its later reloads left out; of another configuration those with the calendars of that day.
tl::expected<core::Options, std::vector<std::string>> options_of(const ReadDay& day, const WhatIfRequest& request) {
  const auto& first = day.events.front();
  if (request.configuration.empty()) return *std::get<core::Configured>(first.event).options;
  return options_in(request.configuration, first.at);
}

std::optional<std::vector<workforce::PlannedShift>> shifts_of(const std::string& path, const core::Options& options) {
  const auto text = read_file(path);
  if (!text) return std::nullopt;
  std::vector<workforce::TextFault> faults;
  auto shifts = workforce::read_planned_shifts(workforce::parse_table(*text, faults), options.utc_offsets, faults);
  if (print_faults(path, faults)) return std::nullopt;
  return shifts;
}

}  // namespace

int run_what_if(const Program& program, const WhatIfRequest& request) {
  if (request.configuration.empty() && request.roster.empty())
    return fmt::print(stderr, "nothing would differ: give --config, --roster or both\n"), exit_usage;
  const auto day = read_day(request.journal);
  if (!day) return refuse(day.error());
  for (const auto& remark : day->remarks) fmt::print(stderr, "{}\n", remark);
  const auto candidate = options_of(*day, request);
  if (!candidate) return refuse(candidate.error());
  workforce::WhatIfOptions options{core::Duration{static_cast<std::int64_t>(request.differs_by * 1e9)}, request.seed, {}};
  if (!request.roster.empty()) {
    options.roster = shifts_of(request.roster, *candidate);
    if (!options.roster) return exit_no;
    if (!any_shift_within(day->events, *options.roster)) return refuse({request.roster + ": no shift lies within the recorded time"});
  }
  const auto result = workforce::what_if(day->events, *candidate, options);
  const WhatIfReport report{result, request, candidate->utc_offsets};
  if (program.json) print_what_if_json(report);
  else print_what_if(report);
  if (!request.html.empty() && !write_file(request.html, what_if_page(report))) return exit_usage;
  return exit_done;
}

void add_whatif(CLI::App& app, Program& program) {
  auto* command = app.add_subcommand("whatif", "a recorded day under another configuration or roster, against what happened");
  auto request = std::make_shared<WhatIfRequest>();
  auto* journal = command->add_option("--journal", request->journal, "the day: a file of one run of the engine, or the folder of all; may be repeated")
      ->allow_extra_args(false)
      ->type_name("PATH");
  command->add_option("--config", request->configuration, "the configuration's folder (default: the day's own)")->type_name("DIR");
  command->add_option("--roster", request->roster, "who is there when, as `pledge roster` writes it (default: who was there)")
      ->type_name("FILE");
  command->add_option("--calls", request->calls, "how many of the calls that would have fared differently are told one by one (default 20)");
  command->add_option("--differs-by", request->differs_by, "seconds by which a wait must differ to be told (default 1)")
      ->check(CLI::Range(0.001, 3600.0));
  command->add_option("--seed", request->seed, "of what is drawn where the day does not tell (default 1)");
  command->add_option("--html", request->html, "also write a page with plots and tables")->type_name("FILE");
  auto live = std::make_shared<bool>(), planned = std::make_shared<bool>();
  auto* running = command->add_flag("--live", *live, "ask the engine at --server about its own run so far (no longer than 36 h)");
  command->add_flag("--planned", *planned, "with --live: who is there when by the roster of the engine's [workforce]")->needs(running);
  for (const char* other : {"--journal", "--roster", "--differs-by", "--html"}) running->excludes(command->get_option(other));
  command->footer(
      "Calls, sign-ons, ready and not-ready, phones, supervisors' requests happen when they happened; what followed from\n"
      "the engine's actions follows anew: each call keeps its talk time, its patience and the keys it pressed, each handler\n"
      "the way of meeting offers. What the day cannot tell is drawn from it: how long a call answered then would have gone\n"
      "on waiting (Kaplan and Meier's estimate), talk times of the queue for calls lost then. With the day's own\n"
      "configuration nothing differs. Reloads of that day are left out. Both sides are measured with the new targets; a\n"
      "share is answered within the target out of answered and abandoned.\n"
      "A roster replaces sign-ons, ready and not-ready, consoles and phones: each handler is ready from the shift's beginning to\n"
      "its end but for the breaks, in the role of that day, else the first; a call in hand is finished first. Its clock is the\n"
      "configuration's zone. It knows nobody who is late: compare with what `pledge adherence` finds.\n"
      "0: done; 1: the journal or the configuration or the roster cannot be used; 2: the command line is wrong.\n\n"
      "Examples:\n"
      "  pledge whatif --journal journal/ --config new/\n"
      "  pledge whatif --journal journal/ --config new/ --calls 100 --html whatif.html\n"
      "  pledge whatif --journal journal/ --roster roster.csv\n"
      "  pledge whatif --journal journal/ --config new/ --json | jq .queues\n"
      "  pledge whatif --live --config new/");
  command->callback([request, live, planned, journal, &program] {
    if (*live)
      program.exit = what_if_live(program, {request->configuration, *planned, static_cast<std::uint32_t>(request->calls), request->seed});
    else if (journal->empty()) fmt::print(stderr, "pledge whatif: name a --journal, or --live; see --help\n"), program.exit = exit_usage;
    else program.exit = run_what_if(program, *request);
  });
}

}  // namespace pledge
