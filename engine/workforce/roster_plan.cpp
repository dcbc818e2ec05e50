#include "workforce/roster_plan.hpp"

#include <algorithm>
#include <set>

namespace pledge::workforce {

namespace {

struct Kind {
  std::size_t contract = 0;
  std::uint32_t skills = 0;
  std::vector<std::size_t> handlers;
};

std::vector<Kind> kinds_of(const RosterRules& rules) {
  std::map<std::pair<std::size_t, std::uint32_t>, Kind> kinds;
  for (std::size_t h = 0; h < rules.handlers.size(); ++h) {
    const auto& handler = rules.handlers[h];
    auto& kind = kinds[{handler.contract, handler.skills}];
    kind.contract = handler.contract;
    kind.skills = handler.skills;
    kind.handlers.push_back(h);
  }
  std::vector<Kind> all;
  for (auto& [key, kind] : kinds) all.push_back(std::move(kind));
  return all;
}

class Formulation {
 public:
  Formulation(const RosterRules& rules, const std::vector<ShiftType>& types, const CoverCosts& costs)
      : rules_(rules), types_(types), costs_(costs), kinds_(kinds_of(rules)), sets_(std::size_t{1} << rules.need.groups.size()) {
    cover_rows();
    for (const Kind& kind : kinds_) kind_columns(kind);
  }
  LinearProgram program;
  const std::vector<Kind>& kinds() const { return kinds_; }
  // The variable of each kind, day and type in order; -1 where the contract does not allow the type.
  std::vector<int> variables;

 private:
  // Minutes at work of those with a skill in the set, and what is missing, are the set's need at least.
  void cover_rows() {
    cover_row_.assign(rules_.need.slots() * sets_, -1);
    for (std::size_t slot = 0; slot < rules_.need.slots(); ++slot) {
      unsigned all = 0;
      for (std::size_t set = 1; set < sets_; ++set) {
        unsigned needed = 0;
        for (std::size_t group = 0; group < rules_.need.groups.size(); ++group)
          if (set >> group & 1) needed += rules_.need.handlers[group][slot];
        if (needed > 0) cover_row_[slot * sets_ + set] = program.add_row(needed, LinearProgram::infinite);
        all = needed;
      }
      missing_columns(slot, all * half_hour_minutes);
    }
  }
  void missing_columns(std::size_t slot, unsigned minutes) {
    if (minutes == 0) return;
    const double knee = static_cast<int>(costs_.more_from * minutes) / double{half_hour_minutes};
    missing_column(slot, costs_.missing / 2, knee);
    missing_column(slot, costs_.missing_more / 2, LinearProgram::infinite);
  }
  void missing_column(std::size_t slot, double cost, double most) {
    program.add_variable(cost, most);
    for (std::size_t set = 1; set < sets_; ++set)
      if (const int row = cover_row_[slot * sets_ + set]; row >= 0) program.add_entry(row, 1);
  }

  unsigned available(const Kind& kind, unsigned day) const {
    return static_cast<unsigned>(std::count_if(kind.handlers.begin(), kind.handlers.end(),
                                               [&](std::size_t h) { return !rules_.handlers[h].leave[day]; }));
  }
  // The hours that shifts on so many days can add up to within `wanted`: shifts of 8 h make no 36 h of a week.
  WeekHours whole_shifts(const Kind& kind, unsigned days, const WeekHours& wanted) const {
    std::set<unsigned> sums{0}, last{0};
    for (unsigned day = 0; day < days; ++day) {
      std::set<unsigned> next;
      for (const unsigned sum : last)
        for (const std::size_t p : rules_.contracts[kind.contract].patterns) next.insert(sum + rules_.patterns[p].paid);
      sums.insert(next.begin(), next.end());
      last = std::move(next);
    }
    const auto least = sums.lower_bound(wanted.least), beyond = sums.upper_bound(wanted.most);
    return least == beyond ? wanted : WeekHours{*least, *std::prev(beyond)};
  }
  struct WeekRows {
    int hours = 0, days = 0;
  };
  WeekRows week_rows(const Kind& kind, unsigned week) {
    double least = 0, most = 0, days = 0;
    for (const std::size_t h : kind.handlers) {
      const auto& handler = rules_.handlers[h];
      const auto from = handler.leave.begin() + week * days_a_week;
      const auto leave = static_cast<unsigned>(std::count(from, from + days_a_week, true));
      const unsigned can = days_a_week - std::max(leave, rules_.contracts[handler.contract].days_off);
      const auto hours = whole_shifts(kind, can, week_hours(rules_, handler, week));
      least += hours.least;
      most += hours.most;
      days += can;
    }
    return {program.add_row(least / 60, most / 60), program.add_row(0, days)};
  }
  // Beginnings on a day before which a late end of the day before does not leave the rest: of those that end too late for `at`
  // and those that begin until then, a handler has one.
  std::vector<unsigned> rest_times(const Contract& contract) const {
    std::set<unsigned> times;
    unsigned latest = 0;
    for (const auto& type : types_)
      if (allowed(contract, type)) latest = std::max(latest, type.end + contract.rest);
    for (const auto& type : types_)
      if (allowed(contract, type) && type.start + minutes_a_day < latest) times.insert(type.start);
    return {times.begin(), times.end()};
  }
  static bool allowed(const Contract& contract, const ShiftType& type) {
    return std::find(contract.patterns.begin(), contract.patterns.end(), type.pattern) != contract.patterns.end();
  }

