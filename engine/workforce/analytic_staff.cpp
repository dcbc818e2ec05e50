#include <algorithm>
#include <cmath>

#include "workforce/erlang.hpp"
#include "workforce/staff_search.hpp"

namespace pledge::workforce {

namespace {

bool serves(const RoomGroup& group, const std::string& name) {
  return std::find(group.classes.begin(), group.classes.end(), name) != group.classes.end();
}

// What the groups have of a class in a half-hour. Calls are felt later than they arrive, by the mean residual handling.
class Loads {
 public:
  explicit Loads(const StaffSearch& search) : search_(search) {
    for (const DemandClass& demand : search.demand.classes)
      groups_of_.push_back(std::count_if(search.room.groups.begin(), search.room.groups.end(),
                                         [&](const RoomGroup& group) { return serves(group, demand.name); }));
  }

  // Pooled: handling weighted by calls, patience by the rate of giving up.
  ErlangLoad of(const RoomGroup& group, std::size_t half_hour) const {
    ErlangLoad load;
    double work = 0, giving_up = 0;
    for (std::size_t c = 0; c < search_.demand.classes.size(); ++c) {
      const DemandClass& demand = search_.demand.classes[c];
      if (!serves(group, demand.name)) continue;
      const double rate = arrivals(demand, half_hour) / static_cast<double>(groups_of_[c]);
      load.arrivals += rate;
      work += rate * (demand.handling + search_.room.wrap_up);
      if (demand.patience > 0) giving_up += rate / demand.patience;
    }
    if (load.arrivals > 0) load.handling = work / load.arrivals;
    if (giving_up > 0) load.patience = load.arrivals / giving_up;
    return load;
  }

 private:
  static double arrivals(const DemandClass& demand, std::size_t half_hour) {
    const double lag = demand.handling * (1 + demand.handling_cv * demand.handling_cv) / 2;
    return calls_an_hour(demand, (static_cast<double>(half_hour) + 0.5) * seconds_a_half_hour - lag) / seconds_an_hour;
  }

  const StaffSearch& search_;
  std::vector<std::ptrdiff_t> groups_of_;  // by class of the demand
};

std::uint32_t needed(const StaffSearch& search, const RoomGroup& group, const ErlangLoad& load) {
  if (load.offered() <= 0) return 0;
  const auto model = std::isinf(load.patience) ? ErlangModel::c : ErlangModel::a;
  std::uint32_t most = 0;
  for (const RoomClass& target : search.room.classes)
    if (serves(group, target.name))
      most = std::max(most, fewest_handlers(model, load, {.within = target.target, .service_level = target.target_share})
                                .value_or(most_erlang_handlers));
  return most;
}

}  // namespace

StaffGrid analytic_staff(const StaffSearch& search) {
  const Loads loads{search};
  StaffGrid staff(search.room.groups.size());
  for (std::size_t g = 0; g < staff.size(); ++g)
    for (std::size_t h = 0; h < half_hours_a_day; ++h)
      staff[g][h] = std::clamp(needed(search, search.room.groups[g], loads.of(search.room.groups[g], h)), search.limits[g].least,
                               search.limits[g].most);
  return staff;
}

double hours_of(const StaffGrid& staff) {
  double handlers = 0;
  for (const GroupStaff& group : staff)
    for (const std::uint32_t n : group) handlers += n;
  return handlers * seconds_a_half_hour / seconds_an_hour;
}

}  // namespace pledge::workforce
