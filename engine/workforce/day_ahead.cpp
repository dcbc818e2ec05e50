#include "workforce/day_ahead.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "workforce/counted_day.hpp"
#include "workforce/forecast_demand.hpp"
#include "workforce/intraday.hpp"
#include "workforce/local_clock.hpp"

namespace pledge::workforce {

namespace {

using core::HandlerState;
using core::seconds;
using core::Time;

constexpr double most_dispersion = 0.5;
constexpr double band_width = 2 * 1.2816;  // of an 80 % band, in standard deviations of a normal distribution

struct LocalTime {
  Day day{};
  unsigned minute = 0;
};
LocalTime local(Time at, const std::vector<core::UtcOffset>& offsets) {
  const std::chrono::seconds clock{clock_seconds(at, offsets)};
  const auto day = std::chrono::floor<std::chrono::days>(std::chrono::sys_seconds{clock});
  return {day, static_cast<unsigned>((std::chrono::sys_seconds{clock} - day) / std::chrono::minutes{1})};
}

Demand before(Demand demand, Day today) {
  while (!demand.counts.empty() && demand.end() > today) demand.counts.pop_back();
  return demand;
}

// Everything that one class is made from.
class ClassMaker {
 public:
  ClassMaker(const PlannedDay& plan, const core::Options& options, const SeenDay& seen, const AheadOptions& wanted)
      : plan_(plan), options_(options), seen_(seen), wanted_(wanted) {}

  ClassAhead make(const DayAhead& ahead, const Demand& demand, std::vector<std::string>& faults) const {
    ClassAhead made;
    made.name = demand.name;
    made.queues = queues_of(options_, demand.name);
    if (made.queues.empty()) return faults.push_back(unknown(demand.name)), made;
    targets(made);
    const auto today = local(ahead.now, plan_.offsets);
    const auto past = before(demand, today.day);
    const auto counted = counted_day(ahead.now, plan_.offsets, made.queues, seen_, demand.slots);
    const auto planned = forecast_today(past, plan_.calendar, today.day, {}, 0);
    const auto again = forecast_today(past, plan_.calendar, today.day, counted.counts, counted.seen);
    if (!planned || !again) return faults.push_back(too_short(past, today.day)), made;
    behaviour(made, handling(demand.name, *planned));
    spread(ahead, *planned, demand.slots, made.planned);
    spread(ahead, *again, demand.slots, made.calls);
    made.dispersion = dispersion(*again, counted.seen);
    return made;
  }

