#pragma once
// Handlers needed against handlers there, half-hour by half-hour, for the rest of a day. Pure.
//
// Needed: each class by itself, in a steady state with patience (Erlang A, erlang.hpp), the fewest handlers that keep its queue's
// target. Handlers with several classes stand wherever they help most, so that a half-hour lacks
//   max over sets A of classes of  need(A) - handlers who can take any of A      (max-flow min-cut: Ford & Fulkerson 1956),
// fewer than none where it has handlers to spare. It knows no priorities and no pooling; the simulation beside it does.
#include <map>
#include <string>
#include <vector>

#include "workforce/day_ahead.hpp"

namespace pledge::workforce {

struct HandlerGap {
  core::Time from;                    // a half-hour, from `now` if that lies within
  std::vector<std::uint32_t> needed;  // by class
  double rostered = 0;                // handlers at work by the roster, its breaks out
  double expected = 0;                // of these after shrinkage, and who is not there now
  double missing = 0;                 // handlers; negative: to spare
  std::uint32_t classes = 0;          // that lack them, or have the fewest to spare: bit c for class c
  std::uint32_t needed_together = 0;  // by these classes
};

// Minutes at work over minutes, by half-hour, of the stretches whose handler can take any of `classes`.
std::vector<double> handlers_at_work(const DayAhead& ahead, const std::vector<Stretch>& stretches,
                                     const std::map<std::string, std::uint32_t>& skills, std::uint32_t classes);

struct GapOptions {
  double shrinkage = 0.1;  // not of the present half-hour: who is there is known
};
// None for a half-hour whose target no number of handlers keeps: `needed` is then 0, and `unreachable` has the class.
struct HandlerGaps {
  std::vector<HandlerGap> half_hours;
  std::vector<std::string> unreachable;  // classes
};
HandlerGaps gaps_of(const DayAhead& ahead, const std::vector<Stretch>& rostered, const std::vector<Stretch>& expected,
             const std::map<std::string, std::uint32_t>& skills, const GapOptions& options);

// "999+101"
std::string names_of(const DayAhead& ahead, std::uint32_t classes);

}  // namespace pledge::workforce
