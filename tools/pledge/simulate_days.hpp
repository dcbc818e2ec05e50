#pragma once
// The days of `pledge simulate` and of `pledge staff --simulate`: what is simulated, and running it on several threads.
#include <chrono>
#include <memory>
#include <optional>
#include <vector>

#include "workforce/configured_room.hpp"
#include "workforce/study.hpp"
#include "workforce/traces.hpp"

namespace pledge {

struct SimulatedDays {
  workforce::RoomOptions room;
  workforce::DemandOfDay demand;
  std::vector<workforce::SimulatedCall> calls;  // of a trace
  std::vector<workforce::StaffChange> staff;    // of a roster; from the start, the pre-roll included
  double end = 0;                               // of the last shifts, seconds after the start
  std::vector<workforce::Shift> shifts;
  std::vector<workforce::Policy> policies;
  workforce::Plan plan;
  std::shared_ptr<const workforce::ConfiguredRoom> configured;  // whose options are in force, in place of policies; null: a made-up room
  double from = 0;                              // seconds after the start at which the first counted day begins
  std::size_t days = 1;                         // counted
  bool is_trace() const { return demand.classes.empty(); }
  // Days of a trace follow each other in one run; days of a demand have a run each, and the shifts are those of each.
  std::size_t days_a_run() const { return is_trace() ? days : 1; }
  std::uint64_t seed = 1;
  std::size_t first = 0;                        // number of the first day drawn from a demand
  core::Duration ring{};
  double unanswered = 0;                        // share of offers
  bool idle_leave_first = false;                // at the end of a shift: Simulation
};

// By policy and day; the same for any number of threads.
std::vector<std::vector<workforce::DayFigures>> run_days(const SimulatedDays& study, unsigned threads);

// None if `until` came first; a day in progress is ended.
std::optional<std::vector<std::vector<workforce::DayFigures>>> run_days_until(const SimulatedDays& study, unsigned threads,
                                                                              std::chrono::steady_clock::time_point until);

// The handlers of the shifts by half-hour from the start of the pre-roll, as far as they serve the first class: what a reserve knows
// of a plan.
std::vector<std::uint32_t> planned_handlers(const workforce::RoomOptions& room, const std::vector<workforce::Shift>& shifts);

// Handler-hours a counted day.
double hours_a_day_of(const SimulatedDays& study);

}  // namespace pledge
