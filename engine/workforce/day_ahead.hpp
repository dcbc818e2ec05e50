#pragma once
// The rest of a day by half-hour: the calls that are still to come, by class, and who is to be at work for them. Pure.
//
// Calls: the forecast of the day before, re-forecast by the part of the day that was seen (intraday.hpp). Handling, wrap-up and
// patience are the day's own where it has shown enough of them (enough_handled, enough_gave_up); else handling is that forecast from
// the counts (handling.hpp) where they tell it, and all others are the options'. Patience is
// taken as exponential: waited in all / abandoned, the estimate for waits of which some were cut off by an answer.
//
// Staff: the roster without its breaks, corrected by who is there:
//   - planned at work and signed on, but not ready: back with the next half-hour;
//   - planned at work and not signed on: in the shift's first half-hour expected with the next half-hour, later not at all;
//   - at work without plan: to the end of the present half-hour.
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "workforce/day_so_far.hpp"
#include "workforce/forecast.hpp"
#include "workforce/handling.hpp"
#include "workforce/roster_rules.hpp"

namespace pledge::workforce {

inline constexpr std::uint32_t enough_handled = 30, enough_gave_up = 20;

// What a planner gives; read by settings/workforce_files.hpp.
struct PlannedDay {
  std::vector<PlannedShift> roster;
  std::vector<Demand> demand;        // past counts, one a class; a class is a queue, or a class of service with all its queues
  HandlingHistory handling;          // by class, where the counts tell it
  DemandCalendar calendar;
  std::optional<RosterRules> rules;  // of shifts, contracts and handlers; `need` has only days and groups
  std::vector<core::UtcOffset> offsets;  // of the roster's and the counts' clock
};

struct AheadOptions {
  double shrinkage = 0.1;   // of time at work by the roster, beside breaks: sickness, training, meetings; >= 0, < 1
  double handling = 300;    // mean seconds of talk
  double patience = 240;    // mean seconds
};

struct ClassAhead {
  std::string name;
  std::vector<core::QueueId> queues;    // in a simulation the first takes all its calls
  double target_within = 10, target_share = 0.9;
  double talk = 300, talk_cv = 1, wrap_up = 0, patience = 240;  // seconds
  std::vector<double> calls, planned;   // by half-hour, for the whole of it: re-forecast, and forecast the day before
  double dispersion = 0;                // cv of the day's rate beyond Poisson, from the forecast's band
  std::uint32_t waiting = 0, talking = 0;  // calls now
};

struct DayAhead {
  core::Time now, end;             // the end of the local day
  std::vector<core::Time> from;    // half-hours, the first holds `now`
  std::vector<ClassAhead> classes; // in the configured order of service
  // Share of half-hour i that is still to come.
  double left(std::size_t i) const;
};

struct LookedAhead {
  DayAhead ahead;
  std::vector<std::string> faults;  // for a person: what, why, what to do; if any, nothing else counts
};
LookedAhead look_ahead(core::Time now, const PlannedDay& plan, const core::Options& options, const SeenDay& seen,
                       const AheadOptions& wanted);

// The day's forecast of one class, its part before `now` replaced by what was seen.
std::optional<DayForecast> forecast_today(const Demand& past, const DemandCalendar& calendar, Day today, const DayCounts& counts,
                                          unsigned seen);

// `days` from today on, of one class, with what was seen of today. None: too little history, or too old.
std::optional<std::vector<DayForecast>> forecast_from_today(core::Time now, const PlannedDay& plan, const Demand& demand,
                                                            const core::Options& options, const SeenDay& seen, unsigned days);

// The queues whose calls a class of the counts has: the queue of that name, or else all of the class of service. None: neither.
std::vector<core::QueueId> queues_of(const core::Options& options, const std::string& name);

// A handler at work, without a break.
struct Stretch {
  std::string handler;
  core::Time from, to;
  friend bool operator==(const Stretch&, const Stretch&) = default;
};

// By the roster alone, from `now` on.
std::vector<Stretch> rostered_from(const std::vector<PlannedShift>& roster, core::Time now);

struct StaffAhead {
  std::vector<Stretch> stretches;
  std::vector<std::string> absent;     // planned at work now, not signed on
  std::vector<std::string> unplanned;  // at work now without plan
  std::uint32_t signed_on = 0, at_work = 0;  // now
};
StaffAhead staff_ahead(const std::vector<PlannedShift>& roster, const SeenDay& seen, core::Time now);

// Which classes a handler can take: bit c for class c. By the first of the handler's roles, and skills; who is not configured: 0.
std::map<std::string, std::uint32_t> classes_of_handlers(const core::Options& options, const std::vector<ClassAhead>& classes);

}  // namespace pledge::workforce
