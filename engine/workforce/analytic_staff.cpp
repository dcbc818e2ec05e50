#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "workforce/erlang.hpp"
#include "workforce/staff_search.hpp"

namespace pledge::workforce {

namespace {

bool serves(const RoomGroup& group, const std::string& name) {
  return std::find(group.classes.begin(), group.classes.end(), name) != group.classes.end();
}

bool serves(const StaffSearch& search, const std::vector<std::size_t>& groups, const std::string& name) {
  return std::any_of(groups.begin(), groups.end(), [&](std::size_t g) { return serves(search.room.groups[g], name); });
}

// Groups that share classes, directly or through others, in sets.
std::vector<std::vector<std::size_t>> pooled(const StaffSearch& search) {
  std::vector<std::vector<std::size_t>> sets;
  for (std::size_t g = 0; g < search.room.groups.size(); ++g) {
    std::vector<std::size_t> with{g};
    std::erase_if(sets, [&](const auto& set) {
      const auto& classes = search.room.groups[g].classes;
      const bool shares = std::any_of(classes.begin(), classes.end(), [&](const auto& name) { return serves(search, set, name); });
      if (shares) with.insert(with.end(), set.begin(), set.end());
      return shares;
    });
    std::sort(with.begin(), with.end());
    sets.push_back(std::move(with));
  }
  return sets;
}

// What the groups have of a class in a half-hour. Calls are felt later than they arrive, by the mean residual handling.
class Loads {
 public:
  explicit Loads(const StaffSearch& search) : search_(search) {
    for (const DemandClass& demand : search.demand.classes) {
      double weights = 0;
      for (std::size_t g = 0; g < search.room.groups.size(); ++g)
        if (serves(search.room.groups[g], demand.name)) weights += search.limits[g].weight;
      weights_.push_back(weights);
      const auto& targets = search.room.classes;
      const auto target = std::find_if(targets.begin(), targets.end(), [&](const RoomClass& c) { return c.name == demand.name; });
      handling_.push_back(demand.handling + (target == targets.end() ? search.room.wrap_up : search.room.wrap_up_of(*target)));
    }
  }

  // Pooled: handling weighted by calls, patience by the rate of giving up.
  ErlangLoad of(const std::vector<std::size_t>& groups, std::size_t half_hour) const {
    ErlangLoad load;
    double work = 0, giving_up = 0;
    for (std::size_t c = 0; c < search_.demand.classes.size(); ++c) {
      const DemandClass& demand = search_.demand.classes[c];
      if (!serves(search_, groups, demand.name)) continue;
      const double rate = arrivals(demand, half_hour);
      load.arrivals += rate;
      work += rate * handling_[c];
      if (demand.patience > 0) giving_up += rate / demand.patience;
    }
    if (load.arrivals > 0) load.handling = work / load.arrivals;
    if (giving_up > 0) load.patience = load.arrivals / giving_up;
    return load;
  }
  // Of one group, erlangs.
  double work(std::size_t group, std::size_t half_hour) const {
    double work = 0;
    for (std::size_t c = 0; c < search_.demand.classes.size(); ++c)
      if (serves(search_.room.groups[group], search_.demand.classes[c].name))
        work += arrivals(search_.demand.classes[c], half_hour) * handling_[c] * search_.limits[group].weight / weights_[c];
    return work;
  }

 private:
  static double arrivals(const DemandClass& demand, std::size_t half_hour) {
    const double lag = demand.handling * (1 + demand.handling_cv * demand.handling_cv) / 2;
    return calls_an_hour(demand, (static_cast<double>(half_hour) + 0.5) * seconds_a_half_hour - lag) / seconds_an_hour;
  }

  const StaffSearch& search_;
  std::vector<double> weights_, handling_;  // by class of the demand
};

std::uint32_t needed(const StaffSearch& search, const std::vector<std::size_t>& groups, const ErlangLoad& load) {
  if (load.offered() <= 0) return 0;
  const auto model = std::isinf(load.patience) ? ErlangModel::c : ErlangModel::a;
  std::uint32_t most = 0;
  for (const RoomClass& target : search.room.classes)
    if (serves(search, groups, target.name))
      most = std::max(most, fewest_handlers(model, load, {.within = target.target, .service_level = target.target_share})
                                .value_or(most_erlang_handlers));
  return most;
}

// Handlers of a set to its groups by their work, rounded so that the sum is kept, each within its limits; what one may not have goes
// to whoever has fewest for its work.
void divide(const StaffSearch& search, const Loads& loads, const std::vector<std::size_t>& groups, std::uint32_t handlers, std::size_t h,
            StaffGrid& staff) {
  std::vector<double> work;
  for (const std::size_t g : groups) work.push_back(loads.work(g, h));
  const double all = std::accumulate(work.begin(), work.end(), 0.0);
  double up_to = 0;
  std::int64_t given = 0, left = handlers;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    up_to += all > 0 ? work[i] / all : 1.0 / static_cast<double>(groups.size());
    const auto wanted = std::llround(handlers * std::min(1.0, up_to)) - given;
    given += wanted;
    const GroupLimits& limits = search.limits[groups[i]];
    staff[groups[i]][h] = static_cast<std::uint32_t>(std::clamp<std::int64_t>(wanted, limits.least, limits.most));
    left -= staff[groups[i]][h];
  }
  for (; left > 0; --left) {
    std::optional<std::size_t> next;
    const auto has = [&](std::size_t i) { return staff[groups[i]][h] / std::max(work[i], 1e-9); };
    for (std::size_t i = 0; i < groups.size(); ++i)
      if (work[i] > 0 && staff[groups[i]][h] < search.limits[groups[i]].most && (!next || has(i) < has(*next))) next = i;
    if (!next) return;
    ++staff[groups[*next]][h];
  }
}

}  // namespace

StaffGrid analytic_staff(const StaffSearch& search, double level) {
  const Loads loads{search};
  StaffGrid staff(search.room.groups.size());
  for (const auto& groups : pooled(search))
    for (std::size_t h = 0; h < half_hours_a_day; ++h) {
      const double handlers = needed(search, groups, loads.of(groups, h));
      divide(search, loads, groups, static_cast<std::uint32_t>(std::max(0.0, std::ceil(handlers + level * std::sqrt(handlers)))), h, staff);
    }
  return staff;
}

double hours_of(const StaffGrid& staff) {
  double handlers = 0;
  for (const GroupStaff& group : staff)
    for (const std::uint32_t n : group) handlers += n;
  return handlers * seconds_a_half_hour / seconds_an_hour;
}

}  // namespace pledge::workforce
