#include "workforce/handling.hpp"

#include <catch2/catch.hpp>
#include <cmath>

using namespace pledge::workforce;

namespace {

const Day first = *parse_day("2026-03-02");  // a Monday

// Seconds that a call takes: longer at night and on Sundays, and rising by a tenth in a hundred days.
double truth(Day day, unsigned hour) {
  const double trend = 1 + static_cast<double>((day - first).count()) / 1000;
  return 300 * trend * (hour < 6 ? 1.25 : 1) * (weekday_of(day) == 0 ? 0.9 : 1);
}

// `calls` an interval, half-hour by half-hour; means without noise.
std::vector<HandledInterval> made(int days, double calls) {
  std::vector<HandledInterval> history;
  for (Day day = first; day < first + std::chrono::days{days}; day += std::chrono::days{1})
    for (unsigned minute = 0; minute < minutes_a_day; minute += 30) history.push_back({{day, minute}, calls, truth(day, minute / 60)});
  return history;
}

HandlingHistory read(const std::string& text, std::vector<TextFault>& faults) {
  return read_handling(parse_table(text, faults), faults);
}

}  // namespace

TEST_CASE("handling is forecast with its level of late and its profile of hours and weekdays") {
  const auto history = made(120, 50);
  const Day day = first + std::chrono::days{120};
  const auto forecast = forecast_handling(history, day);
  double worst = 0, worst_of_mean = 0, mean = 0;
  for (const auto& one : history) mean += one.mean / static_cast<double>(history.size());
  for (int d = 0; d < 7; ++d)
    for (unsigned hour = 0; hour < 24; ++hour) {
      const Day at = day + std::chrono::days{d};
      worst = std::max(worst, std::abs(forecast.at(at, hour) / truth(at, hour) - 1));
      worst_of_mean = std::max(worst_of_mean, std::abs(mean / truth(at, hour) - 1));
    }
  CHECK(worst < 0.06);  // most of it the level, which lags behind a rise
  CHECK(worst_of_mean > 0.2);
  CHECK(forecast.calls == 84 * 48 * 50);
}

TEST_CASE("few calls tell a level and no profile") {
  const auto forecast = forecast_handling(made(7, 0.02), first + std::chrono::days{7});  // 7 calls in all
  CHECK(forecast.level == Approx(315).epsilon(0.02));
  CHECK(forecast.hour[3] == Approx(1).epsilon(0.01));
  CHECK(forecast.weekday[0] == Approx(1).epsilon(0.01));
}

TEST_CASE("what was not known before the day is not learned from, and without calls nothing is known") {
  auto history = made(40, 50);
  const Day day = first + std::chrono::days{30};
  const auto before = forecast_handling(history, day);
  for (auto& one : history)
    if (one.at.day >= day) one.mean *= 10;
  CHECK(forecast_handling(history, day).level == before.level);
  CHECK(forecast_handling({}, day).level == 0);
  CHECK(forecast_handling({}, day).of_day(day, {}) == 0);
}

TEST_CASE("a day's mean handling weighs its hours by their calls") {
  const auto forecast = forecast_handling(made(60, 500), first + std::chrono::days{60});
  const Day day = first + std::chrono::days{63};
  std::array<double, 24> night{}, noon{};
  night[3] = 5;
  noon[12] = 5;
  CHECK(forecast.of_day(day, night) == Approx(forecast.at(day, 3)));
  CHECK(forecast.of_day(day, night) / forecast.of_day(day, noon) == Approx(1.25).epsilon(0.01));
}

TEST_CASE("handling is read beside the counts, and what is wrong is told by line and column") {
  std::vector<TextFault> faults;
  auto history = read("timestamp,count,class,handled,handling_s\n2026-01-01T00:30,3,999,2,201.5\n2026-01-01T01:00,0,999,0,\n2026-01-01T01:00,4,101,,\n", faults);
  CHECK(faults.empty());
  REQUIRE(history.size() == 1);
  REQUIRE(history["999"].size() == 1);
  CHECK((history["999"][0].at.minute == 30 && history["999"][0].handled == 2 && history["999"][0].mean == 201.5));
  CHECK(read("timestamp,count\n2026-01-01T00:30,3\n", faults).empty());
  CHECK(faults.empty());
  read("timestamp,count,handled,handling_s\n2026-01-01T00:30,3,2,\n2026-01-01T01:00,3,2,-1\n2026-01-01T01:30,3,nan,1\n", faults);
  REQUIRE(faults.size() == 3);
  CHECK((faults[0].line == 2 && faults[0].column == 22 && faults[0].what == "handling_s is empty"));
  CHECK((faults[1].line == 3 && faults[1].what == "handling_s \"-1\""));
  CHECK((faults[2].line == 4 && faults[2].what == "handled \"nan\""));
  faults.clear();
  CHECK(read("timestamp,count,handled\n2026-01-01T00:30,3,2\n", faults).empty());
  CHECK(faults.size() == 1);  // handling_s is missing
}
