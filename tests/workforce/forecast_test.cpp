// The forecast: what it may know, what the calendar does, how well its band holds, and the protocol of the shared data
// (beside the checkout, not part of it).
#include "workforce/forecast.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <numeric>
#include <sstream>

#include "workforce/demand_table.hpp"
#include "workforce/forecast_errors.hpp"
#include "workforce/intraday.hpp"
#include "workforce/made_demand.hpp"
#include "workforce/ridge.hpp"

using namespace pledge::workforce;
using std::chrono::days;

namespace {

double sum(const DayCounts& counts) { return std::accumulate(counts.begin(), counts.end(), 0.0); }

double expected(Day day, const Demand& demand, double level) {
  double total = 0;
  for (unsigned s = 0; s < demand.slots; ++s) total += made::rate(day, s, demand.slots, level);
  return total;
}

std::string shared_text(const std::string& name) {
  const auto path = std::filesystem::path(PLEDGE_SOURCE_DIR) / ".." / "shared" / "data" / "demand" / name;
  std::ifstream in(path, std::ios::binary);
  if (!in) std::cerr << "skipped: the demand data " << path.lexically_normal() << " are not there\n";
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

double wape(const Evaluation& evaluation, const std::string& method) {
  for (const auto& row : evaluation.rows)
    if (row.method == method) return row.wape;
  FAIL("no method " << method);
  return 0;
}

}  // namespace

TEST_CASE("a ridge finds the coefficients, and a penalty shrinks them") {
  Ridge ridge(2, 1, 1e9);
  for (int i = 0; i < 50; ++i) ridge.learn({1, i % 5 - 2.0}, {3 + 2 * (i % 5 - 2.0)});
  ridge.solve({1e-9, 1e-9});
  CHECK(ridge.predict({1, 10}, 0) == Approx(23));
  ridge.solve({1e-9, 100});  // as much as the observations weigh
  CHECK(ridge.predict({1, 10}, 0) == Approx(13));
}

TEST_CASE("no forecast knows the days it must not know") {
  for (const unsigned lead : {1u, 7u, 30u}) {
    const auto demand = made::demand(200);
    auto other = demand;
    const Day cut = demand.first + days{150};
    for (std::size_t d = 150; d < other.counts.size(); ++d)
      for (double& c : other.counts[d]) c = 500 - c;
    const DemandCalendar calendar;
    RollingForecast one(demand, calendar, lead), two(other, calendar, lead);
    one.advance(demand.end());
    two.advance(other.end());
    for (Day day = demand.first + days{100}; day < cut + days{lead}; day += days{1}) {
      INFO(lead << " " << to_text(day));
      REQUIRE(one.made(day));
      CHECK(one.made(day)->counts == two.made(day)->counts);
      CHECK(one.made(day)->all == two.made(day)->all);
    }
    CHECK(one.made(cut + days{lead})->counts != two.made(cut + days{lead})->counts);
  }
}

TEST_CASE("a day is told by its weekday's profile, its level by the days before") {
  const auto demand = made::demand(300);
  const DemandCalendar calendar;
  for (const auto& forecast : forecast_days(demand, calendar, most_lead)) {
    INFO(to_text(forecast.day) << " " << forecast.method);
    CHECK(sum(forecast.counts) == Approx(expected(forecast.day, demand, 40)).epsilon(0.08));
    CHECK(forecast.counts[15] > 2 * forecast.counts[3]);
  }
}

TEST_CASE("a month of history is enough to begin with") {
  const auto demand = made::demand(least_history);
  const DemandCalendar calendar;
  const auto forecast = forecast_days(demand, calendar, 7);
  REQUIRE(forecast.size() == 7);
  CHECK(forecast.front().day == demand.end());
  for (const auto& day : forecast) CHECK(sum(day.counts) == Approx(expected(day.day, demand, 40)).epsilon(0.2));
}

TEST_CASE("closed and skipped slots are forecast as none, repeated ones as two") {
  auto demand = made::demand(120);
  DemandCalendar calendar;
  calendar.closed[0] = {0, 1, 2, 3};
  const Day next = demand.end();
  calendar.lengths[next + days{1}] = {{2, 0}, {5, 2}};
  const auto plain = forecast_days(demand, {}, 8), with = forecast_days(demand, calendar, 8);
  for (std::size_t d = 0; d < 8; ++d)
    for (unsigned s = 0; s < 24; ++s) {
      const double length = calendar.length(with[d].day, s);
      INFO(d << " " << s);
      if (length == 0) CHECK(with[d].counts[s] == 0);
      else CHECK(with[d].counts[s] == Approx(length * plain[d].counts[s]).epsilon(0.15).margin(1));
    }
  CHECK(with[1].counts[5] > 1.6 * plain[1].counts[5]);
}

TEST_CASE("a doubled hour of the past does not count twice") {
  auto demand = made::demand(200);
  DemandCalendar calendar;
  const auto plain = forecast_days(demand, calendar, 7);
  demand.counts[193][1] *= 2;
  calendar.lengths[demand.first + days{193}][1] = 2;
  const auto with = forecast_days(demand, calendar, 7);
  CHECK(with[0].counts[1] == Approx(plain[0].counts[1]));
}

TEST_CASE("an event is not learned from, and multiplies its forecast") {
  auto demand = made::demand(150);
  DemandCalendar calendar;
  calendar.events[demand.first + days{140}] = 1;
  calendar.events[demand.end()] = 1.5;
  const auto before = forecast_days(demand, calendar, 2);
  for (double& c : demand.counts[140]) c *= 20;
  const auto after = forecast_days(demand, calendar, 2);
  CHECK(after[1].counts == before[1].counts);
  CHECK(sum(after[0].counts) == Approx(1.5 * expected(demand.end(), demand, 40)).epsilon(0.1));
}

TEST_CASE("days of one holiday are forecast like each other, and days after them are not") {
  auto demand = made::demand(800);
  DemandCalendar calendar;
  for (int i = 1; i <= 14; ++i) {  // no fixed date, nor weekday of the month
    const auto at = static_cast<std::size_t>(i * 53);
    calendar.holidays[demand.first + days{at}] = "fair";
    for (double& c : demand.counts[at]) c *= 2;
  }
  calendar.holidays[demand.end()] = "fair";
  const auto forecast = forecast_days(demand, calendar, 2);
  CHECK(sum(forecast[0].counts) > 1.5 * expected(demand.end(), demand, 40));
  CHECK(sum(forecast[1].counts) == Approx(expected(demand.end() + days{1}, demand, 40)).epsilon(0.15));
  CHECK(sum(forecast_days(demand, {}, 1)[0].counts) < 1.3 * expected(demand.end(), demand, 40));
}

TEST_CASE("gaps, empty days and a series of nothing are survived") {
  auto demand = made::demand(150);
  for (std::size_t d = 100; d < 110; ++d) demand.counts[d] = DayCounts(24, std::nan(""));
  for (std::size_t d = 0; d < 150; ++d) demand.counts[d][3] = std::nan("");
  demand.counts[149] = DayCounts(24, std::nan(""));
  for (const auto& day : forecast_days(demand, {}, 28)) {
    CHECK(day.counts[12] == Approx(made::rate(day.day, 12, 24, 40)).epsilon(0.3));
    for (const double c : day.counts) CHECK(std::isfinite(c));
  }
  for (auto& counts : demand.counts) counts = DayCounts(24, 0);
  for (const auto& day : forecast_days(demand, {}, 28)) CHECK(sum(day.counts) < 1e-6);
  for (auto& counts : demand.counts) counts = DayCounts(24, std::nan(""));
  for (const auto& day : forecast_days(demand, {}, 28)) CHECK(std::isfinite(sum(day.counts)));
}

TEST_CASE("the band holds the share it promises, within 3 points") {
  for (const unsigned lead : {1u, 7u, 28u}) {
    for (const double level : {1.5, 40.0}) {
      const auto demand = made::demand(400, 24, level, 0.1);
      const DemandCalendar calendar;
      RollingForecast rolling(demand, calendar, lead);
      const auto evaluation = evaluate(rolling, demand.first + days{180}, demand.end() - days{1});
      INFO(lead << " " << level);
      CHECK(std::abs(evaluation.inside - 80) <= (level < 10 ? 6 : 3));  // few whole numbers cannot split at 80 %
      CHECK(evaluation.days == 220);
    }
  }
}

TEST_CASE("weights of a combination: all on the better of two alike, even between equals that err apart") {
  const auto apart = least_error_weights({1, 0, 0, 1}, 2);
  CHECK(apart[0] == Approx(0.5));
  const auto better = least_error_weights({1, 1.5, 1.5, 4}, 2);
  CHECK(better[0] > 0.99);
  CHECK(poisson_mean_deviation(1) == Approx(2 / std::exp(1.0)));
}

TEST_CASE("the rest of a day follows the part seen") {
  const auto demand = made::demand(300, 24, 40, 0.25);
  const DemandCalendar calendar;
  RollingForecast rolling(demand, calendar, 1);
  const auto evaluation = evaluate_intraday(rolling, demand.first + days{150}, demand.end() - days{1}, 12);
  CHECK(evaluation.wape_after < 0.75 * evaluation.wape_before);
  CHECK(std::abs(evaluation.inside - 80) <= 4);
  const auto made = rolling.forecast(demand.end());
  DayCounts half(24, std::nan(""));
  for (unsigned s = 0; s < 12; ++s) half[s] = 1.5 * made.counts[s];
  const auto again = reforecast(rolling, made, half, 12);
  CHECK(again.counts[5] == half[5]);
  for (unsigned s = 12; s < 24; ++s) CHECK(again.counts[s] > 1.2 * made.counts[s]);
}

TEST_CASE("outliers are told, the most unlikely first") {
  auto demand = made::demand(200);
  demand.counts[150][10] = 400;
  demand.counts[160][14] = 0;
  const DemandCalendar calendar;
  RollingForecast rolling(demand, calendar, 1);
  rolling.advance(demand.end());
  const auto found = outliers(rolling, demand.first);
  REQUIRE(found.size() == 2);
  CHECK((found[0].day == demand.first + days{150} && found[0].slot == 10 && found[0].count == 400));
  CHECK(found[1].slot == 14);
}

TEST_CASE("the shared data: the reference rows repeat, the figures to reach are reached") {
  const auto text = shared_text("nyc_ems_hourly_2010_2019.csv");
  if (text.empty()) return;
  std::vector<TextFault> faults;
  auto reading = read_demand(
      parse_table(text, faults), [](unsigned) { return ClockChanges{}; }, faults);
  REQUIRE(faults.empty());
  REQUIRE(reading.series.size() == 1);
  auto& demand = reading.series.front();
  CHECK(demand.counts.size() == 3652);
  // Five years of the ten: instrumented builds run this too.
  const auto from = made::day(2015, 1, 1);
  demand.counts.erase(demand.counts.begin(), demand.counts.begin() + (from - demand.first).count());
  demand.first = from;
  const DemandCalendar calendar;
  for (const auto& [lead, most] : {std::pair{1u, 7.6}, std::pair{7u, 7.9}}) {
    RollingForecast rolling(demand, calendar, lead);
    const auto year = evaluate(rolling, made::day(2019, 1, 1), made::day(2019, 12, 31));
    CHECK(year.days == 365);
    CHECK(wape(year, "seasonal naive, 7 d") == Approx(10.65).margin(0.01));
    CHECK(wape(year, "mean of 4 same weekdays") == Approx(8.65).margin(0.01));
    CHECK(wape(year, "mean of 8 same weekdays") == Approx(8.28).margin(0.01));
    CHECK(year.floor == Approx(5.95).margin(0.02));
    CHECK(year.rows.back().wape <= most);
    CHECK(std::abs(year.inside - 80) <= 3);
    std::cout << "lead " << lead << ": WAPE " << year.rows.back().wape << " (to reach " << most << "), band "
              << year.inside << " %\n";
  }
}
