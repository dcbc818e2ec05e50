#include "workforce/tours.hpp"

#include <algorithm>
#include <set>

namespace pledge::workforce {

namespace {

constexpr std::uint32_t nowhere = UINT32_MAX;

unsigned less_a_day(unsigned minute) { return minute > minutes_a_day ? minute - minutes_a_day : 0; }

}  // namespace

TourFinder::TourFinder(const RosterRules& rules, const std::vector<ShiftType>& types, std::size_t contract)
    : rules_(rules), contract_(rules.contracts[contract]), skipped_(skipped_times(rules)), type_count_(types.size()),
      layers_(rules.need.days + 1) {
  find_free_times(types);
  find_moves(types);
  find_sums();
  states_ = (contract_.days_in_row + 1) * (days_a_week + 1) * sums_.size() * free_at_.size();
  place_.assign(states_, nowhere);
}

// Times before the first beginning of any shift forbid nothing, whatever a clock change takes from the rest, and count as 0, so that
// most shifts leave one state. As a day off takes at most a day more of rest than a night, what forbids nothing then forbids nothing
// after a day off.
void TourFinder::find_free_times(const std::vector<ShiftType>& types) {
  unsigned earliest = minutes_a_day, lost = 0;
  for (const auto& skipped : skipped_) lost = std::max(lost, skipped.minutes);
  std::set<unsigned> after_work, after_day_off;
  const auto& allowed = contract_.patterns;
  for (const auto& type : types) {
    if (std::find(allowed.begin(), allowed.end(), type.pattern) == allowed.end()) continue;
    earliest = std::min(earliest, type.start);
    after_work.insert(less_a_day(type.end + contract_.rest));
  }
  for (const unsigned at : after_work)
    for (const unsigned raised : {at, at + lost})
      for (unsigned next = less_a_day(raised + contract_.week_rest - contract_.rest); next > 0; next = less_a_day(next))
        for (unsigned later = next; later > 0; later = less_a_day(later + lost)) after_day_off.insert(later);
  std::set<unsigned> times{0};
  times.insert(after_work.begin(), after_work.end());
  times.insert(after_day_off.begin(), after_day_off.end());
  std::erase_if(times, [&](unsigned at) { return at > 0 && at + lost <= earliest; });
  free_at_.assign(times.begin(), times.end());
}

// A clock change within the rest makes it shorter than the clock shows.
unsigned TourFinder::free_on(const State& state, unsigned day) const {
  const unsigned free = free_at_[state.free], rest = state.in_row > 0 ? contract_.rest : contract_.week_rest;
  return free > 0 && free <= skipped_[day].at + rest ? free + skipped_[day].minutes : free;
}

std::size_t TourFinder::free_index(unsigned minute) const {
  const auto at = std::lower_bound(free_at_.begin(), free_at_.end(), minute);
  return at != free_at_.end() && *at == minute ? static_cast<std::size_t>(at - free_at_.begin()) : 0;
}

void TourFinder::find_moves(const std::vector<ShiftType>& types) {
  for (std::uint32_t t = 0; t < types.size(); ++t) {
    const auto& type = types[t];
    const auto& allowed = contract_.patterns;
    if (std::find(allowed.begin(), allowed.end(), type.pattern) == allowed.end()) continue;
    const std::size_t free = free_index(less_a_day(type.end + contract_.rest));
    const auto same = [&](const Move& m) { return m.start == type.start && m.paid == type.paid && m.free == free; };
    auto move = std::find_if(moves_.begin(), moves_.end(), same);
    if (move == moves_.end()) move = moves_.insert(moves_.end(), {type.start, type.paid, free, {}});
    move->types.push_back(t);
  }
}

void TourFinder::find_sums() {
  std::set<unsigned> sums{0}, last{0};
  for (unsigned day = contract_.days_off; day < days_a_week; ++day) {
    std::set<unsigned> next;
    for (const unsigned sum : last)
      for (const auto& move : moves_) next.insert(sum + move.paid);
    sums.insert(next.begin(), next.end());
    last = std::move(next);
  }
  sums_.assign(sums.begin(), sums.end());
}

std::uint32_t TourFinder::pack(const State& s) const {
  return static_cast<std::uint32_t>(((s.in_row * (days_a_week + 1) + s.in_week) * sums_.size() + s.paid) * free_at_.size() +
                                    s.free);
}

void TourFinder::choose_breaks(const std::vector<double>& costs) {
  move_cost_.resize(rules_.need.days * moves_.size());
  move_type_.resize(move_cost_.size());
  for (unsigned day = 0; day < rules_.need.days; ++day)
    for (std::size_t m = 0; m < moves_.size(); ++m) {
      const auto& types = moves_[m].types;
      const auto cost = [&](std::uint32_t type) { return costs.empty() ? 0.0 : costs[day * type_count_ + type]; };
      const auto best = *std::min_element(types.begin(), types.end(), [&](auto a, auto b) { return cost(a) < cost(b); });
      move_type_[day * moves_.size() + m] = best;
      move_cost_[day * moves_.size() + m] = cost(best);
    }
}

// The cheapest way into each state is kept. `hours`: those of the week that `day` ends, if it ends one.
void TourFinder::put(Node node, unsigned day, const WeekHours* hours) {
  auto& layer = layers_[day + 1];
  if (hours) {
    if (sums_[node.state.paid] < hours->least || sums_[node.state.paid] > hours->most) return;
    node.state.in_week = 0;
    node.state.paid = 0;
  }
  auto& place = place_[pack(node.state)];
  if (place == nowhere) {
    place = static_cast<std::uint32_t>(layer.size());
    layer.push_back(node);
  } else if (node.cost < layer[place].cost) {
    layer[place] = node;
  }
}

void TourFinder::grow(const RosterHandler& handler, unsigned day, bool keep_hours) {
  const auto& layer = layers_[day];
  const WeekHours wanted = week_hours(rules_, handler, day / days_a_week);
  const WeekHours* at_end = keep_hours && day % days_a_week == days_a_week - 1 ? &wanted : nullptr;
  layers_[day + 1].clear();
  for (std::uint32_t from = 0; from < layer.size(); ++from) {
    const Node& node = layer[from];
    const State& s = node.state;
    const unsigned free = free_on(s, day), more = s.in_row > 0 ? contract_.week_rest - contract_.rest : 0;
    put({node.cost, {0, s.in_week, s.paid, free_index(less_a_day(free > 0 ? free + more : 0))}, from, day_off}, day, at_end);
    if (handler.leave[day] || s.in_row == contract_.days_in_row || s.in_week + contract_.days_off >= days_a_week) continue;
    for (std::size_t m = 0; m < moves_.size(); ++m) {
      const Move& move = moves_[m];
      if (move.start < free) continue;
      const unsigned paid = sums_[s.paid] + move.paid;
      if (keep_hours && paid > wanted.most) continue;
      const auto sum = static_cast<std::size_t>(std::lower_bound(sums_.begin(), sums_.end(), paid) - sums_.begin());
      const std::size_t at = day * moves_.size() + m;
      put({node.cost + move_cost_[at], {s.in_row + 1, s.in_week + 1, sum, move.free}, from, move_type_[at]}, day, at_end);
    }
  }
  for (const Node& node : layers_[day + 1]) place_[pack(node.state)] = nowhere;
}

std::optional<Tour> TourFinder::cheapest(const RosterHandler& handler, const std::vector<double>& costs) {
  choose_breaks(costs);
  layers_[0].assign(1, {});
  for (unsigned day = 0; day < rules_.need.days; ++day) grow(handler, day, true);
  const auto& last = layers_.back();
  if (last.empty()) return std::nullopt;
  auto at = std::min_element(last.begin(), last.end(), [](const Node& a, const Node& b) { return a.cost < b.cost; }) - last.begin();
  Tour tour(rules_.need.days, day_off);
  for (unsigned day = rules_.need.days; day-- > 0;) {
    const Node& node = layers_[day + 1][static_cast<std::size_t>(at)];
    tour[day] = node.type;
    at = node.parent;
  }
  return tour;
}

std::optional<TourConflict> TourFinder::conflict(const RosterHandler& handler) {
  choose_breaks({});
  layers_[0].assign(1, {});
  for (unsigned week = 0; week < rules_.need.days / days_a_week; ++week) {
    const unsigned first = week * days_a_week;
    for (unsigned day = first; day < first + days_a_week; ++day) grow(handler, day, true);
    if (!layers_[first + days_a_week].empty()) continue;
    TourConflict conflict{week, week_hours(rules_, handler, week), {}, {}};
    for (unsigned day = first; day < first + days_a_week; ++day) grow(handler, day, false);
    for (const Node& node : layers_[first + days_a_week]) {
      const unsigned paid = sums_[node.state.paid];
      if (paid < conflict.wanted.least) conflict.below = std::max(conflict.below.value_or(0), paid);
      else if (paid > conflict.wanted.most) conflict.above = std::min(conflict.above.value_or(UINT32_MAX), paid);
    }
    return conflict;
  }
  return std::nullopt;
}

std::string to_text(const RosterRules& rules, const RosterHandler& handler, const TourConflict& conflict) {
  const auto& contract = rules.contracts[handler.contract];
  const auto range = [](unsigned least, unsigned most) {
    return hours_text(least) + (most > least ? " to " + hours_text(most) : "") + " h";
  };
  std::string text = "handler " + handler.name + ", week of " +
                     to_text(rules.need.first + std::chrono::days{conflict.week * days_a_week}) + ": contract " +
                     contract.name + " wants " + range(contract.week_least, contract.week_most) + " a week";
  if (conflict.wanted.least != contract.week_least)
    text += " (" + range(conflict.wanted.least, conflict.wanted.most) + " beside leave)";
  std::string possible;
  if (conflict.below) possible = hours_text(*conflict.below) + " h at most below that";
  if (conflict.above) possible += (possible.empty() ? "" : ", ") + hours_text(*conflict.above) + " h at least above";
  return text + ", but its shifts, rest of " + hours_text(contract.rest) + " h, " + std::to_string(contract.days_in_row) +
         " days in a row, " + std::to_string(contract.days_off) + " days off with " + hours_text(contract.week_rest) + " h of rest and leave leave room for " + possible;
}

}  // namespace pledge::workforce
