#pragma once
// How many idle handlers to hold back for the first class. Strict priority is enough where it keeps the promise; where
// it does not, the reserve lowers the chance that a 999 call finds everybody busy.
#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/options.hpp"

namespace pledge::core {

struct ReserveInput {
  double handlers = 0;               // n: signed on and not not-ready, able to serve the first class
  double emergency_rate = 0;         // λE, calls per second
  double other_rate = 0;             // calls per second of the other classes
  double emergency_handling = 210;   // seconds
  double other_handling = 350;
  double patience = 240;             // seconds; 0 = infinite
  double allowed_late = 0.1;         // a: share of 999 calls that may be answered after the target
  double target = 10;                // T_E, seconds
  double other_allowed_late = 0.2;   // likewise of the other classes, by the strictest of their targets
  double other_target = 30;          // seconds
  double most = 8;                   // cap
  double all_busy = 0;               // that chance, where it is not to be computed; 0 = computed
};

// P(an arrival finds all busy) of M/M/n+M (Garnett, Mandelbaum & Reiman 2002), of M/M/n where patience is infinite and
// the load is below n (Erlang C), else 1. Stable recursions, no factorials. n is rounded down, at least 1.
double probability_all_busy(double handlers, double rate, double handling, double patience);

// The least r, in steps of 1/20, with Pq(n − r)·(λE÷nμ)^r·e^{−(nμ−λE)·T} ≤ a. Pq(n − r): other calls are taken only while
// more than r are idle, so they see n − r handlers, and a 999 call finds those busy with that probability; each of the r
// kept back is then gone with probability λE÷nμ. It is the routing benchmark's time-varying reserve with Pq computed
// instead of set to 0.5 (threshold priority: Gurvich, Armony & Mandelbaum 2008). Where strict priority keeps the promise
// it is 0; it is never more than n − 1, so that other calls are served while nobody is busy. λE÷nμ is capped at 0.98 and the exponent at ≥ 0. The steps keep the last bits of exp and pow out of decisions.
double computed_reserve(const ReserveInput& input);

// The share of 999 calls answered late with `kept` handlers held back, as computed_reserve() takes it.
double late_share(const ReserveInput& input, double kept);

// The reserve against a call that has waited for `waited` of its target: from `young` at its arrival in a straight line to
// `at_target`, and `late` once the target is missed; never negative. A young call may still be answered in time, whatever
// is kept back; one about to miss its target is worth most, and a late one, whose promise is broken already, least. The shape is
// that of the routing benchmark's closed form; reserve.md says how its numbers were found.
// From twice its target on a late call is kept back by less again, by one handler less at four times and beyond, so that nobody
// waits for long for the sake of a reserve.
//
// To all of it comes, where there is a reserve at all, what a surge of the first class brings within twice the call's target:
// as long as handlers kept back are needed before others come free. Both together are at most `most`.
struct WaitReserve {
  double young = 0, at_target = 0, late = 0;
  double most = 0;
  double surge = 0;  // calls of the first class a second beyond those reckoned with: surge_rate()
  double against(double waited, double target) const;  // seconds
  // The wait from which `idle` handlers exceed the reserve; nullopt if they never do before the target.
  std::optional<double> lets_go_at(double idle, double target) const;
};
// Keeps the promise at this moment (late_share() below): none where strict priority does. Rounded like computed_reserve().
WaitReserve reserve_by_wait(const ReserveInput& input);
// Of a day whose price is known: none where the price does not pay for any.
WaitReserve reserve_by_wait(const ReserveInput& input, double price);

// The share of first-class calls answered late with that reserve: late_share() of what it keeps back against the oldest of the other
// calls, over the ages at which a first-class call finds that one: the density of the virtual wait with impatient customers
// (Baccelli & Hebuterne 1981, Queues with impatient customers, Performance '81), for the service that the first class leaves over.
double late_share(const ReserveInput& input, const WaitReserve& reserve);

// Of the other classes' calls that have to wait under strict priority, the share that misses its target, answered later or gone
// before: by the same density of the virtual wait.
double late_share_of_delayed(const ReserveInput& input);

// The least r at which keeping back still more is not worth it: a first-class call saved from being late is worth `price` other
// calls made late. Calls saved, and others made to wait, are as computed_reserve() reckons them; so many of these are late as of those
// delayed under strict priority.
double priced_reserve(const ReserveInput& input, double price);

// The lowest price at which reserve_by_wait() keeps the share of late calls over the whole day at `allowed`: the others lose least
// when the last call saved costs the same at every hour of the day. 0 where strict priority keeps the promise. Else at least 0.4 of the
// other classes' allowed share over `allowed`: the fewer first-class calls may be late for each of the others, the more one is worth.
double price_for_day(const std::vector<ReserveInput>& day, double allowed);

// Calls a second beyond `rate`, judged from the count over the last `over` seconds: what exceeds the expected count by more
// than half a call (the continuity correction) and 3½ standard deviations of it (Poisson); else 0.
double surge_rate(double counted, double rate, double over);

// A rate measured by counting whole events over a sliding window of equal buckets: integers, so that it repeats exactly.
class RateMeter {
 public:
  void count(Time now, Duration window, Duration handling = {});
  void roll(Time now, Duration window);
  double per_second(Duration window) const;
  std::uint64_t counted() const;  // in the window
  // Mean of the handling times counted in the window; nullopt with fewer than `least` of them.
  std::optional<double> mean_handling(std::uint32_t least) const;
  // The highest surge_rate() of the current bucket with the last 1, 2, 4, 8 or all others, of `share` of the events: few buckets
  // show a steep surge within seconds, many a slow one.
  double surge(double rate, double share, Time now, Duration window) const;

 private:
  static constexpr std::size_t buckets = 15;
  struct Bucket {
    std::uint32_t count = 0;
    std::int64_t handling_ns = 0;
  };
  std::array<Bucket, buckets> ring_{};
  Duration window_{};          // of the buckets; a different window starts afresh
  std::int64_t current_ = -1;  // number of the newest bucket since the epoch
  std::int64_t first_ = -1;    // bucket of the first roll: before a window is full the rate is over what was seen
};

// Rate at a moment of the day from 24 hourly rates, linear between the hours' mid-points, per second.
double hourly_rate(const std::vector<double>& per_hour, Time now, const std::vector<UtcOffset>& offsets);

}  // namespace pledge::core
