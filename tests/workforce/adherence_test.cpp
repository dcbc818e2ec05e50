// Adherence: plan against state, minute by minute.
#include "workforce/adherence.hpp"

#include <catch2/catch.hpp>

#include "workforce/local_clock.hpp"

using namespace pledge;
using namespace pledge::workforce;
using core::HandlerState;

namespace {

constexpr std::int64_t minute = 60'000'000'000;
const Day monday = std::chrono::sys_days{std::chrono::year{2026} / 11 / 30};

core::Time at(unsigned hours, unsigned minutes) { return time_of_clock(monday, hours * 60 + minutes, {}); }
double minutes(double seconds) { return seconds / 60; }

// 08:00 to 12:00 with a break from 10:00 to 10:30.
const std::vector<PlannedShift> morning{{"a", at(8, 0), at(12, 0), {{at(10, 0), at(10, 30)}}}};
const core::Interval whole_day{at(0, 0), at(24, 0)};

Adherence judged(const std::vector<StateChange>& changes, core::Interval known = whole_day, std::int64_t shortest = minute) {
  return adherence(morning, changes, known, core::Duration{shortest});
}

std::string told(const Episode& e) {
  const auto clock = [](core::Time t) { return std::to_string((t.ns / minute) % 1440 / 60) + ":" + std::to_string(t.ns / minute % 60); };
  return clock(e.from) + "-" + clock(e.to) + " " + (e.break_planned ? "break" : "work") + " " + std::string(core::name(e.state)) +
         (e.reason.empty() ? "" : " " + e.reason);
}

std::vector<PlannedShift> read(const std::string& text, std::vector<TextFault>& faults,
                               const std::vector<core::UtcOffset>& offsets = {}) {
  return read_planned_shifts(parse_table(text, faults), offsets, faults);
}

}  // namespace

TEST_CASE("who works when work is planned and pauses when a break is, is in adherence throughout") {
  const auto result = judged({{"a", at(8, 0), HandlerState::ready, ""},
                              {"a", at(9, 10), HandlerState::talking, ""},
                              {"a", at(9, 20), HandlerState::wrap_up, ""},
                              {"a", at(9, 21), HandlerState::ready, ""},
                              {"a", at(10, 0), HandlerState::not_ready, "break"},
                              {"a", at(10, 30), HandlerState::ready, ""},
                              {"a", at(12, 0), HandlerState::signed_off, ""}});
  CHECK(result.episodes.empty());
  REQUIRE(result.slots.size() == 8);
  const auto total = by_handler(result.slots);
  REQUIRE(total.size() == 1);
  CHECK(minutes(total[0].planned) == Approx(210));
  CHECK(minutes(total[0].breaks) == Approx(30));
  CHECK(total[0].adherence() == Approx(1));
  CHECK(total[0].conformance() == Approx(1));
}

TEST_CASE("late, through the break, away, and gone early: each an episode with what was done instead") {
  const auto result = judged({{"a", at(8, 12), HandlerState::ready, ""},
                              {"a", at(9, 58), HandlerState::talking, ""},
                              {"a", at(10, 5), HandlerState::not_ready, "break"},
                              {"a", at(10, 30), HandlerState::ready, ""},
                              {"a", at(11, 0), HandlerState::not_ready, "training"},
                              {"a", at(11, 15), HandlerState::ready, ""},
                              {"a", at(11, 50), HandlerState::signed_off, ""}});
  std::vector<std::string> episodes;
  for (const auto& e : result.episodes) episodes.push_back(told(e));
  CHECK(episodes == std::vector<std::string>{"8:0-8:12 work signed_off", "10:0-10:5 break talking",
                                             "11:0-11:15 work not_ready training", "11:50-12:0 work signed_off"});
  const auto total = by_handler(result.slots)[0];
  CHECK(minutes(total.adherent) == Approx(240 - 12 - 5 - 15 - 10));
  CHECK(minutes(total.worked) == Approx(240 - 12 - 25 - 15 - 10));
  CHECK(total.conformance() == Approx(178.0 / 210));
  REQUIRE(result.slots.size() == 8);
  CHECK(minutes(result.slots[0].adherent) == Approx(18));  // 08:00
  CHECK(minutes(result.slots[4].adherent) == Approx(25));  // 10:00, the break
}

