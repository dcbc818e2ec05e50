#include "runtime/alarm_limit.hpp"

#include <catch2/catch.hpp>

using namespace pledge;
using namespace std::chrono_literals;

namespace {

core::Time at(core::Duration after) { return core::Time{1'000'000'000} + after; }

}  // namespace

TEST_CASE("of alarms of one kind one a period is told, and the number of those held back") {
  runtime::AlarmLimit limit{1min};
  CHECK(limit.pass(at(0s), {"full", "first"}) == core::Alarm{"full", "first"});
  for (int i = 1; i <= 1000; ++i) CHECK_FALSE(limit.pass(at(i * 1ms), {"full", "no. " + std::to_string(i)}));
  CHECK(limit.pass(at(2s), {"other", "another kind"}) == core::Alarm{"other", "another kind"});
  CHECK(limit.due(at(59s)).empty());
  CHECK(limit.pass(at(61s), {"full", "again"}) == core::Alarm{"full", "again (and 1000 more like it before)"});
  CHECK_FALSE(limit.pass(at(62s), {"full", "within the new period"}));
}

TEST_CASE("alarms held back are told when the period is over, also if none follows") {
  runtime::AlarmLimit limit{1min};
  limit.pass(at(0s), {"full", "first"});
  limit.pass(at(1s), {"full", "second"});
  limit.pass(at(2s), {"full", "third"});
  CHECK(limit.due(at(60s)) == std::vector<core::Alarm>{{"full", "third (2 like it since the last)"}});
  CHECK_FALSE(limit.pass(at(61s), {"full", "told a second ago"}));
  CHECK(limit.due(at(120s)).size() == 1);
  CHECK(limit.due(at(180s)).empty());
  CHECK(limit.pass(at(181s), {"full", "after a quiet time"}) == core::Alarm{"full", "after a quiet time"});
}

TEST_CASE("alarms that name a call's broken audio do not hide each other, up to a bound, beyond which they are counted") {
  runtime::AlarmLimit limit{1min, 3};
  for (const auto* call : {"call 1", "call 2", "call 3"})
    CHECK(limit.pass(at(0s), {"media.one_way", call}) == core::Alarm{"media.one_way", call});
  CHECK(limit.pass(at(1s), {"media.no_audio", "call 9"}));
  CHECK_FALSE(limit.pass(at(1s), {"media.one_way", "call 4"}));
  CHECK_FALSE(limit.pass(at(2s), {"media.one_way", "call 5"}));
  CHECK(limit.due(at(60s)) == std::vector<core::Alarm>{{"media.one_way", "call 5 (2 like it since the last)"}});
  CHECK(limit.pass(at(61s), {"media.one_way", "call 6"}));
}
