#pragma once
// The cheapest way for one handler to work through a whole roster period within every rule of the contract: a shortest
// path over days, exact. Its states are what the rules look back on: days worked in a row and in this week, minutes paid in
// this week, and when the next shift may begin. The hour that a clock change adds to a rest is not used.
#include <optional>
#include <string>
#include <vector>

#include "workforce/roster_rules.hpp"

namespace pledge::workforce {

inline constexpr std::uint32_t day_off = UINT32_MAX;
using Tour = std::vector<std::uint32_t>;  // by day: an index of the shift types, or day_off

// A week whose hours the handler cannot work: what they add up to at best without breaking a rule on rest, days or leave.
struct TourConflict {
  unsigned week = 0;
  WeekHours wanted;
  std::optional<unsigned> below, above;  // the nearest possible minutes under `wanted.least` and over `wanted.most`
};

class TourFinder {
 public:
  TourFinder(const RosterRules& rules, const std::vector<ShiftType>& types, std::size_t contract);

  // costs[day * types + type] for each shift type that the contract allows. None if there is no tour: conflict() says why.
  std::optional<Tour> cheapest(const RosterHandler& handler, const std::vector<double>& costs);
  std::optional<TourConflict> conflict(const RosterHandler& handler);

 private:
  struct Move {  // types that differ in their breaks only
    unsigned start = 0, paid = 0;
    std::size_t free = 0;  // index of free_at_ after it
    std::vector<std::uint32_t> types;
  };
  struct State {
    unsigned in_row = 0, in_week = 0;
    std::size_t paid = 0, free = 0;  // indices of sums_ and free_at_
  };
  struct Node {
    double cost = 0;
    State state;
    std::uint32_t parent = 0, type = day_off;
  };
  using Layer = std::vector<Node>;

  void find_moves(const std::vector<ShiftType>& types);
  void find_sums();
  void find_free_times(const std::vector<ShiftType>& types);
  std::size_t free_index(unsigned minute) const;
  unsigned free_on(const State& state, unsigned day) const;
  std::uint32_t pack(const State& state) const;
  void choose_breaks(const std::vector<double>& costs);
  void grow(const RosterHandler& handler, unsigned day, bool keep_hours);
  void put(Node node, unsigned day, const WeekHours* hours);

  const RosterRules& rules_;
  const Contract& contract_;
  std::vector<SkippedTime> skipped_;     // by day
  std::size_t type_count_ = 0, states_ = 0;
  std::vector<Move> moves_;
  std::vector<unsigned> sums_;           // minutes that a week may add up to, ascending
  std::vector<unsigned> free_at_;        // minute of the day from which a shift may begin, ascending, 0 first
  std::vector<Layer> layers_;            // by day
  std::vector<std::uint32_t> place_;     // of a packed state in the layer that grows
  std::vector<double> move_cost_;        // by day and move
  std::vector<std::uint32_t> move_type_;
};

// "handler a0012, week of 2026-11-30: contract full-time wants …"
std::string to_text(const RosterRules& rules, const RosterHandler& handler, const TourConflict& conflict);

}  // namespace pledge::workforce
