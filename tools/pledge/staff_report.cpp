#include "tools/pledge/staff_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "tools/pledge/client.hpp"

namespace pledge {

using namespace workforce;

namespace {

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
  explicit Report(const StaffReport& of)
      : search_(of.search), found_(of.found), request_(of.request), configured_(of.configured), seconds_(of.seconds) {}

  void text() const {
    fmt::print("{:<6}", "from");
    if (configured_) fmt::print(" {:>8} {:>8}", "handlers", "rostered");
    for (std::size_t g = 0; g < search_.room.groups.size(); ++g) {
      if (configured_) fmt::print(" {:>4}", fmt::format("({})", g + 1));
      else fmt::print(" {:>{}} {:>8}", search_.room.groups[g].name, width(search_.room.groups[g]), "rostered");
    }
    for (const RoomClass& target : search_.room.classes) fmt::print("  {:<{}}", target.name + " %", width(target));
    fmt::print(" occupancy %\n");
    for (std::size_t h = 0; h < half_hours_a_day; ++h) text_row(h);
    if (configured_) legend();
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
               end_of(found_), json_quoted(policy()), hours_of(found_.staff), found_.hours_interval ? json(*found_.hours_interval) : "null",
               found_.analytic_hours, found_.level_hours > 0 ? fmt::format("{:.1f}", found_.level_hours) : "null", found_.kept, found_.checked,
               search_.days, search_.check_days, found_.trials, seconds_, request_.seed, classes);
  }

 private:
  std::string policy() const { return !request_.policy.empty() ? request_.policy : configured_ ? "as configured" : "strict"; }
  bool simulated() const { return !found_.figures.empty(); }
  ClassSummary of_class(std::size_t c) const { return summarise(found_.figures, found_.figures)[c]; }
  static int width(const RoomGroup& group) { return std::max(8, static_cast<int>(group.name.size())); }
  static int width(const RoomClass& of_class) { return std::max(12, static_cast<int>(of_class.name.size()) + 2); }

  void text_row(std::size_t h) const {
    fmt::print("{:<6}", clock_of(h));
    std::uint32_t all = 0;
    for (const GroupStaff& group : found_.staff) all += group[h];
    if (configured_) fmt::print(" {:>8} {:>8}", all, rostered(all, request_.shrinkage));
    for (std::size_t g = 0; g < found_.staff.size(); ++g) {
      if (configured_) fmt::print(" {:>4}", found_.staff[g][h]);
      else fmt::print(" {:>{}} {:>8}", found_.staff[g][h], width(search_.room.groups[g]), rostered(found_.staff[g][h], request_.shrinkage));
    }
    if (simulated()) {
      const auto figures = half_hour_of(found_, h);
      for (std::size_t c = 0; c < figures.shares.size(); ++c)
        fmt::print("  {:<{}}", percent(figures.shares[c]), width(search_.room.classes[c]));
      fmt::print(" {:.0f}", 100 * figures.occupancy);
    }
    fmt::print("\n");
  }
  void json_row(std::size_t h) const {
    std::string groups, classes;
    for (std::size_t g = 0; g < found_.staff.size(); ++g)
      groups += fmt::format(R"({}{{"group":{},"handlers":{},"rostered":{}{}}})", g > 0 ? "," : "", json_quoted(search_.room.groups[g].name),
                            found_.staff[g][h], rostered(found_.staff[g][h], request_.shrinkage), json_kinds(g, h));
    double occupancy = std::nan("");
    if (simulated()) {
      const auto figures = half_hour_of(found_, h);
      occupancy = figures.occupancy;
      for (std::size_t c = 0; c < figures.shares.size(); ++c)
        classes += fmt::format(R"({}{{"class":{},"share":{}}})", c > 0 ? "," : "", json_quoted(search_.room.classes[c].name), json(figures.shares[c]));
    }
    fmt::print(R"({{"from":"{}","groups":[{}],"classes":[{}],"occupancy":{}}})" "\n", clock_of(h), groups, classes, json(occupancy));
  }

  std::string json_kinds(std::size_t g, std::size_t h) const {
    if (!configured_) return "";
    const KindsAlike& alike = configured_->alike[g];
    const auto counts = of_kinds(alike, found_.staff[g][h]);
    std::string kinds;
    for (std::size_t k = 0; k < counts.size(); ++k)
      kinds += fmt::format(R"({}{{"kind":{},"handlers":{}}})", k > 0 ? "," : "", json_quoted(configured_->kinds[alike.kinds[k]].name), counts[k]);
    return fmt::format(R"(,"kinds":[{}])", kinds);
  }

  // What the numbers of the groups stand for.
  void legend() const {
    fmt::print("\n");
    for (std::size_t g = 0; g < configured_->alike.size(); ++g) {
      const KindsAlike& alike = configured_->alike[g];
      std::string kinds;
      for (const std::size_t kind : alike.kinds)
        kinds += (kinds.empty() ? "" : ", ") + fmt::format("{} ({})", configured_->kinds[kind].name, configured_->kinds[kind].handlers.size());
      fmt::print("({}) {}: of {}\n", g + 1, alike.name, kinds);
    }
    for (const std::string& name : configured_->left_out) fmt::print("left out, of no queue or supervisors: {}\n", name);
  }

  void text_summary() const {
    fmt::print("\n{:.1f}{} handler-hours a day (analytic {:.1f}{}); {} trials of up to {} days, {:.1f} s, seed {}, {}\n", hours_of(found_.staff),
               found_.hours_interval ? fmt::format(" ±{:.1f}", *found_.hours_interval) : "", found_.analytic_hours,
               found_.level_hours > 0 ? fmt::format(", one level {:.1f}", found_.level_hours) : "", found_.trials, search_.days, seconds_,
               request_.seed, policy());
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
  const ConfiguredRoom* configured_;
  double seconds_;
};

}  // namespace

void print_staff(const StaffReport& report, bool as_json) {
  as_json ? Report{report}.json_lines() : Report{report}.text();
}

}  // namespace pledge
