// The search for staff, on rooms whose shares are known: each half-hour by itself in Erlang A, so that the best is known too.
#include "workforce/staff_search.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "workforce/erlang.hpp"
#include "workforce/staff_exchange.hpp"

using namespace pledge::workforce;

namespace {

DemandClass steady(const std::string& name, double an_hour) {
  DemandClass demand{name, {}, 300, 1, 240};
  demand.calls.fill(an_hour);
  return demand;
}

StaffSearch one_class(double an_hour, double share) {
  StaffSearch search;
  search.demand.classes = {steady("E", an_hour)};
  search.room.classes = {{"E", 20, share}};
  search.room.groups = {{"all", {"E"}}};
  search.limits = {{}};
  search.days = 2, search.check_days = 4;
  return search;
}

double share_of(double an_hour, std::uint32_t handlers) {
  return handlers == 0 ? 0 : erlang_a({an_hour / 3600, 300, 240}, handlers, 20).service_level;
}

// Class c is served by group c alone, every half-hour by itself. Counts the days that were asked for.
struct ErlangDays {
  const StaffSearch& search;
  std::size_t asked = 0, most = 1'000'000;
  double harder = 0;  // on the days of the check a share is less by this

  std::optional<std::vector<DayFigures>> operator()(const StaffGrid& staff, std::size_t first, std::size_t days) {
    if ((asked += days) > most) return std::nullopt;
    DayFigures day(search.room.classes.size());
    for (std::size_t c = 0; c < day.size(); ++c)
      for (std::size_t h = 0; h < half_hours_a_day; ++h) {
        const double calls = search.demand.classes[c].calls[h / 2] / 2;
        day[c].offered += day[c].offered_in[h] = calls;
        day[c].on_time += day[c].on_time_in[h] = calls * (share_of(2 * calls, staff[c][h]) - (first > 0 ? harder : 0));
      }
    return std::vector<DayFigures>(days, day);
  }
};

StaffFound found_for(const StaffSearch& search, ErlangDays& days) { return find_staff(search, std::ref(days)); }

}  // namespace

TEST_CASE("the analytic answer of one class and one group is Erlang's, lagged, within its limits") {
  auto search = one_class(60, 0.9);
  const auto needed = *fewest_handlers(ErlangModel::a, {60 / 3600.0, 300, 240}, {.within = 20, .service_level = 0.9});
  const StaffGrid staff = analytic_staff(search);
  for (const std::uint32_t handlers : staff[0]) CHECK(handlers == needed);
  CHECK(hours_of(analytic_staff(search)) == 24.0 * needed);
  search.limits[0].most = 3;
  CHECK(analytic_staff(search)[0][7] == 3);
}

TEST_CASE("groups that share a class are one pool, divided by their parts of its calls") {
  auto search = one_class(200, 0.9);
  const auto of_pool = [](const StaffGrid& staff, std::size_t h) { return staff[0][h] + staff[1][h]; };
  const auto alone = analytic_staff(search), more = analytic_staff(search, 2);
  CHECK(more[0][20] == alone[0][20] + std::ceil(2 * std::sqrt(alone[0][20])));
  search.room.groups.push_back({"few", {"E"}});
  search.limits = {{1, 0, 300, 30}, {1, 0, 300, 10}};
  const auto both = analytic_staff(search);
  CHECK(of_pool(both, 20) == alone[0][20]);
  CHECK(std::abs(both[0][20] - 3.0 * both[1][20]) <= 2);
  search.limits[1].most = 2;  // the others do the rest
  CHECK(analytic_staff(search)[1][20] == 2);
  CHECK(of_pool(analytic_staff(search), 20) == alone[0][20]);
  search.room.classes.push_back({"N", 20, 0.8});
  search.demand.classes.push_back(steady("N", 50));
  search.room.groups[1].classes = {"N"};  // now they share nothing
  search.limits[1].most = 300;
  CHECK(analytic_staff(search)[0][20] == alone[0][20]);
}

TEST_CASE("one class and one group: the hours are those at which Erlang's shares meet the target over the day") {
  const auto search = one_class(60, 0.87);
  ErlangDays days{search};
  const auto found = found_for(search, days);
  std::uint32_t n = 1;
  while (share_of(60, n + 1) < 0.87) ++n;
  const double part = (0.87 - share_of(60, n)) / (share_of(60, n + 1) - share_of(60, n));  // of half-hours with one more
  CHECK(found.end == SearchEnd::finished);
  CHECK(found.kept);
  CHECK(found.checked);
  CHECK(hours_of(found.staff) == (24 * n + std::ceil(48 * part - 1e-9) / 2));
  CHECK(hours_of(found.staff) < found.analytic_hours);
}

