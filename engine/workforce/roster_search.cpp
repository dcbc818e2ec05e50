#include "workforce/roster_search.hpp"

#include <algorithm>
#include <numeric>

namespace pledge::workforce {

namespace {

// splitmix64 (Steele, Lea, Flood 2014): orders need no better, and are the same on every machine.
class Order {
 public:
  explicit Order(std::uint64_t seed) : state_(seed) {}
  std::size_t below(std::size_t most) {
    std::uint64_t z = state_ += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return static_cast<std::size_t>((z ^ (z >> 31)) % most);
  }

 private:
  std::uint64_t state_;
};

class Search {
 public:
  Search(const RosterRules& rules, const RosterOptions& options)
      : rules_(rules), options_(options), types_(shift_types(rules)), cover_(rules.need, options.costs),
        tours_(rules.handlers.size()), random_(options.seed) {
    for (std::size_t c = 0; c < rules.contracts.size(); ++c) finders_.emplace_back(rules, types_, c);
    cost_ = cover_.cost();
  }

  std::vector<std::string> conflicts() {
    std::vector<std::string> all;
    for (const auto& handler : rules_.handlers)
      if (const auto conflict = finder(handler).conflict(handler)) all.push_back(to_text(rules_, handler, *conflict));
    return all;
  }
  double plan(const SolveLinear& solve, double seconds) {
    plan_ = plan_roster(rules_, types_, options_.costs, solve, seconds);
    return plan_.bound;
  }
  // One handler after the other takes from what the plan still wants begun.
  void follow_plan() {
    for (std::size_t h = 0; h < rules_.handlers.size(); ++h) {
      auto costs = costs_of(h);
      auto& wanted = plan_.beginning[plan_.kind_of[h]];
      if (plan_.found)
        for (std::size_t i = 0; i < costs.size(); ++i) costs[i] = costs[i] * small - std::min(1.0, wanted[i]);
      put(h, *finder(rules_.handlers[h]).cheapest(rules_.handlers[h], costs));
      for (unsigned day = 0; day < rules_.need.days; ++day)
        if (tours_[h][day] != day_off) wanted[day * types_.size() + tours_[h][day]] -= 1;
    }
  }
  void improve(const std::function<bool()>& time_left) {
    const auto go_on = [&] { return cost_ > plan_.bound + least_gain && time_left(); };
    for (unsigned idle = 0; idle < options_.give_up_after && go_on();) {
      const double before = cost_;
      for (const std::size_t h : shuffled())
        if (go_on()) replan({h});
      for (std::size_t i = 0; i < rules_.handlers.size() && go_on(); ++i) replan(some_handlers());
      idle = cost_ < before - least_gain ? 0 : idle + 1;
    }
  }
  Roster roster() const {
    Roster all;
    for (std::size_t h = 0; h < tours_.size(); ++h)
      for (unsigned day = 0; day < tours_[h].size(); ++day)
        if (tours_[h][day] != day_off) all.push_back({h, day, tours_[h][day]});
    return all;
  }
  const std::vector<ShiftType>& types() const { return types_; }

 private:
  static constexpr double small = 1e-3;       // the plan goes before what the roster would choose by itself
  static constexpr double least_gain = 1e-6;
  static constexpr std::size_t together = 3;  // handlers re-planned at once

  TourFinder& finder(const RosterHandler& handler) { return finders_[handler.contract]; }

  std::vector<double> costs_of(std::size_t h) const {
    const auto& handler = rules_.handlers[h];
    const auto& contract = rules_.contracts[handler.contract];
    std::vector<double> costs(rules_.need.days * types_.size());
    for (unsigned day = 0; day < rules_.need.days; ++day)
      for (std::size_t t = 0; t < types_.size(); ++t)
        costs[day * types_.size() + t] = contract.cost * types_[t].paid / 60 - cover_.saved(day, types_[t], handler.skills);
    return costs;
  }
  // What a tour adds to the cost of the roster that it joins.
  double put(std::size_t h, Tour tour) {
    const auto& handler = rules_.handlers[h];
    double added = 0;
    for (unsigned day = 0; day < tour.size(); ++day) {
      if (tour[day] == day_off) continue;
      const auto& type = types_[tour[day]];
      added += rules_.contracts[handler.contract].cost * type.paid / 60 - cover_.saved(day, type, handler.skills);
      cover_.add(day, type, handler.skills);
    }
    tours_[h] = std::move(tour);
    return cost_ += added, added;
  }
  double take(std::size_t h) {
    const auto& handler = rules_.handlers[h];
    double saved = 0;
    for (unsigned day = 0; day < tours_[h].size(); ++day) {
      if (tours_[h][day] == day_off) continue;
      const auto& type = types_[tours_[h][day]];
      cover_.remove(day, type, handler.skills);
      saved += rules_.contracts[handler.contract].cost * type.paid / 60 - cover_.saved(day, type, handler.skills);
    }
    return cost_ -= saved, saved;
  }
  // All out, then in again one by one, each as cheaply as can be; back as they were if that costs more.
  void replan(const std::vector<std::size_t>& handlers) {
    std::vector<Tour> before;
    double change = 0;
    for (const std::size_t h : handlers) before.push_back(tours_[h]);
    for (const std::size_t h : handlers) change -= take(h);
    for (const std::size_t h : handlers) change += put(h, *finder(rules_.handlers[h]).cheapest(rules_.handlers[h], costs_of(h)));
    if (change <= least_gain) return;
    for (const std::size_t h : handlers) take(h);
    for (std::size_t i = 0; i < handlers.size(); ++i) put(handlers[i], std::move(before[i]));
  }
  std::vector<std::size_t> shuffled() {
    std::vector<std::size_t> order(rules_.handlers.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random_.below(i)]);
    return order;
  }
  std::vector<std::size_t> some_handlers() {
    std::vector<std::size_t> some;
    while (some.size() < std::min(together, rules_.handlers.size())) {
      const std::size_t h = random_.below(rules_.handlers.size());
      if (std::find(some.begin(), some.end(), h) == some.end()) some.push_back(h);
    }
    return some;
  }

  const RosterRules& rules_;
  RosterOptions options_;
  std::vector<ShiftType> types_;
  std::vector<TourFinder> finders_;
  Cover cover_;
  std::vector<Tour> tours_;
  RosterPlan plan_;
  Order random_;
  double cost_ = 0;
};

}  // namespace

RosterResult find_roster(const RosterRules& rules, const RosterOptions& options, const SolveLinear& solve, double seconds,
                         const Elapsed& elapsed) {
  Search search{rules, options};
  RosterResult result;
  result.conflicts = search.conflicts();
  if (!result.conflicts.empty()) return result;
  result.bound = search.plan(solve, options.plan_share * seconds);
  search.follow_plan();
  search.improve([&] { return elapsed() < seconds; });
  result.roster = search.roster();
  result.paid = paid_cost(rules, search.types(), result.roster);
  result.missing = cover_of(rules, search.types(), result.roster, options.costs).cost();
  return result;
}

}  // namespace pledge::workforce
