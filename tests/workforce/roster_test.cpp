// Rosters: every rule kept, cover counted right, the least cost on cases small enough to try all, impossible ones told.
#include "workforce/roster_search.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <functional>

#include "solver/clp.hpp"
#include "workforce/made_roster.hpp"
#include "workforce/roster_changes.hpp"

using namespace pledge::workforce;

namespace {

using Told = std::vector<std::string>;

RosterResult found(const RosterRules& rules, RosterOptions options = {}) {
  options.give_up_after = 5;
  return find_roster(rules, options, pledge::solver::solve_with_clp, 60, [] { return 0.0; });
}

double cost_of(const RosterRules& rules, const std::vector<ShiftType>& types, const Roster& roster) {
  return paid_cost(rules, types, roster) + cover_of(rules, types, roster).cost();
}

// Every tour of one handler over one week that breaks no rule, found by trying all and asking breaches().
std::vector<Roster> all_tours(const RosterRules& rules, const std::vector<ShiftType>& types, std::size_t handler) {
  std::vector<Roster> all{{}};
  for (unsigned day = 0; day < rules.need.days; ++day) {
    std::vector<Roster> longer = all;
    for (const auto& roster : all)
      for (std::size_t t = 0; t < types.size(); ++t) {
        longer.push_back(roster);
        longer.back().push_back({handler, day, t});
      }
    all = std::move(longer);
  }
  std::erase_if(all, [&](const Roster& roster) {
    const auto broken = breaches(rules, types, roster);
    return std::any_of(broken.begin(), broken.end(), [&](const auto& b) { return b.handler == handler; });
  });
  return all;
}

Told told(const std::vector<RosterBreach>& all) {
  Told words;
  for (const auto& breach : all) words.push_back(breach.what);
  return words;
}

}  // namespace

TEST_CASE("a shift is at work but for its breaks, half-hour by half-hour") {
  RosterRules rules;
  rules.patterns = {{"odd", 150, 120, 375, 375, 30, {{{45, 30}}}}};  // 06:15 to 08:45, a break from 07:00 to 07:30
  const auto types = shift_types(rules);
  REQUIRE(types.size() == 1);
  CHECK(types[0].first_slot() == 12);
  CHECK(types[0].minutes == std::vector<std::uint8_t>{15, 30, 0, 30, 30, 15});
}

TEST_CASE("cover: skills stand where they help most, what is missing is counted in minutes") {
  auto rules = made_rules(1, {{"x", 0b01}, {"y", 0b10}, {"both", 0b11}});
  const auto types = shift_types(rules);
  const std::size_t slot = types[0].first_slot();
  auto& need = rules.need.handlers;
  SECTION("one with both skills fills either gap, not both") {
    need[0][slot] = 2;
    need[1][slot] = 1;
    const Roster roster{{0, 0, 0}, {2, 0, 0}};
    const auto gaps = uncovered(rules, cover_of(rules, types, roster));
    REQUIRE(gaps.size() == 1);
    CHECK(gaps[0].minutes == 30);
    CHECK(to_text(rules.need, gaps[0]) == "2026-11-30T06:00 A+B: 2 of 3 handlers");
  }
  SECTION("a skill that nobody needs fills nothing") {
    need[0][slot] = 1;
    const auto gaps = uncovered(rules, cover_of(rules, types, {{1, 0, 0}}));
    REQUIRE(gaps.size() == 1);
    CHECK(to_text(rules.need, gaps[0]) == "2026-11-30T06:00 A: 0 of 1 handlers");
  }
  SECTION("what is taken out again leaves no trace") {
    need[0][slot] = 3;
    Cover cover{rules.need, {}};
    const double empty = cover.cost();
    const double saved = cover.saved(0, types[0], 0b01);
    cover.add(0, types[0], 0b01);
    CHECK(cover.cost() == Approx(empty - saved));
    cover.remove(0, types[0], 0b01);
    CHECK(cover.cost() == Approx(empty));
  }
}

TEST_CASE("beyond a tenth of the need a missing handler costs three times as much") {
  auto rules = made_rules(1, {{"x", 0b01}});
  rules.need.handlers[0][0] = 20;
  CHECK(Cover{rules.need, {}}.cost() == Approx(0.5 * (2 * 10 + 18 * 30)));
}

