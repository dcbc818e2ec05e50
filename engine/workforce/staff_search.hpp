#pragma once
// The least staff, by half-hour and group of handlers, with which every class keeps its target: an analytic answer, improved by
// simulation on common random numbers. Pure and deterministic but for the caller's limit of time; running a trial is the caller's.
//
// 1. Analytic (analytic_staff): each group by itself, its classes pooled, Erlang A on the lagged load.
// 2. Level: all cells (half-hour and group) together by multiples of the square root, staff = analytic + δ·√analytic, until two
//    levels within level_within of each other lie on either side of the targets. The upper one keeps them.
// 3. Exchange, in rounds. A round measures what each cell is worth: a few per cent of the handlers of every fourth half-hour are
//    taken away, and the calls in time that the two hours from each of them on lose are that cell's (finite differences on common
//    random numbers, as in simulation-based staffing by cutting planes: J. Atlason, M. Epelman, S. Henderson 2008, Optimizing call
//    center staffing using simulation and analytic center cutting-plane methods, Management Science 54); neighbours smooth them.
//    Then steps: the cells whose calls are least, measured by what each target has to spare, lose a handler, and those that
//    repair most a target missed by it gain one; of all sizes of such a step the one reckoned to save most is simulated. It is
//    taken if every target is kept; else repaired by what was missed, else the next is at most half its size.
// 4. The search ends with the round that saves less than round_saves of the cost.
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
  std::size_t trials = 0;                      // simulations of all days of the search
  bool kept = false;                           // every target, on the days of the search
  bool checked = false;                        // `figures` are of the check's days; else of the search's, or none where time was up
  std::vector<DayFigures> figures;
  // Half-width in handler-hours: the 95 % interval of the binding class's share over what an hour of all staff adds to it. None
  // where no round measured that.
  std::optional<double> hours_interval;
};

// Handlers by the targets for the load by itself: a class that several groups serve is divided equally between them; a group takes
// the most that any of its classes' targets asks of its pooled load. Exact for one class and one group in a steady state.
StaffGrid analytic_staff(const StaffSearch& search);

StaffFound find_staff(const StaffSearch& search, const RunStaff& run);

double hours_of(const StaffGrid& staff);  // handler-hours a day

}  // namespace pledge::workforce
