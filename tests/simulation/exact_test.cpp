// The core in simulation against exact theory (routing benchmark, "Exact checks"): constant rate, exponential handling
// of 294 s, 57 handlers, infinite patience, 6,000 emergency and 9,000 other calls a day. Seeded, so it repeats. A share is held
// against theory by the standard error that its own days show.
#include <catch2/catch.hpp>
#include <cmath>
#include <random>

#include "workforce/estimate.hpp"
#include "workforce/simulation.hpp"

using namespace pledge::core;
using namespace pledge::workforce;

namespace {

constexpr int days = 25, handlers = 57;  // the first day fills the room and is not counted
constexpr double standard_errors = 3.3;  // 1 sample in 1,000 is further away

QueueOptions queue(const std::string& id, const std::string& service_class, Duration within) {
  QueueOptions queue;
  queue.id = {id};
  queue.service_class = {service_class};
  queue.target_within = within;
  queue.bound = 1'000'000;
  return queue;
}

Options room(bool two_classes) {
  Options options;
  options.classes = {{{"emergency"}, {}}, {{"general"}, {}}};
  options.queues = {queue("emergency", "emergency", 10s), queue("general", two_classes ? "general" : "emergency", 10s)};
  for (const auto* number : {"999", "101"}) {
    TriageRule rule;
    rule.id = number;
    rule.dialled = {number};
    rule.queue = {rule.id == "999" ? "emergency" : "general"};
    options.triage.push_back(rule);
  }
  options.roles = {{{"all"}, {{"emergency"}, {"general"}}, false}};
  for (int i = 1; i <= handlers; ++i) {
    HandlerOptions handler;
    handler.id = {"h-" + std::to_string(i)};
    handler.roles = {{"all"}};
    handler.phone = "sip:h@192.0.2.1";
    options.handlers.push_back(handler);
  }
  return options;
}

Duration exponential(std::mt19937_64& random, double mean) {
  const double u = (static_cast<double>(random() >> 11) + 0.5) * 0x1p-53;
  return std::chrono::nanoseconds{static_cast<std::int64_t>(-std::log(u) * mean * 1e9)};
}

std::vector<SimulatedCall> calls(double patience, int number_of_days) {
  std::mt19937_64 random{20261123};
  std::vector<SimulatedCall> calls;
  const Duration end = 24h * number_of_days;
  for (Duration at = exponential(random, 86'400.0 / 15'000); at < end; at += exponential(random, 86'400.0 / 15'000)) {
    const bool emergency = random() % 15 < 6;
    calls.push_back({at, emergency ? "999" : "101", exponential(random, 294),
                     patience > 0 ? exponential(random, patience) : Duration{}});
  }
  return calls;
}

double within(const Simulation& simulation, const std::vector<Outcome>& outcomes, const std::string& dialled, Duration limit) {
  double good = 0, all = 0;
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    if (!dialled.empty() && simulation.calls[i].dialled != dialled) continue;
    ++all;
    good += outcomes[i].answered && outcomes[i].wait <= limit;
  }
  return good / all;
}

// Of the calls that `of` holds for; by day, the first left out.
template <class Of, class Good>
std::vector<double> shares(const Simulation& simulation, const std::vector<Outcome>& outcomes, Of of, Good good) {
  std::vector<double> part(days - 1), whole(days - 1);
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const auto day = simulation.calls[i].at / 24h;
    if (day == 0 || !of(simulation.calls[i])) continue;
    whole[static_cast<std::size_t>(day - 1)] += 1;
    part[static_cast<std::size_t>(day - 1)] += good(outcomes[i]);
  }
  return shares_by_day(part, whole);
}

void check_share(const std::vector<double>& by_day, double exact, double most_error) {
  const auto made = estimate(by_day);
  const double error = *made.interval / student_95(by_day.size() - 1);
  INFO("simulated " << made.mean << ", exact " << exact << ", standard error " << error);
  CHECK(std::abs(made.mean - exact) <= standard_errors * error);
  CHECK(error <= most_error);  // else it would hold for anything
}

constexpr auto every = [](const SimulatedCall&) { return true; };
constexpr auto emergency = [](const SimulatedCall& call) { return call.dialled == "999"; };
constexpr auto gave_up = [](const Outcome& outcome) { return !outcome.answered; };
auto answered_within(Duration limit) {
  return [limit](const Outcome& outcome) { return outcome.answered && outcome.wait <= limit; };
}

Simulation made(bool two_classes, int staffed, double patience, int number_of_days = days) {
  Simulation simulation;
  simulation.start = {1'700'000'000'000'000'000};
  simulation.options = room(two_classes);
  simulation.calls = calls(patience, number_of_days);
  simulation.shifts = shifts_of({static_cast<std::uint32_t>(staffed)}, 24h * (number_of_days + 1), "h");
  return simulation;
}

}  // namespace

TEST_CASE("first come, first served is Erlang C") {
  const Simulation simulation = made(false, 57, 0);
  const auto outcomes = simulate(simulation);
  check_share(shares(simulation, outcomes, every, answered_within(10s)), 0.74173, 0.01);
  check_share(shares(simulation, outcomes, every, answered_within(30s)), 0.82779, 0.01);
}

TEST_CASE("strict priority without a reserve is the non-preemptive priority queue") {
  const Simulation simulation = made(true, 57, 0);
  check_share(shares(simulation, simulate(simulation), emergency, answered_within(10s)), 0.90886, 0.004);
}

TEST_CASE("with patience it is Erlang A") {
  const Simulation simulation = made(false, 52, 240);
  const auto outcomes = simulate(simulation);
  check_share(shares(simulation, outcomes, every, answered_within(10s)), 0.6525, 0.008);
  check_share(shares(simulation, outcomes, every, gave_up), 0.04971, 0.002);
}

TEST_CASE("a reserve trades service of the other classes for the first, and the same day repeats exactly") {
  Simulation simulation = made(true, 54, 240, 4);
  const auto strict = simulate(simulation);
  PoolOptions pool;
  pool.id = {"room"};
  pool.reserve.kind = ReserveKind::fixed;
  pool.reserve.handlers = 2;
  simulation.options.pools = {pool};
  for (auto& handler : simulation.options.handlers) handler.pool = {"room"};
  const auto reserved = simulate(simulation);
  CHECK(within(simulation, reserved, "999", 10s) > within(simulation, strict, "999", 10s) + 0.03);
  CHECK(within(simulation, reserved, "101", 30s) < within(simulation, strict, "101", 30s));
  const auto again = simulate(simulation);
  bool same = again.size() == reserved.size();
  for (std::size_t i = 0; same && i < again.size(); ++i)
    same = again[i].answered == reserved[i].answered && again[i].wait == reserved[i].wait;
  CHECK(same);
}