TEST_CASE("each rule by itself is found broken") {
  auto rules = made_rules(2, {{"x", 0b11}});
  const auto types = shift_types(rules);  // 0: early 06:00, 1: late 14:00, 2: night 22:00; 8 h each, all paid
  const Roster good{{0, 0, 0}, {0, 1, 0}, {0, 2, 1}, {0, 7, 0}, {0, 8, 0}, {0, 9, 0}};
  REQUIRE(told(breaches(rules, types, good)) == Told{});
  const auto with = [&](Roster roster) { return told(breaches(rules, types, roster)); };
  CHECK(with({{0, 0, 0}, {0, 1, 1}, {0, 2, 0}, {0, 7, 0}, {0, 8, 0}, {0, 9, 0}}) ==
        Told{"handler x, 2026-12-02: rests 8 h after the shift of 2026-12-01; contract c wants 11 h"});
  CHECK(with({{0, 0, 0}, {0, 1, 0}, {0, 7, 0}, {0, 8, 0}, {0, 9, 0}}) ==
        Told{"handler x, 2026-11-30: works 16 h in the week from this day; contract c wants 24 to 32 h"});
  CHECK(with({{0, 4, 0}, {0, 5, 0}, {0, 6, 0}, {0, 7, 0}, {0, 8, 0}, {0, 9, 0}}) ==
        Told{"handler x, 2026-12-08: works more than 4 days in a row (contract c)"});
  rules.contracts[0].days_off = 5;
  CHECK(with(good) == Told{"handler x, 2026-11-30: has 4 days off in the week from this day; contract c wants 5",
                           "handler x, 2026-12-07: has 4 days off in the week from this day; contract c wants 5"});
  rules.contracts[0].days_off = 2;
  rules.contracts[0].patterns = {0};
  CHECK(with(good) == Told{"handler x, 2026-12-02: contract c does not allow pattern late"});
  rules.contracts[0].patterns = {0, 1, 2};
  rules.handlers[0].leave[2] = true;
  CHECK(with(good) == Told{"handler x, 2026-12-02: is on leave"});
}

TEST_CASE("a day off is one only with its rest, however late the shift before it ends") {
  auto rules = made_rules(1, {{"x", 0b11}});
  rules.patterns[2].length = rules.patterns[2].paid = 540;  // night 22:00 to 07:00
  const auto types = shift_types(rules);
  CHECK(told(breaches(rules, types, {{0, 0, 2}, {0, 2, 0}, {0, 3, 0}})) ==
        Told{"handler x, 2026-12-02: rests 23 h after the shift of 2026-11-30; contract c wants 24 h around a day off"});
  CHECK(told(breaches(rules, types, {{0, 0, 2}, {0, 2, 1}, {0, 3, 1}})) == Told{});
  rules.contracts[0].week_rest = 35 * 60;
  CHECK(told(breaches(rules, types, {{0, 0, 2}, {0, 2, 1}, {0, 3, 1}})) ==
        Told{"handler x, 2026-12-02: rests 31 h after the shift of 2026-11-30; contract c wants 35 h around a day off"});
}

TEST_CASE("rest over the night in which the clock skips an hour is counted in real hours") {
  auto rules = made_rules(1, {{"x", 0b11}});
  rules.contracts[0].rest = 8 * 60;
  const auto types = shift_types(rules);
  const Roster late_then_early{{0, 2, 1}, {0, 3, 0}, {0, 5, 0}}, over_a_day_off{{0, 1, 2}, {0, 3, 0}, {0, 5, 0}};
  REQUIRE(told(breaches(rules, types, late_then_early)) == Told{});
  REQUIRE(told(breaches(rules, types, over_a_day_off)) == Told{});
  rules.offsets = skipped_hour(rules, 3);
  CHECK(told(breaches(rules, types, late_then_early)) ==
        Told{"handler x, 2026-12-03: rests 7 h after the shift of 2026-12-02; contract c wants 8 h"});
  CHECK(told(breaches(rules, types, over_a_day_off)) ==
        Told{"handler x, 2026-12-03: rests 23 h after the shift of 2026-12-01; contract c wants 24 h around a day off"});
  CHECK(minutes_between(rules, 3 * 1440, 4 * 1440) == 23 * 60);
  CHECK(minutes_between(rules, 3 * 1440 + 120, 4 * 1440) == 22 * 60);
}