TEST_CASE("work that nobody planned counts as worked, not as adherence") {
  const auto result = judged({{"a", at(13, 0), HandlerState::ready, ""}, {"a", at(13, 30), HandlerState::signed_off, ""}});
  REQUIRE(result.slots.size() == 9);
  CHECK(minutes(result.slots[8].worked) == Approx(30));
  CHECK(result.slots[8].planned == 0);
  CHECK(result.slots[8].adherent == 0);
}

TEST_CASE("during the day the rest of it is not missed yet") {
  const auto result = judged({{"a", at(8, 0), HandlerState::ready, ""}}, {at(7, 0), at(9, 15)});
  CHECK(result.episodes.empty());
  CHECK(minutes(by_handler(result.slots)[0].planned) == Approx(75));
}

TEST_CASE("a short episode counts and is not listed; states that follow each other are told apart") {
  const std::vector<StateChange> changes{{"a", at(8, 0), HandlerState::ready, ""},
                                         {"a", at(9, 0), HandlerState::not_ready, "toilet"},
                                         {"a", at(9, 2), HandlerState::not_ready, "training"},
                                         {"a", at(9, 10), HandlerState::ready, ""},
                                         {"a", at(10, 0), HandlerState::not_ready, "break"},
                                         {"a", at(10, 30), HandlerState::ready, ""}};
  CHECK(judged(changes).episodes.size() == 2);
  const auto result = judged(changes, whole_day, 5 * minute);
  REQUIRE(result.episodes.size() == 1);
  CHECK(told(result.episodes[0]) == "9:2-9:10 work not_ready training");
  CHECK(minutes(by_handler(result.slots)[0].adherent) == Approx(230));
}

TEST_CASE("a shift that follows another at once leaves no gap; handlers are judged by themselves") {
  auto plan = morning;
  plan.insert(plan.begin(), {"a", at(12, 0), at(13, 0), {}});
  plan.push_back({"b", at(8, 0), at(8, 30), {}});
  const auto result = adherence(plan, {{"a", at(8, 0), HandlerState::ready, ""}}, whole_day, core::Duration{0});
  const auto handlers = by_handler(result.slots);
  REQUIRE(handlers.size() == 2);
  CHECK(minutes(handlers[0].planned) == Approx(270));
  CHECK(handlers[1].adherence() == 0);
}

TEST_CASE("a plan is read on its zone's clock, breaks from the shift's beginning") {
  std::vector<TextFault> faults;
  const std::vector<core::UtcOffset> offsets{{core::Time{0}, 0}, {at(3, 0), 3600}};
  const auto plan = read("handler,start,end,pattern,breaks\na,2026-11-30T22:00,2026-12-01T06:00,night,2:00+15 4:00+30\n", faults, offsets);
  REQUIRE(faults.empty());
  REQUIRE(plan.size() == 1);
  CHECK(plan[0].from == at(21, 0));
  CHECK(plan[0].to == at(29, 0));
  REQUIRE(plan[0].breaks.size() == 2);
  CHECK(plan[0].breaks[1].from == at(25, 0));
  CHECK(plan[0].breaks[1].to == at(25, 30));
}

TEST_CASE("each fault of a plan is told by line and column") {
  std::vector<TextFault> faults;
  read("handler,start,end,breaks\n"
       "a,2026-11-30,2026-11-30T12:00,\n"
       "a,2026-11-30T08:00,2026-11-30T08:00,\n"
       "a,2026-11-30T08:00,2026-11-30T12:00,noon\n"
       "a,2026-11-30T08:00,2026-11-30T12:00,3:45+30\n"
       ",2026-11-30T08:00,2026-11-30T12:00,2:00+60 2:30+10\n",
       faults);
  std::vector<std::string> words;
  for (const auto& f : faults) words.push_back(std::to_string(f.line) + ":" + std::to_string(f.column) + " " + f.what);
  CHECK(words == std::vector<std::string>{"2:3 start \"2026-11-30\"", "3:20 end \"2026-11-30T08:00\"", "4:37 break \"noon\"",
                                          "5:37 breaks \"3:45+30\"", "6:1 handler is empty", "6:36 break \"2:30+10\""});
  faults.clear();
  read("handler,start\n", faults);
  CHECK(faults.size() == 2);
}
