#pragma once
// A day of calls through the real core on a virtual clock. Pure and deterministic: what is simulated is what runs.
#include <string>
#include <vector>

#include "core/core.hpp"

namespace pledge::workforce {

struct SimulatedCall {
  core::Duration at{};        // after the start
  std::string dialled;        // selects the triage rule
  core::Duration handling{};  // talk time; wrap-up is the queue's
  core::Duration patience{};  // gives up after this long without an answer; 0 = never
};

struct Shift {
  core::HandlerId handler;    // ready from `from`; at `to` finishes the call in hand, then signs off
  core::Duration from{}, to{};
  std::string group{};        // of a made-up room: the handler's role in it; empty: the configuration has it
};

struct Outcome {
  bool answered = false;
  core::Duration wait{};      // to the answer, or to the abandonment
};

struct Simulation {
  core::Time start;
  core::Duration answer_after{};  // the phone rings this long
  core::Options options;
  std::vector<SimulatedCall> calls;  // ascending `at`
  std::vector<Shift> shifts;
  // Share of the offers that are not taken: the phone rings until the core ends it. Drawn for a call's nth offer, so that it is the same
  // under every policy. A handler whom the core makes not-ready for it is ready again after `away`.
  double unanswered = 0;
  core::Duration away = std::chrono::minutes{1};
  std::uint64_t seed = 0;         // of these draws
  // At the end of a shift whoever of the group is idle leaves, and who has a call takes over the rest of that one's shift. So it is where
  // staff is a number of handlers, not persons: no call is finished beyond that number while a colleague is idle.
  bool idle_leave_first = false;
};

// One outcome a call, in the order of the calls. Runs until nothing is left to happen.
std::vector<Outcome> simulate(const Simulation& simulation);

// Shifts that put staff[i] handlers of a group on in the i-th interval, named GROUP-NUMBER; a handler's adjoining intervals
// make one shift.
std::vector<Shift> shifts_of(const std::vector<std::uint32_t>& staff, core::Duration interval, const std::string& group);

}  // namespace pledge::workforce
