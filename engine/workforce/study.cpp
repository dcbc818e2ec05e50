#include "workforce/study.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>
#include <map>

namespace pledge::workforce {

namespace {
using core::duration;
using core::seconds;

constexpr double late_after = 60;    // seconds
constexpr std::uint32_t unbounded = 1'000'000;

std::optional<double> number_after(std::string_view text, std::string_view name) {
  if (!text.starts_with(name)) return std::nullopt;
  text.remove_prefix(name.size());
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value) || value < 0) return std::nullopt;
  return value;
}

void add_class(core::Options& options, const RoomOptions& room, const RoomClass& service_class) {
  core::QueueOptions queue;
  queue.id.value = queue.service_class.value = service_class.name;
  queue.target_within = duration(service_class.target);
  queue.target_share = service_class.target_share;
  queue.bound = unbounded;
  queue.wrap_up = duration(room.wrap_up_of(service_class));
  options.classes.push_back({queue.service_class, {}});
  options.queues.push_back(queue);
  core::TriageRule rule;
  rule.id = rule.queue.value = service_class.name;
  rule.dialled = {service_class.name};
  options.triage.push_back(rule);
}

// What the plan says of a class at an hour: rates, and means weighted by calls where several classes are one.
void add_plan(core::ReserveOptions& reserve, const Plan& plan) {
  if (!plan.demand || plan.demand->classes.empty()) return;
  reserve.source = core::RateSource::configured;
  double other_calls = 0, other_work = 0, other_patience = 0;
  for (std::size_t hour = 0; hour < hours_a_day; ++hour) {
    double first = 0, other = 0;
    for (std::size_t i = 0; i < plan.demand->classes.size(); ++i) {
      const DemandClass& calls = plan.demand->classes[i];
      (i == 0 ? first : other) += calls.calls[hour];
      if (i == 0) continue;
      other_calls += calls.calls[hour];
      other_work += calls.calls[hour] * calls.handling;
      other_patience += calls.calls[hour] * calls.patience;
    }
    reserve.emergency_per_hour.push_back(first);
    reserve.other_per_hour.push_back(other);
    const std::size_t at = static_cast<std::size_t>(pre_roll / seconds_a_half_hour) + 2 * hour;
    if (at + 1 < plan.staff.size()) reserve.handlers_per_hour.push_back((plan.staff[at] + plan.staff[at + 1]) / 2.0);
  }
  reserve.mean_handling_emergency = duration(plan.demand->classes[0].handling);
  if (other_calls <= 0) return;
  reserve.mean_handling_other = duration(other_work / other_calls);
  reserve.mean_patience = duration(other_patience / other_calls);
}

// Nearest rank from above; NaN of nothing.
double quantile(const std::vector<float>& sorted, double share) {
  if (sorted.empty()) return std::nan("");
  const auto at = static_cast<std::size_t>(std::max(0.0, share) * static_cast<double>(sorted.size()));
  return sorted[std::min(at, sorted.size() - 1)];
}

// Adds to each half-hour what of [from, to) lies within it.
template <class Add>
void split_by_half_hour(double from, double to, std::size_t days, Add add) {
  for (auto at = static_cast<std::size_t>(std::max(0.0, from) / seconds_a_half_hour); at < days * half_hours_a_day; ++at) {
    const double begin = static_cast<double>(at) * seconds_a_half_hour;
    if (begin >= to) break;
    add(at, std::min(to, begin + seconds_a_half_hour) - std::max(from, begin));
  }
}

// One class of every day.
class ClassDays {
 public:
  ClassDays(const std::vector<DayFigures>& days, std::size_t of_class) : days_(days), class_(of_class) {}

  template <class Value>
  std::vector<double> each(Value value) const {
    std::vector<double> values;
    for (const DayFigures& day : days_) values.push_back(std::invoke(value, day[class_]));
    return values;
  }
  std::vector<double> offered() const { return each(&ClassFigures::offered); }
  std::vector<double> service_level() const { return shares_by_day(each(&ClassFigures::on_time), offered()); }
  std::vector<double> abandoned() const { return shares_by_day(each(&ClassFigures::abandoned), offered()); }

  Estimate worst_half_hour() const {
    Estimate worst{std::nan(""), {}};
    for (std::size_t h = 0; h < half_hours_a_day; ++h) {
      const auto of = estimate(shares_by_day(each([h](const auto& day) { return day.on_time_in[h]; }),
                                             each([h](const auto& day) { return day.offered_in[h]; })));
      if (!(worst.mean <= of.mean) && !std::isnan(of.mean)) worst = of;
    }
    return worst;
  }
  void waits(ClassSummary& summary) const {
    std::vector<float> all;
    for (const DayFigures& day : days_) all.insert(all.end(), day[class_].waits.begin(), day[class_].waits.end());
    std::sort(all.begin(), all.end());
    summary.p50 = quantile(all, 0.5);
    summary.p99 = quantile(all, high_share);
    summary.longest = quantile(all, 1);
    const auto within = estimate(shares_by_day(each([&](const ClassFigures& day) {
      return static_cast<double>(std::count_if(day.waits.begin(), day.waits.end(), [&](float w) { return w <= summary.p99; }));
    }), offered()));
    if (within.interval)
      summary.p99_between = Between{quantile(all, high_share - *within.interval), quantile(all, high_share + *within.interval)};
  }

