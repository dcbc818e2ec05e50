#include "core/reserve.hpp"

#include <cmath>

#include "core/room.hpp"

using namespace pledge::core;
using namespace pledge::core::test;

namespace {

// Exact checks of the routing benchmark: 294 s mean handling, 6,000 + 9,000 calls a day.
constexpr double emergency = 6'000.0 / 86'400, other = 9'000.0 / 86'400, handling = 294;

Options reserved_room(double reserve, int handlers) {
  Options options = small_room(handlers);
  options.pools[0].reserve.kind = ReserveKind::fixed;
  options.pools[0].reserve.handlers = reserve;
  return options;
}

}  // namespace

TEST_CASE("the chance that all are busy is Erlang C without abandonment and Erlang A with it") {
  const double busy = probability_all_busy(57, emergency + other, handling, 0);
  const double drain = 57 / handling - emergency - other;
  CHECK(1 - busy * std::exp(-drain * 10) == Approx(0.7417).margin(5e-5));
  CHECK(1 - busy * std::exp(-drain * 30) == Approx(0.8278).margin(5e-5));
  CHECK(1 - busy * std::exp(-(57 / handling - emergency) * 10) == Approx(0.9089).margin(5e-5));
  CHECK(probability_all_busy(10, 1, 100, 0) == 1);
  CHECK(probability_all_busy(10, 0, 100, 0) == 0);
  CHECK(probability_all_busy(5'000, 17, 300, 240) > 0.5);
}

TEST_CASE("a flood of calls makes everybody busy, and the reserve all there may be") {
  CHECK(probability_all_busy(50, 20, 350, 240) == Approx(1));
  ReserveInput input;
  input.handlers = 50;
  input.emergency_rate = 5;
  input.other_rate = 20;
  CHECK(late_share(input, 0) == Approx(1));
  CHECK(computed_reserve(input) == input.most);
  const WaitReserve reserve = reserve_by_wait(input);
  CHECK(reserve.late == Approx(0.74 * input.most).margin(0.05));  // in steps of 1/20
  CHECK(late_share(input, reserve) > 0.5);
  CHECK(late_share(input, reserve) <= 1);
}

TEST_CASE("the reserve is zero where strict priority keeps the promise, and grows with the load where it does not") {
  ReserveInput input;
  input.handlers = 57;
  input.emergency_rate = emergency;
  input.other_rate = other;
  input.emergency_handling = input.other_handling = handling;
  input.patience = 0;
  input.allowed_late = 0.1;  // 1 − .9089 = .0911 is within it
  CHECK(computed_reserve(input) == 0);
  input.allowed_late = 0.03;
  const double reserve = computed_reserve(input);
  const double load = emergency * handling / 57, in_target = std::exp(-(57 / handling - emergency) * 10);
  const auto late = [&](double kept) {
    return probability_all_busy(57 - kept, emergency + other, handling, 0) * std::pow(load, kept) * in_target;
  };
  CHECK(late(std::ceil(reserve)) <= 0.03);
  CHECK(late(std::floor(reserve)) > 0.03);
  input.handlers = 53;
  CHECK(computed_reserve(input) > reserve);
  input.most = 1;
  CHECK(computed_reserve(input) == 1);
  input.allowed_late = 0;  // a promise for every call takes what the cap allows
  CHECK(computed_reserve(input) == 1);
  input.emergency_rate = 0;
  CHECK(computed_reserve(input) == 0);
}

TEST_CASE("with a given chance that all are busy the reserve is the routing benchmark's closed form") {
  ReserveInput input;
  input.handlers = 50;
  input.emergency_rate = emergency;
  input.other_rate = other;
  input.emergency_handling = input.other_handling = handling;
  input.allowed_late = 0.03;
  input.all_busy = 0.5;
  const double within = std::exp(-(50 / handling - emergency) * 10), load = emergency * handling / 50;
  const double exact = std::log(0.03 / (0.5 * within)) / std::log(load);
  CHECK(computed_reserve(input) >= exact);
  CHECK(computed_reserve(input) < exact + 0.05 + 1e-9);
}

TEST_CASE("a computed reserve never keeps other calls from a small room in which nobody is busy") {
  ReserveInput input;
  input.handlers = 3;
  input.emergency_rate = 1;
  input.other_rate = 1;
  CHECK(computed_reserve(input) == 2);
  input.handlers = 1;
  CHECK(computed_reserve(input) == 0);
}

TEST_CASE("a waiting call that a free handler is kept from is explained as held back, once") {
  Room room{reserved_room(1, 1)};
  room.call("101");
  CHECK(room.all<Decision>().back().kind == DecisionKind::waits);
  room.staff("h1");
  REQUIRE(room.state("h1") == HandlerState::ready);
  room.event(GoNotReady{room.request("h1"), {"h1"}, "break"});
  room.event(GoReady{room.request("h1"), {"h1"}});
  CHECK(room.none<Decision>());
}

TEST_CASE("a free handler who is kept from a waiting call makes it held back in its explanation") {
  Room room{reserved_room(1, 1)};
  room.call("101");
  room.sign_on("h1");
  room.event(GoReady{room.request("h1"), {"h1"}});
  const Decision why = room.one<Decision>();
  CHECK(why.kind == DecisionKind::held_back);
  CHECK(why.reserve == 1);
  CHECK(why.pool_idle == 1);
}

TEST_CASE("a call let through goes to the longest idle of all who may serve it, whatever else they can do") {
  Options options = reserved_room(2, 3);
  options.queues[1].skills = {{{"general"}, 1}};
  options.handlers[0].skills = {{{"general"}, 1}, {{"welsh"}, 1}};
  options.handlers[1].skills = {{{"general"}, 1}};
  Room room{options};
  room.staff("h2");
  const LegId caller = room.call("999");
  room.event(LegAnswered{room.rung("h2")});
  room.staff("h1");
  room.pass(60s);
  room.event(LegEnded{caller, LegEnd::hung_up});  // h2 is idle for a shorter time than h1
  room.pass(10s);
  room.call("101");
  CHECK(room.none<RingPhone>());
  room.staff("h3");  // cannot serve it, but is one more for 999
  CHECK(room.core.contact(ContactId{2})->now.handler.value == "h1");
}

TEST_CASE("a non-emergency call is held back while idle handlers do not exceed the reserve; a 999 call never") {
  Room room{reserved_room(1, 2)};
  room.staff("h1");
  room.pass(1ms);
  room.call("101");
  CHECK(room.none<RingPhone>());
  CHECK(room.all<Decision>().back().kind == DecisionKind::held_back);
  room.staff("h2");  // two idle exceed a reserve of one
  CHECK(room.core.contact(ContactId{1})->now.state == ContactState::offered);
  room.call("999");
  CHECK(room.core.contact(ContactId{2})->now.state == ContactState::offered);
}

TEST_CASE("calls held back are served in their order, not the newcomer first") {
  Room room{reserved_room(1, 3)};
  room.staff("h1");
  room.pass(1ms);
  room.call("101");
  room.pass(5s);
  room.call("101");
  room.staff("h2");
  CHECK(room.core.contact(ContactId{1})->now.state == ContactState::offered);
  CHECK(room.core.contact(ContactId{2})->now.state == ContactState::waiting);
}

TEST_CASE("a handler who cannot serve the first class is never reserved") {
  Options options = reserved_room(5, 1);
  options.handlers[0].roles = {{"general"}};
  Room room{options};
  room.staff("h1", "general");
  room.pass(1ms);
  room.call("101");
  CHECK(room.rung("h1"));
}

TEST_CASE("the starvation bound lifts the reserve for that one call and never overtakes a waiting 999 call") {
  Options options = reserved_room(1, 1);
  options.classes[1].starvation_bound = 60s;
  Room room{options};
  SECTION("alone") {
    room.staff("h1");
    room.pass(1ms);
    room.call("101");
    room.call("101");
    room.pass(60s);
    CHECK(room.core.contact(ContactId{1})->now.state == ContactState::offered);
    CHECK(room.core.contact(ContactId{2})->now.state == ContactState::waiting);
  }
  SECTION("behind a 999 call") {
    room.call("101");
    room.pass(61s);
    room.call("999");
    room.staff("h1");
    CHECK(room.core.contact(ContactId{2})->now.state == ContactState::offered);
  }
}

TEST_CASE("a lower reserve lets calls held back through when it is recomputed") {
  Options options = reserved_room(0, 2);
  auto& reserve = options.pools[0].reserve;
  reserve.kind = ReserveKind::computed;
  reserve.source = RateSource::configured;
  reserve.emergency_per_hour.assign(24, 0);
  reserve.other_per_hour.assign(24, 60);
  // From 22:43:20 (start is 22:13:20 UTC) the rate of 999 calls falls to nothing.
  reserve.emergency_per_hour[21] = reserve.emergency_per_hour[22] = 60;
  Room room{options};
  room.staff("h1");
  room.call("999");
  room.event(LegAnswered{room.rung("h1")});
  room.staff("h2");
  room.pass(10s);
  room.call("101");
  CHECK(room.none<RingPhone>());
  room.pass(2h);
  CHECK_FALSE(room.none<RingPhone>());
}

TEST_CASE("a measured rate is the count over the window seen so far") {
  RateMeter meter;
  Time now = start;
  for (int i = 0; i < 600; ++i) meter.count(now = now + 1s, 15min);
  CHECK(meter.per_second(15min) == Approx(1).epsilon(0.1));
  meter.roll(now + 16min, 15min);
  CHECK(meter.per_second(15min) == 0);
}

TEST_CASE("hourly rates are linear between the mid-points of the hours, in local time") {
  std::vector<double> rates(24, 0);
  rates[10] = 3600;
  const Time day{1'700'006'400'000'000'000};  // a midnight, UTC
  CHECK(hourly_rate(rates, day + 10h + 30min, {}) == Approx(1));
  CHECK(hourly_rate(rates, day + 11h, {}) == Approx(0.5));
  CHECK(hourly_rate(rates, day + 9h + 30min, {{Time{0}, 3600}}) == Approx(1));
  CHECK(hourly_rate(rates, day, {}) == 0);
}

// A 999 call after an older other call, both waiting; who gets the first free handler tells the orders apart.
TEST_CASE("orders to compare with: each takes the call that its rule names") {
  const auto first_served = [](Order order, Duration between, Duration head_start = {}) -> std::string {
    Options options = small_room(1);
    options.selection = {order, head_start};
    options.queues[0].target_within = 10s;
    options.queues[1].target_within = 30s;
    Room room{options};
    room.call("101");
    room.pass(between);
    room.call("999");
    room.pass(5s);
    room.staff("h1");
    return room.core.contact(ContactId{1})->now.state == ContactState::offered ? "101" : "999";
  };
  CHECK(first_served(Order::strict, 300s) == "999");
  CHECK(first_served(Order::first_come, 1s) == "101");
  CHECK(first_served(Order::head_start, 59s, 60s) == "999");
  CHECK(first_served(Order::head_start, 61s, 60s) == "101");
  CHECK(first_served(Order::deadline, 19s) == "999");   // ends at 29 s, the other at 30 s
  CHECK(first_served(Order::deadline, 21s) == "101");
  CHECK(first_served(Order::wait_over_target, 9s) == "999");   // 5/10 against 14/30
  CHECK(first_served(Order::wait_over_target, 11s) == "101");  // 5/10 against 16/30
}

TEST_CASE("a reserve by wait is largest for a young call, least at its target, and then that of late calls") {
  const WaitReserve reserve{4, 1, 3, 8};
  CHECK(reserve.against(0, 30) == Approx(4));
  CHECK(reserve.against(15, 30) == Approx(2.5));
  CHECK(reserve.against(29.999, 30) == Approx(1).margin(0.001));
  CHECK(reserve.against(30, 30) == Approx(3));
  CHECK(reserve.against(60, 30) == Approx(3));
  CHECK(reserve.against(90, 30) == Approx(2.5));
  CHECK(reserve.against(500, 30) == Approx(2));
  CHECK(reserve.lets_go_at(2, 30).value() == Approx(20));
  CHECK(reserve.against(20, 30) == Approx(2));
  CHECK_FALSE(reserve.lets_go_at(1, 30));
  CHECK(reserve.lets_go_at(9, 30).value() == 0);
  CHECK_FALSE(WaitReserve{1, 2, 3}.lets_go_at(1, 30));  // a night so busy that it only grows
}

TEST_CASE("a surge is what exceeds the expected count by more than chance") {
  CHECK(surge_rate(16, 0.1, 160) == 0);
  CHECK(surge_rate(30.5, 0.1, 160) == 0);  // 16 + ½ + 3½·√16
  CHECK(surge_rate(46.5, 0.1, 160) == Approx(0.1));
  CHECK(surge_rate(5.5, 0, 100) == Approx(0.05));
}

TEST_CASE("a steep surge shows within seconds, a slow one in the whole window, and neither at the rate expected") {
  const auto window = 180s;
  const auto surge = [&](double a_second, std::chrono::seconds lasts) {  // after ten minutes of one call in ten seconds
    RateMeter meter;
    double owed = 0;
    Time now = start;
    for (const Time end = start + 600s; now < end; now = now + 10s) meter.count(now, window);
    for (const Time end = now + lasts; now < end; now = now + 1s)
      for (owed += a_second; owed >= 1; --owed) meter.count(now, window);
    meter.roll(now, window);
    return meter.surge(0.1, 1, now, window);
  };
  CHECK(surge(0.1, 400s) == 0);
  CHECK(surge(1, 15s) > 0.2);
  CHECK(surge(1, 30s) > 0.5);
  CHECK(surge(0.25, 20s) == 0);
  CHECK(surge(0.25, 200s) > 0.02);
  CHECK(surge(0.25, 200s) < 0.15);
}

TEST_CASE("a window that has only begun to fill makes no surge of the first calls") {
  RateMeter meter;
  CHECK(meter.surge(0.1, 1, start, 180s) == 0);
  meter.count(start, 180s);
  meter.count(start, 180s);
  CHECK(meter.surge(0.1, 1, start, 180s) == 0);
}

TEST_CASE("a surge adds what it brings in twice the target, up to the most, where there is a reserve at all") {
  WaitReserve reserve{4, 1, 3, 8};
  reserve.surge = 0.05;
  CHECK(reserve.against(0, 30) == Approx(7));
  CHECK(reserve.against(31, 30) == Approx(6));
  CHECK(reserve.lets_go_at(5, 30).value() == Approx(20));
  CHECK(reserve.against(20, 30) == Approx(5));
  CHECK_FALSE(reserve.lets_go_at(3, 30));
  reserve.surge = 1;
  CHECK(reserve.against(0, 30) == 8);
  CHECK(WaitReserve{0, 0, 0, 8, 1}.against(0, 30) == 0);
}

TEST_CASE("there is no reserve by wait where strict priority keeps the promise") {
  ReserveInput input;
  input.handlers = 57;
  input.emergency_rate = emergency;
  input.other_rate = other;
  input.emergency_handling = input.other_handling = handling;
  input.patience = 0;
  CHECK(late_share(input, 0) == Approx(1 - 0.9089).margin(5e-5));
  input.allowed_late = 0.1;
  CHECK(reserve_by_wait(input).against(0, 30) == 0);
  input.allowed_late = 0.03;
  WaitReserve reserve = reserve_by_wait(input);
  CHECK(late_share(input, reserve) <= 0.03);
  CHECK(reserve.young == input.most / 2);
  CHECK(reserve.at_target < reserve.late - 0.5);
  reserve.late -= 0.05;  // the least that does
  reserve.at_target = std::max(0.0, reserve.at_target - 0.05);
  CHECK(late_share(input, reserve) > 0.03);
  input.handlers = 3;  // a small room: never so many that others wait while nobody is busy
  CHECK(reserve_by_wait(input).against(0, 30) <= 2);
}

TEST_CASE("the late share under a reserve by wait is that of what is kept at each age, by whole handlers, as often as the age is met") {
  ReserveInput input;
  input.handlers = 50;
  input.emergency_rate = emergency;
  input.other_rate = other;
  const auto late = [&](double young, double at_target, double after) { return late_share(input, WaitReserve{young, at_target, after, 8}); };
  CHECK(late(0.9, 0.9, 0.9) == Approx(late_share(input, 0)));  // one idle handler exceeds it, and is not kept
  CHECK(late(2, 2, 2) > late_share(input, 2));                 // eased by one for the oldest
  CHECK(late(2, 2, 2) < late_share(input, 1));
  // A room that can hardly bear its load meets old calls, one with room to spare young ones.
  const auto part_of_young = [&](double handlers) {
    input.handlers = handlers;
    return (late_share(input, 0) - late(4, 4, 0)) / (late_share(input, 0) - late_share(input, 4));
  };
  CHECK(part_of_young(48) < part_of_young(54));
  CHECK(part_of_young(54) < part_of_young(70));
  CHECK(part_of_young(48) > 0);
  CHECK(part_of_young(70) < 1);
  input.other_target = 300;  // few wait as long as that
  CHECK(part_of_young(70) > 0.9);
  input.emergency_rate = 0;
  CHECK(late(2, 2, 2) == 0);
}

TEST_CASE("of the calls delayed under strict priority those are late that wait beyond their target or give up before it") {
  ReserveInput input;
  input.handlers = 57;
  input.emergency_rate = 1e-9;
  input.other_rate = emergency + other;
  input.other_handling = handling;
  input.patience = 0;
  const double drain = 57 / handling - input.other_rate;  // M/M/n: who waits, waits longer than T with e^−(nμ−λ)T
  for (const double target : {10.0, 30.0, 60.0}) {
    input.other_target = target;
    CHECK(late_share_of_delayed(input) == Approx(std::exp(-drain * target)).epsilon(0.02));
  }
  const double patient = late_share_of_delayed(input);
  input.patience = 60;  // fewer wait for long, but half of them would give up within 42 s
  CHECK(late_share_of_delayed(input) < 1);
  input.other_target = 0;
  CHECK(late_share_of_delayed(input) == Approx(1));
  input.other_target = 60;
  input.patience = 0;
  input.emergency_rate = emergency / 10;  // what the first class takes is not there for them
  CHECK(late_share_of_delayed(input) > patient);
}

TEST_CASE("a reserve by price ends where the next call saved would make more others late than the price") {
  ReserveInput input;
  input.handlers = 50;
  input.emergency_rate = emergency;
  input.other_rate = other;
  const auto cost = [&](double kept) {  // others late for each first-class call saved by a step more
    const auto busy = [&](double k) { return probability_all_busy(input.handlers - k, emergency + other, 294, input.patience); };
    const double step = 0.05, whole = std::floor(kept + 1e-9);
    const double late = other * (busy(whole + 1) - busy(whole)) * step * late_share_of_delayed(input);
    return late / (emergency * (late_share(input, kept) - late_share(input, kept + step)));
  };
  double before = 0;
  for (const double price : {1.0, 3.0, 10.0, 30.0}) {
    const double kept = priced_reserve(input, price);
    CHECK(kept > before);
    CHECK(cost(kept) > price);
    CHECK(cost(kept - 0.05) <= price);
    before = kept;
  }
  CHECK(priced_reserve(input, 0.1) == 0);
  CHECK(priced_reserve(input, 1e9) == input.most);
}

TEST_CASE("a day has one price for all its hours: higher for a stricter promise, and none where strict priority keeps it") {
  ReserveInput quiet, busy;
  quiet.handlers = 60;
  busy.handlers = 45;
  for (ReserveInput* at : {&quiet, &busy}) {
    at->emergency_rate = emergency;
    at->other_rate = other;
  }
  const double good = late_share(quiet, 0), bad = late_share(busy, 0), mean = (good + bad) / 2;
  REQUIRE(good < bad);
  CHECK(price_for_day({quiet, busy}, mean + 0.001) == 0);
  CHECK(reserve_by_wait(busy, 0).young == 0);
  const double loose = price_for_day({quiet, busy}, mean / 4), strict = price_for_day({quiet, busy}, mean / 16);
  CHECK(strict > loose);
  const auto late = [&](const ReserveInput& at, double price) { return late_share(at, reserve_by_wait(at, price)); };
  CHECK((late(quiet, strict) + late(busy, strict)) / 2 <= mean / 16);
  CHECK((late(quiet, strict) + late(busy, strict)) / 2 > mean / 16 * 0.9);
  CHECK(loose > 0);
  const double hardly = mean - 0.001;  // a promise that needs next to nothing: the price is that of the two promises
  CHECK(price_for_day({quiet, busy}, hardly) == Approx(0.4 * quiet.other_allowed_late / hardly));
  CHECK(price_for_day({}, 0.1) == 0);
}

namespace {
// Five handlers, four of them busy, at a rate that strict priority cannot bear: at most 4 are kept, 2 against a young call.
struct RoomByWait : Room {
  explicit RoomByWait(Options own = options()) : Room{std::move(own)} {
    for (const char* handler : {"h1", "h2", "h3", "h4", "h5"}) staff(handler);
    pass(20s);  // the reserve is computed with the staff there is
    for (const char* handler : {"h1", "h2", "h3", "h4"}) {
      call("999");
      event(LegAnswered{rung(handler)});
    }
    pass(4min);  // or else the four would pass for a surge
    call("101");
  }
  static constexpr ContactId held{5};
  static Options options() {
    Options options = small_room(5);
    auto& reserve = options.pools[0].reserve;
    reserve.kind = ReserveKind::by_wait;
    reserve.source = RateSource::configured;
    reserve.emergency_per_hour.assign(24, 20);
    reserve.other_per_hour.assign(24, 20);
    options.queues[0].target_share = 0.9;
    options.queues[1].target_within = 30s;
    return options;
  }
};
}  // namespace

TEST_CASE("a call held back is let go by itself when its wait has lowered the reserve, and the explanation says so") {
  RoomByWait room;
  const Decision why = room.all<Decision>().back();
  REQUIRE(why.kind == DecisionKind::held_back);
  CHECK(why.reserve == 2);
  CHECK(why.pool_idle == 1);
  // The reserve falls from 2 to between 0 and 0.6 at 30 s: one idle handler exceeds it from between 15 s and 22 s on.
  room.pass(14s);
  CHECK(room.core.contact(RoomByWait::held)->now.state == ContactState::waiting);
  room.pass(8s);
  CHECK(room.core.contact(RoomByWait::held)->now.state == ContactState::offered);
}

TEST_CASE("when a late call that was held back leaves, the one behind it meets its own, smaller reserve at once") {
  Room room{RoomByWait::options()};
  std::vector<LegId> phones;
  for (const char* handler : {"h1", "h2", "h3", "h4", "h5"}) room.staff(handler);
  room.pass(20s);
  for (const char* handler : {"h1", "h2", "h3", "h4", "h5"}) {
    room.call("999");
    phones.push_back(room.rung(handler));
    room.event(LegAnswered{phones.back()});
  }
  room.pass(4min);
  const LegId late = room.call("101");
  room.pass(6s);
  room.call("101");
  room.pass(29s);  // 35 and 29 s old
  const auto state = [&](std::uint64_t contact) { return room.core.contact(ContactId{contact})->now.state; };
  room.event(LegEnded{phones[0], LegEnd::hung_up});
  REQUIRE(state(6) == ContactState::waiting);
  REQUIRE(state(7) == ContactState::waiting);
  SECTION("gone") { room.event(LegEnded{late, LegEnd::cancelled}); }
  SECTION("served, by the handler who makes them enough") {
    for (std::size_t next = 1; state(6) == ContactState::waiting; ++next) {
      REQUIRE(state(7) == ContactState::waiting);
      REQUIRE(next < phones.size());
      room.event(LegEnded{phones[next], LegEnd::hung_up});
    }
    CHECK(state(6) == ContactState::offered);
  }
  CHECK(state(7) == ContactState::offered);
}

TEST_CASE("a 999 call is never held back by a reserve that depends on waits") {
  RoomByWait room;
  room.call("999");
  CHECK(room.core.contact(ContactId{6})->now.state == ContactState::offered);
  CHECK(room.core.contact(RoomByWait::held)->now.state == ContactState::waiting);
}

TEST_CASE("calls of the first class beyond the plan raise the reserve up to the most, and the explanation says so") {
  RoomByWait room;
  for (int i = 0; i < 20; ++i) room.event(LegEnded{room.call("999"), LegEnd::cancelled});
  room.call("101");
  const Decision why = room.all<Decision>().back();
  REQUIRE(why.kind == DecisionKind::held_back);
  CHECK(why.reserve == 4);
}

TEST_CASE("a plan that keeps the promise needs no reserve, but not with half of its handlers, nor in a surge") {
  Options options = RoomByWait::options();
  auto& reserve = options.pools[0].reserve;
  const auto held_back = [](RoomByWait& room) { return room.all<Decision>().back().kind == DecisionKind::held_back; };
  SECTION("a surge") {
    reserve.handlers_per_hour.assign(24, 5);
    reserve.emergency_per_hour.assign(24, 1);
    reserve.other_per_hour.assign(24, 1);
    RoomByWait room{options};
    CHECK_FALSE(held_back(room));
    const LegId phone = room.rung("h5");
    room.event(LegAnswered{phone});
    room.event(LegEnded{phone, LegEnd::hung_up});
    for (int i = 0; i < 20; ++i) room.event(LegEnded{room.call("999"), LegEnd::cancelled});
    room.pass(options.reserve_recomputed_every);
    room.call("101");
    CHECK(held_back(room));
  }
  SECTION("handlers missing") {
    reserve.handlers_per_hour.assign(24, 10);
    RoomByWait room{options};
    CHECK(held_back(room));
  }
}

TEST_CASE("a pool's configured rates are its own, however many pools there are") {
  Options options = RoomByWait::options();
  options.handlers = small_room(10).handlers;
  PoolOptions second = options.pools[0];
  second.id = {"second"};
  options.pools.push_back(second);
  for (std::size_t i = 5; i < options.handlers.size(); ++i) options.handlers[i].pool = second.id;
  Room room{options};
  for (int i = 1; i <= 10; ++i) room.staff("h" + std::to_string(i));
  room.pass(20s);
  for (int i = 1; i <= 9; ++i) {
    room.call("999");
    room.event(LegAnswered{room.rung("h" + std::to_string(i))});
  }
  room.pass(4min);
  room.call("101");
  const Decision why = room.all<Decision>().back();
  REQUIRE(why.kind == DecisionKind::held_back);
  CHECK(why.reserve == 2);
}

TEST_CASE("without explanations the core does the same and says nothing of why") {
  Core told, silent{Explanations::off};
  const auto options = std::make_shared<const Options>(small_room(1));
  const auto both = [&](Time at, const Event& event) {
    Actions expected = told.step(at, event);
    std::erase_if(expected, [](const Action& action) { return std::holds_alternative<Decision>(action); });
    CHECK(expected == silent.step(at, event));
  };
  both(start, Configured{options, {}});
  both(start + 1s, SignOn{{{1}, "h1", 0}, {"h1"}, {}, "desk", true});
  both(start + 2s, GoReady{{{2}, "h1", 0}, {"h1"}});
  both(start + 3s, CallArrived{{2}, {}});
  both(start + 4s, CallArrived{{4}, {}});
  both(start + 5s, LegEnded{{2}, LegEnd::hung_up});
}
