#include "tools/pledge/simulate_days.hpp"

#include <algorithm>
#include <atomic>
#include <thread>

namespace pledge {

using namespace workforce;

namespace {

DayFigures run_day(const SimulatedDays& study, const Policy& policy, int day) {
  Simulation run;
  constexpr std::int64_t a_midnight = 1'700'006'400'000'000'000;  // UTC, so that hours of the day are those of the demand
  run.start = {a_midnight - static_cast<std::int64_t>(study.from * 1e9)};
  run.answer_after = study.ring;
  Plan plan = study.plan;
  if (!study.demand.classes.empty()) plan.demand = &study.demand;
  run.options = room_options(study.room, study.shifts, policy, plan);
  run.shifts = study.shifts;
  run.calls = study.demand.classes.empty() ? study.calls : generate_calls(study.demand, seed_of_day(study.seed, static_cast<std::uint64_t>(day)));
  return figures_of(study.room, run, simulate(run), study.from);
}

}  // namespace

// Threads take the next day that nobody has.
std::vector<std::vector<DayFigures>> run_days(const SimulatedDays& study, unsigned threads) {
  const auto days = static_cast<std::size_t>(study.days);
  std::vector<std::vector<DayFigures>> figures(study.policies.size(), std::vector<DayFigures>(days));
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t at; (at = next++) < days * study.policies.size();)
      figures[at / days][at % days] = run_day(study, study.policies[at / days], static_cast<int>(at % days));
  };
  std::vector<std::thread> others;
  for (unsigned i = 1; i < threads; ++i) others.emplace_back(work);
  work();
  for (std::thread& thread : others) thread.join();
  return figures;
}

double hours_a_day_of(const SimulatedDays& study) {
  double seconds = 0;
  for (const Shift& shift : study.shifts) {
    const double from = static_cast<double>(shift.from.count()) / 1e9 - study.from, to = static_cast<double>(shift.to.count()) / 1e9 - study.from;
    seconds += std::max(0.0, std::min(to, seconds_a_day) - std::max(from, 0.0));
  }
  return seconds / seconds_an_hour;
}

}  // namespace pledge