 private:
  std::string unknown(const std::string& name) const {
    std::string all;
    for (const auto& queue : options_.queues) all += (all.empty() ? "" : ", ") + queue.id.value;
    return "class \"" + name + "\" of the counts: there is no queue and no class of service of that name; name it as one of " + all;
  }
  static std::string too_short(const Demand& past, Day today) {
    return "class \"" + past.name + "\" has " + std::to_string(past.counts.size()) + " complete days of counts before " +
           to_text(today) + ": a forecast needs " + std::to_string(least_history) + ", not more than " +
           std::to_string(most_lead) + " days old; give more";
  }
  void targets(ClassAhead& made) const {
    for (const auto& queue : options_.queues)
      if (queue.id == made.queues.front()) {
        made.target_within = seconds(queue.target_within);
        made.target_share = queue.target_share;
        made.wrap_up = seconds(queue.wrap_up);
      }
  }
  // As forecast for that day from the counts; 0 where they do not tell it.
  double handling(const std::string& name, const DayForecast& day) const {
    const auto history = plan_.handling.find(name);
    return history == plan_.handling.end() ? 0 : forecast_handling(history->second, day.day).of_day(day.day, calls_by_hour(day, plan_.calendar));
  }
  void behaviour(ClassAhead& made, double handling) const {
    SeenHalfHour all;
    for (const auto& id : made.queues) {
      const auto count = [&](const auto& of) { const auto at = of.find(id); return at == of.end() ? 0 : at->second; };
      made.waiting += count(seen_.waiting);
      made.talking += count(seen_.talking);
      const auto queue = seen_.queues.find(id);
      if (queue == seen_.queues.end()) continue;
      for (const auto& [from, s] : queue->second) {
        all.handled += s.handled, all.talk += s.talk, all.talk_squared += s.talk_squared;
        all.wrapped += s.wrapped, all.wrap_up += s.wrap_up;
        all.abandoned += s.abandoned, all.waited += s.waited;
      }
    }
    if (all.wrapped >= enough_handled) made.wrap_up = all.wrap_up / all.wrapped;
    constexpr double shortest_talk = 1;  // what wrap-up leaves of the handling at least
    made.talk = handling > 0 ? std::max(shortest_talk, handling - made.wrap_up) : wanted_.handling;
    made.patience = wanted_.patience;
    if (all.handled >= enough_handled) {
      made.talk = all.talk / all.handled;
      made.talk_cv = std::sqrt(std::max(0.0, all.talk_squared / all.handled - made.talk * made.talk)) / made.talk;
    }
    if (all.abandoned >= enough_gave_up) made.patience = all.waited / all.abandoned;
  }
  // Calls a slot to calls a half-hour.
  void spread(const DayAhead& ahead, const DayForecast& day, unsigned slots, std::vector<double>& out) const {
    const unsigned length = minutes_a_day / slots;
    const auto at = [&](unsigned minute) {
      const double times = plan_.calendar.length(day.day, minute / length);
      return times > 0 ? day.counts[minute / length] / times : 0;
    };
    for (const Time from : ahead.from) {
      const unsigned minute = local(from, plan_.offsets).minute / half_hour_minutes * half_hour_minutes;
      out.push_back(length < half_hour_minutes ? at(minute) + at(minute + length) : at(minute) * half_hour_minutes / length);
    }
  }
  static double dispersion(const DayForecast& day, unsigned from) {
    double sum = 0, weight = 0;
    for (std::size_t s = from; s < day.counts.size() && !day.low.empty(); ++s) {
      const double mean = day.counts[s], deviation = (day.high[s] - day.low[s]) / band_width;
      if (mean < 1) continue;
      sum += (deviation * deviation - mean) / mean;  // cv² beyond Poisson, weighted by the mean
      weight += mean;
    }
    return weight > 0 ? std::min(most_dispersion, std::sqrt(std::max(0.0, sum / weight))) : 0;
  }

