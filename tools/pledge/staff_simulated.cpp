#include "tools/pledge/staff_simulated.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>
#include <set>

#include "tools/pledge/client.hpp"
#include "tools/pledge/planning.hpp"
#include "tools/pledge/simulate_days.hpp"
#include "tools/pledge/simulate_words.hpp"
#include "tools/pledge/staff_configured.hpp"
#include "tools/pledge/staff_report.hpp"
#include "workforce/staff_search.hpp"

namespace pledge {

using namespace workforce;

namespace {

using Clock = std::chrono::steady_clock;

constexpr double calls_searched = 250'000;               // on all days of the search, where --search-days does not say
constexpr double least_days = 1, most_days = 100;
constexpr std::size_t checks_a_search = 2;               // days of the check for each of the search
constexpr double configured_ring = 3;                    // as in the rest of a day and in a what-if
constexpr double search_share = 0.85;                    // of the time; the rest is for the check

double calls_a_day(const DemandOfDay& demand) {
  double calls = 0;
  for (const DemandClass& of_class : demand.classes) calls = std::accumulate(of_class.calls.begin(), of_class.calls.end(), calls);
  return calls;
}

// GROUP=NUMBER
struct OfGroup {
  std::size_t group = 0;
  double value = 0;
};
OfGroup of_group(const std::string& option, const std::string& text, const std::vector<RoomGroup>& groups) {
  const auto equals = text.rfind('=');
  const std::string of = option + " " + text;
  if (equals == std::string::npos) throw Wrong{{of + ": write GROUP=NUMBER"}};
  const auto group = std::find_if(groups.begin(), groups.end(), [&](const RoomGroup& g) { return g.name == text.substr(0, equals); });
  if (group == groups.end()) {
    std::string names;
    for (const RoomGroup& g : groups) names += (names.empty() ? "" : ", ") + g.name;
    throw Wrong{{fmt::format("{}: there is no group \"{}\" but {}", of, text.substr(0, equals), names)}};
  }
  const double value = number(text.substr(equals + 1), of);
  if (value <= 0) throw Wrong{{of + ": the number is above 0"}};
  return {static_cast<std::size_t>(group - groups.begin()), value};
}

RoomGroup room_group(const std::string& text, const std::vector<std::string>& classes) {
  const auto colon = text.find(':');
  if (colon == std::string::npos || colon == 0 || text.find(',') != std::string::npos)
    throw Wrong{{fmt::format("--group {}: write NAME:CLASS+CLASS, without commas", text)}};
  RoomGroup group{text.substr(0, colon), split(text.substr(colon + 1), '+')};
  for (const std::string& name : group.classes)
    if (std::find(classes.begin(), classes.end(), name) == classes.end())
      throw Wrong{{fmt::format("--group {}: there is no class \"{}\" among the targets", text, name)}};
  return group;
}

void check_room(const StaffSearch& search, const std::string& path) {
  const RoomOptions& room = search.room;
  std::set<std::string> targets, served, groups;
  for (const RoomClass& target : room.classes)
    if (!targets.insert(target.name).second) throw Wrong{{fmt::format("--target {}: is there twice", target.name)}};
  for (const RoomGroup& group : room.groups) {
    if (!groups.insert(group.name).second) throw Wrong{{fmt::format("--group {}: is there twice", group.name)}};
    served.insert(group.classes.begin(), group.classes.end());
  }
  Wrong wrong{{}, exit_no};
  for (const DemandClass& demand : search.demand.classes) {
    const std::string& name = demand.name;
    if (!targets.contains(name))
      wrong.lines.push_back(fmt::format("{}: class \"{}\" has demand and no target: add --target {}:SECONDS:SHARE", path, name, name));
    else if (!served.contains(name))
      wrong.lines.push_back(fmt::format("class \"{}\" has demand and no handlers: add it to a --group", name));
    if (demand.handling + room.wrap_up <= 0)
      wrong.lines.push_back(fmt::format("{}: the calls of class \"{}\" take no time: nobody is needed for them", path, name));
  }
  if (!wrong.lines.empty()) throw wrong;
}

StaffSearch search_of(const SimulatedStaffRequest& request) {
  StaffSearch search;
  search.demand.classes = rows_of<DemandClass>(request.demand, read_demand);
  search.demand.dispersion = request.dispersion;
  search.room.wrap_up = request.wrap_up;
  search.worst = request.worst;
  if (request.targets.empty()) throw Wrong{{"--simulate needs targets: --target NAME:SECONDS:SHARE for each class, in order of priority"}};
  std::vector<std::string> classes;
  for (const std::string& text : request.targets) {
    search.room.classes.push_back(room_class("--target", text));
    classes.push_back(search.room.classes.back().name);
  }
  for (const std::string& text : request.groups) search.room.groups.push_back(room_group(text, classes));
  if (search.room.groups.empty()) search.room.groups.push_back({"all", classes});
  search.limits.assign(search.room.groups.size(), {1, request.least.value_or(1), GroupLimits{}.most});
  check_room(search, request.demand);
  return search;
}

void add_limits(StaffSearch& search, const SimulatedStaffRequest& request) {
  for (const std::string& text : request.costs) {
    const auto of = of_group("--cost", text, search.room.groups);
    search.limits[of.group].cost = of.value;
  }
  for (const std::string& text : request.most) {
    const auto of = of_group("--most", text, search.room.groups);
    GroupLimits& limits = search.limits[of.group];
    if (of.value < limits.least) throw Wrong{{fmt::format("--most {}: fewer than the {} of --least", text, limits.least)}};
    if (of.value > limits.most) throw Wrong{{fmt::format("--most {}: more than the {} that there may be", text, limits.most)}};
    limits.most = static_cast<std::uint32_t>(of.value);
  }
}

void add_days(StaffSearch& search, const SimulatedStaffRequest& request) {
  const double calls = calls_a_day(search.demand);
  if (calls <= 0) throw Wrong{{request.demand + ": there are no calls: nobody is needed"}, exit_no};
  const double enough = std::clamp(std::round(calls_searched / calls), least_days, most_days);
  search.days = request.days > 0 ? request.days : static_cast<std::size_t>(enough);
  search.check_days = checks_a_search * search.days;
}

std::vector<std::string> names_of(const std::vector<RoomGroup>& groups) {
  std::vector<std::string> names;
  for (const RoomGroup& group : groups) names.push_back(group.name);
  return names;
}

std::vector<StaffChange> changes_of(const std::vector<std::string>& names, const StaffGrid& staff) {
  std::vector<StaffChange> changes;
  for (std::size_t h = 0; h < half_hours_a_day; ++h)
    for (std::size_t g = 0; g < staff.size(); ++g)
      if (h == 0 || staff[g][h] != staff[g][h - 1])
        changes.push_back({static_cast<double>(h) * seconds_a_half_hour, names[g], staff[g][h]});
  return changes;
}

// As `pledge simulate --demand --staff` runs them: the first half-hour's staff are there before the day, the last one's after it.
class Trials {
 public:
  Trials(const StaffSearch& search, std::shared_ptr<const ConfiguredRoom> configured, const SimulatedStaffRequest& request, const Policy& policy)
      : search_(search), threads_(request.parallel), begun_(Clock::now()), seconds_(request.seconds) {
    study_.configured = std::move(configured);
    study_.room = search.room;
    study_.demand = search.demand;
    study_.from = pre_roll;
    study_.end = pre_roll + seconds_a_day + run_out;
    study_.seed = request.seed;
    study_.ring = core::duration(request.ring.value_or(study_.configured ? configured_ring : 0));
    study_.unanswered = request.no_answer;
    study_.policies = {policy};
  }

