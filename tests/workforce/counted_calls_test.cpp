// Calls by half-hour over days and runs of the engine.
#include "workforce/counted_calls.hpp"

#include <catch2/catch.hpp>

using namespace pledge;
using namespace pledge::workforce;
using namespace std::chrono_literals;

namespace {

constexpr core::Time midnight{1'699'920'000'000'000'000};

struct Counting {
  CountedCalls calls;
  std::uint64_t contacts = 0;

  Counting(core::Time started) {
    calls.begin_run(started, started);
    configure();
  }
  void configure() {
    core::Options options;
    options.queues.resize(2);
    options.queues[0].id = {"emergency"};
    options.queues[1].id = {"general"};
    calls.configured(options);
  }
  void call(core::Time at) {
    core::ContactChanged change;
    change.contact = {++contacts};
    change.queue = {"emergency"};
    change.state = core::ContactState::waiting;
    calls.advance(at);
    calls.observe(at, change);
  }
  std::vector<std::uint32_t> of(const std::string& queue) const {
    std::vector<std::uint32_t> counts;
    for (const auto& one : calls.half_hours())
      if (one.queue.value == queue) counts.push_back(one.calls.offered);
    return counts;
  }
};

}  // namespace

TEST_CASE("half-hours are counted once they are over, with zeros where no call came") {
  Counting room{midnight};
  room.call(midnight + 5min);
  room.call(midnight + 29min);
  room.call(midnight + 30min);
  room.call(midnight + 100min);
  CHECK(room.of("emergency") == std::vector<std::uint32_t>{2, 1, 0});  // 01:30 to 02:00 is not over
  CHECK(room.of("general") == std::vector<std::uint32_t>{0, 0, 0});
  CHECK(room.calls.half_hours().front().from == midnight);
}

TEST_CASE("half-hours in which the engine began or was not there are not told") {
  Counting room{midnight + 10min};
  room.call(midnight + 20min);
  room.call(midnight + 40min);
  room.call(midnight + 65min);
  room.calls.begin_run(midnight + 80min, midnight + 70min);
  room.configure();
  room.call(midnight + 85min);
  room.call(midnight + 95min);
  room.call(midnight + 120min);
  REQUIRE(room.of("emergency") == std::vector<std::uint32_t>{1, 1});
  CHECK(room.calls.half_hours()[0].from == midnight + 30min);
  CHECK(room.calls.half_hours()[2].from == midnight + 90min);
}

TEST_CASE("days do not run out of memory of their beginning") {
  Counting room{midnight};
  for (int half_hour = 0; half_hour < 4 * 48; ++half_hour) room.call(midnight + half_hour * 30min + 1min);
  CHECK(room.of("emergency") == std::vector<std::uint32_t>(4 * 48 - 1, 1));
}
