// Who leaves when fewer handlers are planned than were there.
#include <catch2/catch.hpp>

#include "workforce/study.hpp"

using namespace pledge::workforce;
using namespace std::chrono_literals;
using pledge::core::Duration;

namespace {

// Two handlers for half an hour, one for the next. The wait of a last call that comes when one of them has just left and the other one's
// colleague, whoever that is, has a call until 30:50.
Duration last_wait(bool idle_leave_first, std::vector<SimulatedCall> before) {
  const RoomOptions room{{{"E", 10, 0.9}}, {{"all", {"E"}}}, 0, 0};
  Simulation run;
  run.start = {1'700'006'400'000'000'000};
  run.idle_leave_first = idle_leave_first;
  run.shifts = shifts_of({2, 1}, 30min, "all");
  run.options = room_options(room, run.shifts, *parse_policy("strict"), {});
  run.calls = std::move(before);
  run.calls.push_back({29min + 50s, "E", 60s, {}});
  run.calls.push_back({30min + 10s, "E", 60s, {}});
  const auto outcomes = simulate(run);
  for (const Outcome& outcome : outcomes) REQUIRE(outcome.answered);
  return outcomes.back().wait;
}

}  // namespace

TEST_CASE("the end of a shift is its holder's, whoever is idle") {
  // The turn of the two is changed by one call before: once the one who goes has the call, once the one who stays.
  const Duration one = last_wait(false, {}), other = last_wait(false, {{1min, "E", 60s, {}}});
  CHECK(std::min(one, other) == 0s);
  CHECK(std::max(one, other) == 40s);
}

TEST_CASE("where idle handlers leave first, nobody works beyond the number planned while a colleague could have gone") {
  CHECK(last_wait(true, {}) == 40s);
  CHECK(last_wait(true, {{1min, "E", 60s, {}}}) == 40s);
}

TEST_CASE("who has taken over a colleague's shift leaves at its end, and the names that went come back") {
  const RoomOptions room{{{"E", 10, 0.9}}, {{"all", {"E"}}}, 0, 0};
  Simulation run;
  run.start = {1'700'006'400'000'000'000};
  run.idle_leave_first = true;
  run.shifts = shifts_of({2, 1, 0, 2}, 30min, "all");
  run.options = room_options(room, run.shifts, *parse_policy("strict"), {});
  run.calls = {{29min, "E", 10min, {}}, {60min + 10s, "E", 60s, {}}, {91min, "E", 60s, {}}, {91min, "E", 60s, {}}, {91min, "E", 60s, {}}};
  const auto outcomes = simulate(run);
  CHECK(outcomes[0].wait == 0s);
  CHECK(outcomes[1].wait == 29min + 50s);  // nobody until 90:00
  CHECK(outcomes[2].wait == 0s);
  CHECK(outcomes[3].wait == 0s);
  CHECK(outcomes[4].wait == 60s);
}
