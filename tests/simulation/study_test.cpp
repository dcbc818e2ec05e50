// Generated days, policies by name, and figures.
#include "workforce/study.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <set>

using namespace pledge::workforce;
using namespace std::chrono_literals;

namespace {
DemandClass steady(const std::string& name, double an_hour) {
  DemandClass calls;
  calls.name = name;
  calls.calls.fill(an_hour);
  return calls;
}
}  // namespace

TEST_CASE("a generated day has the demand's volume, means and surge, and repeats by its seed") {
  DemandOfDay demand{{steady("E", 100), steady("N", 200)}, 0, {}};
  double calls = 0, handling = 0, squares = 0;
  for (std::uint64_t seed = 1; seed <= 10; ++seed)
    for (const auto& call : generate_calls(demand, seed)) {
      const double seconds = static_cast<double>(call.handling.count()) / 1e9;
      ++calls;
      handling += seconds;
      squares += seconds * seconds;
    }
  const double mean = handling / calls;
  CHECK(calls == Approx(10 * 27 * 300).epsilon(0.015));  // 3 standard errors are 0.011
  CHECK(mean == Approx(300).epsilon(0.02));
  CHECK(std::sqrt(squares / calls - mean * mean) / mean == Approx(1).epsilon(0.1));
  const auto one = generate_calls(demand, 7), again = generate_calls(demand, 7), other = generate_calls(demand, 8);
  REQUIRE(one.size() == again.size());
  CHECK(std::equal(one.begin(), one.end(), again.begin(), [](const auto& a, const auto& b) { return a.at == b.at && a.handling == b.handling; }));
  CHECK(other.front().at != one.front().at);
  demand.surges.push_back({0, 3600, 250});
  const auto surged = generate_calls(demand, 7);
  CHECK(surged.size() == one.size() + 250);
}

TEST_CASE("over-dispersed days differ in volume by the coefficient asked for") {
  const DemandOfDay demand{{steady("E", 1000)}, 0.2, {}};
  double sum = 0, squares = 0;
  constexpr int days = 60;
  for (std::uint64_t seed = 1; seed <= days; ++seed) {
    const auto calls = static_cast<double>(generate_calls(demand, seed).size());
    sum += calls;
    squares += calls * calls;
  }
  const double mean = sum / days, cv = std::sqrt(squares / days - mean * mean) / mean;
  CHECK(cv > 0.13);
  CHECK(cv < 0.27);
}

TEST_CASE("policies are known by name, and nothing else is taken") {
  CHECK(parse_policy("fifo")->selection.order == pledge::core::Order::first_come);
  CHECK(parse_policy("score:60")->selection.head_start == 60s);
  CHECK(parse_policy("reserve:1.5")->reserve.handlers == 1.5);
  CHECK(parse_policy("strict")->reserve.kind == pledge::core::ReserveKind::off);
  CHECK(parse_policy("reserve-formula:0.5")->reserve.all_busy == 0.5);
  CHECK(parse_policy("reserve-by-wait")->reserve.kind == pledge::core::ReserveKind::by_wait);
  for (const char* text : {"", "lifo", "reserve:", "reserve:-1", "reserve:nan", "reserve:2x", "reserve-formula:", "reserve-formula:0", "reserve-formula:1.1", "score:inf"}) {
    INFO(text);
    CHECK_FALSE(parse_policy(text));
  }
}

