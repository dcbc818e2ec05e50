#include "tools/pledge/simulate_days.hpp"

#include <algorithm>
#include <atomic>
#include <thread>

namespace pledge {

using namespace workforce;

namespace {

std::vector<DayFigures> run_of(const SimulatedDays& study, const Policy& policy, std::size_t number) {
  Simulation run;
  constexpr std::int64_t a_midnight = 1'700'006'400'000'000'000;  // UTC, so that hours of the day are those of the demand
  run.start = {a_midnight - static_cast<std::int64_t>(study.from * 1e9)};
  run.answer_after = study.ring;
  run.unanswered = study.unanswered;
  run.idle_leave_first = study.idle_leave_first;
  run.seed = seed_of_day(study.seed, study.first + number);
  Plan plan = study.plan;
  if (!study.is_trace()) plan.demand = &study.demand;
  run.options = study.configured ? study.configured->with(study.shifts) : room_options(study.room, study.shifts, policy, plan);
  run.shifts = study.shifts;
  run.calls = study.is_trace() ? study.calls : generate_calls(study.demand, run.seed);
  return figures_of(study.room, run, simulate(run), study.from, study.days_a_run());
}

}  // namespace

// Threads take the next run that nobody has.
std::optional<std::vector<std::vector<DayFigures>>> run_days_until(const SimulatedDays& study, unsigned threads,
                                                                   std::chrono::steady_clock::time_point until) {
  const std::size_t a_run = study.days_a_run(), runs = study.days / a_run;
  std::vector<std::vector<DayFigures>> figures(study.policies.size(), std::vector<DayFigures>(study.days));
  std::atomic<std::size_t> next{0};
  std::atomic<bool> late{false};
  const auto work = [&] {
    for (std::size_t at; (at = next++) < runs * study.policies.size();) {
      if (std::chrono::steady_clock::now() >= until) late = true;
      if (late) return;
      auto days = run_of(study, study.policies[at / runs], at % runs);
      std::move(days.begin(), days.end(), figures[at / runs].begin() + static_cast<std::ptrdiff_t>(at % runs * a_run));
    }
  };
  std::vector<std::thread> others;
  for (unsigned i = 1; i < threads; ++i) others.emplace_back(work);
  work();
  for (std::thread& thread : others) thread.join();
  if (late) return std::nullopt;
  return figures;
}

std::vector<std::vector<DayFigures>> run_days(const SimulatedDays& study, unsigned threads) {
  return *run_days_until(study, threads, std::chrono::steady_clock::time_point::max());
}

std::vector<std::uint32_t> planned_handlers(const RoomOptions& room, const std::vector<Shift>& shifts) {
  const auto serves_first = [&](const Shift& shift) {
    return std::any_of(room.groups.begin(), room.groups.end(), [&](const RoomGroup& group) {
      return group.name == shift.group &&
             std::find(group.classes.begin(), group.classes.end(), room.classes.front().name) != group.classes.end();
    });
  };
  std::vector<std::uint32_t> handlers(static_cast<std::size_t>((pre_roll + seconds_a_day + run_out) / seconds_a_half_hour));
  for (const Shift& shift : shifts) {
    if (!serves_first(shift)) continue;
    for (std::size_t h = 0; h < handlers.size(); ++h) {
      const core::Duration middle{static_cast<std::int64_t>((static_cast<double>(h) + 0.5) * seconds_a_half_hour * 1e9)};
      handlers[h] += shift.from <= middle && middle < shift.to;
    }
  }
  return handlers;
}

double hours_a_day_of(const SimulatedDays& study) {
  const auto days = static_cast<double>(study.days_a_run());
  double seconds = 0;
  for (const Shift& shift : study.shifts) {
    const double from = static_cast<double>(shift.from.count()) / 1e9 - study.from, to = static_cast<double>(shift.to.count()) / 1e9 - study.from;
    seconds += std::max(0.0, std::min(to, days * seconds_a_day) - std::max(from, 0.0));
  }
  return seconds / seconds_an_hour / days;
}

}  // namespace pledge
