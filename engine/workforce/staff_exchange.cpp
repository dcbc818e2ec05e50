#include "workforce/staff_exchange.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace pledge::workforce {

namespace {

constexpr double diminishing = 0.8;       // of what the last handlers brought bring as many more
constexpr double moved_share = 0.01;      // of a cell's handlers that a step moves; at least one
constexpr double nothing_spare = 0.002;   // of a target's calls: scarcer than this is not told apart
constexpr double rounding = 1e-9;
constexpr double hours_a_half_hour = 0.5;

std::uint32_t unit(std::uint32_t handlers) {
  return std::max(1u, static_cast<std::uint32_t>(std::lround(moved_share * handlers)));
}

double sum(const std::array<double, half_hours_a_day>& of) { return std::accumulate(of.begin(), of.end(), 0.0); }

bool missed(const Spare& spare) {
  return std::any_of(spare.begin(), spare.end(), [](double calls) { return calls < -rounding; });
}

// Calls offered, by target as in Spare.
Spare offered_of(const CallsInTime& calls, std::size_t targets) {
  Spare offered;
  for (const auto& of_class : calls.offered) offered.push_back(sum(of_class));
  for (const auto& of_class : calls.offered)
    if (offered.size() < targets) offered.insert(offered.end(), of_class.begin(), of_class.end());
  return offered;
}

}  // namespace

CallsInTime calls_in_time(const std::vector<DayFigures>& days) {
  CallsInTime calls;
  calls.offered.resize(days.front().size());
  calls.on_time.resize(days.front().size());
  const auto n = static_cast<double>(days.size());
  for (const DayFigures& day : days)
    for (std::size_t c = 0; c < day.size(); ++c)
      for (std::size_t h = 0; h < half_hours_a_day; ++h) {
        calls.offered[c][h] += day[c].offered_in[h] / n;
        calls.on_time[c][h] += day[c].on_time_in[h] / n;
      }
  return calls;
}

CallsInTime plus_difference(CallsInTime all, const CallsInTime& here, const CallsInTime& there) {
  for (std::size_t c = 0; c < all.offered.size(); ++c)
    for (std::size_t h = 0; h < half_hours_a_day; ++h) all.on_time[c][h] += here.on_time[c][h] - there.on_time[c][h];
  return all;
}

std::size_t Exchange::targets() const {
  const std::size_t classes = in_.room.classes.size();
  return in_.worst > 0 ? classes * (1 + half_hours_a_day) : classes;
}

Spare Exchange::spare_of_day(const CallsInTime& calls) const {
  Spare spare(targets(), std::numeric_limits<double>::infinity());
  for (std::size_t c = 0; c < calls.offered.size(); ++c)
    spare[c] = sum(calls.on_time[c]) - in_.room.classes[c].target_share * sum(calls.offered[c]);
  return spare;
}

Spare Exchange::spare(const CallsInTime& calls) const {
  Spare spare = spare_of_day(calls);
  if (in_.worst <= 0) return spare;
  auto at = spare.begin() + static_cast<std::ptrdiff_t>(calls.offered.size());
  for (std::size_t c = 0; c < calls.offered.size(); ++c)
    for (std::size_t h = 0; h < half_hours_a_day; ++h) *at++ = calls.on_time[c][h] - in_.worst * calls.offered[c][h];
  return spare;
}

bool Exchange::kept(const CallsInTime& calls) const { return !missed(spare(calls)); }

double Exchange::cost(const StaffGrid& staff) const {
  double cost = 0;
  for (std::size_t g = 0; g < staff.size(); ++g)
    for (const std::uint32_t n : staff[g]) cost += in_.limits[g].cost * hours_a_half_hour * n;
  return cost;
}

Verdict Exchange::verdict(const CallsInTime& reckoned, const std::vector<DayFigures>& here, const std::vector<DayFigures>& there,
                          std::size_t days) const {
  const Spare spare = spare_of_day(reckoned);
  const double left = 1 - static_cast<double>(here.size()) / static_cast<double>(days);  // of the variance: these days are among all
  bool kept = in_.worst <= 0;
  for (std::size_t c = 0; c < reckoned.offered.size(); ++c) {
    std::vector<double> more;
    for (std::size_t day = 0; day < here.size(); ++day) more.push_back(here[day][c].on_time - there[day][c].on_time);
    const auto interval = estimate(more).interval;
    if (!interval) return Verdict::open;
    const double error = *interval * std::sqrt(left);
    if (spare[c] < -error - rounding) return Verdict::missed;
    kept = kept && spare[c] >= error;
  }
  return kept ? Verdict::kept : Verdict::open;
}

