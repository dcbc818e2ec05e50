#include "workforce/study.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace pledge::workforce {

namespace {

constexpr double late_after = 60;    // seconds
constexpr double normal_95 = 1.96;
constexpr std::uint32_t unbounded = 1'000'000;
core::Duration duration(double seconds) { return core::Duration{static_cast<std::int64_t>(seconds * 1e9)}; }
double seconds(core::Duration d) { return static_cast<double>(d.count()) / 1e9; }

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
  queue.wrap_up = duration(room.wrap_up);
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

double quantile(std::vector<float>& sorted, double share) {
  if (sorted.empty()) return 0;
  const auto at = static_cast<std::size_t>(share * static_cast<double>(sorted.size()));
  return sorted[std::min(at, sorted.size() - 1)];
}

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
  else if (const auto head_start = number_after(text, "score:"); head_start && *head_start <= seconds_a_day)
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
  std::vector<std::string> names;
  for (const Shift& shift : shifts) names.push_back(shift.handler.value);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  for (const std::string& name : names) {
    core::HandlerOptions handler;
    handler.id.value = name;
    handler.pool.value = "room";
    handler.roles = {{name.substr(0, name.rfind('-'))}};
    handler.phone = "sip:h@192.0.2.1";
    options.handlers.push_back(handler);
  }
  return options;
}

DayFigures figures_of(const RoomOptions& room, const Simulation& run, const std::vector<Outcome>& outcomes, double from) {
  DayFigures day(room.classes.size());
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const double t = seconds(run.calls[i].at) - from, wait = seconds(outcomes[i].wait);
    if (t < 0 || t >= seconds_a_day) continue;
    for (std::size_t c = 0; c < room.classes.size(); ++c) {
      if (room.classes[c].name != run.calls[i].dialled) continue;
      ClassFigures& figures = day[c];
      const bool kept = outcomes[i].answered && wait <= room.classes[c].target;
      const auto half_hour = static_cast<std::size_t>(t / seconds_a_half_hour);
      figures.offered += 1;
      figures.on_time += kept;
      figures.abandoned += !outcomes[i].answered;
      figures.late += wait > late_after;
      figures.offered_in[half_hour] += 1;
      figures.on_time_in[half_hour] += kept;
      figures.waits.push_back(static_cast<float>(wait));
    }
  }
  return day;
}

Estimate estimate(const std::vector<double>& by_day) {
  Estimate result;
  const auto n = static_cast<double>(by_day.size());
  for (const double value : by_day) result.mean += value / n;
  if (by_day.size() < 2) return result;
  double squares = 0;
  for (const double value : by_day) squares += (value - result.mean) * (value - result.mean);
  result.interval = normal_95 * std::sqrt(squares / (n - 1) / n);
  return result;
}

std::vector<ClassSummary> summarise(const std::vector<DayFigures>& days, const std::vector<DayFigures>& base) {
  std::vector<ClassSummary> summaries(days.empty() ? 0 : days.front().size());
  for (std::size_t c = 0; c < summaries.size(); ++c) {
    std::vector<double> level, difference, abandoned, late;
    std::array<double, half_hours_a_day> offered{}, on_time{};
    std::vector<float> waits;
    ClassSummary& summary = summaries[c];
    const auto share = [](double part, double of) { return of > 0 ? part / of : 1; };
    for (std::size_t d = 0; d < days.size(); ++d) {
      const ClassFigures &day = days[d][c], &other = base[d][c];
      level.push_back(share(day.on_time, day.offered));
      difference.push_back(level.back() - share(other.on_time, other.offered));
      abandoned.push_back(day.offered > 0 ? day.abandoned / day.offered : 0);
      late.push_back(day.late);
      summary.offered_a_day += day.offered / static_cast<double>(days.size());
      for (std::size_t h = 0; h < half_hours_a_day; ++h) {
        offered[h] += day.offered_in[h];
        on_time[h] += day.on_time_in[h];
      }
      waits.insert(waits.end(), day.waits.begin(), day.waits.end());
    }
    summary.service_level = estimate(level);
    summary.difference = estimate(difference);
    summary.abandoned = estimate(abandoned);
    summary.over_60_s = estimate(late);
    for (std::size_t h = 0; h < half_hours_a_day; ++h)
      summary.worst_half_hour = std::min(summary.worst_half_hour, share(on_time[h], offered[h]));
    std::sort(waits.begin(), waits.end());
    summary.p50 = quantile(waits, 0.5);
    summary.p99 = quantile(waits, 0.99);
    summary.longest = waits.empty() ? 0 : waits.back();
  }
  return summaries;
}

}  // namespace pledge::workforce
