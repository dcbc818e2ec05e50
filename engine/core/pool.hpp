#pragma once
// Handlers of whom some are kept free for the first class. Private to the core.
#include "core/match_index.hpp"
#include "core/reserve.hpp"
#include "core/timers.hpp"

namespace pledge::core {

struct Pool {
  double reserve = 0;                      // of by_wait: against late calls
  bool by_wait = false;
  WaitReserve waits;                       // by_wait: the reserve as a function of the call's wait
  std::optional<double> price;             // by_wait with a plan: price_for_day()
  double reckoned = 0, share = 1;          // by_wait: rate of the first class reckoned with, and the pool's share of its calls
  TimerHandle let_go_timer;                // by_wait: when the first of the calls held back may pass
  Time lets_go = never;                    // its deadline
  std::uint32_t idle = 0;                  // idle handlers able to serve the first class
  bool holding = false;                    // a call was held back since the last time the pool was searched
  bool held_back_left = false;             // since then a call held back left its place, so that the one behind it is next
};

// Calls as they are counted: of the first class and of the others.
struct MeasuredRates {
  RateMeter first_arrivals, other_arrivals, first_handled, other_handled;
  RateMeter first_lately;                  // over so short a time that a surge shows
};

struct PoolStaff {
  double handlers = 0;                     // working and able to serve the first class
  double first_share = 1;                  // of the calls of the first class, as of the handlers who serve it
  double other_share = 1;                  // of the calls of the other classes that fall to these handlers, likewise
};

}  // namespace pledge::core