StaffGrid Exchange::changed(StaffGrid staff, EveryFourth cells, double share) const {
  const GroupLimits& limits = in_.limits[cells.group];
  for (std::size_t h = cells.from; h < half_hours_a_day; h += worth_window) {
    std::uint32_t& n = staff[cells.group][h];
    const auto wanted = std::max(1u, static_cast<std::uint32_t>(std::lround(share * n)));
    if (n > limits.least) n -= std::min(wanted, n - limits.least);
    else if (n < limits.most) ++n;
  }
  return staff;
}

std::vector<std::vector<std::optional<Exchange::Worth>>> Exchange::worths(const StaffGrid& staff, const CallsInTime& calls,
                                                                          const std::vector<Loss>& losses) const {
  std::vector<std::vector<std::optional<Worth>>> worths(staff.size(), std::vector<std::optional<Worth>>(half_hours_a_day));
  for (const Loss& loss : losses)
    for (std::size_t h = loss.cells.from; h < half_hours_a_day; h += worth_window) {
      const double taken = double(staff[loss.cells.group][h]) - double(loss.staff[loss.cells.group][h]);  // below 0: given
      if (taken == 0) continue;
      Worth worth(calls.offered.size());
      for (std::size_t c = 0; c < worth.size(); ++c)
        for (std::size_t later = 0; later < worth_window && h + later < half_hours_a_day; ++later)
          worth[c][later] = (calls.on_time[c][h + later] - loss.calls.on_time[c][h + later]) / taken;
      worths[loss.cells.group][h] = worth;
    }
  return worths;
}

// Smoothed by the half-hours before and after, where they were measured: loads are smooth, samples are not.
Exchange::Cell Exchange::cell_of(std::size_t group, std::size_t half_hour, const std::vector<std::optional<Worth>>& of_group) const {
  const std::size_t classes = in_.room.classes.size();
  Cell cell{group, half_hour, {}, of_group[half_hour].has_value()};
  Worth mean(classes);
  double weights = 0;
  const auto add = [&](std::size_t h, double weight) {
    if (h >= half_hours_a_day || !of_group[h]) return;
    weights += weight;
    for (std::size_t c = 0; c < classes; ++c)
      for (std::size_t later = 0; later < worth_window; ++later) mean[c][later] += weight * (*of_group[h])[c][later];
  };
  add(half_hour, 2), add(half_hour + 1, 1), add(half_hour - 1, 1);
  if (weights == 0) return cell;
  for (std::size_t c = 0; c < classes; ++c) {
    cell.effects.push_back({c, std::max(0.0, std::accumulate(mean[c].begin(), mean[c].end(), 0.0) / weights)});
    for (std::size_t later = 0; in_.worst > 0 && later < worth_window && half_hour + later < half_hours_a_day; ++later)
      cell.effects.push_back({classes + c * half_hours_a_day + half_hour + later, std::max(0.0, mean[c][later] / weights)});
  }
  return cell;
}

void Exchange::learn(const StaffGrid& staff, const CallsInTime& calls, const std::vector<Loss>& losses) {
  const auto measured = worths(staff, calls, losses);
  learned_ = staff;
  cells_.clear();
  for (std::size_t g = 0; g < staff.size(); ++g)
    for (std::size_t h = 0; h < half_hours_a_day; ++h) cells_.push_back(cell_of(g, h, measured[g]));
}

// Of the worth that was measured, after what was given and taken since: so that one cell that seems worth much does not get all.
double Exchange::worth_left(const Cell& cell, std::uint32_t handlers) const {
  const std::uint32_t then = learned_[cell.group][cell.half_hour];
  return std::pow(diminishing, (double(handlers) - double(then)) / unit(then));
}

std::uint32_t Exchange::losable(const StaffGrid& staff, const Cell& cell) const {
  const std::uint32_t n = staff[cell.group][cell.half_hour], least = in_.limits[cell.group].least;
  return n > least ? std::min(unit(n), n - least) : 0;
}

// What a handler's calls are worth by how scarce they are, for his cost.
double Exchange::weight(const StaffGrid& staff, const Cell& cell, const Spare& spare, const Spare& offered) const {
  double weight = 0;
  for (const Effect& effect : cell.effects)
    if (offered[effect.target] > 0) weight += effect.calls / std::max(spare[effect.target], nothing_spare * offered[effect.target]);
  return weight * worth_left(cell, staff[cell.group][cell.half_hour]) / in_.limits[cell.group].cost;
}

