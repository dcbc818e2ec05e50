#pragma once
// What a handler more or fewer in a half-hour of a group is worth, as measured, and the steps that follow from it: step 3 of
// staff_search.hpp, which has the method. Calls are means a day.
#include "workforce/staff_search.hpp"

namespace pledge::workforce {

struct CallsInTime {                   // by class and half-hour
  std::vector<std::array<double, half_hours_a_day>> offered, on_time;
};
CallsInTime calls_in_time(const std::vector<DayFigures>& days);
// Those of all days, from those of a part of them: `all` of another staffing, and both staffings' on that part.
CallsInTime plus_difference(CallsInTime all, const CallsInTime& here, const CallsInTime& there);

// Half-hours from, from + worth_window … of a group: what a handler does there is over before the next of them.
inline constexpr std::size_t worth_window = 4;
struct EveryFourth {
  std::size_t group = 0, from = 0;
};
struct Loss {                          // a trial with fewer handlers there; with more where there is only the least
  EveryFourth cells;
  StaffGrid staff;
  CallsInTime calls;
};

// By target: calls in time beyond what it asks, below 0 where it is missed. First each class's of the day, then, if there is a
// `worst`, each class's of each half-hour.
using Spare = std::vector<double>;

enum class Verdict : std::uint8_t { missed, kept, open };

struct Step {
  StaffGrid staff;
  std::size_t lose = 0;                // cells that lose handlers
};

class Exchange {
 public:
  explicit Exchange(const StaffSearch& search) : in_(search) {}

  Spare spare(const CallsInTime& calls) const;
  Spare spare_of_day(const CallsInTime& calls) const;  // half-hours have enough
  bool kept(const CallsInTime& calls) const;
  double cost(const StaffGrid& staff) const;

  // What a part of the days tells of all `days`: `reckoned` of them from the part's figures `here` and those of another staffing
  // `there`. Open within the 95 % interval of the target of a day; never kept
  // for sure if every half-hour has one.
  Verdict verdict(const CallsInTime& reckoned, const std::vector<DayFigures>& here, const std::vector<DayFigures>& there,
                  std::size_t days) const;

  // `share` of the handlers fewer, at least one, as far as that leaves the least; where there are no more than that, one more.
  StaffGrid changed(StaffGrid staff, EveryFourth cells, double share) const;
  void learn(const StaffGrid& staff, const CallsInTime& calls, const std::vector<Loss>& losses);

  // The step of at most `most` losing cells that is reckoned to save most and to keep every target; none where none saves anything.
  std::optional<Step> step(const StaffGrid& staff, const CallsInTime& calls, std::size_t most) const;
  // Handlers added until every target is reckoned to be kept; none where that cannot be reckoned.
  std::optional<StaffGrid> repaired(const StaffGrid& staff, Spare spare) const;

  // See StaffFound.
  std::optional<double> hours_interval(const StaffGrid& staff, const std::vector<DayFigures>& days) const;

 private:
  struct Effect {
    std::size_t target = 0;            // index of Spare
    double calls = 0;                  // in time, that one handler brings
  };
  struct Cell {
    std::size_t group = 0, half_hour = 0;
    std::vector<Effect> effects;
    bool measured = false;
  };
  using Worth = std::vector<std::array<double, worth_window>>;  // of a cell's handler, by class and half-hours later

  std::size_t targets() const;
  std::vector<std::vector<std::optional<Worth>>> worths(const StaffGrid& staff, const CallsInTime& calls,
                                                        const std::vector<Loss>& losses) const;
  Cell cell_of(std::size_t group, std::size_t half_hour, const std::vector<std::optional<Worth>>& of_group) const;
  std::uint32_t losable(const StaffGrid& staff, const Cell& cell) const;
  double worth_left(const Cell& cell, std::uint32_t handlers) const;
  double weight(const StaffGrid& staff, const Cell& cell, const Spare& spare, const Spare& offered) const;
  const Cell* cheapest(const StaffGrid& staff, const Spare& spare, const Spare& offered, const StaffGrid& before) const;
  const Cell* best_gain(const StaffGrid& staff, const Spare& spare) const;

  const StaffSearch& in_;
  std::vector<Cell> cells_;            // empty before learn
  StaffGrid learned_;                  // when the cells' worth was measured
};

}  // namespace pledge::workforce
