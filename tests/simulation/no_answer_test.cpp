// Phones that nobody answers.
#include <algorithm>
#include <catch2/catch.hpp>

#include "workforce/study.hpp"

using namespace pledge::workforce;
using namespace std::chrono_literals;

namespace {
struct QuietDay {
  Simulation run;
  explicit QuietDay(std::uint32_t handlers, double unanswered, const char* policy = "strict") {
    const RoomOptions room{{{"E", 10, 0.9}}, {{"all", {"E"}}}, 0, 0};
    run.start = {1'700'006'400'000'000'000};
    run.unanswered = unanswered;
    run.seed = 7;
    run.shifts = shifts_of({handlers}, 400h, "all");
    run.options = room_options(room, run.shifts, *parse_policy(policy), {});
    for (int i = 0; i < 300; ++i) run.calls.push_back({i * 1h, "E", 60s, {}});
  }
  std::vector<pledge::core::Duration> waits() const {
    std::vector<pledge::core::Duration> all;
    for (const Outcome& outcome : simulate(run)) {
      REQUIRE(outcome.answered);
      all.push_back(outcome.wait);
    }
    return all;
  }
};

std::size_t at_once(const std::vector<pledge::core::Duration>& waits) {
  return static_cast<std::size_t>(std::count(waits.begin(), waits.end(), pledge::core::Duration{}));
}
}  // namespace

TEST_CASE("an offer that no phone answers costs the time of an offer, in the share of calls asked for") {
  CHECK(at_once(QuietDay{10, 0}.waits()) == 300);
  const auto waits = QuietDay{10, 0.3}.waits();
  const double share = static_cast<double>(at_once(waits)) / 300;
  CHECK(share > 0.7 - 3.3 * 0.0265);  // √(0.3 · 0.7 ÷ 300)
  CHECK(share < 0.7 + 3.3 * 0.0265);
  for (const auto wait : waits) CHECK(wait % 20s == 0s);
  CHECK(*std::max_element(waits.begin(), waits.end()) >= 40s);
}

TEST_CASE("which offers are not answered does not depend on the policy, but on the seed") {
  const auto strict = QuietDay{10, 0.3}.waits();
  CHECK(QuietDay{10, 0.3, "reserve:1"}.waits() == strict);
  QuietDay other{10, 0.3};
  other.run.seed = 8;
  CHECK(other.waits() != strict);
}

TEST_CASE("who was made not-ready for offers missed comes back, and the call is answered") {
  const auto waits = QuietDay{1, 0.8}.waits();
  CHECK(at_once(waits) < 100);
  CHECK(*std::max_element(waits.begin(), waits.end()) > 2min);  // three offers missed, and a minute away
}
