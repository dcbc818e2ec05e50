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
#include "workforce/staff_search.hpp"

namespace pledge {

using namespace workforce;

namespace {

using Clock = std::chrono::steady_clock;

constexpr double calls_searched = 250'000;               // on all days of the search, where --search-days does not say
constexpr double least_days = 1, most_days = 100;
constexpr std::size_t checks_a_search = 2;               // days of the check for each of the search
constexpr double search_share = 0.6;                     // of the time; the rest is for the check

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
  if (group == groups.end()) throw Wrong{{fmt::format("{}: there is no group \"{}\"; name it with --group", of, text.substr(0, equals))}};
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
  if (calls_a_day(search.demand) <= 0) throw Wrong{{path + ": there are no calls: nobody is needed"}, exit_no};
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
  search.limits.assign(search.room.groups.size(), {1, request.least, GroupLimits{}.most});
  for (const std::string& text : request.costs) {
    const auto of = of_group("--cost", text, search.room.groups);
    search.limits[of.group].cost = of.value;
  }
  for (const std::string& text : request.most) {
    const auto of = of_group("--most", text, search.room.groups);
    if (of.value < request.least) throw Wrong{{fmt::format("--most {}: fewer than the {} of --least", text, request.least)}};
    search.limits[of.group].most = static_cast<std::uint32_t>(std::min(of.value, double(GroupLimits{}.most)));
  }
  check_room(search, request.demand);
  const double enough = std::clamp(std::round(calls_searched / calls_a_day(search.demand)), least_days, most_days);
  search.days = request.days > 0 ? request.days : static_cast<std::size_t>(enough);
  search.check_days = checks_a_search * search.days;
  return search;
}

std::vector<StaffChange> changes_of(const StaffSearch& search, const StaffGrid& staff) {
  std::vector<StaffChange> changes;
  for (std::size_t h = 0; h < half_hours_a_day; ++h)
    for (std::size_t g = 0; g < staff.size(); ++g)
      if (h == 0 || staff[g][h] != staff[g][h - 1])
        changes.push_back({static_cast<double>(h) * seconds_a_half_hour, search.room.groups[g].name, staff[g][h]});
  return changes;
}

// As `pledge simulate --demand --staff` runs them: the first half-hour's staff are there before the day, the last one's after it.
class Trials {
 public:
  Trials(const StaffSearch& search, const SimulatedStaffRequest& request, const Policy& policy)
      : search_(search), threads_(request.parallel), begun_(Clock::now()), seconds_(request.seconds) {
    study_.room = search.room;
    study_.demand = search.demand;
    study_.from = pre_roll;
    study_.end = pre_roll + seconds_a_day + run_out;
    study_.seed = request.seed;
    study_.ring = core::Duration{static_cast<std::int64_t>(request.ring * 1e9)};
    study_.policies = {policy};
  }

  std::optional<std::vector<DayFigures>> operator()(const StaffGrid& staff, std::size_t first, std::size_t days) {
    auto changes = changes_of(search_, staff);
    for (StaffChange& change : changes)
      if (change.from > 0) change.from += study_.from;
    study_.shifts = workforce::shifts_of(std::move(changes), study_.end);
    study_.first = first;
    study_.days = days;
    auto figures = run_days_until(study_, threads_, until(first >= search_.days));
    if (!figures) return std::nullopt;
    return std::move(figures->front());
  }
  double seconds() const { return std::chrono::duration<double>(Clock::now() - begun_).count(); }

 private:
  Clock::time_point until(bool check) const {
    return begun_ + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(check ? seconds_ : search_share * seconds_));
  }

  const StaffSearch& search_;
  unsigned threads_;
  Clock::time_point begun_;
  double seconds_;
  SimulatedDays study_;
};

std::string csv_of(const StaffSearch& search, const StaffGrid& staff) {
  std::string text = "from_s,group,handlers\n";
  for (const StaffChange& change : changes_of(search, staff)) text += fmt::format("{:.0f},{},{}\n", change.from, change.group, change.handlers);
  return text;
}

// Of one half-hour on the days of the figures.
struct HalfHourFigures {
  std::vector<Estimate> shares;  // by class
  double occupancy = 0;
};
HalfHourFigures half_hour_of(const StaffFound& found, std::size_t h) {
  HalfHourFigures out;
  double busy = 0, handlers = 0;
  for (const GroupStaff& group : found.staff) handlers += group[h];
  for (std::size_t c = 0; c < found.figures.front().size(); ++c) {
    std::vector<double> offered, on_time;
    for (const DayFigures& day : found.figures) {
      offered.push_back(day[c].offered_in[h]);
      on_time.push_back(day[c].on_time_in[h]);
      busy += day[c].busy_in[h];
    }
    out.shares.push_back(estimate(shares_by_day(on_time, offered)));
  }
  out.occupancy = busy / static_cast<double>(found.figures.size()) / (handlers * seconds_a_half_hour);
  return out;
}

