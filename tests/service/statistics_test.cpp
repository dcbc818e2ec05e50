// Every figure of the statistics over the wire, from a quarter of an hour worked out by hand.
#include <set>

#include "service/engine.hpp"

using namespace pledge::service::test;
using namespace pledge;

namespace {

using Stub = v1::StatisticsService::Stub;

// A quarter of an hour begins here, and so do the half and the whole one: 22:00 UTC.
constexpr core::Time begin{1'700'000'000'000'000'000 - 800'000'000'000};

core::Options room() {
  auto options = small_room();
  options.queues[0].wrap_up_until_done = true;
  options.queues[0].bound = 3;
  options.queues[0].full = {core::OverflowKind::queue, "general", 0};
  return options;
}

double seconds(const google::protobuf::Duration& d) { return static_cast<double>(d.seconds()) + d.nanos() / 1e9; }

// Calls and handlers on a clock that stands where it is told to.
struct Day {
  Engine engine{room(), quick(), begin};
  std::uint64_t last = 1'000;

  void at(double second) { engine.at(begin + core::Duration{static_cast<std::int64_t>(second * 1e9)}); }
  // The network handed it over two seconds before its INVITE came.
  core::LegId call(double second, const std::string& dialled = "999") {
    at(second);
    core::CallFacts facts;
    facts.trunk = {"network"};
    facts.dialled = dialled;
    facts.sip_call_id = std::to_string(last += 2);
    facts.network_handover = engine.now() - 2s;
    engine.tell(core::CallArrived{{last}, facts});
    return {last};
  }
  void answered(double second) {
    at(second);
    engine.tell(core::LegAnswered{engine.rung()});
  }
  void over(double second, core::LegId leg, core::LegEnd how = core::LegEnd::hung_up) {
    at(second);
    engine.tell(core::LegEnded{leg, how});
  }
  void wrapped_up(double second, bool then_ready = true) {
    at(second);
    if (!then_ready) engine.tell(core::GoNotReady{{}, {"h1"}, "break"});
    engine.tell(core::FinishWrapUp{{}, {"h1"}});
  }
  v1::GetQueueStatisticsResponse ask_for(v1::IntervalKind kind, v1::AbandonRule rule = v1::ABANDON_RULE_UNSPECIFIED) {
    v1::GetQueueStatisticsRequest request;
    request.set_interval(kind);
    request.set_rule(rule);
    v1::GetQueueStatisticsResponse response;
    REQUIRE(ask(engine.statistics, &Stub::GetQueueStatistics, request, &response).ok());
    return response;
  }
  static v1::QueueStatistics of(const v1::GetQueueStatisticsResponse& response, const std::string& queue) {
    for (const auto& row : response.statistics())
      if (row.queue() == queue) return row;
    FAIL("no figures of " << queue);
    return {};
  }
};

// Emergency: 1 answered after 4 s, 2 after 89 s, 3 after 15 s; one abandons after 3 s, one after 20 s; one is moved to
// general by a supervisor and withdrawn there; one overflows to general; three still wait.
void quarter_of_an_hour(Day& day) {
  day.at(0);
  day.engine.staff("h1");
  const auto first = day.call(35);
  day.answered(39);
  const auto second = day.call(45);
  day.over(99, first);
  day.wrapped_up(129);
  day.answered(134);
  const auto third = day.call(135);
  day.over(138, third, core::LegEnd::cancelled);
  const auto fourth = day.call(140);
  day.over(160, fourth, core::LegEnd::cancelled);
  day.over(164, second);
  const auto fifth = day.call(165);
  day.wrapped_up(174);
  day.answered(180);
  day.over(190, fifth);
  day.at(192.5);
  day.engine.sign_on("h2");  // not ready: she serves the queue, and no more
  day.wrapped_up(200, false);
}

// The calls that no handler gets.
void left_waiting(Day& day) {
  day.call(205);
  const auto moved = day.engine.on_loop([&] {
    for (std::uint64_t id = 1;; ++id)
      if (const auto view = day.engine.core.contact({id})) return core::ContactId{id};
  });
  day.at(210);
  day.engine.tell(core::MoveContact{{{}, "manager", 0}, moved, {"general"}, "not urgent"});
  day.at(215);
  day.engine.tell(core::WithdrawContact{{{}, "manager", 0}, moved, "a test"});
  for (int i = 0; i < 4; ++i) day.call(220 + i);  // the fourth finds the queue full
  day.at(235);
}

void check_counts(const v1::QueueStatistics& row) {
  CHECK(row.offered() == 10);
  CHECK(row.answered() == 3);
  CHECK(row.abandoned() == 2);
  CHECK(row.abandoned_short() == 1);
  CHECK(row.moved() == 1);
  CHECK(row.overflowed() == 1);
  CHECK(row.in_progress() == 3);
  CHECK(row.handled() == 3);
  CHECK(row.provisional());
}

void check_waits(const v1::WaitStatistics& waits, double earlier) {
  CHECK(waits.answered_within_target() == 1);
  CHECK(seconds(waits.mean()) == Approx(36 + earlier));
  CHECK(seconds(waits.median()) == Approx(15 + earlier));
  CHECK(seconds(waits.p90()) == Approx(89 + earlier));
  CHECK(seconds(waits.p99()) == Approx(89 + earlier));
  CHECK(seconds(waits.longest()) == Approx(89 + earlier));
  CHECK(waits.under_10_s() == 1);
  CHECK(waits.from_10_to_60_s() == 1);
  CHECK(waits.from_60_s() == 1);
}

}  // namespace

TEST_CASE("every figure of an interval is there and right, on both clocks") {
  Day day;
  quarter_of_an_hour(day);
  left_waiting(day);
  const auto answer = day.ask_for(v1::INTERVAL_KIND_QUARTER_HOUR);
  const auto row = Day::of(answer, "emergency");
  CHECK(row.from().seconds() * 1'000'000'000 == begin.ns);
  CHECK(row.to().seconds() - row.from().seconds() == 900);
  check_counts(row);
  check_waits(row.from_queue_entry(), 0);
  check_waits(row.from_hand_over(), 2);
  CHECK(seconds(row.mean_talk()) == Approx((60 + 30 + 10) / 3.0));
  CHECK(seconds(row.mean_wrap_up()) == Approx((30 + 10 + 10) / 3.0));
  CHECK(seconds(row.handle_time()) == Approx(150));
  // h1: ready until 35, then never idle until 200, then on a break; h2 signed on at 192.5.
  CHECK(row.occupancy() == Approx(165.0 / 200));
  CHECK(row.handlers_signed_on() == Approx((235 + 42.5) / 235));
  CHECK(row.target_share() == Approx(0.9));
  CHECK(seconds(row.target_within()) == Approx(10));
  CHECK(seconds(row.short_abandon()) == Approx(5));
  const auto general = Day::of(answer, "general");
  CHECK(general.offered() == 2);
  CHECK(general.withdrawn() == 1);
  CHECK(general.in_progress() == 1);
}

TEST_CASE("the abandonment rule is named, and the share follows it") {
  Day day;
  quarter_of_an_hour(day);
  const std::pair<v1::AbandonRule, double> shares[] = {{v1::ABANDON_RULE_COUNTS_AGAINST, 1.0 / 5},
                                                       {v1::ABANDON_RULE_SHORT_EXCLUDED, 1.0 / 4},
                                                       {v1::ABANDON_RULE_EXCLUDED, 1.0 / 3}};
  std::set<std::string> texts;
  for (const auto& [rule, share] : shares) {
    const auto answer = day.ask_for(v1::INTERVAL_KIND_QUARTER_HOUR, rule);
    CHECK(answer.rule() == rule);
    texts.insert(answer.rule_text());
    const auto row = Day::of(answer, "emergency");
    CHECK(row.from_queue_entry().share_within_target() == Approx(share));
    CHECK(row.from_hand_over().share_within_target() == Approx(share));
  }
  CHECK(texts.size() == 3);
}

TEST_CASE("half-hours, hours and rolling windows count the same calls") {
  Day day;
  quarter_of_an_hour(day);
  left_waiting(day);
  const std::pair<v1::IntervalKind, int> fixed[] = {{v1::INTERVAL_KIND_QUARTER_HOUR, 900},
                                                    {v1::INTERVAL_KIND_HALF_HOUR, 1'800},
                                                    {v1::INTERVAL_KIND_HOUR, 3'600}};
  for (const auto& [kind, length] : fixed) {
    const auto row = Day::of(day.ask_for(kind), "emergency");
    CHECK(row.to().seconds() - row.from().seconds() == length);
    check_counts(row);
    check_waits(row.from_queue_entry(), 0);
  }
  for (const auto kind : {v1::INTERVAL_KIND_ROLLING_5_MINUTES, v1::INTERVAL_KIND_ROLLING_15_MINUTES,
                          v1::INTERVAL_KIND_ROLLING_60_MINUTES}) {
    const auto row = Day::of(day.ask_for(kind), "emergency");
    check_counts(row);
    check_waits(row.from_hand_over(), 2);
  }
  day.at(235 + 300);
  CHECK(Day::of(day.ask_for(v1::INTERVAL_KIND_ROLLING_5_MINUTES), "emergency").offered() == 0);
  CHECK(Day::of(day.ask_for(v1::INTERVAL_KIND_ROLLING_15_MINUTES), "emergency").offered() == 10);
}

TEST_CASE("a call belongs to the interval of its entry, which is provisional until all its calls have ended") {
  Day day;
  day.at(0);
  day.engine.staff("h1");
  const auto late = day.call(895);
  day.answered(902);
  const auto first = [&] { return Day::of(day.ask_for(v1::INTERVAL_KIND_QUARTER_HOUR), "emergency"); };
  CHECK(first().answered() == 1);
  CHECK(first().from_queue_entry().answered_within_target() == 1);  // credited at the answer, not at the end
  CHECK(first().provisional());
  CHECK(first().handled() == 0);
  day.over(1'000, late);
  CHECK(first().provisional());  // wrap-up goes on
  day.wrapped_up(1'030);
  CHECK_FALSE(first().provisional());
  CHECK(seconds(first().handle_time()) == Approx(98 + 30));
}