  std::optional<std::vector<DayFigures>> operator()(const StaffGrid& staff, std::size_t first, std::size_t days) {
    study_.shifts = shifts(staff);
    if (!study_.configured) study_.plan.staff = planned_handlers(search_.room, study_.shifts);
    study_.first = first;
    study_.days = days;
    auto figures = run_days_until(study_, threads_, until(first >= search_.days));
    if (!figures) return std::nullopt;
    return std::move(figures->front());
  }
  double seconds() const { return std::chrono::duration<double>(Clock::now() - begun_).count(); }

 private:
  std::vector<Shift> shifts(const StaffGrid& staff) const {
    if (study_.configured) return workforce::shifts_of(*study_.configured, staff);
    auto changes = changes_of(names_of(search_.room.groups), staff);
    for (StaffChange& change : changes)
      if (change.from > 0) change.from += study_.from;
    return workforce::shifts_of(std::move(changes), study_.end);
  }
  Clock::time_point until(bool check) const {
    return begun_ + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(check ? seconds_ : search_share * seconds_));
  }

  const StaffSearch& search_;
  unsigned threads_;
  Clock::time_point begun_;
  double seconds_;
  SimulatedDays study_;
};

std::string csv_of(const std::vector<std::string>& names, const StaffGrid& staff) {
  std::string text = "from_s,group,handlers\n";
  for (const StaffChange& change : changes_of(names, staff)) text += fmt::format("{:.0f},{},{}\n", change.from, change.group, change.handlers);
  return text;
}

std::string csv_of(const ConfiguredRoom& room, const StaffGrid& staff) {
  std::vector<std::string> names;
  for (const KindOfHandler& kind : room.kinds) names.push_back(kind.name);
  return csv_of(names, by_kind(room, staff));
}

}  // namespace

