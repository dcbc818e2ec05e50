#pragma once
// A recorded day under another configuration: the real core on a virtual clock, with what was somebody's own doing at its time
// and all else by Behaviour. Pure and deterministic.
#include "workforce/rostered_day.hpp"

namespace pledge::workforce {

// Something that was done then and could not be done now.
struct NotPossible {
  core::Time at;
  core::Event event;
  core::Refusal refusal = core::Refusal::none;
  std::string detail;  // of the refusal, for a person
};

struct ImaginedDay {
  const Learner& learnt;
  const DayLog& then;  // of the recorded day
  std::shared_ptr<const core::Options> options;
  core::Time from, to;
  const std::vector<PlannedShift>* roster = nullptr;  // who is there when; none: as then
};

// Writes the day into `log`. What the core refuses of the requests that are kept, and of the roster's, is returned in their order.
std::vector<NotPossible> imagine(const ImaginedDay& day, DayLog& log);

}  // namespace pledge::workforce
