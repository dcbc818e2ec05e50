// `pledge simulate`: days of calls through the core that runs live, on a virtual clock.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "tools/pledge/client.hpp"
#include "tools/pledge/command.hpp"
#include "tools/pledge/planning.hpp"
#include "tools/pledge/planning_live.hpp"
#include "tools/pledge/simulate_days.hpp"
#include "tools/pledge/simulate_hours.hpp"
#include "tools/pledge/simulate_page.hpp"
#include "tools/pledge/simulate_words.hpp"
#include "workforce/study.hpp"
#include "workforce/traces.hpp"

namespace pledge {
namespace {

using namespace workforce;

struct Request {
  std::string calls, staff, demand, html;
  std::vector<std::string> classes, groups, policies{"strict"}, surges, hours_to;
  double beta = 1, ring = 0, no_answer = 0, wrap_up = 0, dispersion = 0;
  int days = 20;
  unsigned parallel = processors();
  std::uint64_t seed = 1;
  bool idle_leave_first = false;
};

using Study = SimulatedDays;

HoursTarget hours_target(const std::string& text, std::size_t classes) {
  HoursTarget target{text, {}};
  for (const std::string& part : split(text, '/')) {
    const double share = number(part, "--hours-to " + text) / 100;
    if (share <= 0 || share >= 1) throw Wrong{{fmt::format("--hours-to {}: a share is above 0 and below 100 %", text)}};
    target.shares.push_back(share);
  }
  if (target.shares.size() != classes)
    throw Wrong{{fmt::format("--hours-to {}: {} shares for {} classes; write one for each --class, e.g. 97/80", text,
                             target.shares.size(), classes)}};
  return target;
}

void add_surge(DemandOfDay& demand, const std::string& text) {
  const auto parts = split(text, ':');
  if (parts.size() != 3) throw Wrong{{fmt::format("--surge {}: write CLASS:FROM_S:CALLS, e.g. E:66600:250", text)}};
  Surge surge;
  while (surge.demand_class < demand.classes.size() && demand.classes[surge.demand_class].name != parts[0]) ++surge.demand_class;
  if (surge.demand_class == demand.classes.size()) throw Wrong{{fmt::format("--surge {}: no class \"{}\" in the demand", text, parts[0])}};
  surge.from = number(parts[1], "--surge " + text);
  surge.calls = number(parts[2], "--surge " + text);
  demand.surges.push_back(surge);
}

// A group serves the classes that --group says, else all.
void add_groups(Study& study, const Request& request, const std::vector<std::string>& names) {
  std::vector<std::string> all;
  for (const RoomClass& c : study.room.classes) all.push_back(c.name);
  for (const std::string& name : names) study.room.groups.push_back({name, all});
  for (const std::string& text : request.groups) {
    const auto colon = text.find(':');
    const auto group = std::find_if(study.room.groups.begin(), study.room.groups.end(),
                                    [&](const RoomGroup& g) { return g.name == text.substr(0, colon); });
    if (colon == std::string::npos || group == study.room.groups.end())
      throw Wrong{{fmt::format("--group {}: write GROUP:CLASS+CLASS for a group of the staff", text)}};
    group->classes = split(text.substr(colon + 1), '+');
    for (const std::string& name : group->classes)
      if (std::find(all.begin(), all.end(), name) == all.end())
        throw Wrong{{fmt::format("--group {}: there is no class \"{}\"", text, name)}};
  }
}

void check_classes(const Study& study) {
  const auto known = [&](const std::string& name) {
    return std::any_of(study.room.classes.begin(), study.room.classes.end(), [&](const RoomClass& c) { return c.name == name; });
  };
  for (const SimulatedCall& call : study.calls)
    if (!known(call.dialled)) throw Wrong{{fmt::format("class \"{}\" has calls and no target: add --class {}:SECONDS:SHARE", call.dialled, call.dialled)}};
  for (const DemandClass& demand : study.demand.classes)
    if (!known(demand.name)) throw Wrong{{fmt::format("class \"{}\" has demand and no target: add --class {}:SECONDS:SHARE", demand.name, demand.name)}};
}

// A class with calls is served by a group of which somebody is on at some time.
void check_handlers(const Study& study) {
  std::set<std::string> served, with_calls;
  for (const Shift& shift : study.shifts) {
    const auto group = std::find_if(study.room.groups.begin(), study.room.groups.end(),
                                    [&](const RoomGroup& g) { return g.name == shift.group; });
    if (group != study.room.groups.end()) served.insert(group->classes.begin(), group->classes.end());
  }
  for (const SimulatedCall& call : study.calls) with_calls.insert(call.dialled);
  for (const DemandClass& demand : study.demand.classes)
    if (*std::max_element(demand.calls.begin(), demand.calls.end()) > 0) with_calls.insert(demand.name);
  Wrong wrong;
  for (const std::string& name : with_calls)
    if (!served.contains(name))
      wrong.lines.push_back(fmt::format("class \"{}\" has calls and no handlers: no group of the staff with anybody on serves it; name it "
                                        "for one with --group GROUP:CLASS+{}, or add staff",
                                        name, name));
  if (!wrong.lines.empty()) throw wrong;
}

std::vector<std::string> staff_groups(Study& study, const Request& request) {
  if (request.staff.empty()) {
    study.plan.staff = square_root_staffing(study.demand, request.beta);
    study.shifts = shifts_of(study.plan.staff, std::chrono::minutes{30}, "all");
    return {"all"};
  }
  auto staff = rows_of<StaffChange>(request.staff, read_staff);
  std::vector<std::string> names;
  for (StaffChange& change : staff) {
    if (std::find(names.begin(), names.end(), change.group) == names.end()) names.push_back(change.group);
    if (change.from > 0) change.from += study.from;  // the first half-hours' staff are there in the pre-roll
  }
  study.end = study.from + seconds_a_day + run_out;
  if (!study.calls.empty()) study.end = std::max(study.end, static_cast<double>(study.calls.back().at.count()) / 1e9 + seconds_a_day);
  study.staff = std::move(staff);
  study.shifts = shifts_of(study.staff, study.end);
  return names;
}

Study study_of(const Request& request) {
  Study study;
  study.seed = request.seed;
  study.ring = core::duration(request.ring);
  study.unanswered = request.no_answer;
  study.idle_leave_first = request.idle_leave_first;
  study.room.wrap_up = request.wrap_up;
  for (const std::string& text : request.classes) study.room.classes.push_back(room_class("--class", text));
  for (const std::string& text : request.policies) {
    const auto policy = parse_policy(text);
    if (!policy) throw Wrong{{fmt::format("--policy {}: unknown; there is {}", text, policy_names)}};
    study.policies.push_back(*policy);
  }
  if (request.calls.empty() == request.demand.empty()) throw Wrong{{"give either --calls and --staff, or --demand"}};
  if (!request.calls.empty() && request.staff.empty()) throw Wrong{{"--calls needs --staff"}};
  if (!request.calls.empty()) {
    study.calls = rows_of<SimulatedCall>(request.calls, read_calls);
    study.days = 1 + static_cast<std::size_t>(std::chrono::floor<std::chrono::days>(study.calls.back().at).count());
  } else {
    study.demand.classes = rows_of<DemandClass>(request.demand, read_demand);
    study.demand.dispersion = request.dispersion;
    for (const std::string& text : request.surges) add_surge(study.demand, text);
    study.from = pre_roll;
    study.days = static_cast<std::size_t>(request.days);
  }
  check_classes(study);
  add_groups(study, request, staff_groups(study, request));
  if (!study.is_trace()) study.plan.staff = planned_handlers(study.room, study.shifts);
  check_handlers(study);
  return study;
}

std::string json(double value, int decimals) { return std::isnan(value) ? "null" : fmt::format("{:.{}f}", value, decimals); }

std::string json(const Estimate& estimate) {
  return fmt::format(R"({{"mean":{},"interval":{}}})", json(estimate.mean, 6),
                     estimate.interval ? fmt::format("{:.6f}", *estimate.interval) : "null");
}

std::string json(const std::optional<Between>& between) {
  return between ? fmt::format("[{:.3f},{:.3f}]", between->low, between->high) : "null";
}

void print_json(const Study& study, const Policy& policy, const std::vector<ClassSummary>& classes, const Estimate& busy) {
  std::string rows;
  for (std::size_t c = 0; c < classes.size(); ++c) {
    const ClassSummary& s = classes[c];
    rows += fmt::format(
        R"({}{{"class":{},"target_s":{},"offered_a_day":{:.2f},"service_level":{},"difference":{},"worst_half_hour":{},)"
        R"("abandoned":{},"over_60_s_a_day":{},"wait_s":{{"p50":{},"p99":{},"p99_between":{},"longest":{}}}}})",
        c > 0 ? "," : "", json_quoted(study.room.classes[c].name), study.room.classes[c].target, s.offered_a_day,
        json(s.service_level), json(s.difference), json(s.worst_half_hour), json(s.abandoned), json(s.over_60_s), json(s.p50, 3),
        json(s.p99, 3), json(s.p99_between), json(s.longest, 3));
  }
  fmt::print(R"({{"policy":{},"days":{},"seed":{},"handler_hours_a_day":{:.2f},"occupancy":{},"classes":[{}]}})" "\n",
             json_quoted(policy.name), study.days, study.seed, hours_a_day_of(study), json(busy), rows);
}

std::string percent(const Estimate& estimate, int decimals = 2) {
  if (std::isnan(estimate.mean)) return "–";
  return fmt::format("{:.{}f}{} %", estimate.mean * 100, decimals,
                     estimate.interval ? fmt::format(" ±{:.{}f}", *estimate.interval * 100, decimals) : "");
}

std::string seconds(double wait) { return std::isnan(wait) ? "–" : fmt::format("{:.0f} s", wait); }

std::string p99_text(const ClassSummary& s) {
  return seconds(s.p99) + (s.p99_between ? fmt::format(" ({:.0f} to {:.0f})", s.p99_between->low, s.p99_between->high) : "");
}

void print_text(const Study& study, const Policy& policy, const std::vector<ClassSummary>& classes, const Estimate& busy, bool first) {
  if (first)
    fmt::print("{} day{}, seed {}, {:.0f} handler-hours a day; abandoned calls count as missed; ± and (to) are the 95 % interval\n",
               study.days, study.days == 1 ? "" : "s", study.seed, hours_a_day_of(study));
  for (std::size_t c = 0; c < classes.size(); ++c) {
    const ClassSummary& s = classes[c];
    fmt::print("{:<18} {:<8} in {:g} s {:<15} {:<26} worst half-hour {:<14} p99 {:<20} longest {:<8}{}\n",
               c == 0 ? policy.name : "", study.room.classes[c].name, study.room.classes[c].target, percent(s.service_level),
               first ? "" : "(" + percent(s.difference) + " to first)", percent(s.worst_half_hour, 1), p99_text(s), seconds(s.longest),
               c == 0 ? " occupancy " + percent(busy, 1) : "");
  }
}

int simulate_days(const Program& program, const Request& request) {
  try {
    const Study study = study_of(request);
    std::vector<HoursTarget> targets;
    for (const std::string& text : request.hours_to) targets.push_back(hours_target(text, study.room.classes.size()));
    if (!targets.empty() && !request.html.empty()) throw Wrong{{"--html has no page for --hours-to: ask for one of the two"}};
    if (!targets.empty()) return print_hours(study, targets, request.parallel, program.json), exit_done;
    const auto figures = run_days(study, request.parallel);
    for (std::size_t p = 0; p < figures.size(); ++p) {
      const auto summary = summarise(figures[p], figures[0]);
      const auto busy = occupancy(figures[p], hours_a_day_of(study));
      if (program.json) print_json(study, study.policies[p], summary, busy);
      else print_text(study, study.policies[p], summary, busy, p == 0);
    }
    if (request.html.empty()) return exit_done;
    const auto page = simulate_page({study.room, study.policies, figures, study.shifts, study.from, study.days_a_run(),
                                     hours_a_day_of(study), study.seed});
    return write_file(request.html, page) ? exit_done : exit_usage;
  } catch (const Wrong& wrong) {
    for (const std::string& line : wrong.lines) fmt::print(stderr, "{}\n", line);
    return wrong.exit;
  }
}

}  // namespace

void add_simulate(CLI::App& app, Program& program) {
  auto* command = app.add_subcommand("simulate", "days of calls through the same core on a virtual clock");
  auto request = std::make_shared<Request>();
  request->classes = {"E:10:0.97", "N:30:0.8"};
  command->add_option("--calls", request->calls, "calls to replay: arrival_s,class,service_s,patience_s");
  command->add_option("--staff", request->staff, "who is on: from_s,group,handlers");
  command->add_option("--demand", request->demand, "forecast to draw days from: hour,class,calls,handling_s,handling_cv,patience_s");
  command->add_option("--beta", request->beta, "without --staff: square-root staffing, load + BETA·√load")->check(CLI::Range(-10.0, 10.0));
  command->add_option("--class", request->classes, "targets by order of priority, NAME:SECONDS:SHARE (default E:10:0.97 N:30:0.8)");
  command->add_option("--group", request->groups, "what a group of the staff serves, GROUP:CLASS+CLASS (default: everything)");
  command->add_option("--policy", request->policies, fmt::format("{}; several are compared on the same calls", policy_names));
  command->add_option("--hours-to", request->hours_to,
                      "per cent in time by class, e.g. 97/80: the handler-hours a day that each policy needs for it, instead of figures");
  command->add_option("--surge", request->surges, "calls beyond the forecast, CLASS:FROM_S:CALLS");
  command->add_option("--dispersion", request->dispersion, "coefficient of variation of a day's volume")->check(CLI::Range(0.0, 2.0));
  command->add_option("--ring", request->ring, "seconds that a phone rings before it is answered")->check(CLI::Range(0.0, 19.0));
  command->add_option("--no-answer", request->no_answer, "share of offers that no phone answers: the next handler is offered the call after 20 s")
      ->check(CLI::Range(0.0, 0.9));
  command->add_option("--wrap-up", request->wrap_up, "seconds of after-call work")->check(CLI::Range(0.0, 3600.0));
  command->add_flag("--idle-leave-first", request->idle_leave_first,
                    "staff is a number, not persons: whoever of a group is idle leaves at the end of a shift (default: who has it)");
  command->add_option("--days", request->days, "days to draw from the demand")->check(CLI::Range(1, 100'000));
  command->add_option("--seed", request->seed, "of the drawn days; each day has a number of its own, made of both");
  command->add_option("--parallel", request->parallel, "threads (default: one a processor); the figures do not depend on it")->check(CLI::Range(1, 256));
  command->add_option("--html", request->html, "also write a page with plots and tables")->type_name("FILE");
  auto live = std::make_shared<LiveDay>();
  auto asked = std::make_shared<bool>();
  auto* running = command->add_flag("--live", *asked, "ask the engine at --server: a day to come, with its forecast, roster and configuration");
  command->add_option("--date", live->date, "with --live: the day, as 2026-11-30 (default tomorrow)")->needs(running);
  command->add_option("--config", live->configuration, "with --live: beside it, on the same calls, with this configuration")->needs(running)->type_name("DIR");
  for (const char* other : {"--calls", "--staff", "--demand", "--beta", "--class", "--group", "--policy", "--hours-to", "--surge", "--dispersion",
                            "--ring", "--no-answer", "--wrap-up", "--idle-leave-first", "--parallel", "--html"})
    running->excludes(command->get_option(other));
  command->footer(
      "The same options, calls and seed give the same figures. Orders other than strict are for comparison: `serve` has no\n"
      "option for them. A class's calls are named in the order of priority by --class; a share is answered within the target\n"
      "out of all offered on all days. A file of calls may span days: each 24 h from 0 s on count as one. The worst half-hour is\n"
      "the least of 48, occupancy the talk and wrap-up out of the handlers' hours. --hours-to tries more and fewer staff on the same calls, by BETA or by multiplying --staff.\n\n"
      "Examples:\n"
      "  pledge simulate --calls calls.csv --staff staff.csv --policy strict reserve:2\n"
      "  pledge simulate --demand demand.csv --beta 0.4 --days 200 --policy strict reserve-by-wait --html page.html\n"
      "  pledge simulate --demand demand.csv --days 60 --policy strict reserve-by-wait --hours-to 97/80 90/91\n"
      "  pledge simulate --live --date 2026-11-30 --config new/");
  command->callback([request, live, asked, days = command->get_option("--days"), &program] {
    if (!*asked) return void(program.exit = simulate_days(program, *request));
    if (!days->empty()) live->days = static_cast<std::uint32_t>(request->days);
    live->seed = request->seed;
    program.exit = simulate_live(program, *live);
  });
}

}  // namespace pledge
