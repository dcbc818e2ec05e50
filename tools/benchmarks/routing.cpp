// The routing benchmark: two classes over a day in four rooms, every policy on the same calls (the recipe's figures).
//   bench_routing EMERGENCY_HOUR_PROFILE [DAYS [ROOM [POLICY...]]]      ROOM: b1, b2, b3, b5 or all
//   bench_routing EMERGENCY_HOUR_PROFILE DAYS beta:B POLICY...          one pool with that square-root staffing
// With "idle-first" among the policies whoever of a group is idle leaves at the end of a half-hour (Simulation::idle_leave_first).
// One JSON row a line: service level (answered within target ÷ offered, %) with its 95 % interval, its difference to the
// first policy on common calls, the worst half-hour over all days, p99 of waits, handler-hours a day.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "workforce/study.hpp"
#include "workforce/traces.hpp"

using namespace pledge::workforce;

namespace {

struct Room {
  std::string name;
  DemandOfDay demand;
  RoomOptions options{{{"E", 10, 0.97}, {"N", 30, 0.8}}, {{"all", {"E", "N"}}}, 0, 0};
  std::vector<Shift> shifts;
  Plan plan;
};

DemandClass demand_class(const char* name, double a_day, std::vector<double> shares) {
  double total = 0;
  for (const double share : shares) total += share;
  DemandClass calls;
  calls.name = name;
  for (std::size_t hour = 0; hour < hours_a_day; ++hour) calls.calls[hour] = a_day * shares[hour] / total;
  return calls;
}

DemandOfDay recipe(const std::vector<double>& emergency_profile) {
  DemandOfDay demand;
  demand.classes = {demand_class("E", 6000, emergency_profile),
                    demand_class("N", 9000, {1.6, 1.2, 0.9, 0.8, 0.7, 0.8, 1.3, 2.5, 4.6, 6.4, 7.2, 7.3,
                                             7.0, 6.7, 6.5, 6.5, 6.6, 6.6, 5.9, 5.1, 4.5, 3.8, 3.0, 2.3})};
  demand.classes[0].handling = 210;
  demand.classes[0].handling_cv = 0.8;
  demand.classes[0].patience = 180;
  demand.classes[1].handling = 350;
  return demand;
}

void staff_pool(Room& room, double beta) {
  room.plan.staff = square_root_staffing(room.demand, beta);
  room.shifts = shifts_of(room.plan.staff, std::chrono::minutes{30}, "all");
}

// E-only handlers; of those for N a quarter serves both.
void staff_groups(Room& room) {
  room.options.groups = {{"emergency", {"E"}}, {"general", {"N"}}, {"dual", {"E", "N"}}};
  const DemandClass& last = room.demand.classes.back();
  const double lag = last.handling * (1 + last.handling_cv * last.handling_cv) / 2;
  const auto staff = [&](const DemandClass& calls, double beta) {
    std::vector<std::uint32_t> handlers;
    for (double t = -pre_roll; t < seconds_a_day + run_out; t += seconds_a_half_hour) {
      const double load = calls_an_hour(calls, t + seconds_a_half_hour / 2 - lag) / seconds_an_hour * calls.handling;
      handlers.push_back(static_cast<std::uint32_t>(std::ceil(load + beta * std::sqrt(load))));
    }
    return handlers;
  };
  const auto emergency = staff(room.demand.classes[0], 1.15);
  auto general = staff(room.demand.classes[1], 0.2), dual = general;
  for (std::size_t i = 0; i < dual.size(); ++i) {
    dual[i] = static_cast<std::uint32_t>(std::lround(0.25 * general[i]));
    general[i] -= dual[i];
    room.plan.staff.push_back(emergency[i] + dual[i]);
  }
  for (const auto& [handlers, group] : {std::pair{&emergency, "emergency"}, {&general, "general"}, {&dual, "dual"}})
    for (const Shift& shift : shifts_of(*handlers, std::chrono::minutes{30}, group)) room.shifts.push_back(shift);
}

Room make_room(const std::string& name, const std::vector<double>& profile) {
  Room room;
  room.name = name;
  room.demand = recipe(profile);
  if (name == "b3") staff_groups(room);
  else if (name.starts_with("beta:")) staff_pool(room, std::atof(name.c_str() + 5));
  else staff_pool(room, name == "b1" ? 1.2 : name == "b5" ? 0.7 : 0.4);
  if (name == "b5") room.demand.surges = {{0, 18.5 * seconds_an_hour, 250}};
  return room;
}

double hours(const Room& room) {
  double sum = 0;
  for (const Shift& shift : room.shifts) {
    const auto seconds = [](pledge::core::Duration d) { return static_cast<double>(d.count()) / 1e9 - pre_roll; };
    sum += std::max(0.0, std::min(seconds(shift.to), seconds_a_day) - std::max(seconds(shift.from), 0.0));
  }
  return sum / seconds_an_hour;
}

std::vector<DayFigures> run(const Room& room, const Policy& policy, int days, bool idle_leave_first) {
  constexpr std::int64_t a_midnight = 1'700'006'400'000'000'000;
  std::vector<DayFigures> figures;
  for (int day = 0; day < days; ++day) {
    Simulation run;
    run.start = {a_midnight - static_cast<std::int64_t>(pre_roll * 1e9)};
    Plan plan = room.plan;
    plan.demand = &room.demand;
    run.shifts = room.shifts;
    run.idle_leave_first = idle_leave_first;
    run.options = room_options(room.options, run.shifts, policy, plan);
    run.calls = generate_calls(room.demand, static_cast<std::uint64_t>(1000 + day));
    figures.push_back(figures_of(room.options, run, simulate(run), pre_roll, 1).front());
  }
  return figures;
}

void print(const Room& room, const Policy& policy, const std::vector<ClassSummary>& classes) {
  for (std::size_t c = 0; c < classes.size(); ++c) {
    const ClassSummary& s = classes[c];
    std::printf("{\"name\":\"routing.%s.%s.%s\",\"value\":%.2f,\"unit\":\"%%\",\"interval\":%.2f,\"difference\":%.2f,"
                "\"difference_interval\":%.2f,\"worst_half_hour\":%.1f,\"p99_s\":%.0f,\"over_60_s_a_day\":%.1f,\"hours\":%.0f}\n",
                room.name.c_str(), policy.name.c_str(), room.options.classes[c].name.c_str(), s.service_level.mean * 100,
                s.service_level.interval.value_or(0) * 100, s.difference.mean * 100, s.difference.interval.value_or(0) * 100,
                s.worst_half_hour.mean * 100, s.p99, s.over_60_s.mean, hours(room));
  }
  std::fflush(stdout);
}

int usage(const char* what) {
  std::fprintf(stderr, "%s\nusage: bench_routing EMERGENCY_HOUR_PROFILE [DAYS [ROOM [POLICY...]]]\n", what);
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return usage("no profile given");
  std::vector<double> profile;
  std::ifstream in{argv[1]};
  for (double mean = 0; in >> mean;) profile.push_back(mean);
  if (profile.size() != hours_a_day) return usage("the profile must have 24 numbers");
  const int days = argc > 2 ? std::atoi(argv[2]) : 20;
  const std::string which = argc > 3 ? argv[3] : "all";
  std::vector<Policy> policies;
  std::vector<std::string> names(argv + std::min(argc, 4), argv + argc);
  const bool idle_leave_first = std::erase(names, "idle-first") > 0;
  if (names.empty())
    names = {"strict", "fifo", "score:60", "edf", "wait-over-target", "reserve:2", "reserve-computed", "reserve-formula:0.5", "reserve-by-wait"};
  for (const std::string& name : names) {
    const auto policy = parse_policy(name);
    if (!policy) return usage(("unknown policy " + name).c_str());
    policies.push_back(*policy);
  }
  const std::vector<std::string> rooms =
      which == "all" ? std::vector<std::string>{"b1", "b2", "b3", "b5"} : std::vector<std::string>{which};
  for (const std::string& name : rooms) {
    const Room room = make_room(name, profile);
    std::vector<DayFigures> base;
    for (const Policy& policy : policies) {
      const auto begin = std::chrono::steady_clock::now();
      const auto figures = run(room, policy, days, idle_leave_first);
      if (base.empty()) base = figures;
      print(room, policy, summarise(figures, base));
      double calls = 0;
      for (const DayFigures& day : figures)
        for (const ClassFigures& c : day) calls += c.offered;
      const double minutes = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count() / 60;
      std::fprintf(stderr, "%s %s: %.0f calls a minute\n", room.name.c_str(), policy.name.c_str(), calls / minutes);
    }
  }
}
