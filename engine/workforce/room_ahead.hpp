#pragma once
// The rest of a day, simulated with the core that runs live (simulation.hpp): the queues, roles, skills, pools and reserves in
// force, the calls to be expected, who is to be at work. Pure and deterministic.
//
// Left out of the configuration: menus, announcements, call-backs, telephones that do not register; each class of calls has a
// triage rule of its own. Calls that wait or are talked with now are there at the start and are not counted: their residual talk
// is drawn as the exponential of the mean residual of a log-normal talk, (1 + cv²)/2 of its mean. Of a day's staff each handler is
// away for each later half-hour with the chance `shrinkage`.
//
// Common random numbers: the calls and the absences of day number d are functions of (seed, d) alone, so that two staffings meet
// the same day, and their difference is that of the staffing.
#include "workforce/day_ahead.hpp"
#include "workforce/simulation.hpp"

namespace pledge::workforce {

// Handlers of another centre who take calls of `classes` in [from, to).
struct OtherCentre {
  std::uint32_t handlers = 0, classes = 0;
  core::Time from, to;
};

struct AheadStaff {
  std::vector<Stretch> stretches;
  OtherCentre other;
};

struct SharesOfDay {
  std::vector<double> offered, on_time;                       // by class: calls from now to the day's end
  std::vector<std::vector<double>> offered_in, on_time_in;    // by class and half-hour
};

class RoomAhead {
 public:
  RoomAhead(const core::Options& options, const DayAhead& ahead, std::vector<AheadStaff> staffings, double shrinkage, std::uint64_t seed);

  // The calls of day number `day`.
  std::vector<SimulatedCall> calls(std::uint64_t day) const;
  // That day with the staffing of this index.
  SharesOfDay run(std::uint64_t day, const std::vector<SimulatedCall>& calls, std::size_t staffing) const;

 private:
  std::vector<Shift> shifts(std::uint64_t day, const AheadStaff& staff) const;
  core::Options with_other_centre(const OtherCentre& other) const;

  const DayAhead& ahead_;
  core::Options options_;
  std::vector<AheadStaff> staffings_;
  double shrinkage_;
  std::uint64_t seed_;
};

}  // namespace pledge::workforce
