// The reserve of each pool, computed anew as rates and staffing change.
#include <algorithm>

#include "core/state.hpp"

namespace pledge::core {

namespace {
constexpr std::uint32_t enough_handled = 50;  // calls before a measured mean handling time is believed
double seconds(Duration d) { return static_cast<double>(d.count()) / 1e9; }
}  // namespace

Duration Core::State::measured_over() const {
  Duration longest = 1min;
  for (const PoolOptions& pool : directory.pools()) longest = std::max(longest, pool.reserve.measured_over);
  return longest;
}

// `staffed`: handlers of the pool able to serve the first class and working; `share`: of all such handlers, which is
// the share of the calls that the pool is taken to bear.
double Core::State::reserve_of(PoolIndex pool, double staffed, double share) {
  const ReserveOptions& options = directory.pools()[pool].reserve;
  const QueueOptions* target = directory.first_class_target();
  if (options.kind == ReserveKind::off || !target) return 0;
  if (options.kind == ReserveKind::fixed) return options.handlers;
  ReserveInput input;
  input.handlers = staffed;
  input.emergency_handling = seconds(options.mean_handling_emergency);
  input.other_handling = seconds(options.mean_handling_other);
  input.patience = seconds(options.mean_patience);
  input.allowed_late = 1 - target->target_share;
  input.target = seconds(target->target_within);
  input.most = options.most;
  if (options.source == RateSource::configured) {
    input.emergency_rate = hourly_rate(options.emergency_per_hour, now, directory.options().utc_offsets) * share;
    input.other_rate = hourly_rate(options.other_per_hour, now, directory.options().utc_offsets) * share;
  } else {
    input.emergency_rate = first_arrivals.per_second(measured_over()) * share;
    input.other_rate = other_arrivals.per_second(measured_over()) * share;
    input.emergency_handling = first_handled.mean_handling(enough_handled).value_or(input.emergency_handling);
    input.other_handling = other_handled.mean_handling(enough_handled).value_or(input.other_handling);
  }
  return computed_reserve(input);
}

void Core::State::recompute_reserves() {
  reserve_timer = timers.arm(now + directory.options().reserve_recomputed_every, TimerKind::reserve, 0);
  for (RateMeter* meter : {&first_arrivals, &other_arrivals, &first_handled, &other_handled}) meter->roll(now, measured_over());
  std::vector<double> staffed(pools.size(), 0);
  double all = 0;
  for (const Handler& handler : handlers) {
    const bool works = handler.group != no_index && handler.state != HandlerState::not_ready;
    if (!works || !index.serves_first_class(handler.group)) continue;
    staffed[directory.pool(handler.options.pool)] += 1;
    all += 1;
  }
  for (PoolIndex pool = 0; pool < pools.size(); ++pool) {
    const double before = pools[pool].reserve;
    pools[pool].reserve = reserve_of(pool, staffed[pool], all > 0 ? staffed[pool] / all : 0);
    // A fractional reserve is drawn again, a lower one lets go: either way calls held back get another chance.
    if (pools[pool].holding && pools[pool].reserve <= before) match_pool(pool);
  }
}

}  // namespace pledge::core
