#pragma once
// What handlers did against what was planned. In adherence is a handler who works (ready, offered, talking, wrap-up) when work
// is planned, and who does not when a break is. Conformance asks only how long, not when: time worked to work planned, more
// than 1 where more was worked. (The two as in R. Cleveland, Call Center Management on Fast Forward, 4th ed. 2012, ch. 14.)
#include <string>
#include <vector>

#include "core/actions.hpp"
#include "core/options.hpp"
#include "workforce/roster_rules.hpp"
#include "workforce/table.hpp"

namespace pledge::workforce {

struct PlannedShift {
  std::string handler;
  core::Time from, to;
  std::vector<core::Interval> breaks;  // ascending, within the shift
  std::string pattern = {};            // its name; empty: not told
};

// handler, start, end (local clock), breaks, and pattern where there is one: a roster as `pledge roster` writes it; other
// columns are not read. `offsets`:
// the zone's, ascending.
std::vector<PlannedShift> read_planned_shifts(const Table& table, const std::vector<core::UtcOffset>& offsets,
                                              std::vector<TextFault>& faults);

struct StateChange {
  std::string handler;
  core::Time at;
  core::HandlerState state = core::HandlerState::signed_off;
  std::string reason;  // of not_ready
};

// One handler in one half-hour (of UTC, which begin where those of the local clock do). Seconds.
struct AdherenceSlot {
  std::string handler;
  core::Time from;
  double planned = 0;      // work planned, without breaks
  double breaks = 0;       // breaks planned
  double worked = 0;       // in the shift or outside it
  double adherent = 0;     // of planned and breaks
  double adherence() const { return planned + breaks > 0 ? adherent / (planned + breaks) : 1; }
  double conformance() const { return planned > 0 ? worked / planned : 1; }
};

struct Episode {
  std::string handler;
  core::Time from, to;
  bool break_planned = false;  // else work
  core::HandlerState state = core::HandlerState::signed_off;  // what was done instead
  std::string reason;
};

struct Adherence {
  std::vector<AdherenceSlot> slots;  // by handler, then time; those without plan and work are left out
  std::vector<Episode> episodes;     // out of adherence, likewise
};

// Judges what lies within `known`, no more: what was planned later is not missed yet. Changes ascend in time; before its first
// a handler is signed off. Episodes shorter than `shortest` count, but are not listed.
Adherence adherence(const std::vector<PlannedShift>& plan, const std::vector<StateChange>& changes, core::Interval known,
                    core::Duration shortest);

// All of a handler's half-hours in one, in the order of the slots.
std::vector<AdherenceSlot> by_handler(const std::vector<AdherenceSlot>& slots);

}  // namespace pledge::workforce
