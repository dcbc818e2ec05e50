#include "tools/pledge/simulate_hours.hpp"

#include <fmt/format.h>

#include <cmath>

#include "tools/pledge/client.hpp"
#include "workforce/hours.hpp"

namespace pledge {

using namespace workforce;

namespace {

constexpr double least_beta = -2, most_beta = 4;      // of the square-root rule
constexpr double least_factor = 0.25, most_factor = 4;  // of a roster
constexpr double hours_within = 0.01;                 // between which shares go in a straight line

void staff(SimulatedDays& study, double amount) {
  if (study.staff.empty()) {
    study.plan.staff = square_root_staffing(study.demand, amount);
    study.shifts = shifts_of(study.plan.staff, std::chrono::minutes{30}, "all");
    return;
  }
  auto changes = study.staff;
  for (StaffChange& change : changes) change.handlers = static_cast<std::uint32_t>(std::ceil(amount * change.handlers));
  study.shifts = shifts_of(std::move(changes), study.end);
  if (!study.is_trace()) study.plan.staff = planned_handlers(study.room, study.shifts);
}

HoursTrial trial_of(const SimulatedDays& study, unsigned threads) {
  const std::vector<std::vector<double>> no_days(study.room.classes.size());
  HoursTrial trial{hours_a_day_of(study), no_days, no_days};
  const auto figures = run_days(study, threads);
  for (const DayFigures& day : figures.front())
    for (std::size_t c = 0; c < day.size(); ++c) {
      trial.offered[c].push_back(day[c].offered);
      trial.on_time[c].push_back(day[c].on_time);
    }
  return trial;
}

// The reserve follows the targets: they are the room's.
std::optional<HoursNeeded> needed_for(SimulatedDays study, const Policy& policy, const HoursTarget& target, unsigned threads) {
  study.policies = {policy};
  for (std::size_t c = 0; c < target.shares.size(); ++c) study.room.classes[c].target_share = target.shares[c];
  const auto run = [&](double amount) {
    staff(study, amount);
    return trial_of(study, threads);
  };
  const bool rule = study.staff.empty();
  return hours_needed(run, target.shares, rule ? least_beta : least_factor, rule ? most_beta : most_factor, hours_within);
}

std::string plus_minus(const Estimate& estimate, bool sign) {
  const auto mean = fmt::format("{:.0f}", estimate.mean);
  return (sign && estimate.mean > 0 ? "+" : "") + mean + (estimate.interval ? fmt::format(" ±{:.0f}", *estimate.interval) : "");
}

struct Row {
  const SimulatedDays& study;
  const HoursTarget& target;
  const Policy& policy;
  const std::optional<HoursNeeded>& needed;
  const std::optional<HoursNeeded>& base;  // of the first policy
  bool first = false;
};

std::string shares_text(const std::vector<double>& shares) {
  std::string text;
  for (const double share : shares) text += (text.empty() ? "" : " / ") + (std::isnan(share) ? "–" : fmt::format("{:.2f}", 100 * share));
  return text;
}

void print_text(const Row& row) {
  fmt::print("{:<8} {:<18} ", row.target.text, row.policy.name);
  if (!row.needed) return fmt::print("not between the least and the most staff that were tried\n");
  fmt::print("{:<11} {:<22} at {} %; class {} decides\n", plus_minus(estimate(row.needed->by_day), false),
             row.first || !row.base ? "" : "(" + plus_minus(difference(row.needed->by_day, row.base->by_day), true) + " to first)",
             shares_text(row.needed->on_time), row.study.room.classes[row.needed->binding].name);
}

std::string json(const Estimate& estimate) {
  return fmt::format(R"({{"mean":{:.2f},"interval":{}}})", estimate.mean,
                     estimate.interval ? fmt::format("{:.2f}", *estimate.interval) : "null");
}

void print_json(const Row& row) {
  const auto& needed = row.needed;
  fmt::print(R"({{"policy":{},"target":{},"days":{},"seed":{},"handler_hours_a_day":{},"difference":{},"decides":{}}})" "\n",
             json_quoted(row.policy.name), json_quoted(row.target.text), row.study.days, row.study.seed,
             needed ? json(estimate(needed->by_day)) : "null", needed && row.base ? json(difference(needed->by_day, row.base->by_day)) : "null",
             needed ? json_quoted(row.study.room.classes[needed->binding].name) : "null");
}

}  // namespace

void print_hours(const SimulatedDays& study, const std::vector<HoursTarget>& targets, unsigned threads, bool as_json) {
  if (!as_json)
    fmt::print("handler-hours a day by which every class is answered within its target; {} days, seed {}; ± is the 95 % interval\n",
               study.days, study.seed);
  for (const HoursTarget& target : targets) {
    std::optional<HoursNeeded> base;
    for (std::size_t p = 0; p < study.policies.size(); ++p) {
      const auto needed = needed_for(study, study.policies[p], target, threads);
      if (p == 0) base = needed;
      const Row row{study, target, study.policies[p], needed, base, p == 0};
      as_json ? print_json(row) : print_text(row);
      std::fflush(stdout);
    }
  }
}

}  // namespace pledge