TEST_CASE("a tour is the cheapest of all that break no rule") {
  auto rules = made_rules(1, {{"x", 0b01}});
  rules.contracts[0].days_in_row = 3;
  rules.handlers[0].leave[4] = true;
  SECTION("as it is") {}
  SECTION("nights that end too late for a day off") { rules.patterns[2].length = rules.patterns[2].paid = 540; }
  SECTION("with the daily rest beside that of the week") { rules.contracts[0].week_rest = 35 * 60; }
  SECTION("a clock change within a rest that is just enough") {
    rules.contracts[0].rest = 8 * 60;
    rules.offsets = skipped_hour(rules, GENERATE(1u, 2u, 3u, 5u, 6u));
  }
  const auto types = shift_types(rules);
  const auto tours = all_tours(rules, types, 0);
  REQUIRE(tours.size() > 100);
  TourFinder finder{rules, types, 0};
  Dice dice{7};
  for (int round = 0; round < 50; ++round) {
    std::vector<double> costs(7 * types.size());
    for (double& cost : costs) cost = dice.below(100) - 60.0;
    double least = 1e9;
    for (const auto& roster : tours) {
      double cost = 0;
      for (const auto& shift : roster) cost += costs[shift.day * types.size() + shift.type];
      least = std::min(least, cost);
    }
    const auto tour = finder.cheapest(rules.handlers[0], costs);
    REQUIRE(tour);
    double cost = 0;
    Roster roster;
    for (unsigned day = 0; day < 7; ++day)
      if ((*tour)[day] != day_off) {
        cost += costs[day * types.size() + (*tour)[day]];
        roster.push_back({0, day, (*tour)[day]});
      }
    CHECK(cost == Approx(least));
    CHECK(told(breaches(rules, types, roster)) == Told{});
  }
}

TEST_CASE("two handlers: the least cost of all pairs of tours, and a bound below it") {
  auto rules = made_rules(1, {{"x", 0b01}, {"y", 0b11}});
  rules.patterns.pop_back();  // without nights there are few enough pairs to try
  rules.contracts[0].patterns = {0, 1};
  rules.contracts[0].week_least = rules.contracts[0].week_most = 24 * 60;
  const auto types = shift_types(rules);
  const auto first = all_tours(rules, types, 0), second = all_tours(rules, types, 1);
  Dice dice{3};
  for (int round = 0; round < 4; ++round) {
    for (auto& group : rules.need.handlers)
      for (unsigned& handlers : group) handlers = dice.below(4) == 0 ? 1 : 0;
    double least = 1e9;
    for (const auto& a : first)
      for (const auto& b : second) {
        Roster both = a;
        both.insert(both.end(), b.begin(), b.end());
        least = std::min(least, cost_of(rules, types, both));
      }
    const auto result = found(rules);
    CHECK(result.paid + result.missing == Approx(least));
    CHECK(result.bound <= Approx(least));
    CHECK(result.bound > 0);
  }
}

TEST_CASE("made rosters of many kinds keep every rule and count their own cost") {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    CAPTURE(seed);
    const auto rules = drawn_rules(seed);
    const auto types = shift_types(rules);
    const auto result = found(rules);
    if (!result.conflicts.empty()) continue;
    CHECK(told(breaches(rules, types, result.roster)) == Told{});
    CHECK(result.paid + result.missing == Approx(cost_of(rules, types, result.roster)));
    CHECK(result.bound <= result.paid + result.missing + 1e-6);
  }
}

TEST_CASE("the same seed makes the same roster") {
  const auto rules = drawn_rules(2);
  CHECK(found(rules).roster == found(rules).roster);
}

TEST_CASE("without a plan and without time there is still a roster that keeps every rule") {
  const auto rules = drawn_rules(2);
  const auto nothing = [](const LinearProgram&, double) { return std::optional<LinearSolution>{}; };
  const auto result = find_roster(rules, {}, nothing, 60, [] { return 1e9; });
  CHECK(result.conflicts.empty());
  CHECK(result.bound == 0);
  CHECK_FALSE(result.roster.empty());
  CHECK(told(breaches(rules, shift_types(rules), result.roster)) == Told{});
}

