// `pledge roster`: shifts that cover a need within every rule, and changes held against both.
#include <fmt/format.h>

#include <chrono>
#include <filesystem>

#include "settings/calendar.hpp"
#include "solver/clp.hpp"
#include "tools/pledge/command.hpp"
#include "tools/pledge/json.hpp"
#include "tools/pledge/planning.hpp"
#include "tools/pledge/planning_live.hpp"
#include "tools/pledge/roster_files.hpp"
#include "tools/pledge/terminal.hpp"
#include "workforce/demand_table.hpp"
#include "workforce/roster_changes.hpp"
#include "workforce/roster_page.hpp"
#include "workforce/roster_search.hpp"

namespace pledge {
namespace {

using workforce::Roster;
using workforce::RosterRules;
using workforce::ShiftType;

struct Request {
  RosterFiles files;
  double seconds = 60;
  std::string output, staff, html, ics, zone = "Europe/London";
  std::string check;
  LiveRoster change;  // of the checked roster, or of the running engine's
  bool live = false;
};

constexpr std::size_t gaps_told = 20;  // on standard error; --json and --html have more

struct Made {
  const RosterRules& rules;
  const std::vector<ShiftType>& types;
  const Roster& roster;
};

std::string file_name(const std::string& handler) {
  std::string name;
  for (const char c : handler)
    name += std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_' || (c == '.' && !name.empty())
                ? std::string(1, c)
                : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  return name + ".ics";
}

bool write_calendars(const Made& made, const Request& request) {
  std::error_code error;
  std::filesystem::create_directories(request.ics, error);
  if (error) return fmt::print(stderr, "{}: cannot be made: {}\n", request.ics, error.message()), false;
  const workforce::CalendarClock clock{made.rules.offsets, wall_now()};
  for (std::size_t h = 0; h < made.rules.handlers.size(); ++h) {
    const auto path = std::filesystem::path{request.ics} / file_name(made.rules.handlers[h].name);
    if (!write_file(path.string(), workforce::roster_calendar(made.rules, made.types, made.roster, h, clock))) return false;
  }
  return true;
}

// Everything but standard output.
bool write_all(const Made& made, const Request& request, const std::vector<std::string>& remarks) {
  const auto& [rules, types, roster] = made;
  if (!request.output.empty() && !write_file(request.output, workforce::roster_table(rules, types, roster))) return false;
  if (!request.staff.empty() && !write_file(request.staff, workforce::staff_table(rules, types, roster))) return false;
  if (!request.html.empty() && !write_file(request.html, workforce::roster_page(rules, types, roster, remarks))) return false;
  return request.ics.empty() || write_calendars(made, request);
}

double hours_missing(const std::vector<workforce::Uncovered>& gaps) {
  double minutes = 0;
  for (const auto& gap : gaps) minutes += gap.minutes;
  return minutes / 60;
}

double hours_paid(const Made& made) {
  double minutes = 0;
  for (const auto& shift : made.roster) minutes += made.types[shift.type].paid;
  return minutes / 60;
}

std::string summary(const Made& made, const std::vector<workforce::Uncovered>& gaps) {
  return fmt::format("{} handlers, {} days: {} shifts, {:.1f} paid hours; {:.1f} handler hours missing in {} half-hours",
                     made.rules.handlers.size(), made.rules.need.days, made.roster.size(), hours_paid(made),
                     hours_missing(gaps), gaps.size());
}

void tell_gaps(const RosterRules& rules, const std::vector<workforce::Uncovered>& gaps) {
  for (std::size_t i = 0; i < gaps.size() && i < gaps_told; ++i)
    fmt::print(stderr, "not covered: {}\n", workforce::to_text(rules.need, gaps[i]));
  if (gaps.size() > gaps_told) fmt::print(stderr, "and {} half-hours more\n", gaps.size() - gaps_told);
}

void print_shifts_json(const Made& made) {
  for (const auto& shift : made.roster) {
    const auto& type = made.types[shift.type];
    const auto& pattern = made.rules.patterns[type.pattern];
    const auto day = made.rules.need.first + std::chrono::days{shift.day};
    fmt::print(R"({{"handler":{},"start":"{}","end":"{}","pattern":{},"breaks":"{}","paid_h":{:g}}})" "\n",
               json_quoted(made.rules.handlers[shift.handler].name), workforce::stamp_text(day, type.start),
               workforce::stamp_text(day, type.end), json_quoted(pattern.name),
               workforce::breaks_text(pattern.breaks[type.breaks]), type.paid / 60.0);
  }
}

void print_gaps_json(const RosterRules& rules, const std::vector<workforce::Uncovered>& gaps) {
  std::string list;
  for (const auto& gap : gaps)
    list += (list.empty() ? "" : ",") + json_quoted(workforce::to_text(rules.need, gap));
  fmt::print("\"missing_h\":{:g},\"uncovered\":[{}]}}\n", hours_missing(gaps), list);
}

int make(const Program& program, const Request& request, const RosterRules& rules, const std::vector<ShiftType>& types) {
  const auto began = std::chrono::steady_clock::now();
  const auto elapsed = [&] { return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count(); };
  const auto result = workforce::find_roster(rules, {}, solver::solve_with_clp, request.seconds, elapsed);
  for (const auto& conflict : result.conflicts) fmt::print(stderr, "{}\n", conflict);
  if (!result.conflicts.empty()) return exit_no;
  const Made made{rules, types, result.roster};
  const auto gaps = workforce::uncovered(rules, workforce::cover_of(rules, types, result.roster));
  const auto above = result.bound > 0 ? fmt::format("at most {:.2f} % above the least possible", 100 * result.gap())
                                      : std::string("how near to the least possible is not known: more time finds a bound");
  const auto cost = fmt::format("Cost {:.1f} ({:.1f} of it for what is missing), {}", result.paid + result.missing, result.missing, above);
  if (program.json) {
    print_shifts_json(made);
    fmt::print(R"({{"shifts":{},"paid_h":{:g},"cost":{:g},"bound":{:g},"gap":{:.5f},"seconds":{:.1f},)", made.roster.size(),
               hours_paid(made), result.paid + result.missing, result.bound, result.gap(), elapsed());
    print_gaps_json(rules, gaps);
  } else {
    if (request.output.empty()) fmt::print("{}", workforce::roster_table(rules, types, result.roster));
    fmt::print(stderr, "{}\n{}; {:.1f} s\n", summary(made, gaps), cost, elapsed());
    tell_gaps(rules, gaps);
  }
  return write_all(made, request, {summary(made, gaps) + ".", cost + "."}) ? exit_done : exit_no;
}

// ---- changes: HANDLER:DAY and HANDLER:FROM:TO
std::optional<unsigned> day_of(const RosterRules& rules, const std::string& text, const std::string& whole) {
  const auto day = workforce::parse_day(text);
  const auto index = day ? (*day - rules.need.first).count() : -1;
  if (index >= 0 && index < static_cast<long>(rules.need.days)) return static_cast<unsigned>(index);
  fmt::print(stderr, "{}: {} is no day of the roster; write one as 2026-11-30\n", whole, text);
  return std::nullopt;
}

std::optional<std::size_t> handler_of(const RosterRules& rules, const std::string& name, const std::string& whole) {
  for (std::size_t h = 0; h < rules.handlers.size(); ++h)
    if (rules.handlers[h].name == name) return h;
  fmt::print(stderr, "{}: no handler {} in handlers.csv\n", whole, name);
  return std::nullopt;
}

std::optional<workforce::ShiftOf> shift_of(const RosterRules& rules, const std::string& text) {
  const auto p = parts(text, 1);
  if (p.empty()) return fmt::print(stderr, "--swap {}: write HANDLER:DAY\n", text), std::nullopt;
  const auto handler = handler_of(rules, p[0], text);
  const auto day = day_of(rules, p[1], text);
  return handler && day ? std::optional(workforce::ShiftOf{*handler, *day}) : std::nullopt;
}

std::optional<workforce::RosterChange> asked(const Request& request, RosterRules& rules, const std::vector<ShiftType>& types,
                                             const Roster& roster) {
  if (!request.change.swap.empty()) {
    const auto one = shift_of(rules, request.change.swap[0]), other = shift_of(rules, request.change.swap[1]);
    return one && other ? std::optional(workforce::swap_shifts(rules, types, roster, *one, *other)) : std::nullopt;
  }
  const auto p = parts(request.change.leave, 2);
  const std::string& leave = request.change.leave;
  if (p.empty()) return fmt::print(stderr, "--leave {}: write HANDLER:FROM:TO\n", leave), std::nullopt;
  const auto handler = handler_of(rules, p[0], leave);
  const auto from = day_of(rules, p[1], leave), to = day_of(rules, p[2], leave);
  if (!handler || !from || !to) return std::nullopt;
  if (*to < *from) return fmt::print(stderr, "{}: ends before it begins\n", leave), std::nullopt;
  return workforce::take_leave(rules, types, roster, *handler, {*from, *to});
}

int change(const Program& program, const Request& request, RosterRules rules, const Made& before) {
  const auto change = asked(request, rules, before.types, before.roster);
  if (!change) return exit_usage;
  if (program.json) {
    std::string list;
    for (const auto& reason : change->reasons) list += (list.empty() ? "" : ",") + json_quoted(reason);
    fmt::print("{{\"accepted\":{},\"reasons\":[{}]}}\n", change->accepted(), list);
  } else {
    fmt::print("{}\n", change->accepted() ? "accepted" : "refused");
    for (const auto& reason : change->reasons) fmt::print("  {}\n", reason);
  }
  if (!change->accepted()) return exit_no;
  return write_all({rules, before.types, change->roster}, request, {"After a change."}) ? exit_done : exit_no;
}

int check(const Program& program, const Request& request, const RosterRules& rules, const std::vector<ShiftType>& types) {
  const auto roster = load_roster(request.check, rules, types);
  if (!roster) return exit_no;
  const Made made{rules, types, *roster};
  if (!request.change.swap.empty() || !request.change.leave.empty()) return change(program, request, rules, made);
  const auto broken = workforce::breaches(rules, types, *roster);
  const auto gaps = workforce::uncovered(rules, workforce::cover_of(rules, types, *roster));
  if (program.json) {
    std::string list;
    for (const auto& breach : broken) list += (list.empty() ? "" : ",") + json_quoted(breach.what);
    fmt::print("{{\"breaches\":[{}],\"paid_h\":{:g},", list, hours_paid(made));
    print_gaps_json(rules, gaps);
  } else {
    for (const auto& breach : broken) fmt::print("{}\n", breach.what);
    fmt::print("{}; {} rules broken\n", summary(made, gaps), broken.size());
    tell_gaps(rules, gaps);
  }
  return write_all(made, request, {summary(made, gaps) + "."}) && broken.empty() ? exit_done : exit_no;
}

int run(const Program& program, const Request& request) {
  if (request.live) return roster_live(program, request.change);
  if (request.files.need.empty() || request.files.rules.empty())
    return fmt::print(stderr, "give NEED and --rules, or --live for the roster of a running engine\n"), exit_usage;
  if (request.check.empty() && (!request.change.swap.empty() || !request.change.leave.empty()))
    return fmt::print(stderr, "--swap and --leave need --check ROSTER, or --live\n"), exit_usage;
  if (!known_zone(request.zone)) return exit_usage;
  auto rules = load(request.files);
  if (!rules) return exit_no;
  const core::Time from{std::chrono::nanoseconds{rules->need.first.time_since_epoch()}.count()};
  const auto days = std::chrono::days{rules->need.days + 2};  // a shift of the last day ends on the next
  rules->offsets = settings::utc_offsets(request.zone, {from - std::chrono::days{1}, from + days});
  const auto types = workforce::shift_types(*rules);
  return request.check.empty() ? make(program, request, *rules, types) : check(program, request, *rules, types);
}

constexpr const char* footer =
    "NEED holds timestamp,class,rostered (or handlers) by half-hour, for whole weeks: what `pledge staff` prints. FOLDER holds\n"
    "  shifts.csv     pattern,hours,paid_h,earliest,latest,step_min,breaks   early,8.5,8,06:00,08:00,30,3:30+30|4:30+30\n"
    "  contracts.csv  contract,week_least_h,week_most_h,rest_h,days_in_row,days_off,cost,patterns\n"
    "                                                                        full-time,37,40,11,6,2,1,early late\n"
    "  handlers.csv   handler,contract,skills                                a0001,full-time,999 101\n"
    "  leave.csv      handler,from,to (if anybody is away)                   a0001,2026-12-24,2026-12-27\n"
    "contracts.csv may have week_rest_h: the hours without a break around a day off (default 24, or rest_h if that is more; at\n"
    "most a day more than it). Rest is counted in real hours: the night in March in which the clock skips one is an hour shorter.\n"
    "Breaks count from the shift's beginning; | parts alternatives, a space several. A day of leave counts for a fifth of\n"
    "week_least_h. A missing hour costs as much as 10 paid ones of cost 1, 30 beyond a tenth of the need. The least\n"
    "possible cost is a bound: the best roster may cost more than that, no roster less.\n\n"
    "Exit codes: 0 made, kept, accepted; 1 impossible, a rule broken, refused: which, is told.\n\n"
    "Examples:\n"
    "  pledge staff counts.csv --days 28 --handling 210 >need.csv\n"
    "  pledge roster need.csv --rules rules --output roster.csv --html roster.html --ics calendars\n"
    "  pledge roster need.csv --rules rules --check roster.csv --swap a0001:2026-12-01 a0002:2026-12-02\n"
    "  pledge roster need.csv --rules rules --check roster.csv --leave a0001:2026-12-24:2026-12-27 --output new.csv\n"
    "  pledge roster --live --swap a0001:2026-12-01 a0002:2026-12-02";

}  // namespace

void add_roster(CLI::App& app, Program& program) {
  auto* command = app.add_subcommand("roster", "shifts that cover a need within contracts and rest rules; changes to them");
  auto request = std::make_shared<Request>();
  command->add_option("need", request->files.need, "handlers needed by half-hour")->type_name("NEED");
  command->add_option("--rules", request->files.rules, "folder of shifts, contracts, handlers, leave")
      ->check(CLI::ExistingDirectory)
      ->type_name("FOLDER");
  command->add_option("--seconds", request->seconds, "time to search, at most (default 60)")->check(CLI::Range(1.0, 86400.0));
  command->add_option("--output", request->output, "write the roster there instead of printing it")->type_name("FILE");
  command->add_option("--staff", request->staff, "also write it for `pledge simulate --staff`")->type_name("FILE");
  command->add_option("--html", request->html, "also write a page to print")->type_name("FILE");
  command->add_option("--ics", request->ics, "also write a calendar for each handler")->type_name("FOLDER");
  command->add_option("--zone", request->zone, "zone of the local clock, for calendars and for rest over a clock change (default Europe/London)");
  auto* checked = command->add_option("--check", request->check, "do not search: hold this roster against rules and need")
                      ->type_name("ROSTER");
  auto* swap = command->add_option("--swap", request->change.swap, "two handlers exchange shifts")->expected(2)->type_name("HANDLER:DAY");
  command->add_option("--leave", request->change.leave, "a handler is away on these days")
      ->excludes(swap)
      ->type_name("HANDLER:FROM:TO");
  auto* live = command->add_flag("--live", request->live,
                                 "ask the engine at --server: its roster of the next seven days, or a --swap or --leave held against its "
                                 "rules and the need that it forecasts");
  live->excludes(checked);
  for (const char* other : {"need", "--rules", "--seconds", "--output", "--staff", "--html", "--ics", "--zone"})
    live->excludes(command->get_option(other));
  command->footer(footer);
  command->callback([request, &program] { program.exit = run(program, *request); });
}

}  // namespace pledge