TEST_CASE("every class keeps its target with staff near the least, and the same again") {
  StaffSearch search = one_class(100, 0.95);
  search.demand.classes.push_back(steady("N", 40));
  for (std::size_t hour = 8; hour < 18; ++hour) search.demand.classes[1].calls[hour] = 160;
  search.room.classes.push_back({"N", 20, 0.8});
  search.room.groups.push_back({"others", {"N"}});
  search.limits.push_back({});
  ErlangDays days{search}, again{search};
  const auto found = found_for(search, days);
  REQUIRE(found.end == SearchEnd::finished);
  for (std::size_t c = 0; c < 2; ++c) {
    const auto& day = found.figures.front()[c];
    CHECK(day.on_time / day.offered >= search.room.classes[c].target_share);
    // With half a handler less everywhere it would be missed: nothing much was left lying about.
    CHECK(day.on_time / day.offered < search.room.classes[c].target_share + 0.02);
  }
  CHECK(hours_of(found.staff) <= found.level_hours);
  CHECK(found_for(search, again).staff == found.staff);
}

TEST_CASE("no half-hour falls below the worst that is allowed") {
  StaffSearch search = one_class(60, 0.8);
  for (std::size_t hour = 0; hour < 6; ++hour) search.demand.classes[0].calls[hour] = 6;  // dear: a handler for few calls
  ErlangDays without{search};
  const auto least_in = [](const StaffFound& found) {
    double least = 1;
    for (std::size_t h = 0; h < half_hours_a_day; ++h)
      least = std::min(least, found.figures.front()[0].on_time_in[h] / found.figures.front()[0].offered_in[h]);
    return least;
  };
  const auto free = found_for(search, without);
  CHECK(least_in(free) < 0.75);
  search.worst = 0.75;
  ErlangDays days{search};
  const auto found = found_for(search, days);
  CHECK(found.end == SearchEnd::finished);
  CHECK(least_in(found) >= 0.75);
  CHECK(hours_of(found.staff) >= hours_of(free.staff));
}

TEST_CASE("a target that is missed on days not seen gets more handlers") {
  const auto search = one_class(60, 0.9);
  ErlangDays alike{search}, harder{search};
  harder.harder = 0.02;
  const auto found = found_for(search, harder);
  CHECK(found.figures.front()[0].on_time / found.figures.front()[0].offered >= 0.9);
  CHECK(hours_of(found.staff) > hours_of(found_for(search, alike).staff));
}

TEST_CASE("when time is up there is what there was, and it is said") {
  const auto search = one_class(60, 0.9);
  ErlangDays none{search, 0, 1}, few{search, 0, 6};
  const auto analytic = found_for(search, none);
  CHECK(analytic.end == SearchEnd::out_of_time);
  CHECK(analytic.staff == analytic_staff(search));
  CHECK(analytic.figures.empty());
  const auto level = found_for(search, few);
  CHECK(level.end == SearchEnd::out_of_time);
  CHECK(level.kept);
  CHECK_FALSE(level.checked);
  CHECK(level.trials == 3);
}

// As ErlangDays, each day harder or easier than the last: its calls come in time less often by a share of its own.
struct UnlikeDays {
  ErlangDays days;
  std::size_t searched = 0;
  std::optional<std::vector<DayFigures>> operator()(const StaffGrid& staff, std::size_t first, std::size_t of) {
    if (first < days.search.days) searched += of;
    auto figures = days(staff, first, of);
    for (std::size_t i = 0; i < of; ++i)
      for (ClassFigures& figure : (*figures)[i]) {
        const double part = 1 - 0.01 * static_cast<double>((first + i) * 7 % 5);
        figure.on_time *= part;
        for (double& on_time : figure.on_time_in) on_time *= part;
      }
    return figures;
  }
};

TEST_CASE("a part of the days is enough for staff that is far from the targets, and the answer keeps them on all") {
  auto search = one_class(60, 0.87);
  search.days = 20, search.check_days = 40;
  UnlikeDays days{{search}};
  const auto found = find_staff(search, std::ref(days));
  CHECK(found.end == SearchEnd::finished);
  CHECK(found.kept);
  CHECK(days.searched < found.trials * search.days * 3 / 4);
  double on_time = 0, offered = 0;
  for (const auto& day : found.figures) on_time += day[0].on_time, offered += day[0].offered;
  CHECK(on_time / offered >= 0.87);
  CHECK(on_time / offered < 0.89);
}

TEST_CASE("handlers where there were none are tried, not only fewer of those there are") {
  auto search = one_class(60, 0.9);
  search.limits[0].least = 0;
  StaffGrid staff(1);
  staff[0].fill(5);
  staff[0][4] = staff[0][8] = 0;
  const Exchange exchange{search};
  const auto changed = exchange.changed(staff, {0, 0}, 0.04);
  CHECK(changed[0][0] == 4);
  CHECK(changed[0][4] == 1);
  CHECK(changed[0][5] == 5);
}

TEST_CASE("a target out of reach of the most handlers is said to be so") {
  StaffSearch search = one_class(60, 0.9);
  search.limits[0].most = 4;
  ErlangDays days{search};
  CHECK(found_for(search, days).end == SearchEnd::impossible);
}