  void kind_columns(const Kind& kind) {
    const auto& contract = rules_.contracts[kind.contract];
    const auto times = rest_times(contract);
    std::vector<int> before, after;  // rest rows: of the day before and this day, of this day and the next
    WeekRows week;
    for (unsigned day = 0; day < rules_.need.days; ++day) {
      if (day % days_a_week == 0) week = week_rows(kind, day / days_a_week);
      const int there = program.add_row(0, available(kind, day));
      before = std::move(after);
      after.clear();
      for (std::size_t i = 0; i < times.size(); ++i)
        after.push_back(program.add_row(0, static_cast<double>(kind.handlers.size())));
      for (const auto& type : types_) {
        variables.push_back(-1);
        if (!allowed(contract, type)) continue;
        variables.back() = program.add_variable(contract.cost * type.paid / 60, available(kind, day));
        program.add_entry(week.hours, type.paid / 60.0);
        program.add_entry(week.days, 1);
        program.add_entry(there, 1);
        for (std::size_t i = 0; i < times.size(); ++i) {
          if (!before.empty() && type.start <= times[i]) program.add_entry(before[i], 1);
          if (type.end + contract.rest > times[i] + minutes_a_day) program.add_entry(after[i], 1);
        }
        cover_entries(kind, day, type);
      }
    }
  }
  void cover_entries(const Kind& kind, unsigned day, const ShiftType& type) {
    std::size_t slot = day * half_hours_a_day + type.first_slot();
    for (std::size_t i = 0; i < type.minutes.size() && slot < rules_.need.slots(); ++i, ++slot)
      for (std::size_t set = 1; set < sets_; ++set)
        if (const int row = cover_row_[slot * sets_ + set]; row >= 0 && (set & kind.skills) && type.minutes[i] > 0)
          program.add_entry(row, type.minutes[i] / double{half_hour_minutes});
  }

  const RosterRules& rules_;
  const std::vector<ShiftType>& types_;
  CoverCosts costs_;
  std::vector<Kind> kinds_;
  std::size_t sets_;
  std::vector<int> cover_row_;  // by slot and set; -1 = none needed
};

}  // namespace

LinearProgram roster_program(const RosterRules& rules, const std::vector<ShiftType>& types, const CoverCosts& costs) {
  return Formulation{rules, types, costs}.program;
}

RosterPlan plan_roster(const RosterRules& rules, const std::vector<ShiftType>& types, const CoverCosts& costs,
                       const SolveLinear& solve, double seconds) {
  const Formulation formulation{rules, types, costs};
  const auto solution = solve(formulation.program, seconds);
  RosterPlan plan;
  plan.found = solution.has_value();
  if (solution) plan.bound = solution->cost;
  plan.kind_of.resize(rules.handlers.size());
  const std::size_t entries = rules.need.days * types.size();
  for (std::size_t k = 0; k < formulation.kinds().size(); ++k) {
    for (const std::size_t h : formulation.kinds()[k].handlers) plan.kind_of[h] = k;
    plan.beginning.emplace_back(entries, 0.0);
    for (std::size_t i = 0; i < entries; ++i)
      if (const int variable = formulation.variables[k * entries + i]; variable >= 0 && solution)
        plan.beginning[k][i] = solution->values[static_cast<std::size_t>(variable)];
  }
  return plan;
}

}  // namespace pledge::workforce
