// The rest of a day: staff there, handlers missing, what can be done and what it gains.
#include "workforce/intraday_plan.hpp"

#include <catch2/catch.hpp>

#include "core/room.hpp"
#include "made_demand.hpp"
#include "workforce/local_clock.hpp"

using namespace pledge;
using namespace pledge::workforce;
using namespace std::chrono_literals;
using core::HandlerState;

namespace {

const Day first = made::day(2025, 1, 6), today = first + std::chrono::days{70};  // Mondays

core::Time at(unsigned hours, unsigned minutes = 0) { return time_of_clock(today, hours * 60 + minutes, {}); }
const auto never_stopped = [] { return false; };

core::Options room(int handlers) {
  auto options = core::test::small_room(handlers);
  options.queues[0].bound = 100;
  return options;
}

PlannedShift shift(const std::string& handler, unsigned from, unsigned to, unsigned break_at = 0) {
  PlannedShift planned{handler, at(from), at(to), {}, "day"};
  if (break_at > 0) planned.breaks = {{at(break_at), at(break_at, 30)}};
  return planned;
}

// Calls of "emergency" around 80 an hour, 300 s each: some 8 handlers at 14:00.
PlannedDay planned(std::vector<PlannedShift> roster) {
  PlannedDay plan;
  plan.roster = std::move(roster);
  plan.demand = {made::demand(70, 48, 20)};
  plan.demand[0].name = "emergency";
  plan.offsets = {{core::Time{0}, 0}};
  return plan;
}

// Rules: pattern "day" of 8 h, breaks after 4 or 5 h; 40 h a week at most, 11 h rest.
RosterRules rules(int handlers) {
  RosterRules rules;
  rules.patterns = {{"day", 480, 450, 0, 16 * 60, 30, {{{240, 30}}, {{300, 30}}}}};
  rules.contracts = {{"full", 0, 40 * 60, 11 * 60, 6, 1, 1, {0}}};
  for (int h = 1; h <= handlers; ++h) rules.handlers.push_back({"h" + std::to_string(h), 0, 1, std::vector<bool>(7)});
  rules.need.first = today;
  rules.need.days = 7;
  rules.need.groups = {"emergency"};
  return rules;
}

IntradayPlan made_plan(const PlannedDay& plan, core::Time now, int handlers, const SeenDay& seen = {}, std::uint32_t days = 20) {
  const auto options = room(handlers);
  IntradayPlanOptions wanted;
  wanted.days = days;
  wanted.ahead.shrinkage = 0;
  const auto outcome = plan_intraday({now, plan, options, seen}, wanted, never_stopped);
  for (const auto& fault : outcome.faults) FAIL(fault);
  return outcome.plan;
}

std::vector<PlannedShift> shifts(int handlers, unsigned from, unsigned to, unsigned break_at = 0) {
  std::vector<PlannedShift> all;
  for (int h = 1; h <= handlers; ++h) all.push_back(shift("h" + std::to_string(h), from, to, break_at));
  return all;
}

const JudgedOption* find(const IntradayPlan& plan, OptionKind kind) {
  for (const auto& option : plan.options)
    if (option.option.kind == kind) return &option;
  return nullptr;
}

}  // namespace

TEST_CASE("who is to be at work: the roster without breaks, corrected by who is there") {
  const std::vector<PlannedShift> roster{shift("on", 8, 16, 12), shift("late", 10, 16), shift("gone", 8, 16), shift("resting", 8, 16)};
  SeenDay seen;
  seen.known = {at(0), at(10, 10)};
  seen.handlers = {{"on", HandlerState::talking}, {"resting", HandlerState::not_ready}, {"extra", HandlerState::ready}};
  const auto staff = staff_ahead(roster, seen, at(10, 10));
  CHECK(staff.stretches == std::vector<Stretch>{{"on", at(10, 10), at(12)},
                                                {"on", at(12, 30), at(16)},
                                                {"late", at(10, 30), at(16)},
                                                {"resting", at(10, 30), at(16)},
                                                {"extra", at(10, 10), at(10, 30)}});
  CHECK(staff.absent == std::vector<std::string>{"late", "gone"});
  CHECK(staff.unplanned == std::vector<std::string>{"extra"});
  CHECK(staff.signed_on == 3);
  CHECK(staff.at_work == 2);
}