// Of the cells that the step has not touched.
const Exchange::Cell* Exchange::cheapest(const StaffGrid& staff, const Spare& spare, const Spare& offered, const StaffGrid& before) const {
  const Cell* best = nullptr;
  double least = std::numeric_limits<double>::infinity();
  for (const Cell& cell : cells_) {
    if (!cell.measured || losable(staff, cell) == 0) continue;
    if (staff[cell.group][cell.half_hour] != before[cell.group][cell.half_hour]) continue;
    if (const double w = weight(staff, cell, spare, offered); w < least) least = w, best = &cell;
  }
  return best;
}

// The cell that for its cost repairs most of what is missed.
const Exchange::Cell* Exchange::best_gain(const StaffGrid& staff, const Spare& spare) const {
  const Cell* best = nullptr;
  double most = 0;
  for (const Cell& cell : cells_) {
    const std::uint32_t n = staff[cell.group][cell.half_hour];
    if (n + unit(n) > in_.limits[cell.group].most) continue;
    const double gained = worth_left(cell, n + unit(n)) * unit(n);
    double repairs = 0;
    for (const Effect& effect : cell.effects)
      if (spare[effect.target] < -rounding) repairs += std::min(effect.calls * gained, -spare[effect.target]);
    repairs /= in_.limits[cell.group].cost * unit(n);
    if (repairs > most) most = repairs, best = &cell;
  }
  return best;
}

std::optional<StaffGrid> Exchange::repaired(const StaffGrid& staff, Spare spare) const {
  StaffGrid out = staff;
  while (missed(spare)) {
    const Cell* cell = best_gain(out, spare);
    if (!cell) return std::nullopt;
    std::uint32_t& n = out[cell->group][cell->half_hour];
    const double gained = worth_left(*cell, n + unit(n)) * unit(n);
    for (const Effect& effect : cell->effects) spare[effect.target] += effect.calls * gained;
    n += unit(n);
  }
  return out;
}

std::optional<Step> Exchange::step(const StaffGrid& staff, const CallsInTime& calls, std::size_t most) const {
  const Spare offered = offered_of(calls, targets());
  Spare left = spare(calls);
  StaffGrid fewer = staff;
  std::optional<Step> best;
  double least = cost(staff) - rounding;
  for (std::size_t lose = 1; lose <= most; ++lose) {
    const Cell* cell = cheapest(fewer, left, offered, staff);
    if (!cell) break;
    const std::uint32_t taken = losable(fewer, *cell);
    const double lost = worth_left(*cell, fewer[cell->group][cell->half_hour]) * taken;
    for (const Effect& effect : cell->effects) left[effect.target] -= effect.calls * lost;
    fewer[cell->group][cell->half_hour] -= taken;
    const auto whole = repaired(fewer, left);
    if (!whole || cost(*whole) >= least) continue;
    least = cost(*whole);
    best = Step{*whole, lose};
  }
  return best;
}

std::optional<double> Exchange::hours_interval(const StaffGrid& staff, const std::vector<DayFigures>& days) const {
  std::optional<double> interval;
  double least_spare = std::numeric_limits<double>::infinity(), handlers = 0;
  for (const Cell& cell : cells_) handlers += staff[cell.group][cell.half_hour];
  for (std::size_t c = 0; c < in_.room.classes.size(); ++c) {
    std::vector<double> offered, on_time;
    for (const DayFigures& day : days) offered.push_back(day[c].offered), on_time.push_back(day[c].on_time);
    const Estimate share = estimate(shares_by_day(on_time, offered));
    double calls = 0;                      // that a handler of all staff brings in a half-hour
    for (const Cell& cell : cells_)
      for (const Effect& effect : cell.effects)
        if (effect.target == c) calls += effect.calls * staff[cell.group][cell.half_hour] / handlers;
    const double an_hour = calls / hours_a_half_hour / estimate(offered).mean;  // of the share
    const double spare_hours = (share.mean - in_.room.classes[c].target_share) / an_hour;
    if (!share.interval || !(an_hour > 0) || !(spare_hours < least_spare)) continue;
    least_spare = spare_hours;
    interval = *share.interval / an_hour;
  }
  return interval;
}

}  // namespace pledge::workforce
