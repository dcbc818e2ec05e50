// `pledge intraday`: the rest of the day, half-hour by half-hour: handlers needed and there, and what can be done.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>
#include <optional>

#include "tools/pledge/intraday.hpp"

#include "main/workforce_wire.hpp"
#include "pledge/v1/workforce.grpc.pb.h"
#include "settings/calendar.hpp"
#include "settings/workforce_files.hpp"
#include "tools/pledge/client.hpp"
#include "tools/pledge/planning.hpp"
#include "tools/pledge/seen_day.hpp"
#include "workforce/intraday_plan.hpp"
#include "workforce/local_clock.hpp"
#include "workforce/roster_cells.hpp"

namespace pledge {
namespace {

struct Request {
  settings::WorkforceFiles files{{}, {}, {}, {}, "Europe/London"};
  std::vector<std::string> journal;
  std::string now, html;
  bool live = false;
  workforce::IntradayPlanOptions options;
};

constexpr std::size_t most_forbidden = 5;  // told of an option; --json has all
constexpr std::chrono::seconds live_deadline{60};

using Offsets = std::vector<core::UtcOffset>;

core::Time time_of(const google::protobuf::Timestamp& at) { return {at.seconds() * 1'000'000'000 + at.nanos()}; }

std::string with_interval(const v1::Estimate& e, double times) {
  if (std::isnan(e.mean())) return "–";  // no call of the class in any simulated day
  return fmt::format("{:+.1f} ± {:.1f}", times * e.mean(), times * e.interval());
}

// A row a half-hour and class, and one of the classes that lack the most together.
void print_rows(const v1::GetIntradayResponse& plan, const Offsets& offsets) {
  fmt::print("from,class,calls,forecast,needed,rostered,expected,missing,within_target\n");
  for (const auto& interval : plan.intervals()) {
    const auto from = workforce::clock_of(time_of(interval.from()), offsets);
    for (const auto& one : interval.classes())
      fmt::print("{},{},{:.1f},{:.1f},{},,,,{}\n", from, one.class_name(), one.calls(), one.forecast(), one.needed(),
                 one.has_within_target() ? fmt::format("{:.3f}", one.within_target()) : "");
    fmt::print("{},{},,,{},{:.1f},{:.1f},{:.1f},\n", from, fmt::join(interval.lacking(), "+"), interval.needed(), interval.rostered(),
               interval.expected(), interval.missing());
  }
}

void tell(const v1::IntradayOption& option) {
  fmt::print(stderr, "{} ({:+.1f} h)", option.text(), option.hours());
  if (option.has_calls()) {
    fmt::print(stderr, ": {} calls within target", with_interval(option.calls(), 1));
    for (const auto& level : option.levels())
      fmt::print(stderr, "; {} {} points", level.class_name(), with_interval(level.within_target(), 100));
  }
  fmt::print(stderr, "\n");
  for (const auto& change : option.changes()) fmt::print(stderr, "    {}\n", change);
  const auto forbidden = static_cast<std::size_t>(option.forbidden_size());
  for (std::size_t i = 0; i < std::min(forbidden, most_forbidden); ++i)
    fmt::print(stderr, "    not {}: {}\n", option.forbidden().Get(static_cast<int>(i)).handler(),
               option.forbidden().Get(static_cast<int>(i)).rule());
  if (forbidden > most_forbidden) fmt::print(stderr, "    nor {} more\n", forbidden - most_forbidden);
}

void tell(const v1::GetIntradayResponse& plan) {
  for (const auto& text : plan.remarks()) fmt::print(stderr, "{}\n", text);
  fmt::print(stderr, "signed on {}, at work {}\n", plan.presence().signed_on(), plan.presence().at_work());
  for (const auto& level : plan.levels())
    fmt::print(stderr, "class {}: {} within {:g} s to the end of the day as the roster is (target {:.0f} %)\n", level.class_name(),
               std::isnan(level.within_target().mean()) ? "no calls" : fmt::format("{:.1f} %", 100 * level.within_target().mean()),
               level.target_within_s(), 100 * level.target_share());
  if (plan.options().empty())
    fmt::print(stderr, "nothing can be done: no half-hour lacks handlers or has any to spare, or nobody can be asked\n");
  for (const auto& option : plan.options()) tell(option);
}

int print(const v1::GetIntradayResponse& plan, const Program& program, const Offsets& offsets) {
  if (program.json) return fmt::print("{}\n", to_json(plan)), exit_done;
  print_rows(plan, offsets);
  tell(plan);
  return exit_done;
}

// What the running engine plans with its own files.
int ask_engine(const Program& program, const Request& request) {
  Client client(program.server);
  const auto stub = v1::WorkforceService::NewStub(client.channel);
  v1::GetIntradayRequest wanted;
  wanted.set_days(request.options.days);
  wanted.set_seed(request.options.seed);
  v1::GetIntradayResponse plan;
  const auto status = call(*stub, &v1::WorkforceService::Stub::GetIntraday, wanted, plan, live_deadline);
  if (!status.ok()) return report(status, program.server, program.json);
  return print(plan, program, settings::zone_offsets(request.files.zone));
}

// "14:10" of the journal's last day, or a whole date and time.
std::optional<core::Time> time_of(const std::string& text, core::Time last, const std::vector<core::UtcOffset>& offsets) {
  const auto day = text.size() == 16 && text[10] == 'T' ? workforce::parse_day(text.substr(0, 10)) : std::nullopt;
  const auto clock = workforce::clock_minutes(day ? text.substr(11) : text);
  if (!clock || *clock >= workforce::minutes_a_day) {
    fmt::print(stderr, "--now {}: no time; write 14:10, or 2026-11-30T14:10\n", text);
    return std::nullopt;
  }
  const auto last_day = std::chrono::floor<std::chrono::days>(
      std::chrono::sys_seconds{std::chrono::seconds{workforce::clock_seconds(last, offsets)}});
  return workforce::time_of_clock(day.value_or(last_day), *clock, offsets);
}

int run(const Program& program, const Request& request) {
  if (!known_zone(request.files.zone)) return exit_usage;
  if (request.live) return ask_engine(program, request);
  if (request.files.roster.empty() || request.files.counts.empty() || request.journal.empty())
    return fmt::print(stderr, "pledge intraday: name --roster, --counts and --journal, or --live; see --help\n"), exit_usage;
  std::vector<settings::Fault> faults;
  const auto planned = settings::read_workforce(request.files, faults);
  for (const auto& fault : faults) fmt::print(stderr, "{}\n", settings::to_text(fault));
  if (!faults.empty()) return exit_no;
  const auto last = last_time(request.journal);
  if (!last) return exit_no;
  const auto now = request.now.empty() ? last : time_of(request.now, *last, planned.offsets);
  if (!now) return exit_usage;
  if (*now > *last)
    return fmt::print(stderr, "--now {}: the journal ends before, at {}; nothing would be known of the time between\n", request.now,
                      workforce::clock_of(*last, planned.offsets)), exit_usage;
  const auto day = read_seen_day(request.journal, *now);
  if (!day) return exit_no;
  const auto outcome = workforce::plan_intraday({*now, planned, *day->options, day->seen}, request.options, [] { return false; });
  for (const auto& fault : outcome.faults) fmt::print(stderr, "{}\n", fault);
  if (!outcome.faults.empty()) return exit_no;
  if (!request.html.empty() && !write_file(request.html, workforce::intraday_page(outcome.plan, planned.offsets))) return exit_no;
  return print(to_wire(outcome.plan, planned.offsets), program, planned.offsets);
}

constexpr const char* footer =
    "Calls: the forecast from COUNTS, re-forecast by what the journal has of the day. Needed: Erlang A, each class by itself. Expected:\n"
    "the roster without breaks, less shrinkage, less who is not there now. Missing: of the classes that lack the most together;\n"
    "negative = to spare. within_target: simulated with the engine's core, as the roster is. Then, on standard error, what can be\n"
    "done, by the calls that it brings within their target: each option simulated on the same days as the roster as it is, difference\n"
    "with its 95 % interval; and whom which rule forbids. FOLDER is that of `pledge roster`; without it a break moves by at most an\n"
    "hour, and overtime leaves 11 h of rest. Classes of COUNTS are queues of the configuration, or classes of service.\n\n"
    "Examples:\n"
    "  pledge intraday --roster roster.csv --counts counts.csv --rules rules --journal journal/ --html intraday.html\n"
    "  pledge intraday --roster roster.csv --counts counts.csv --journal journal/ --now 14:10 --json | jq .\n"
    "  pledge intraday --live";

}  // namespace

void add_intraday(CLI::App& app, Program& program) {
  auto* command = app.add_subcommand("intraday", "the rest of the day: handlers needed and there by half-hour, and what can be done");
  auto request = std::make_shared<Request>();
  command->add_option("--roster", request->files.roster, "handler,start,end,breaks,pattern: as `pledge roster` writes it")
      ->type_name("FILE");
  command->add_option("--counts", request->files.counts, "past calls: timestamp,count[,class], local clock")->type_name("FILE");
  command->add_option("--journal", request->journal, "the day so far: a journal's file or folder; may be repeated")
      ->allow_extra_args(false)
      ->type_name("PATH");
  command->add_option("--rules", request->files.rules, "folder of shifts.csv, contracts.csv, handlers.csv, leave.csv")->type_name("FOLDER");
  command->add_option("--calendar", request->files.calendar, "holidays, closed hours and events of the counts")->type_name("FILE");
  command->add_option("--zone", request->files.zone, "zone of the local clock (default Europe/London)");
  command->add_option("--now", request->now, "as if it were then (default: where the journal ends)")->type_name("TIME");
  command->add_option("--shrinkage", request->options.ahead.shrinkage, "share of handlers at work by the roster who are not (default 0.1)")
      ->check(CLI::Range(0.0, 0.95));
  command->add_option("--handling", request->options.ahead.handling, "mean talk, s, until the day has shown 30 calls (default 300)")
      ->check(CLI::Range(1.0, 36000.0));
  command->add_option("--patience", request->options.ahead.patience, "mean patience, s, until 20 gave up (default 240; 0 = without end)")
      ->check(CLI::Range(0.0, 36000.0));
  command->add_option("--days", request->options.days, "days simulated of each option (default 60)")
      ->check(CLI::Range(2u, workforce::most_intraday_days));
  command->add_option("--seed", request->options.seed, "of the days (default 1)");
  command->add_option("--html", request->html, "also write a page with plots and tables")->type_name("FILE");
  auto* live = command->add_flag("--live", request->live, "ask the engine at --server, which plans with the files of its [workforce]");
  for (const char* other : {"--roster", "--counts", "--journal", "--rules", "--calendar", "--now", "--shrinkage", "--handling", "--patience",
                            "--html"})
    live->excludes(command->get_option(other));
  command->footer(footer);
  command->callback([request, &program] { program.exit = run(program, *request); });
}

}  // namespace pledge