TEST_CASE("without anything seen the roster is taken as it is") {
  const auto staff = staff_ahead({shift("a", 8, 16), shift("b", 12, 20)}, {}, at(10));
  CHECK(staff.stretches == std::vector<Stretch>{{"a", at(10), at(16)}, {"b", at(12), at(20)}});
  CHECK(staff.absent.empty());
}

TEST_CASE("calls to come follow the forecast, and what was seen of the day moves them") {
  auto plan = planned(shifts(4, 8, 16));
  plan.demand = {made::demand(70, 48, 20, 0.2)};  // days that differ as a whole
  plan.demand[0].name = "emergency";
  const auto quiet = made_plan(plan, at(12), 4, {}, 0);
  REQUIRE(quiet.ahead.from.size() == 24);
  CHECK(quiet.ahead.classes[0].calls == quiet.ahead.classes[0].planned);
  CHECK(quiet.ahead.classes[0].calls[4] == Approx(made::rate(today, 28, 48, 20)).epsilon(0.3));
  SeenDay seen;
  seen.known = {at(0), at(12)};
  for (unsigned s = 0; s < 24; ++s) seen.queues[{"emergency"}][at(0) + s * 30min].offered = static_cast<std::uint32_t>(1.5 * made::rate(today, s, 48, 20));
  const auto busy = made_plan(plan, at(12), 4, seen, 0);
  CHECK(busy.ahead.classes[0].planned == quiet.ahead.classes[0].planned);
  CHECK(busy.ahead.classes[0].calls[0] > 1.02 * quiet.ahead.classes[0].calls[0]);
}

TEST_CASE("talk, wrap-up and patience are the day's own once it has shown enough") {
  SeenDay seen;
  seen.known = {at(0), at(12)};
  auto& half_hour = seen.queues[{"emergency"}][at(9)];
  half_hour = {60, 30, 30 * 100.0, 30 * (100.0 * 100 + 50 * 50), 30, 30 * 15.0, 20, 1000};
  const auto plan = made_plan(planned(shifts(4, 8, 16)), at(12), 4, seen, 0);
  const auto& made = plan.ahead.classes[0];
  CHECK(made.talk == Approx(100));
  CHECK(made.talk_cv == Approx(0.5));
  CHECK(made.wrap_up == Approx(15));
  CHECK(made.patience == Approx(50));
  half_hour.handled = 29;
  CHECK(made_plan(planned(shifts(4, 8, 16)), at(12), 4, seen, 0).ahead.classes[0].talk == 300);
  auto counted = planned(shifts(4, 8, 16));  // whose counts tell how long calls took: 240 s with wrap-up
  for (unsigned minute = 0; minute < minutes_a_day; minute += 30)
    counted.handling["emergency"].push_back({{today - std::chrono::days{1}, minute}, 50, 240});
  CHECK(made_plan(counted, at(12), 4, seen, 0).ahead.classes[0].talk == Approx(240 - 15));
  half_hour.handled = 30;
  CHECK(made_plan(counted, at(12), 4, seen, 0).ahead.classes[0].talk == Approx(100));
}

