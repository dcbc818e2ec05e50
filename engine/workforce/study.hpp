#pragma once
// The same days under several policies: the room as core options, a day's figures, and their sum with intervals. Days are
// independent of each other, so that a caller may run them on as many threads as it likes.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "workforce/estimate.hpp"
#include "workforce/roster_rules.hpp"
#include "workforce/workload.hpp"

namespace pledge::workforce {

struct RoomClass {
  std::string name;
  double target = 10;                 // seconds
  double target_share = 0.9;
  std::optional<double> wrap_up = {}; // seconds; none: the room's
};
struct RoomGroup {                    // handlers named NAME-1 … serve these classes
  std::string name;
  std::vector<std::string> classes;
};
struct RoomOptions {
  std::vector<RoomClass> classes;     // in order of priority
  std::vector<RoomGroup> groups;
  double wrap_up = 0, ring = 0;       // seconds
  double wrap_up_of(const RoomClass& of_class) const { return of_class.wrap_up.value_or(wrap_up); }
};

// What decides: `fifo`, `strict`, `score:SECONDS` (head start of the first class), `edf`, `wait-over-target`,
// `reserve:R`, `reserve-computed`, `reserve-formula:PQ` (the same with that chance that all are busy: the routing benchmark's with 0.5),
// `reserve-by-wait`. All but strict and the other reserves exist in simulation only.
struct Policy {
  std::string name;
  core::SelectionOptions selection;
  core::ReserveOptions reserve;
};
std::optional<Policy> parse_policy(std::string_view text);
inline constexpr const char* policy_names =
    "fifo, strict, score:SECONDS, edf, wait-over-target, reserve:R, reserve-computed, reserve-formula:PQ or reserve-by-wait";

// With a demand and planned staff a computed reserve knows both; without it measures.
struct Plan {
  const DemandOfDay* demand = nullptr;
  std::vector<std::uint32_t> staff;   // by half-hour from the start of the pre-roll
};
core::Options room_options(const RoomOptions& room, const std::vector<Shift>& shifts, const Policy& policy, const Plan& plan);

struct ClassFigures {
  double offered = 0, on_time = 0, abandoned = 0, late = 0;  // late: waited over 60 s
  double busy = 0;                    // seconds that handlers talked and wrapped up within the day
  std::array<double, half_hours_a_day> offered_in{}, on_time_in{}, busy_in{};
  std::vector<float> waits;           // seconds, to the answer or the abandonment
};
using DayFigures = std::vector<ClassFigures>;  // by class

// Each of the `days` days of 24 h from `from` on, seconds after the run's start. A call belongs to the day and the half-hour of its
// arrival; those before and after are not counted.
std::vector<DayFigures> figures_of(const RoomOptions& room, const Simulation& run, const std::vector<Outcome>& outcomes, double from,
                                   std::size_t days);

struct Between {
  double low = 0, high = 0;
};

// What is of calls is NaN where none was offered.
struct ClassSummary {
  double offered_a_day = 0;
  Estimate service_level, difference; // shares; difference: to the first policy on the same days
  Estimate abandoned, over_60_s;      // share; calls a day
  Estimate worst_half_hour;           // share over all days of the half-hour where it is least; so it errs to the low side
  double p50 = 0, p99 = 0, longest = 0;  // seconds
  // 95 % interval: the quantiles at the ends of the interval of the share that waits up to p99, by day (Woodruff 1952, Confidence
  // intervals for medians and other position measures, JASA 47). None with fewer than two days.
  std::optional<Between> p99_between;
};
// `base`: the same days under the first policy.
std::vector<ClassSummary> summarise(const std::vector<DayFigures>& days, const std::vector<DayFigures>& base);

// Share of the handlers' hours that went into talk and wrap-up. Above 1 where calls went on after the end of shifts.
Estimate occupancy(const std::vector<DayFigures>& days, double handler_hours_a_day);

}  // namespace pledge::workforce
