#pragma once
// The least staff, by half-hour and group of handlers, with which every class keeps its target: an analytic answer, improved by
// simulation on common random numbers. Pure and deterministic but for the caller's limit of time; running a trial is the caller's.
//
// 1. Analytic (analytic_staff): groups that share classes are one pool, Erlang A on its lagged load, divided between them.
// 2. Level: all cells (half-hour and group) together by multiples of the square root, staff = analytic + δ·√analytic of each pool,
//    until two levels within level_within of each other lie on either side of the targets. The upper one keeps them.
// 3. Exchange, in rounds. A round measures what each cell is worth: a few per cent of the handlers of every fourth half-hour are
//    taken away (one is given where there are none to take), and the calls in time that the two hours from each of them on lose
//    are that cell's (finite differences on common random numbers, as in simulation-based staffing by cutting planes: J. Atlason,
//    M. Epelman, S. Henderson 2008, Optimizing call center staffing using simulation and analytic center cutting-plane methods,
//    Management Science 54); neighbours smooth them.
//    Then steps: the cells whose calls are least, measured by what each target has to spare, lose a handler, and those that
//    repair most a target missed by it gain one; of all sizes of such a step the one reckoned to save most is simulated. It is
//    taken if every target is kept; else repaired by what was missed, else the next is at most half its size.
// 4. The search ends with the round that saves less than round_saves of the cost.
//    Trials are cut short: a quarter of the days, and what the best so far has on all of them and on that quarter, tell of most that
//    they miss a target; only the others are run to the end. Nothing is taken that was not simulated on all days of the search. With
//    more than two groups what cells are worth is measured on fewer of the days, so that a round takes no longer.
// 5. Check: shares on days that the search never saw, since staff fitted to some days looks better on them than it is. A class
//    that misses its target there gets handlers by the worth of cells, at most most_corrections times, each aimed higher.
// What is found is good, not proved least: the problem is a whole-number one, and its shares are known by samples.
#include <array>
#include <functional>
#include <optional>
#include <vector>

#include "workforce/study.hpp"

namespace pledge::workforce {

using GroupStaff = std::array<std::uint32_t, half_hours_a_day>;
using StaffGrid = std::vector<GroupStaff>;  // by group

struct GroupLimits {
  double cost = 1;                // of a handler's hour, > 0; the sum is what is made least
  std::uint32_t least = 1;        // handlers at any time
  std::uint32_t most = 10'000;
  double weight = 1;              // its part of the calls that several groups serve, for a start; say, how many such handlers there are
};

struct StaffSearch {
  RoomOptions room;
  DemandOfDay demand;             // its classes are the room's, by name
  std::vector<GroupLimits> limits;  // by group of the room
  double worst = 0;               // share in time that every half-hour of every class keeps on the days of the search; 0 = no matter
  std::size_t days = 20, check_days = 40;  // of the search from 0 on; of the check after them
};

// The figures of days first, first + 1 …, which must be functions of day and staff alone; nullopt: no time left.
using RunStaff = std::function<std::optional<std::vector<DayFigures>>(const StaffGrid& staff, std::size_t first, std::size_t days)>;

enum class SearchEnd : std::uint8_t {
  finished,     // by rule 4
  out_of_time,  // what there was until then
  impossible    // with the most handlers of every group a target is missed
};

struct StaffFound {
  StaffGrid staff;
  SearchEnd end = SearchEnd::finished;
  double analytic_hours = 0, level_hours = 0;  // after steps 1 and 2; the latter 0 where time was up before
  std::size_t trials = 0;                      // staffings simulated, on the days of the search or a part
  bool kept = false;                           // every target, on the days of the search
  bool checked = false;                        // `figures` are of the check's days; else of the search's, or none where time was up
  std::vector<DayFigures> figures;
  // Half-width in handler-hours: the 95 % interval of the binding class's share over what an hour of all staff adds to it. None
  // where no round measured that.
  std::optional<double> hours_interval;
};

// Groups that share classes, directly or through others, are one pool: Erlang A for its load, with the most handlers that any of its
// classes' targets asks for, n + level·√n of them, divided between its groups by their load, of which each has its part of every
// class that it serves. Exact for one class and one group in a steady state; too few where most of a pool cannot do most of its work.
StaffGrid analytic_staff(const StaffSearch& search, double level = 0);

StaffFound find_staff(const StaffSearch& search, const RunStaff& run);

double hours_of(const StaffGrid& staff);  // handler-hours a day

}  // namespace pledge::workforce