TEST_CASE("a half-hour lacks what the worst set of classes lacks") {
  DayAhead ahead;
  ahead.now = at(12);
  ahead.end = at(13);
  ahead.from = {at(12), at(12, 30)};
  ClassAhead one;
  one.name = "a";
  one.calls = one.planned = {60, 0};
  ClassAhead other = one;
  other.name = "b";
  ahead.classes = {one, other};
  const std::vector<Stretch> staff{{"both", at(12), at(13)}, {"only a", at(12), at(12, 15)}};
  const auto gaps = gaps_of(ahead, staff, staff, {{"both", 3}, {"only a", 1}}, {0});
  const auto& now = gaps.half_hours[0];
  CHECK(now.needed[0] == now.needed[1]);
  CHECK(now.needed[0] > 10);
  CHECK(now.needed_together == 2 * now.needed[0]);
  CHECK(now.missing == Approx(2 * now.needed[0] - 1.5));
  CHECK(names_of(ahead, now.classes) == "a+b");
  CHECK(gaps.half_hours[1].missing == Approx(0 - 0.0).margin(1));
  CHECK(gaps_of(ahead, staff, staff, {{"both", 3}, {"only a", 1}}, {0.5}).half_hours[1].expected == Approx(0.5));
}

TEST_CASE("a break that all take at once is moved, and the simulation shows the gain") {
  auto plan = planned(shifts(18, 8, 16, 13));
  const auto result = made_plan(plan, at(11), 18);
  const auto* moved = find(result, OptionKind::move_breaks);
  REQUIRE(moved);
  CHECK(moved->option.during.from <= at(13));
  CHECK(moved->option.handlers.size() > 2);
  CHECK(moved->calls.mean - *moved->calls.interval > 0);
  CHECK(moved->option.hours == 0);
}

TEST_CASE("with rules a break moves only to another of its pattern's, and one without others is told") {
  auto plan = planned(shifts(18, 8, 16, 12));
  plan.rules = rules(18);
  const auto allowed = made_plan(plan, at(11), 18, {}, 2);
  const auto* moved = find(allowed, OptionKind::move_breaks);
  REQUIRE(moved);
  REQUIRE(!moved->option.changes.empty());
  CHECK(moved->option.changes[0] == "h1 13:00 instead of 12:00");
  plan.rules->patterns[0].breaks.pop_back();
  const auto none = made_plan(plan, at(11), 18, {}, 2);
  const auto* forbidden = find(none, OptionKind::move_breaks);
  REQUIRE(forbidden);
  CHECK(!forbidden->simulated);
  CHECK(forbidden->option.forbidden.size() == 18);
  CHECK(forbidden->option.forbidden[0].rule == "pattern day has no other breaks than 4:00+30");
  CHECK(forbidden == &none.options.back());
}

TEST_CASE("overtime is held against rest and the week's hours") {
  auto plan = planned(shifts(1, 8, 16));
  plan.rules = rules(1);
  CHECK(!overtime_refusal(plan, plan.roster[0], at(18)));
  plan.roster.push_back({"h1", at(24 + 4), at(24 + 12), {}, "day"});
  CHECK(overtime_refusal(plan, plan.roster[0], at(18)) ==
        "would rest 10 h before the shift of 2025-03-18; contract full wants 11 h");
  plan.roster.pop_back();
  for (unsigned d = 1; d < 5; ++d) plan.roster.push_back({"h1", at(24 * d + 8), at(24 * d + 16), {}, "day"});
  CHECK(!overtime_refusal(plan, plan.roster[0], at(18)));  // 5 x 7.5 h and 2 h
  plan.roster.push_back({"h1", at(24 * 5 + 8), at(24 * 5 + 16), {}, "day"});
  CHECK(overtime_refusal(plan, plan.roster[0], at(18)) == "would work 47 h in the week; contract full and leave allow 40 h");
  plan.roster = {shift("h1", 22, 30), shift("h1", 54, 62)};
  CHECK(!overtime_refusal(plan, plan.roster[0], at(30)));
  CHECK(overtime_refusal(plan, plan.roster[0], at(31, 30)) ==
        "would rest 22.5 h before the shift of 2025-03-19; contract full wants 24 h around a day off");
  plan.roster[0].handler = "stranger";
  CHECK(overtime_refusal(plan, plan.roster[0], at(18)) == "handlers.csv has no handler of that name, so that no contract is known");
  plan.rules.reset();
  plan.roster = {shift("h1", 8, 16), {"h1", at(24 + 2), at(24 + 10), {}, ""}};
  CHECK(overtime_refusal(plan, plan.roster[0], at(16, 30)) == "would rest 9.5 h before the shift of 2025-03-18; the law wants 11 h");
}