 private:
  static constexpr double high_share = 0.99;
  const std::vector<DayFigures>& days_;
  std::size_t class_;
};

}  // namespace

std::optional<Policy> parse_policy(std::string_view text) {
  Policy policy{std::string{text}, {}, {}};
  policy.reserve.kind = core::ReserveKind::off;
  if (text == "strict") return policy;
  if (text == "fifo") policy.selection.order = core::Order::first_come;
  else if (text == "edf") policy.selection.order = core::Order::deadline;
  else if (text == "wait-over-target") policy.selection.order = core::Order::wait_over_target;
  else if (text == "reserve-computed") policy.reserve.kind = core::ReserveKind::computed;
  else if (text == "reserve-by-wait") policy.reserve.kind = core::ReserveKind::by_wait;
  else if (const auto busy = number_after(text, "reserve-formula:"); busy && *busy > 0 && *busy <= 1) {
    policy.reserve.kind = core::ReserveKind::computed;
    policy.reserve.all_busy = *busy;
  } else if (const auto head_start = number_after(text, "score:"); head_start && *head_start <= seconds_a_day)
    policy.selection = {core::Order::head_start, duration(*head_start)};
  else if (const auto handlers = number_after(text, "reserve:")) {
    policy.reserve.kind = core::ReserveKind::fixed;
    policy.reserve.handlers = *handlers;
  } else return std::nullopt;
  return policy;
}

core::Options room_options(const RoomOptions& room, const std::vector<Shift>& shifts, const Policy& policy, const Plan& plan) {
  core::Options options;
  for (const RoomClass& service_class : room.classes) add_class(options, room, service_class);
  options.selection = policy.selection;
  options.pools = {{{"room"}, policy.reserve}};
  add_plan(options.pools[0].reserve, plan);
  for (const RoomGroup& group : room.groups) {
    core::RoleOptions role{{group.name}, {}, false};
    for (const std::string& name : group.classes) role.queues.push_back({name});
    options.roles.push_back(role);
  }
  std::map<std::string, std::string> groups;  // by handler
  for (const Shift& shift : shifts) groups.emplace(shift.handler.value, shift.group);
  for (const auto& [name, group] : groups) {
    core::HandlerOptions handler;
    handler.id.value = name;
    handler.pool.value = "room";
    handler.roles = {{group}};
    handler.phone = "sip:h@192.0.2.1";
    options.handlers.push_back(handler);
  }
  return options;
}

std::vector<DayFigures> figures_of(const RoomOptions& room, const Simulation& run, const std::vector<Outcome>& outcomes, double from,
                                   std::size_t days) {
  std::vector<DayFigures> all(days, DayFigures(room.classes.size()));
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const SimulatedCall& call = run.calls[i];
    const double t = seconds(call.at) - from, wait = seconds(outcomes[i].wait);
    const auto named = std::find_if(room.classes.begin(), room.classes.end(), [&](const auto& c) { return c.name == call.dialled; });
    if (named == room.classes.end()) continue;
    const auto c = static_cast<std::size_t>(named - room.classes.begin());
    if (outcomes[i].answered)
      split_by_half_hour(t + wait, t + wait + seconds(call.handling) + room.wrap_up_of(*named), days, [&](std::size_t at, double busy) {
        all[at / half_hours_a_day][c].busy += busy;
        all[at / half_hours_a_day][c].busy_in[at % half_hours_a_day] += busy;
      });
    if (t < 0 || t >= static_cast<double>(days) * seconds_a_day) continue;
    const auto half_hour = static_cast<std::size_t>(t / seconds_a_half_hour);
    ClassFigures& figures = all[half_hour / half_hours_a_day][c];
    const bool kept = outcomes[i].answered && wait <= named->target;
    figures.offered += 1;
    figures.on_time += kept;
    figures.abandoned += !outcomes[i].answered;
    figures.late += wait > late_after;
    figures.offered_in[half_hour % half_hours_a_day] += 1;
    figures.on_time_in[half_hour % half_hours_a_day] += kept;
    figures.waits.push_back(static_cast<float>(wait));
  }
  return all;
}

std::vector<ClassSummary> summarise(const std::vector<DayFigures>& days, const std::vector<DayFigures>& base) {
  std::vector<ClassSummary> summaries(days.empty() ? 0 : days.front().size());
  for (std::size_t c = 0; c < summaries.size(); ++c) {
    const ClassDays here{days, c}, first{base, c};
    ClassSummary& summary = summaries[c];
    summary.offered_a_day = estimate(here.offered()).mean;
    summary.service_level = estimate(here.service_level());
    summary.difference = difference(here.service_level(), first.service_level());
    summary.abandoned = estimate(here.abandoned());
    summary.over_60_s = estimate(here.each(&ClassFigures::late));
    summary.worst_half_hour = here.worst_half_hour();
    here.waits(summary);
  }
  return summaries;
}

Estimate occupancy(const std::vector<DayFigures>& days, double handler_hours_a_day) {
  std::vector<double> by_day;
  for (const DayFigures& day : days) {
    double busy = 0;
    for (const ClassFigures& of_class : day) busy += of_class.busy;
    by_day.push_back(handler_hours_a_day > 0 ? busy / (handler_hours_a_day * seconds_an_hour) : std::nan(""));
  }
  return estimate(by_day);
}

}  // namespace pledge::workforce
