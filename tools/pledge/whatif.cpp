// `pledge whatif`: a recorded day under another configuration.
#include "tools/pledge/whatif.hpp"

#include <fmt/format.h>

#include "main/operations.hpp"
#include "settings/settings.hpp"
#include "tools/pledge/planning.hpp"
#include "tools/pledge/recorded_day.hpp"

namespace pledge {

namespace {

int refuse(const std::vector<std::string>& lines) {
  for (const auto& line : lines) fmt::print(stderr, "{}\n", line);
  return exit_no;
}

}  // namespace

int run_what_if(const Program& program, const WhatIfRequest& request) {
  const auto day = read_day(request.journal);
  if (!day) return refuse(day.error());
  for (const auto& remark : day->remarks) fmt::print(stderr, "{}\n", remark);
  // Calendars are those of the day, and the descriptors are not needed here.
  auto judged = environment(day->events.front().at);
  judged.most_descriptors = 0;
  const auto loaded = settings::load(request.configuration, judged);
  if (!loaded) {
    for (const auto& fault : loaded.error()) fmt::print(stderr, "{}\n", settings::to_text(fault));
    return exit_no;
  }
  const workforce::WhatIfOptions options{core::Duration{static_cast<std::int64_t>(request.differs_by * 1e9)}, request.seed};
  const auto result = workforce::what_if(day->events, loaded->core, options);
  const WhatIfReport report{result, request, loaded->core.utc_offsets};
  if (program.json) print_what_if_json(report);
  else print_what_if(report);
  if (!request.html.empty() && !write_file(request.html, what_if_page(report))) return exit_usage;
  return exit_done;
}

void add_whatif(CLI::App& app, Program& program) {
  auto* command = app.add_subcommand("whatif", "a recorded day under another configuration, against what happened");
  auto request = std::make_shared<WhatIfRequest>();
  command->add_option("--journal", request->journal, "the day: a file of one run of the engine, or the folder of all; may be repeated")
      ->required()
      ->allow_extra_args(false)
      ->type_name("PATH");
  command->add_option("--config", request->configuration, "the configuration's folder")->required()->type_name("DIR");
  command->add_option("--calls", request->calls, "how many of the calls that would have fared differently are told one by one (default 20)");
  command->add_option("--differs-by", request->differs_by, "seconds by which a wait must differ to be told (default 1)")
      ->check(CLI::Range(0.001, 3600.0));
  command->add_option("--seed", request->seed, "of what is drawn where the day does not tell (default 1)");
  command->add_option("--html", request->html, "also write a page with plots and tables")->type_name("FILE");
  command->footer(
      "Calls, sign-ons, ready and not-ready, phones, supervisors' requests happen when they happened; what followed from\n"
      "the engine's actions follows anew: each call keeps its talk time, its patience and the keys it pressed, each handler\n"
      "the way of meeting offers. What the day cannot tell is drawn from it: how long a call answered then would have gone\n"
      "on waiting (Kaplan and Meier's estimate), talk times of the queue for calls lost then. With the day's own\n"
      "configuration nothing differs. Reloads of that day are left out. Both sides are measured with the new targets; a\n"
      "share is answered within the target out of answered and abandoned.\n"
      "0: done; 1: the journal or the configuration cannot be used; 2: the command line is wrong.\n\n"
      "Examples:\n"
      "  pledge whatif --journal journal/ --config new/\n"
      "  pledge whatif --journal journal/ --config new/ --calls 100 --html whatif.html\n"
      "  pledge whatif --journal journal/ --config new/ --json | jq .queues");
  command->callback([request, &program] { program.exit = run_what_if(program, *request); });
}

}  // namespace pledge