TEST_CASE("an impossible contract is told with handler, week and rule") {
  auto rules = made_rules(2, {{"x", 0b11}, {"y", 0b11}});
  SECTION("rest and leave leave no room") {
    rules.contracts[0].days_off = 5;
    const auto conflicts = found(rules).conflicts;
    REQUIRE(conflicts.size() == 2);
    CHECK(conflicts[0] ==
          "handler x, week of 2026-11-30: contract c wants 24 to 32 h a week, but its shifts, rest of 11 h, 4 days in a row, "
          "5 days off with 24 h of rest and leave leave room for 16 h at most below that");
  }
  SECTION("whole shifts do not add up to it") {
    rules.contracts[0].week_least = rules.contracts[0].week_most = 30 * 60;
    CHECK(found(rules).conflicts[0].ends_with("leave room for 24 h at most below that, 32 h at least above"));
  }
  SECTION("only the one whose leave it is, in its week") {
    rules.contracts[0].week_least = 32 * 60;
    for (unsigned day = 7; day < 11; ++day) rules.handlers[1].leave[day] = true;
    const auto conflicts = found(rules).conflicts;
    REQUIRE(conflicts.size() == 1);
    CHECK(conflicts[0].starts_with(
        "handler y, week of 2026-12-07: contract c wants 32 h a week (6.4 h beside leave), but"));
  }
}

TEST_CASE("a swap is refused for the rule that it breaks or the half-hour that it uncovers, else made") {
  auto rules = made_rules(1, {{"x", 0b01}, {"y", 0b10}, {"z", 0b01}});
  const auto types = shift_types(rules);
  const Roster roster{{0, 0, 0}, {0, 2, 0}, {0, 4, 0}, {1, 0, 0}, {1, 3, 0}, {1, 4, 0}, {2, 1, 1}, {2, 3, 1}, {2, 6, 0}};
  REQUIRE(breaches(rules, types, roster).empty());
  SECTION("rest") {
    const auto change = swap_shifts(rules, types, roster, {0, 4}, {2, 1});  // x: late of day 1, early of day 2
    REQUIRE_FALSE(change.accepted());
    CHECK(change.reasons[0] == "handler x, 2026-12-02: rests 8 h after the shift of 2026-12-01; contract c wants 11 h");
  }
  SECTION("skills") {
    rules.need.handlers[0][types[0].first_slot() + 2 * 48] = 1;  // x's group, day 2
    const auto change = swap_shifts(rules, types, roster, {0, 2}, {1, 3});
    CHECK(change.reasons == Told{"not covered: 2026-12-02T06:00 A: 0 of 1 handlers"});
  }
  SECTION("what lacked handlers before is no reason") {
    rules.need.handlers[1][0] = 5;
    const auto change = swap_shifts(rules, types, roster, {0, 2}, {1, 3});
    CHECK(change.accepted());
    CHECK(change.roster[1] == RosterShift{0, 3, 0});
  }
  SECTION("no shift there") {
    CHECK(swap_shifts(rules, types, roster, {0, 1}, {1, 3}).reasons == Told{"handler x has no shift on 2026-12-01"});
  }
}

TEST_CASE("leave is given unless it uncovers a half-hour") {
  auto rules = made_rules(1, {{"x", 0b01}, {"y", 0b10}});
  const auto types = shift_types(rules);
  const Roster roster{{0, 0, 0}, {0, 2, 0}, {0, 4, 0}, {1, 0, 0}, {1, 3, 0}, {1, 4, 0}};
  auto needed = rules;
  needed.need.handlers[0][types[0].first_slot() + 2 * 48] = 1;
  CHECK(take_leave(needed, types, roster, 0, {2, 3}).reasons == Told{"not covered: 2026-12-02T06:00 A: 0 of 1 handlers"});
  const auto change = take_leave(rules, types, roster, 0, {2, 3});  // 24 h a week less 2 × 4.8 h
  CHECK(change.accepted());
  CHECK(change.roster.size() == 5);
  CHECK(rules.handlers[0].leave[3]);
}