TEST_CASE("when a shift ends too soon: overtime and another centre, ranked by what they gain") {
  auto roster = shifts(18, 8, 16);
  for (int h = 19; h <= 24; ++h) roster.push_back(shift("h" + std::to_string(h), 14, 22));
  const auto result = made_plan(planned(roster), at(13), 24);
  const auto *overtime = find(result, OptionKind::overtime), *centre = find(result, OptionKind::another_centre);
  REQUIRE(overtime);
  REQUIRE(centre);
  CHECK(overtime->option.handlers.size() >= 1);
  CHECK(overtime->option.hours > 0);
  CHECK(overtime->calls.mean - *overtime->calls.interval > 0);
  CHECK(centre->calls.mean - *centre->calls.interval > 0);
  for (std::size_t i = 1; i < result.options.size(); ++i)
    if (result.options[i].option.hours >= 0 && result.options[i - 1].option.hours >= 0)
      CHECK(result.options[i - 1].calls.mean >= result.options[i].calls.mean);
}

TEST_CASE("where handlers are to spare some may go, and it costs nothing that the simulation can see") {
  const auto result = made_plan(planned(shifts(40, 8, 16)), at(13), 40);
  const auto* off = find(result, OptionKind::time_off);
  REQUIRE(off);
  CHECK(off->option.hours < 0);
  CHECK(off->option.handlers.size() > 5);
  CHECK(off->option.handlers.size() < 40);
}

TEST_CASE("the same seed gives the same plan; a plan that nobody waits for is given up") {
  const auto plan = planned(shifts(12, 8, 16, 13));
  const auto options = room(12);
  const IntradayPlanOptions wanted{{0.1, 300, 240}, 5, 3};
  const auto once = plan_intraday({at(11), plan, options, {}}, wanted, never_stopped);
  const auto again = plan_intraday({at(11), plan, options, {}}, wanted, never_stopped);
  CHECK(intraday_page(once.plan, plan.offsets) == intraday_page(again.plan, plan.offsets));
  int asked = 0;
  const auto stopped = plan_intraday({at(11), plan, options, {}}, wanted, [&] { return ++asked == 3; });
  CHECK(stopped.stopped);
  CHECK(asked == 3);
}

TEST_CASE("what cannot be planned is said: an unknown class, too little history, too many classes") {
  auto plan = planned(shifts(2, 8, 16));
  plan.demand[0].name = "999";
  const auto options = room(2);
  auto outcome = plan_intraday({at(11), plan, options, {}}, {}, never_stopped);
  REQUIRE(outcome.faults.size() == 1);
  CHECK(outcome.faults[0].find("no queue and no class of service of that name; name it as one of emergency, general") != std::string::npos);
  plan.demand[0] = made::demand(20, 48, 20);
  plan.demand[0].name = "general";
  outcome = plan_intraday({at(11), plan, options, {}}, {}, never_stopped);
  REQUIRE(outcome.faults.size() == 1);
  CHECK(outcome.faults[0].find("has 20 complete days of counts before 2025-03-17: a forecast needs 35") != std::string::npos);
  plan.demand.assign(7, plan.demand[0]);
  CHECK(plan_intraday({at(11), plan, options, {}}, {}, never_stopped).faults.size() == 8);
}

TEST_CASE("the page has a table of options and a plot of handlers, and nothing that is no number") {
  const auto plan = planned(shifts(12, 8, 16, 13));
  const auto text = intraday_page(made_plan(plan, at(11), 12), plan.offsets);
  CHECK(text.find("What can be done") != std::string::npos);
  CHECK(text.find("nan") == std::string::npos);
}
