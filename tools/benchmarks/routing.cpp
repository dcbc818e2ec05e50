// The routing benchmark: two classes over a day, staffed by the square-root rule, every policy on the same calls.
//   bench_routing EMERGENCY_HOUR_PROFILE [DAYS]
// Prints one JSON row a line: service level (answered within target ÷ offered, %) with its 95 % interval, and the worst
// half-hour of the day over all days. Days are independent; the workload's figures are of the benchmark's recipe.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <random>

#include "workforce/simulation.hpp"

using namespace pledge::core;
using namespace pledge::workforce;

namespace {

struct ClassOfCalls {
  const char* dialled;
  double a_day, mean_handling, cv, mean_patience;
  Duration target;
  std::vector<double> share;  // by hour, sums to 1
};

constexpr double hour = 3600, before = 2 * hour, day = 24 * hour, after = hour;

// Expected calls an hour at a second of the counted day, linear between the hours' mid-points.
double rate(const ClassOfCalls& calls, double second) {
  const double position = std::fmod(second / hour + 47.5, 24.0);
  const auto at = static_cast<std::size_t>(position);
  const double part = position - static_cast<double>(at);
  return calls.a_day * (calls.share[at] * (1 - part) + calls.share[(at + 1) % 24] * part);
}

struct Draw {
  std::mt19937_64 random;
  double uniform() { return (static_cast<double>(random() >> 11) + 0.5) * 0x1p-53; }
  double exponential(double mean) { return -std::log(uniform()) * mean; }
  double log_normal(double mean, double cv) {
    const double variance = std::log(1 + cv * cv);
    const double normal = std::sqrt(-2 * std::log(uniform())) * std::cos(6.283185307179586 * uniform());
    return mean * std::exp(std::sqrt(variance) * normal - variance / 2);
  }
};

Duration nanoseconds(double seconds) { return Duration{static_cast<std::int64_t>(seconds * 1e9)}; }

// Times from two hours before the counted day to one hour after it.
void add_calls(const ClassOfCalls& calls, Draw& draw, std::vector<SimulatedCall>& out) {
  double most = 0;
  for (const double share : calls.share) most = std::max(most, share * calls.a_day);
  for (double t = draw.exponential(hour / most); t < before + day + after; t += draw.exponential(hour / most)) {
    const double keep = draw.uniform(), handling = draw.log_normal(calls.mean_handling, calls.cv);
    const double patience = draw.exponential(calls.mean_patience);
    if (keep * most <= rate(calls, t - before))
      out.push_back({nanoseconds(t), calls.dialled, nanoseconds(handling), nanoseconds(patience)});
  }
}

// n = ⌈R + β√R⌉ each half-hour, R the offered load lagged by E[S²]/2E[S] of the non-emergency calls.
std::vector<std::uint32_t> staffing(const std::vector<ClassOfCalls>& classes, double beta) {
  const ClassOfCalls& other = classes[1];
  const double lag = other.mean_handling * (1 + other.cv * other.cv) / 2;
  std::vector<std::uint32_t> staff;
  for (double t = -before; t < day + after; t += hour / 2) {
    double load = 0;
    for (const ClassOfCalls& calls : classes) load += rate(calls, t + hour / 4 - lag + day) / hour * calls.mean_handling;
    staff.push_back(static_cast<std::uint32_t>(std::ceil(load + beta * std::sqrt(load))));
  }
  return staff;
}

Options room(const std::vector<ClassOfCalls>& classes, std::uint32_t handlers, const ReserveOptions& reserve) {
  Options options;
  options.classes = {{{"emergency"}, {}}, {{"general"}, {}}};
  const char* names[] = {"emergency", "general"};
  for (int i = 0; i < 2; ++i) {
    QueueOptions queue;
    queue.id = {names[i]};
    queue.service_class = {names[i]};
    queue.target_within = classes[static_cast<std::size_t>(i)].target;
    queue.target_share = i == 0 ? 0.97 : 0.8;
    queue.bound = 100'000;
    options.queues.push_back(queue);
    TriageRule rule;
    rule.id = rule.queue.value = names[i];
    rule.dialled = {classes[static_cast<std::size_t>(i)].dialled};
    options.triage.push_back(rule);
  }
  options.roles = {{{"all"}, {{"emergency"}, {"general"}}, false}};
  options.pools = {{{"room"}, reserve}};
  for (std::uint32_t i = 1; i <= handlers; ++i) {
    HandlerOptions handler;
    handler.id = {"h" + std::to_string(i)};
    handler.pool = {"room"};
    handler.roles = {{"all"}};
    handler.phone = "sip:h@192.0.2.1";
    options.handlers.push_back(handler);
  }
  return options;
}

struct Level {
  std::vector<double> by_day;
  std::array<double, 48> good{}, all{};
  double mean() const {
    double sum = 0;
    for (const double level : by_day) sum += level;
    return sum / static_cast<double>(by_day.size());
  }
  double interval() const {
    double sum = 0;
    for (const double level : by_day) sum += (level - mean()) * (level - mean());
    const auto n = static_cast<double>(by_day.size());
    return n < 2 ? 0 : 1.96 * std::sqrt(sum / (n - 1) / n);
  }
  double worst() const {
    double worst = 1;
    for (std::size_t i = 0; i < 48; ++i) worst = std::min(worst, all[i] > 0 ? good[i] / all[i] : 1);
    return worst;
  }
};

void score(const Simulation& run, const std::vector<Outcome>& outcomes, const ClassOfCalls& calls, Level& level) {
  double good = 0, all = 0;
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const double t = static_cast<double>(run.calls[i].at.count()) / 1e9 - before;
    if (t < 0 || t >= day || run.calls[i].dialled != calls.dialled) continue;
    const bool kept = outcomes[i].answered && outcomes[i].wait <= calls.target;
    const auto half_hour = static_cast<std::size_t>(t / (hour / 2));
    level.all[half_hour] += 1;
    level.good[half_hour] += kept;
    all += 1;
    good += kept;
  }
  level.by_day.push_back(good / all);
}

