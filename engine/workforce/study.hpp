#pragma once
// The same days under several policies: the room as core options, a day's figures, and their sum with intervals. Days are
// independent of each other, so that a caller may run them on as many threads as it likes.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "workforce/roster_rules.hpp"
#include "workforce/workload.hpp"

namespace pledge::workforce {

struct RoomClass {
  std::string name;
  double target = 10;                 // seconds
  double target_share = 0.9;
};
struct RoomGroup {                    // handlers named NAME-1 … serve these classes
  std::string name;
  std::vector<std::string> classes;
};
struct RoomOptions {
  std::vector<RoomClass> classes;     // in order of priority
  std::vector<RoomGroup> groups;
  double wrap_up = 0, ring = 0;       // seconds
};

// What decides: `fifo`, `strict`, `score:SECONDS` (head start of the first class), `edf`, `wait-over-target`,
// `reserve:R`, `reserve-computed`, `reserve-by-wait`. All but strict and the reserves exist in simulation only.
struct Policy {
  std::string name;
  core::SelectionOptions selection;
  core::ReserveOptions reserve;
};
std::optional<Policy> parse_policy(std::string_view text);
inline constexpr const char* policy_names =
    "fifo, strict, score:SECONDS, edf, wait-over-target, reserve:R, reserve-computed or reserve-by-wait";

// With a demand and planned staff a computed reserve knows both; without it measures.
struct Plan {
  const DemandOfDay* demand = nullptr;
  std::vector<std::uint32_t> staff;   // by half-hour from the start of the pre-roll
};
core::Options room_options(const RoomOptions& room, const std::vector<Shift>& shifts, const Policy& policy, const Plan& plan);

struct ClassFigures {
  double offered = 0, on_time = 0, abandoned = 0, late = 0;  // late: waited over 60 s
  std::array<double, half_hours_a_day> offered_in{}, on_time_in{};
  std::vector<float> waits;           // seconds, to the answer or the abandonment
};
using DayFigures = std::vector<ClassFigures>;  // by class

// Counts calls that arrive in [from, from + a day).
DayFigures figures_of(const RoomOptions& room, const Simulation& run, const std::vector<Outcome>& outcomes, double from);

struct Estimate {
  double mean = 0;
  std::optional<double> interval;     // half-width of the 95 % interval over days; none with fewer than two
};
Estimate estimate(const std::vector<double>& by_day);

struct ClassSummary {
  double offered_a_day = 0;
  Estimate service_level, difference; // shares; difference: to the first policy on the same days
  Estimate abandoned, over_60_s;      // share; calls a day
  double worst_half_hour = 1;         // share, over all days
  double p50 = 0, p99 = 0, longest = 0;  // seconds
};
// `base`: the same days under the first policy.
std::vector<ClassSummary> summarise(const std::vector<DayFigures>& days, const std::vector<DayFigures>& base);

}  // namespace pledge::workforce