std::uint32_t rostered(std::uint32_t handlers, double shrinkage) {
  return static_cast<std::uint32_t>(std::ceil(handlers / (1 - shrinkage) - 1e-9));
}

std::string clock_of(std::size_t half_hour) { return fmt::format("{:02}:{:02}", half_hour / 2, half_hour % 2 * 30); }

std::string percent(const Estimate& share) {
  if (std::isnan(share.mean)) return "–";
  return fmt::format("{:.1f}", 100 * share.mean) + (share.interval ? fmt::format(" ±{:.1f}", 100 * *share.interval) : "");
}

std::string json(double value) { return std::isnan(value) ? "null" : fmt::format("{:.6f}", value); }
std::string json(const Estimate& estimate) {
  return fmt::format(R"({{"mean":{},"interval":{}}})", json(estimate.mean), estimate.interval ? json(*estimate.interval) : "null");
}

const char* end_of(const StaffFound& found) {
  switch (found.end) {
    case SearchEnd::finished: return "finished";
    case SearchEnd::out_of_time: return "out_of_time";
    case SearchEnd::impossible: return "impossible";
  }
  return "";
}

class Report {
 public:
  Report(const StaffSearch& search, const StaffFound& found, const SimulatedStaffRequest& request, double seconds)
      : search_(search), found_(found), request_(request), seconds_(seconds) {}

  void text() const {
    fmt::print("{:<6}", "from");
    for (const RoomGroup& group : search_.room.groups) fmt::print(" {:>{}} {:>8}", group.name, width(group), "rostered");
    for (const RoomClass& target : search_.room.classes) fmt::print("  {:<14}", target.name + " %");
    fmt::print(" occupancy %\n");
    for (std::size_t h = 0; h < half_hours_a_day; ++h) text_row(h);
    text_summary();
  }
  void json_lines() const {
    for (std::size_t h = 0; h < half_hours_a_day; ++h) json_row(h);
    std::string classes;
    for (std::size_t c = 0; c < search_.room.classes.size(); ++c)
      classes += fmt::format(R"({}{{"class":{},"target_share":{},"service_level":{},"worst_half_hour":{}}})", c > 0 ? "," : "",
                             json_quoted(search_.room.classes[c].name), search_.room.classes[c].target_share,
                             simulated() ? json(of_class(c).service_level) : "null", simulated() ? json(of_class(c).worst_half_hour) : "null");
    fmt::print(R"({{"end":"{}","policy":{},"handler_hours_a_day":{:.1f},"interval":{},"analytic_hours":{:.1f},"level_hours":{},)"
               R"("kept_in_search":{},"checked":{},"search_days":{},"check_days":{},"trials":{},"seconds":{:.1f},"seed":{},"classes":[{}]}})" "\n",
               end_of(found_), json_quoted(request_.policy), hours_of(found_.staff), found_.hours_interval ? json(*found_.hours_interval) : "null",
               found_.analytic_hours, found_.level_hours > 0 ? fmt::format("{:.1f}", found_.level_hours) : "null", found_.kept, found_.checked,
               search_.days, search_.check_days, found_.trials, seconds_, request_.seed, classes);
  }

 private:
  bool simulated() const { return !found_.figures.empty(); }
  ClassSummary of_class(std::size_t c) const { return summarise(found_.figures, found_.figures)[c]; }
  static int width(const RoomGroup& group) { return std::max(8, static_cast<int>(group.name.size())); }

  void text_row(std::size_t h) const {
    fmt::print("{:<6}", clock_of(h));
    for (std::size_t g = 0; g < found_.staff.size(); ++g)
      fmt::print(" {:>{}} {:>8}", found_.staff[g][h], width(search_.room.groups[g]), rostered(found_.staff[g][h], request_.shrinkage));
    if (simulated()) {
      const auto figures = half_hour_of(found_, h);
      for (const Estimate& share : figures.shares) fmt::print("  {:<14}", percent(share));
      fmt::print(" {:.0f}", 100 * figures.occupancy);
    }
    fmt::print("\n");
  }
  void json_row(std::size_t h) const {
    std::string groups, classes;
    for (std::size_t g = 0; g < found_.staff.size(); ++g)
      groups += fmt::format(R"({}{{"group":{},"handlers":{},"rostered":{}}})", g > 0 ? "," : "", json_quoted(search_.room.groups[g].name),
                            found_.staff[g][h], rostered(found_.staff[g][h], request_.shrinkage));
    double occupancy = std::nan("");
    if (simulated()) {
      const auto figures = half_hour_of(found_, h);
      occupancy = figures.occupancy;
      for (std::size_t c = 0; c < figures.shares.size(); ++c)
        classes += fmt::format(R"({}{{"class":{},"share":{}}})", c > 0 ? "," : "", json_quoted(search_.room.classes[c].name), json(figures.shares[c]));
    }
    fmt::print(R"({{"from":"{}","groups":[{}],"classes":[{}],"occupancy":{}}})" "\n", clock_of(h), groups, classes, json(occupancy));
  }

