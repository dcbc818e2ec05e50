// A swap or a leave of the roster in force: rules, and the need of the days it touches.
#include "workforce/roster_request.hpp"

#include <catch2/catch.hpp>

#include "core/room.hpp"
#include "made_demand.hpp"
#include "workforce/local_clock.hpp"

using namespace pledge;
using namespace pledge::workforce;

namespace {

const Day first = made::day(2025, 1, 6), monday = first + std::chrono::days{70};
Day day(unsigned n) { return monday + std::chrono::days{n}; }
const auto never_stopped = [] { return false; };

// The week from Monday on: h1 to h`early` work 06:00 to 14:00, the other 16 `late` ones 14:00 to 22:00, with a break after 4 h, on the
// first five days; around 80 calls an hour of 300 s are some 8 handlers in the afternoon. h1 has Saturday's shift too.
struct Week {
  PlannedDay plan;
  core::Options options = core::test::small_room(32);
  core::Time now;
  double shrinkage = 0;

  explicit Week(std::vector<core::UtcOffset> offsets = {{core::Time{0}, 0}}) {
    plan.offsets = std::move(offsets);
    plan.demand = {made::demand(70, 48, 20)};
    plan.demand[0].name = "emergency";
    RosterRules rules;
    rules.patterns = {{"early", 480, 450, 360, 360, 30, {{{240, 30}}}}, {"late", 480, 450, 840, 840, 30, {{{240, 30}}}}};
    rules.contracts = {{"full", 0, 45 * 60, 11 * 60, 6, 1, 1, {0, 1}}};
    for (int h = 1; h <= 32; ++h) rules.handlers.push_back({"h" + std::to_string(h), 0, 1, std::vector<bool>(7)});
    rules.need = {monday, 7, {"emergency"}, {}};
    plan.rules = rules;
    for (unsigned d = 0; d < 5; ++d)
      for (int h = 1; h <= 32; ++h) add("h" + std::to_string(h), day(d), h <= 16 ? 6 : 14, h <= 16 ? "early" : "late");
    add("h1", day(5), 6, "early");
    now = time_of_clock(monday, 8 * 60, plan.offsets);
  }
  void add(const std::string& handler, Day on, unsigned hour, const std::string& pattern) {
    const auto at = [&](unsigned minutes) { return time_of_clock(on, hour * 60 + minutes, plan.offsets); };
    plan.roster.push_back({handler, at(0), at(480), {{at(240), at(270)}}, pattern});
  }
  // Only so many of each are at work on a day.
  void thin(Day on, int left) {
    std::erase_if(plan.roster, [&](const PlannedShift& s) {
      return s.from >= time_of_clock(on, 0, plan.offsets) && s.from < time_of_clock(on, 1440, plan.offsets) &&
             (std::stoi(s.handler.substr(1)) - 1) % 16 >= left;
    });
  }
  AskedAnswer ask(const AskedChange& change) const {
    return judge_change({now, plan, options, {shrinkage, 300, 240}}, change, never_stopped);
  }
  std::vector<std::string> reasons(const AskedChange& change) const {
    const auto answer = ask(change);
    for (const auto& fault : answer.faults) FAIL(fault);
    return answer.reasons;
  }
};

bool tells(const std::vector<std::string>& all, const std::string& text) {
  return std::any_of(all.begin(), all.end(), [&](const auto& one) { return one.find(text) != std::string::npos; });
}

}  // namespace

TEST_CASE("a leave is refused for the half-hours that it uncovers, and only for those") {
  Week week;
  CHECK(week.reasons(AskedLeave{"h17", day(2), day(2)}).empty());  // 16 are there, some 8 needed
  week.thin(day(2), 4);
  const auto reasons = week.reasons(AskedLeave{"h17", day(2), day(2)});
  REQUIRE_FALSE(reasons.empty());
  for (const auto& reason : reasons) {
    CHECK(reason.starts_with("not covered: 2025-03-19T"));  // the third day, from 14:00 to 22:00
    CHECK(reason.substr(24, 2) >= "14");
    CHECK(reason.substr(24, 2) < "22");
  }
  CHECK(week.reasons(AskedLeave{"h17", day(3), day(4)}).empty());
  CHECK(week.reasons(AskedLeave{"h32", day(2), day(2)}).empty());  // has no shift that day
}

TEST_CASE("the need is what must be rostered: shrinkage raises it") {
  Week week;
  week.thin(day(2), 14);
  CHECK(week.reasons(AskedLeave{"h17", day(2), day(2)}).empty());
  week.shrinkage = 0.5;
  CHECK_FALSE(week.reasons(AskedLeave{"h17", day(2), day(2)}).empty());
}

TEST_CASE("a swap is refused for the rules that it breaks, and accepted where it breaks none") {
  const Week week;
  CHECK(week.reasons(AskedSwap{{"h1", day(1)}, {"h2", day(1)}}).empty());
  // h1 would end at 22:00 and begin at 06:00: eight hours of rest.
  CHECK(tells(week.reasons(AskedSwap{{"h1", day(1)}, {"h17", day(1)}}), "h1"));
  CHECK(tells(week.reasons(AskedSwap{{"h1", day(5)}, {"h2", day(1)}}), "h1"));  // two shifts on one day
  CHECK(tells(week.reasons(AskedSwap{{"h2", day(5)}, {"h1", day(1)}}), "handler h2 has no shift on 2025-03-22"));
}

TEST_CASE("what cannot be judged says why") {
  Week week;
  CHECK(tells(week.ask(AskedLeave{"h1", day(0), day(1)}).faults, "2025-03-17 has begun: name a day after today"));
  CHECK(tells(week.ask(AskedLeave{"h1", day(6), day(7)}).faults, "2025-03-24 is no day of the roster"));
  CHECK(tells(week.ask(AskedLeave{"h1", day(3), day(2)}).faults, "ends before it begins"));
  CHECK(tells(week.ask(AskedLeave{"h1", day(1), day(40)}).faults, "at most 28 days"));
  CHECK(tells(week.ask(AskedSwap{{"h99", day(1)}, {"h1", day(1)}}).faults, "no handler \"h99\""));
  week.plan.rules->patterns[0].breaks = {{{180, 30}}};
  CHECK(tells(week.ask(AskedLeave{"h1", day(1), day(1)}).faults, "the shift of h1 at 2025-03-17T06:00 is of no pattern in shifts.csv"));
  week.plan.rules->handlers.pop_back();
  CHECK(tells(week.ask(AskedLeave{"h1", day(1), day(1)}).faults, "h32, who is not in handlers.csv") == false);  // five are told
  week.plan.rules->patterns[0].breaks = {{{240, 30}}};
  CHECK(tells(week.ask(AskedLeave{"h1", day(1), day(1)}).faults, "h32, who is not in handlers.csv"));
  CHECK(judge_change({week.now, Week{}.plan, week.options, {0, 300, 240}}, AskedLeave{"h1", day(1), day(1)}, [] { return true; }).stopped);
}

TEST_CASE("shifts are read on the local clock, whatever it is behind UTC") {
  const Week week{{{core::Time{0}, 3600}}};  // all summer
  CHECK(week.reasons(AskedLeave{"h17", day(2), day(2)}).empty());
  const auto shifts = shifts_between(week.plan, day(5), day(7));
  REQUIRE(shifts.size() == 1);
  CHECK(shifts[0].start == "2025-03-22T06:00");
  CHECK(shifts[0].end == "2025-03-22T14:00");
  CHECK(shifts[0].breaks == "4:00+30");
  CHECK(shifts_between(week.plan, day(0), day(5)).size() == 5 * 32);
}