int find_simulated_staff(const Program& program, const SimulatedStaffRequest& request) {
  try {
    const auto policy = parse_policy(request.policy.empty() ? "strict" : request.policy);
    if (!policy) throw Wrong{{fmt::format("--policy {}: unknown; there is {}", request.policy, policy_names)}};
    StaffSearch search;
    std::shared_ptr<const ConfiguredRoom> configured;
    if (request.configuration.empty()) search = search_of(request);
    else configured = configured_search(request, *policy, search);
    add_limits(search, request);
    add_days(search, request);
    Trials trials{search, configured, request, *policy};
    const StaffFound found = find_staff(search, std::ref(trials));
    print_staff({search, found, request, configured.get(), trials.seconds()}, program.json);
    if (found.end == SearchEnd::impossible)
      throw Wrong{{fmt::format("no number of handlers that was tried keeps every target; relax a {} or --worst, or {}",
                               configured ? "queue's target" : "--target", configured ? "have more handlers who serve it" : "raise --most")},
                  exit_no};
    if (request.output.empty()) return exit_done;
    const auto text = configured ? csv_of(*configured, found.staff) : csv_of(names_of(search.room.groups), found.staff);
    return write_file(request.output, text) ? exit_done : exit_usage;
  } catch (const Wrong& wrong) {
    for (const std::string& line : wrong.lines) fmt::print(stderr, "{}\n", line);
    return wrong.exit;
  }
}

void add_simulated_staff_options(CLI::App& command, SimulatedStaffRequest& request) {
  auto* simulate = command.add_option("--simulate", request.demand,
                                      "by simulation, of this demand: hour,class,calls,handling_s,handling_cv,patience_s (`pledge forecast --demand-of`)")
                       ->type_name("FILE");
  const auto add = [&](const char* name, auto& value, const std::string& what) { return command.add_option(name, value, what)->needs(simulate); };
  add("--config", request.configuration,
      "the room is this configuration's: its queues with their targets, skills and widening, its pools with their reserves; groups are its kinds of handlers, "
      "as many as there are; classes of the demand are its queues")
      ->type_name("DIR");
  add("--target", request.targets, "targets by order of priority, NAME:SECONDS:SHARE");
  add("--group", request.groups, "whom there may be, NAME:CLASS+CLASS (default: one group, all, for everything)");
  add("--cost", request.costs, "of a group's hour, GROUP=NUMBER (default 1); their sum is made least");
  add("--most", request.most, "handlers of a group at a time, GROUP=NUMBER (default 10000)");
  add("--worst", request.worst, "share that every class keeps in every half-hour on the days of the search (default: no matter)")->check(CLI::Range(0.0, 0.99));
  add("--policy", request.policy, fmt::format("{} (default strict, or the reserves configured)", policy_names));
  add("--ring", request.ring, "seconds that a phone rings before it is answered (default 0; with --config 3)")->check(CLI::Range(0.0, 19.0));
  add("--no-answer", request.no_answer, "share of offers that no phone answers: the queue's time for an offer is lost (default 0)")->check(CLI::Range(0.0, 0.9));
  add("--wrap-up", request.wrap_up, "seconds of after-call work; with --config of queues whose handlers end it themselves")->check(CLI::Range(0.0, 3600.0));
  add("--dispersion", request.dispersion, "coefficient of variation of a day's volume")->check(CLI::Range(0.0, 2.0));
  add("--search-days", request.days, "days of a trial (default: as many as have 250000 calls, 1 to 100); twice as many check the answer")
      ->check(CLI::Range(1, 10'000));
  add("--seconds", request.seconds, "time for it (default 60); what there is then is said to be not finished")->check(CLI::Range(1.0, 86'400.0));
  add("--seed", request.seed, "of the drawn days");
  add("--parallel", request.parallel, "threads (default: one a processor); the answer does not depend on it unless time is up")->check(CLI::Range(1, 256));
  add("--output", request.output, "the staff for `pledge simulate --staff`: from_s,group,handlers")->type_name("FILE");
}

}  // namespace pledge
