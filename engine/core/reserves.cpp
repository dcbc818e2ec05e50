// The reserve of each pool, computed anew as rates and staffing change.
#include <algorithm>

#include "core/state.hpp"

namespace pledge::core {

namespace {
constexpr std::uint32_t enough_handled = 50;  // calls before a measured mean handling time is believed
constexpr std::size_t hours_a_day = 24;
constexpr double seconds_an_hour = 3600;
constexpr Duration surge_window = 3min;  // the longest: enough for a count to tell a slow surge from chance, short beside an incident
}  // namespace

Duration Core::State::measured_over() const {
  Duration longest = 1min;
  for (const PoolOptions& pool : directory.pools()) longest = std::max(longest, pool.reserve.measured_over);
  return longest;
}

ReserveInput Core::State::reserve_input(PoolIndex pool, const PoolStaff& staff) {
  const ReserveOptions& options = directory.pools()[pool].reserve;
  ReserveInput input;
  input.handlers = staff.handlers;
  input.emergency_handling = seconds(options.mean_handling_emergency);
  input.other_handling = seconds(options.mean_handling_other);
  input.patience = seconds(options.mean_patience);
  if (const QueueOptions* target = directory.first_class_target()) {
    input.allowed_late = 1 - target->target_share;
    input.target = seconds(target->target_within);
  }
  if (const QueueOptions* target = directory.other_target()) {
    input.other_allowed_late = 1 - target->target_share;
    input.other_target = seconds(target->target_within);
  }
  input.most = options.most;
  input.all_busy = options.all_busy;
  if (options.source == RateSource::configured) {
    input.emergency_rate = hourly_rate(options.emergency_per_hour, now, directory.options().utc_offsets);
    input.other_rate = hourly_rate(options.other_per_hour, now, directory.options().utc_offsets);
  } else {
    input.emergency_rate = rates.first_arrivals.per_second(measured_over()) * staff.first_share;
    input.other_rate = rates.other_arrivals.per_second(measured_over()) * staff.other_share;
    input.emergency_handling = rates.first_handled.mean_handling(enough_handled).value_or(input.emergency_handling);
    input.other_handling = rates.other_handled.mean_handling(enough_handled).value_or(input.other_handling);
  }
  return input;
}

// The plan of a pool with one: its rates and handlers at each hour of the day.
void Core::State::plan_reserves() {
  for (PoolIndex pool = 0; pool < pools.size(); ++pool) {
    const ReserveOptions& options = directory.pools()[pool].reserve;
    pools[pool].price.reset();
    if (options.kind != ReserveKind::by_wait || options.source != RateSource::configured) continue;
    const bool complete = options.handlers_per_hour.size() == hours_a_day && options.emergency_per_hour.size() == hours_a_day &&
                          options.other_per_hour.size() == hours_a_day;
    if (!complete || !directory.first_class_target()) continue;
    std::vector<ReserveInput> day;
    for (std::size_t hour = 0; hour < hours_a_day; ++hour) {
      ReserveInput input = reserve_input(pool, {options.handlers_per_hour[hour]});
      input.emergency_rate = options.emergency_per_hour[hour] / seconds_an_hour;
      input.other_rate = options.other_per_hour[hour] / seconds_an_hour;
      day.push_back(input);
    }
    pools[pool].price = price_for_day(day, 1 - directory.first_class_target()->target_share);
  }
}

void Core::State::set_reserve(PoolIndex at, const PoolStaff& staff) {
  const ReserveOptions& options = directory.pools()[at].reserve;
  Pool& pool = pools[at];
  const bool keeps = directory.first_class_target() != nullptr;
  pool.by_wait = keeps && options.kind == ReserveKind::by_wait;
  pool.reserve = keeps && options.kind == ReserveKind::fixed ? options.handlers : 0;
  if (!keeps || options.kind == ReserveKind::off || options.kind == ReserveKind::fixed) return;
  ReserveInput input = reserve_input(at, staff);
  if (!pool.by_wait) {
    pool.reserve = computed_reserve(input);
    return;
  }
  pool.reckoned = input.emergency_rate;
  input.emergency_rate += pool.waits.surge;
  pool.waits = follows_plan(pool, options, staff) ? reserve_by_wait(input, *pool.price) : reserve_by_wait(input);
  pool.reserve = pool.waits.late;
  pool.share = staff.first_share;
  look_for_surge(pool);
}

// The plan spreads the promise over its day: not with handlers missing, nor, where it needs no reserve, in a surge.
bool Core::State::follows_plan(const Pool& pool, const ReserveOptions& options, const PoolStaff& staff) const {
  if (!pool.price || (*pool.price <= 0 && pool.waits.surge > 0)) return false;
  constexpr double enough = 0.85;  // of the handlers planned, who are told by the hour while shifts begin within it
  const double planned = seconds_an_hour * hourly_rate(options.handlers_per_hour, now, directory.options().utc_offsets);
  return staff.handlers >= enough * planned;
}

// After a start the window fills: until then a surge counts for less, so that the first calls are not taken for one.
void Core::State::look_for_surge(Pool& pool) const {
  pool.waits.surge = rates.first_lately.surge(pool.reckoned, pool.share, now, surge_window);
}

void Core::State::first_class_arrived() {
  rates.first_arrivals.count(now, measured_over());
  rates.first_lately.count(now, surge_window);
  for (Pool& pool : pools)
    if (pool.by_wait) look_for_surge(pool);
}

void Core::State::recompute_reserves() {
  reserve_timer = timers.arm(now + directory.options().reserve_recomputed_every, TimerKind::reserve, 0);
  for (RateMeter* meter : {&rates.first_arrivals, &rates.other_arrivals, &rates.first_handled, &rates.other_handled})
    meter->roll(now, measured_over());
  rates.first_lately.roll(now, surge_window);
  std::vector<PoolStaff> staff(pools.size(), PoolStaff{0, 0, 0});
  double first = 0, other = 0;
  for (const Handler& handler : handlers) {
    if (handler.group == no_index || handler.state == HandlerState::not_ready) continue;
    PoolStaff& here = staff[directory.pool(handler.options.pool)];
    const bool serves_first = index.serves_first_class(handler.group), serves_other = index.serves_other_classes(handler.group);
    first += serves_first;
    other += serves_other;
    here.handlers += serves_first;
    here.other_share += serves_first && serves_other;
  }
  for (PoolStaff& here : staff) {
    here.first_share = first > 0 ? here.handlers / first : 0;
    here.other_share = other > 0 ? here.other_share / other : 0;
  }
  for (PoolIndex pool = 0; pool < pools.size(); ++pool) {
    const double before = pools[pool].reserve;
    set_reserve(pool, staff[pool]);
    // A fractional reserve is drawn again, a lower one lets go: either way calls held back get another chance.
    if (pools[pool].holding && (pools[pool].by_wait || pools[pool].reserve <= before)) match_pool(pool);
  }
}

}  // namespace pledge::core