  void text_summary() const {
    fmt::print("\n{:.1f}{} handler-hours a day (analytic {:.1f}{}); {} trials of {} days, {:.1f} s, seed {}, {}\n", hours_of(found_.staff),
               found_.hours_interval ? fmt::format(" ±{:.1f}", *found_.hours_interval) : "", found_.analytic_hours,
               found_.level_hours > 0 ? fmt::format(", one level {:.1f}", found_.level_hours) : "", found_.trials, search_.days, seconds_,
               request_.seed, request_.policy);
    for (std::size_t c = 0; simulated() && c < search_.room.classes.size(); ++c) {
      const RoomClass& target = search_.room.classes[c];
      const auto summary = of_class(c);
      fmt::print("{:<14} in {:g} s {} %, target {:g} %{}; worst half-hour {} %\n", target.name, target.target, percent(summary.service_level),
                 100 * target.target_share, summary.service_level.mean < target.target_share ? " MISSED" : "", percent(summary.worst_half_hour));
    }
    if (found_.checked) fmt::print("shares are those of {} days that the search did not see; ± is the 95 % interval\n", search_.check_days);
    else if (simulated()) fmt::print("shares are those of the days of the search, and look better than they are\n");
    else fmt::print("no simulation was finished: this is the analytic answer\n");
    if (found_.end == SearchEnd::out_of_time) fmt::print("not finished: the time for it was up; give it more than --seconds {:g}\n", request_.seconds);
  }

  const StaffSearch& search_;
  const StaffFound& found_;
  const SimulatedStaffRequest& request_;
  double seconds_;
};

}  // namespace

int find_simulated_staff(const Program& program, const SimulatedStaffRequest& request) {
  try {
    const auto policy = parse_policy(request.policy);
    if (!policy) throw Wrong{{fmt::format("--policy {}: unknown; there is {}", request.policy, policy_names)}};
    const StaffSearch search = search_of(request);
    Trials trials{search, request, *policy};
    const StaffFound found = find_staff(search, std::ref(trials));
    const Report report{search, found, request, trials.seconds()};
    program.json ? report.json_lines() : report.text();
    if (found.end == SearchEnd::impossible)
      throw Wrong{{"no number of handlers that was tried keeps every target; relax a --target or --worst, or raise --most"}, exit_no};
    return request.output.empty() || write_file(request.output, csv_of(search, found.staff)) ? exit_done : exit_usage;
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
  add("--target", request.targets, "targets by order of priority, NAME:SECONDS:SHARE");
  add("--group", request.groups, "whom there may be, NAME:CLASS+CLASS (default: one group, all, for everything)");
  add("--cost", request.costs, "of a group's hour, GROUP=NUMBER (default 1); their sum is made least");
  add("--most", request.most, "handlers of a group at a time, GROUP=NUMBER (default 10000)");
  add("--worst", request.worst, "share that every class keeps in every half-hour on the days of the search (default: no matter)")->check(CLI::Range(0.0, 0.99));
  add("--policy", request.policy, fmt::format("{} (default strict)", policy_names));
  add("--ring", request.ring, "seconds that a phone rings before it is answered")->check(CLI::Range(0.0, 19.0));
  add("--wrap-up", request.wrap_up, "seconds of after-call work")->check(CLI::Range(0.0, 3600.0));
  add("--dispersion", request.dispersion, "coefficient of variation of a day's volume")->check(CLI::Range(0.0, 2.0));
  add("--search-days", request.days, "days of a trial (default: as many as have 250000 calls, 1 to 100); twice as many check the answer")
      ->check(CLI::Range(1, 10'000));
  add("--seconds", request.seconds, "time for it (default 60); what there is then is said to be not finished")->check(CLI::Range(1.0, 86'400.0));
  add("--seed", request.seed, "of the drawn days");
  add("--parallel", request.parallel, "threads; the answer does not depend on it unless time is up")->check(CLI::Range(1, 256));
  add("--output", request.output, "the staff for `pledge simulate --staff`: from_s,group,handlers")->type_name("FILE");
}

}  // namespace pledge