  const PlannedDay& plan_;
  const core::Options& options_;
  const SeenDay& seen_;
  const AheadOptions& wanted_;
};

// Position of a class in the order of service.
std::size_t rank(const core::Options& options, const ClassAhead& made) {
  for (std::size_t q = 0; q < options.queues.size(); ++q) {
    if (options.queues[q].id != made.queues.front()) continue;
    for (std::size_t c = 0; c < options.classes.size(); ++c)
      if (options.classes[c].id == options.queues[q].service_class) return c * options.queues.size() + q;
  }
  return options.classes.size() * options.queues.size();
}

// Parts of a shift between its breaks, from `now` on.
void add_work(const PlannedShift& shift, Time now, std::vector<Stretch>& out) {
  Time from = std::max(shift.from, now);
  const auto add = [&](Time to) {
    if (to > from) out.push_back({shift.handler, from, to});
  };
  for (const auto& b : shift.breaks) {
    add(b.from);
    from = std::max(from, b.to);
  }
  add(shift.to);
}

}  // namespace

double DayAhead::left(std::size_t i) const {
  if (i > 0) return 1;
  return seconds(from[0] + half_hour - now) / seconds(half_hour);
}

std::vector<core::QueueId> queues_of(const core::Options& options, const std::string& name) {
  std::vector<core::QueueId> of_class;
  for (const auto& queue : options.queues) {
    if (queue.id.value == name) return {queue.id};
    if (queue.service_class.value == name) of_class.push_back(queue.id);
  }
  return of_class;
}

std::optional<DayForecast> forecast_today(const Demand& past, const DemandCalendar& calendar, Day today, const DayCounts& counts,
                                          unsigned seen) {
  if (past.counts.size() < least_history || today - past.end() >= std::chrono::days{most_lead}) return std::nullopt;
  RollingForecast rolling(past, calendar, 1);
  rolling.advance(past.end());
  auto made = rolling.forecast(today);
  const bool any = std::any_of(counts.begin(), counts.end(), [](double c) { return !std::isnan(c); });
  if (seen == 0 || !any) return made;
  return reforecast(rolling, made, counts, seen);
}

std::optional<std::vector<DayForecast>> forecast_from_today(Time now, const PlannedDay& plan, const Demand& demand,
                                                            const core::Options& options, const SeenDay& seen, unsigned days) {
  const auto today = local(now, plan.offsets);
  const auto past = before(demand, today.day);
  const auto counted = counted_day(now, plan.offsets, queues_of(options, demand.name), seen, demand.slots);
  const auto first = forecast_today(past, plan.calendar, today.day, counted.counts, counted.seen);
  if (!first) return std::nullopt;
  const auto gone = static_cast<unsigned>((today.day - past.end()).count());  // days between the counts and today
  auto all = forecast_days(past, plan.calendar, std::min(gone + days, most_lead));
  all.erase(all.begin(), all.begin() + gone);
  all.front() = *first;
  return all;
}

LookedAhead look_ahead(Time now, const PlannedDay& plan, const core::Options& options, const SeenDay& seen,
                       const AheadOptions& wanted) {
  LookedAhead out;
  auto& ahead = out.ahead;
  ahead.now = now;
  ahead.end = time_of_clock(local(now, plan.offsets).day, minutes_a_day, plan.offsets);
  for (Time at = half_hour_of(now); at < ahead.end; at = at + half_hour) ahead.from.push_back(at);
  if (plan.demand.size() > most_groups)
    out.faults.push_back("the counts have " + std::to_string(plan.demand.size()) + " classes: a day is planned for at most " +
                         std::to_string(most_groups) + "; join those that the same handlers serve");
  const ClassMaker maker{plan, options, seen, wanted};
  for (const auto& demand : plan.demand) ahead.classes.push_back(maker.make(ahead, demand, out.faults));
  if (!out.faults.empty()) return out;
  std::stable_sort(ahead.classes.begin(), ahead.classes.end(),
                   [&](const auto& a, const auto& b) { return rank(options, a) < rank(options, b); });
  return out;
}

std::vector<Stretch> rostered_from(const std::vector<PlannedShift>& roster, Time now) {
  std::vector<Stretch> out;
  for (const auto& shift : roster) add_work(shift, now, out);
  return out;
}

StaffAhead staff_ahead(const std::vector<PlannedShift>& roster, const SeenDay& seen, Time now) {
  StaffAhead out;
  const Time next = half_hour_of(now) + half_hour;
  const bool known = seen.known.from < seen.known.to;
  std::set<std::string> planned;
  for (const auto& shift : roster) {
    std::vector<Stretch> work;
    add_work(shift, now, work);
    const auto state = seen.handlers.find(shift.handler);
    const bool there = state != seen.handlers.end(), now_due = !work.empty() && work.front().from <= now;
    if (now_due) planned.insert(shift.handler);
    if (known && now_due && !there) {
      out.absent.push_back(shift.handler);
      if (now - shift.from > half_hour) continue;
    }
    if (known && now_due && (!there || state->second == HandlerState::not_ready)) work.front().from = next;
    for (auto& stretch : work)
      if (stretch.to > stretch.from) out.stretches.push_back(std::move(stretch));
  }
  for (const auto& [handler, state] : seen.handlers) {
    ++out.signed_on;
    if (state == HandlerState::not_ready) continue;
    ++out.at_work;
    if (planned.contains(handler)) continue;
    out.unplanned.push_back(handler);
    out.stretches.push_back({handler, now, next});
  }
  return out;
}

std::map<std::string, std::uint32_t> classes_of_handlers(const core::Options& options, const std::vector<ClassAhead>& classes) {
  std::map<core::RoleId, const core::RoleOptions*> roles;
  for (const auto& role : options.roles) roles[role.id] = &role;
  const auto serves = [&](const core::HandlerOptions& handler, const core::QueueOptions& queue) {
    const auto role = handler.roles.empty() ? roles.end() : roles.find(handler.roles.front());
    if (role == roles.end()) return false;
    const auto& queues = role->second->queues;
    return std::find(queues.begin(), queues.end(), queue.id) != queues.end() &&
           std::all_of(queue.skills.begin(), queue.skills.end(), [&](const core::Requirement& needed) {
             return std::any_of(handler.skills.begin(), handler.skills.end(),
                                [&](const core::Requirement& has) { return has.skill == needed.skill && has.level >= needed.level; });
           });
  };
  std::map<std::string, std::uint32_t> out;
  for (const auto& handler : options.handlers) {
    auto& mask = out[handler.id.value];
    for (const auto& queue : options.queues)
      for (std::size_t c = 0; c < classes.size(); ++c)
        if (queue.id == classes[c].queues.front() && serves(handler, queue)) mask |= 1u << c;
  }
  return out;
}

}  // namespace pledge::workforce