struct Policy {
  const char* name;
  ReserveOptions reserve;
};

std::vector<Policy> policies(const std::vector<ClassOfCalls>& classes) {
  ReserveOptions off, fixed, computed;
  off.kind = ReserveKind::off;
  fixed.kind = ReserveKind::fixed;
  fixed.handlers = 2;
  computed.source = RateSource::configured;
  for (std::size_t h = 0; h < 24; ++h) {
    computed.emergency_per_hour.push_back(classes[0].a_day * classes[0].share[h]);
    computed.other_per_hour.push_back(classes[1].a_day * classes[1].share[h]);
  }
  ReserveOptions measured;
  return {{"strict", off}, {"reserve_2", fixed}, {"computed", computed}, {"computed_measured", measured}};
}

void run_policy(const char* staffing_name, double beta, const Policy& policy, const std::vector<ClassOfCalls>& classes, int days) {
  Level levels[2];
  for (int d = 0; d < days; ++d) {
    Simulation run;
    // 22:00 of the day before, so that local hours (UTC here) match the profile.
    run.start = {1'700'006'400'000'000'000 - nanoseconds(before).count()};
    const auto staff = staffing(classes, beta);
    run.options = room(classes, *std::max_element(staff.begin(), staff.end()), policy.reserve);
    run.shifts = shifts_of(staff, 30min, "h");
    Draw draw{std::mt19937_64{static_cast<std::uint64_t>(1000 + d)}};
    for (const ClassOfCalls& calls : classes) add_calls(calls, draw, run.calls);
    std::sort(run.calls.begin(), run.calls.end(), [](const SimulatedCall& a, const SimulatedCall& b) { return a.at < b.at; });
    const auto outcomes = simulate(run);
    for (int c = 0; c < 2; ++c) score(run, outcomes, classes[static_cast<std::size_t>(c)], levels[c]);
  }
  const char* names[] = {"emergency", "other"};
  for (int c = 0; c < 2; ++c) {
    std::printf("{\"name\":\"routing.%s.%s.%s\",\"value\":%.2f,\"unit\":\"%%\",\"interval\":%.2f,\"worst_half_hour\":%.1f}\n",
                staffing_name, policy.name, names[c], levels[c].mean() * 100, levels[c].interval() * 100, levels[c].worst() * 100);
  }
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: bench_routing EMERGENCY_HOUR_PROFILE [DAYS]\n");
    return 2;
  }
  std::vector<double> profile;
  std::ifstream in{argv[1]};
  for (double mean = 0; in >> mean;) profile.push_back(mean);
  if (profile.size() != 24) {
    std::fprintf(stderr, "bench_routing: %s: expected 24 numbers, found %zu\n", argv[1], profile.size());
    return 2;
  }
  double total = 0;
  for (const double mean : profile) total += mean;
  for (double& mean : profile) mean /= total;
  std::vector<double> other{1.6, 1.2, 0.9, 0.8, 0.7, 0.8, 1.3, 2.5, 4.6, 6.4, 7.2, 7.3,
                            7.0, 6.7, 6.5, 6.5, 6.6, 6.6, 5.9, 5.1, 4.5, 3.8, 3.0, 2.3};
  for (double& share : other) share /= 99.8;
  const std::vector<ClassOfCalls> classes{{"999", 6000, 210, 0.8, 180, 10s, profile}, {"101", 9000, 350, 1.0, 240, 30s, other}};
  const int days = argc > 2 ? std::atoi(argv[2]) : 20;
  for (const auto& [name, beta] : {std::pair{"b1", 1.20}, std::pair{"b2", 0.40}})
    for (const Policy& policy : policies(classes)) run_policy(name, beta, policy, classes, days);
}