TEST_CASE("figures count a call in the half-hour of its arrival; intervals and paired differences are over days") {
  const RoomOptions room{{{"E", 10, 0.9}}, {}, 0, 0};
  Simulation run;
  run.calls = {{10s, "E", 1s, 0s}, {1900s, "E", 1s, 0s}, {1950s, "E", 1s, 0s}, {90'000s, "E", 1s, 0s}};
  const DayFigures day = figures_of(room, run, {{true, 10s}, {true, 11s}, {false, 70s}, {true, 0s}}, 0, 1).front();
  CHECK(day[0].offered == 3);
  CHECK(day[0].on_time == 1);
  CHECK(day[0].abandoned == 1);
  CHECK(day[0].late == 1);
  const DayFigures better = figures_of(room, run, {{true, 1s}, {true, 1s}, {false, 70s}, {true, 0s}}, 0, 1).front();
  const auto summary = summarise({better, day}, {day, day});
  CHECK(summary[0].service_level.mean == Approx(0.5));
  CHECK(summary[0].service_level.interval.value() == Approx(student_95(1) * std::sqrt(1.0 / 18) / std::sqrt(2)));
  CHECK(summary[0].difference.mean == Approx(1.0 / 6));
  CHECK(summary[0].worst_half_hour.mean == Approx(0.25));
  CHECK(summary[0].worst_half_hour.interval.value() == Approx(student_95(1) * 0.25));
  CHECK(summary[0].longest == 70);
}

TEST_CASE("a run of several days is counted day by day to its end, work where it happens") {
  const RoomOptions room{{{"E", 10, 0.9}}, {}, 30, 0};  // 30 s of wrap-up
  Simulation run;
  run.calls = {{100s, "E", 60s, 0s}, {86'390s, "E", 60s, 0s}, {180'000s, "E", 60s, 0s}};
  const auto days = figures_of(room, run, {{true, 0s}, {true, 5s}, {false, 40s}}, 0, 3);
  REQUIRE(days.size() == 3);
  CHECK(days[0][0].offered == 2);
  CHECK(days[1][0].offered == 0);
  CHECK(days[2][0].offered == 1);
  CHECK(days[2][0].offered_in[4] == 1);  // 02:00 of the third day
  CHECK(days[0][0].busy == Approx(90 + 5));
  CHECK(days[1][0].busy == Approx(85));
  CHECK(occupancy(days, 0.05).mean == Approx((95 + 85) / 3.0 / 180));
  const auto summary = summarise(days, days);
  CHECK(summary[0].offered_a_day == Approx(1));
  CHECK(summary[0].service_level.mean == Approx(2.0 / 3));  // and not (1 + 1 + 0) ÷ 3
}

TEST_CASE("where nothing was offered there is no figure") {
  const RoomOptions room{{{"E", 10, 0.9}, {"N", 30, 0.8}}, {}, 0, 0};
  Simulation run;
  run.calls = {{10s, "E", 1s, 0s}};
  const auto days = figures_of(room, run, {{true, 0s}}, 0, 1);
  const auto summary = summarise(days, days);
  CHECK(summary[0].service_level.mean == 1);
  CHECK(std::isnan(summary[1].service_level.mean));
  CHECK(std::isnan(summary[1].worst_half_hour.mean));
  CHECK(std::isnan(summary[1].p99));
}

TEST_CASE("the interval of p99 holds the quantile that the waits were drawn from") {
  Random random{5};
  int held = 0;
  constexpr int samples = 200, days_each = 10, calls = 500;
  for (int i = 0; i < samples; ++i) {
    std::vector<DayFigures> days(days_each, DayFigures(1));
    for (auto& day : days)
      for (int n = 0; n < calls; ++n) day[0].offered += 1, day[0].waits.push_back(static_cast<float>(random.exponential(20)));
    const auto between = summarise(days, days)[0].p99_between.value();
    const double exact = -20 * std::log(0.01);
    held += between.low <= exact && exact <= between.high;
  }
  CHECK(held > 0.88 * samples);
}

TEST_CASE("the days of one seed are not those of another") {
  std::set<std::uint64_t> seeds;
  for (std::uint64_t seed = 0; seed < 20; ++seed)
    for (std::uint64_t day = 0; day < 500; ++day) seeds.insert(seed_of_day(seed, day));
  CHECK(seeds.size() == 20 * 500);
}

TEST_CASE("every policy answers every call of a quiet day at once, and staffing follows the square-root rule") {
  const DemandOfDay demand{{steady("E", 6), steady("N", 6)}, 0, {}};
  const auto staff = square_root_staffing(demand, 0.9);
  CHECK(staff.front() == 2);  // ⌈1 + 0.9·√1⌉
  RoomOptions room{{{"E", 10, 0.9}, {"N", 30, 0.9}}, {{"all", {"E", "N"}}}, 0, 0};
  for (const char* name : {"fifo", "strict", "score:60", "edf", "wait-over-target", "reserve:1"}) {
    INFO(name);
    Simulation run;
    run.start = {1'700'006'400'000'000'000};
    run.shifts = shifts_of(std::vector<std::uint32_t>{40}, 27h, "all");
    run.options = room_options(room, run.shifts, *parse_policy(name), {});
    run.calls = generate_calls(demand, 1);
    for (const Outcome& outcome : simulate(run)) CHECK((outcome.answered && outcome.wait == 0s));
  }
}
