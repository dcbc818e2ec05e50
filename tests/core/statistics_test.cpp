// Figures per queue, interval and handler, fed with the core's actions on a virtual clock.
#include "core/statistics.hpp"

#include <catch2/catch.hpp>

using namespace pledge::core;

namespace {

constexpr Time nine{Duration{24h * 19'000 + 9h}.count()};  // a quarter-hour's beginning

Options two_queues() {
  Options options;
  options.classes = {{{"emergency"}, {}}};
  for (const auto* id : {"999", "101"}) {
    QueueOptions queue;
    queue.id = {id};
    queue.target_within = 10s;
    queue.short_abandon = 5s;
    options.queues.push_back(queue);
  }
  return options;
}

// Tells the statistics what the core would have told them.
struct Floor {
  Statistics statistics;
  Time now = nine;
  std::uint64_t last = 0;
  std::map<std::uint64_t, ContactChanged> contacts;

  Floor() { statistics.configure(now, two_queues()); }
  void advance(Duration by) { now = now + by; }
  std::uint64_t arrive(const char* queue, Duration handed_over_before = {}) {
    auto& c = contacts[++last];
    c.contact = {last};
    c.state = ContactState::waiting;
    c.queue = {queue};
    c.handed_over = now - handed_over_before;
    c.arrived = c.queued = now;
    statistics.observe(now, c);
    return last;
  }
  void offer(std::uint64_t id, const char* handler) { change(id, ContactState::offered, handler); }
  void answer(std::uint64_t id, const char* handler) {
    contacts[id].answered = now;
    change(id, ContactState::talking, handler);
    is(handler, HandlerState::talking, id);
  }
  void change(std::uint64_t id, ContactState state, const char* handler = "") {
    contacts[id].state = state;
    contacts[id].handler = {handler};
    statistics.observe(now, contacts[id]);
  }
  void end(std::uint64_t id, ContactEnd end) {
    contacts[id].state = ContactState::ended;
    contacts[id].end = end;
    statistics.observe(now, contacts[id]);
  }
  void is(const char* handler, HandlerState state, std::uint64_t contact = 0) {
    HandlerChanged h;
    h.handler = {handler};
    h.state = state;
    h.contact = {contact};
    h.since = now;
    statistics.observe(now, h, {{"999"}, {"101"}});
  }
  QueueFigures quarter(const char* queue, Time of = nine) {
    auto all = statistics.intervals({queue}, 15min, of, of + 15min, now);
    REQUIRE(all.size() == 1);
    return all.front();
  }
};

}  // namespace

TEST_CASE("an answer within the target is credited when it happens, not when the call ends") {
  Floor floor;
  floor.is("anna", HandlerState::ready);
  const auto call = floor.arrive("999");
  floor.advance(9s);
  floor.answer(call, "anna");
  auto figures = floor.quarter("999");
  CHECK(figures.answered == 1);
  CHECK(figures.from_queue_entry.within_target == 1);
  CHECK(figures.handled == 0);
  floor.advance(10min);
  floor.end(call, ContactEnd::completed);
  floor.is("anna", HandlerState::ready);
  figures = floor.quarter("999");
  CHECK(figures.answered == 1);
  CHECK(figures.from_queue_entry.within_target == 1);
  CHECK(figures.talk == 10min);
}

TEST_CASE("both clocks are kept: queue entry and network hand-over") {
  Floor floor;
  const auto call = floor.arrive("999", 3s);
  floor.advance(8s);
  floor.answer(call, "anna");
  auto figures = floor.quarter("999");
  CHECK(figures.from_queue_entry.within_target == 1);
  CHECK(figures.from_hand_over.within_target == 0);
  CHECK(figures.from_queue_entry.waits.mean() == 8s);
  CHECK(figures.from_hand_over.waits.mean() == 11s);
}

TEST_CASE("a call belongs to the interval of its queue entry") {
  Floor floor;
  floor.advance(14min + 58s);
  const auto call = floor.arrive("999");
  floor.advance(5s);
  floor.answer(call, "anna");
  CHECK(floor.quarter("999").answered == 1);
  CHECK(floor.quarter("999", nine + 15min).answered == 0);
}

TEST_CASE("an interval is provisional until it is over and all its calls have ended, wrap-up included") {
  Floor floor;
  floor.is("anna", HandlerState::ready);
  const auto call = floor.arrive("999");
  CHECK(floor.quarter("999").provisional);
  floor.answer(call, "anna");
  floor.advance(16min);
  CHECK(floor.quarter("999").provisional);
  floor.end(call, ContactEnd::completed);
  floor.is("anna", HandlerState::wrap_up, call);
  CHECK(floor.quarter("999").provisional);
  floor.advance(30s);
  floor.is("anna", HandlerState::ready);
  const auto figures = floor.quarter("999");
  CHECK_FALSE(figures.provisional);
  CHECK(figures.talk == 16min);
  CHECK(figures.wrap_up == 30s);
  CHECK(figures.handled == 1);
}

TEST_CASE("wrap-up counts whichever of handler and contact is told first") {
  Floor floor;
  floor.is("anna", HandlerState::ready);
  const auto call = floor.arrive("999");
  floor.answer(call, "anna");
  floor.advance(60s);
  floor.is("anna", HandlerState::wrap_up, call);
  floor.end(call, ContactEnd::completed);
  floor.advance(20s);
  floor.is("anna", HandlerState::not_ready);
  CHECK(floor.quarter("999").wrap_up == 20s);
  CHECK(floor.quarter("999").talk == 60s);
  CHECK(floor.quarter("999").unfinished == 0);
}

TEST_CASE("each outcome is counted once, and all of them add up to the offered calls") {
  Floor floor;
  const auto early = floor.arrive("999"), late = floor.arrive("999"), away = floor.arrive("999"),
             moved = floor.arrive("999"), withdrawn = floor.arrive("999"), refused = floor.arrive("999"),
             outside = floor.arrive("999");
  floor.arrive("999");  // goes on waiting
  floor.advance(4s);
  floor.end(early, ContactEnd::abandoned);
  floor.advance(2s);
  floor.end(late, ContactEnd::abandoned);
  floor.contacts[away].queue = {"101"};
  floor.contacts[away].queued = floor.now;
  floor.change(away, ContactState::waiting);
  Decision decision;
  decision.contact = {moved};
  decision.kind = DecisionKind::moved;
  floor.statistics.observe(floor.now, decision);
  floor.contacts[moved].queue = {"101"};
  floor.contacts[moved].queued = floor.now;
  floor.change(moved, ContactState::waiting);
  floor.end(withdrawn, ContactEnd::withdrawn);
  floor.end(refused, ContactEnd::rejected);
  floor.change(outside, ContactState::dialling_out);
  floor.change(outside, ContactState::outside);
  floor.end(outside, ContactEnd::overflowed);
  const auto figures = floor.quarter("999");
  CHECK(figures.offered == 8);
  CHECK(figures.abandoned == 2);
  CHECK(figures.abandoned_short == 1);
  CHECK(figures.overflowed == 2);
  CHECK(figures.moved == 1);
  CHECK(figures.withdrawn == 1);
  CHECK(figures.refused == 1);
  CHECK(figures.in_progress() == 1);
  CHECK(figures.unfinished == 1);
  CHECK(floor.quarter("101").offered == 2);
}

TEST_CASE("a call that was only re-prioritised and overflows later has not been moved") {
  Floor floor;
  const auto call = floor.arrive("999");
  Decision raised;
  raised.contact = {call};
  raised.kind = DecisionKind::moved;
  floor.statistics.observe(floor.now, raised);
  floor.change(call, ContactState::waiting);
  floor.contacts[call].queue = {"101"};
  floor.contacts[call].queued = floor.now;
  floor.change(call, ContactState::waiting);
  CHECK(floor.quarter("999").moved == 0);
  CHECK(floor.quarter("999").overflowed == 1);
}

TEST_CASE("a failed offer changes nothing; the second handler's answer is the answer") {
  Floor floor;
  const auto call = floor.arrive("999");
  floor.offer(call, "anna");
  floor.advance(20s);
  floor.change(call, ContactState::waiting);
  floor.offer(call, "ben");
  floor.advance(1s);
  floor.answer(call, "ben");
  const auto figures = floor.quarter("999");
  CHECK(figures.offered == 1);
  CHECK(figures.answered == 1);
  CHECK(figures.from_queue_entry.waits.mean() == 21s);
  CHECK(figures.from_queue_entry.under_60s == 1);
}

TEST_CASE("percentiles are nearest-rank and exact to the millisecond, however many waits") {
  WaitDigest digest;
  for (int i = 100'000; i > 0; --i) digest.add(i * 100us + 20us);
  CHECK(digest.percentile(0.5) == 5'000ms);
  CHECK(digest.percentile(0.9) == 9'000ms);
  CHECK(digest.percentile(0.99) == 9'900ms);
  CHECK(digest.percentile(1.0) == 10'000ms);
  CHECK(digest.longest() == 10'000ms + 20us);
  CHECK(digest.count() == 100'000);
  CHECK(WaitDigest{}.percentile(0.9) == Duration{});
  WaitDigest one;
  one.add(3s);
  CHECK(one.percentile(0.5) == 3s);
  CHECK(one.percentile(0.01) == 3s);
}

TEST_CASE("longer intervals are sums of quarter-hours, percentiles included") {
  Floor floor;
  for (int i = 0; i < 4; ++i) {
    const auto call = floor.arrive("999");
    floor.advance(std::chrono::seconds(i + 1));
    floor.answer(call, "anna");
    floor.end(call, ContactEnd::completed);
    floor.is("anna", HandlerState::ready);
    floor.advance(15min - std::chrono::seconds(i + 1));
  }
  auto halves = floor.statistics.intervals({"999"}, 30min, nine, nine + 1h, floor.now);
  REQUIRE(halves.size() == 2);
  CHECK(halves[0].answered == 2);
  CHECK(halves[1].from_queue_entry.waits.percentile(0.5) == 3s);
  auto hour = floor.statistics.intervals({"999"}, 1h, nine, nine + 1h, floor.now);
  REQUIRE(hour.size() == 1);
  CHECK(hour[0].from_queue_entry.waits.percentile(0.99) == 4s);
  CHECK(hour[0].from_queue_entry.waits.longest() == 4s);
  CHECK_FALSE(hour[0].provisional);
}

TEST_CASE("a rolling window forgets what is older than it") {
  Floor floor;
  floor.arrive("999");
  floor.advance(4min);
  floor.arrive("999");
  floor.advance(3min);
  CHECK(floor.statistics.rolling({"999"}, 5min, floor.now).offered == 1);
  CHECK(floor.statistics.rolling({"999"}, 15min, floor.now).offered == 2);
  floor.advance(61min);
  CHECK(floor.statistics.rolling({"999"}, 60min, floor.now).offered == 0);
}

TEST_CASE("the service level follows the named abandonment rule") {
  QueueFigures figures;
  figures.answered = 8;
  figures.from_queue_entry.within_target = 6;
  figures.abandoned = 4;
  figures.abandoned_short = 2;
  CHECK(figures.share(figures.from_queue_entry, AbandonRule::counts_against) == Approx(0.5));
  CHECK(figures.share(figures.from_queue_entry, AbandonRule::short_excluded) == Approx(0.6));
  CHECK(figures.share(figures.from_queue_entry, AbandonRule::excluded) == Approx(0.75));
  CHECK(QueueFigures{}.share({}, AbandonRule::excluded) == 0);
}

TEST_CASE("occupancy and handlers signed on are measured over the clock's interval") {
  Floor floor;
  floor.is("anna", HandlerState::ready);
  floor.is("ben", HandlerState::not_ready);
  floor.advance(10min);
  floor.is("anna", HandlerState::talking, 77);
  floor.advance(5min);
  auto figures = floor.quarter("999");
  CHECK(figures.occupancy() == Approx(1.0 / 3));
  CHECK(figures.mean_signed_on(floor.now) == Approx(2.0));
  floor.advance(5min);
  CHECK(floor.quarter("999", nine + 15min).occupancy() == Approx(1.0));
  floor.is("ben", HandlerState::signed_off);
  floor.advance(5min);
  CHECK(floor.quarter("999", nine + 15min).mean_signed_on(floor.now) == Approx(1.5));
}

TEST_CASE("a handler's own figures begin again at local midnight") {
  Floor floor;
  auto options = two_queues();
  options.utc_offsets = {{Time{0}, 3'600}};
  floor.statistics.configure(floor.now, options);
  floor.is("anna", HandlerState::ready);
  const auto call = floor.arrive("999");
  floor.answer(call, "anna");
  floor.advance(2min);
  floor.end(call, ContactEnd::completed);
  floor.is("anna", HandlerState::wrap_up, call);
  floor.advance(1min);
  floor.is("anna", HandlerState::ready);
  floor.advance(3min);
  auto own = floor.statistics.own({"anna"}, floor.now);
  CHECK(own.calls == 1);
  CHECK(own.handle_time == 3min);
  CHECK(own.busy == 3min);
  CHECK(own.signed_on == 6min);
  floor.now = nine + 14h + 1min;  // 00:01 local
  own = floor.statistics.own({"anna"}, floor.now);
  CHECK(own.calls == 0);
  CHECK(own.signed_on == 1min);
}

TEST_CASE("what is older than the retention is forgotten, and a late end of such a call harms nothing") {
  StatisticsOptions an_hour;
  an_hour.kept = 1h;
  Statistics statistics(an_hour);
  statistics.configure(nine, two_queues());
  ContactChanged c;
  c.contact = {1};
  c.queue = {"999"};
  c.state = ContactState::waiting;
  c.handed_over = c.queued = nine;
  statistics.observe(nine, c);
  for (int i = 1; i <= 12; ++i) {
    ContactChanged other = c;
    other.contact = {1u + static_cast<unsigned>(i)};
    other.queued = nine + i * 15min;
    statistics.observe(other.queued, other);
  }
  const auto now = nine + 3h + 1min;
  c.state = ContactState::ended;
  c.end = ContactEnd::abandoned;
  statistics.observe(now, c);
  const auto all = statistics.intervals({"999"}, 15min, nine, now, now);
  REQUIRE(all.size() == 5);
  CHECK(all.front().from == nine + 2h);
  for (const auto& interval : all) CHECK(interval.offered == 1);
}

TEST_CASE("an unknown queue has no figures") {
  Floor floor;
  CHECK(floor.statistics.intervals({"none"}, 15min, nine, nine + 1h, floor.now).empty());
  CHECK(floor.statistics.rolling({"none"}, 5min, floor.now).offered == 0);
}

TEST_CASE("a call transferred to a queue, or returned to its own, is offered there anew, and its talk is no wait") {
  Floor floor;
  const auto transferred = floor.arrive("999", 1s), returned = floor.arrive("999");
  floor.is("h1", HandlerState::ready);
  floor.is("h2", HandlerState::ready);
  floor.advance(2s);
  floor.answer(transferred, "h1");
  floor.answer(returned, "h2");
  floor.advance(60s);
  for (const auto id : {transferred, returned}) {
    floor.contacts[id].answered = never;
    floor.contacts[id].queued = floor.now;
  }
  floor.contacts[transferred].queue = {"101"};
  floor.change(transferred, ContactState::waiting);
  floor.change(returned, ContactState::waiting);
  floor.is("h1", HandlerState::ready);
  floor.is("h2", HandlerState::ready);
  floor.advance(3s);
  floor.answer(transferred, "h1");
  floor.answer(returned, "h2");
  floor.advance(10s);
  floor.end(transferred, ContactEnd::completed);
  floor.end(returned, ContactEnd::completed);
  floor.is("h1", HandlerState::ready);
  floor.is("h2", HandlerState::ready);
  auto own = floor.quarter("999"), other = floor.quarter("101");
  CHECK(own.offered == 3);
  CHECK(own.answered == 3);
  CHECK(own.from_queue_entry.waits.longest() == 3s);
  CHECK(own.from_hand_over.waits.longest() == 3s);
  CHECK(own.talk == 60s + 60s + 10s);
  CHECK(own.unfinished == 0);
  CHECK(other.offered == 1);
  CHECK(other.from_hand_over.waits.longest() == 3s);
  CHECK(other.talk == 10s);
}

TEST_CASE("who is to be called back leaves the queue's figures as such, and the call from here is of none") {
  Floor floor;
  const auto caller = floor.arrive("101");
  floor.advance(20s);
  floor.end(caller, ContactEnd::call_back);
  const auto task = floor.last + 1;
  floor.contacts[task].outgoing = true;
  floor.arrive("101");
  const auto figures = floor.quarter("101");
  CHECK(figures.offered == 1);
  CHECK(figures.call_backs == 1);
  CHECK(figures.in_progress() == 0);
}

TEST_CASE("a call that its network lost and presented again is one call, offered once and not abandoned") {
  Floor floor;
  const auto lost = floor.arrive("999", 3s);
  floor.advance(2s);
  floor.end(lost, ContactEnd::abandoned);
  CHECK(floor.quarter("999").abandoned_short == 1);
  floor.advance(6s);
  auto& again = floor.contacts[++floor.last];
  again = floor.contacts[lost];
  again.contact = {floor.last};
  again.continues = {lost};
  again.end = ContactEnd::none;
  floor.change(floor.last, ContactState::waiting);
  floor.advance(1s);
  floor.answer(floor.last, "anna");
  floor.end(floor.last, ContactEnd::completed);
  floor.is("anna", HandlerState::ready);
  const auto figures = floor.quarter("999");
  CHECK(figures.offered == 1);
  CHECK(figures.answered == 1);
  CHECK(figures.abandoned == 0);
  CHECK(figures.abandoned_short == 0);
  CHECK(figures.unfinished == 0);
  CHECK(figures.from_queue_entry.waits.longest() == 9s);  // since the first leg's entry
  CHECK(figures.from_hand_over.waits.longest() == 12s);
}

TEST_CASE("a caller who is rung back has abandoned all the same") {
  Floor floor;
  const auto lost = floor.arrive("999");
  floor.advance(8s);
  floor.end(lost, ContactEnd::abandoned);
  auto& task = floor.contacts[++floor.last];
  task = floor.contacts[lost];
  task.contact = {floor.last};
  task.continues = {lost};
  task.outgoing = true;
  task.end = ContactEnd::none;
  floor.change(floor.last, ContactState::waiting);
  CHECK(floor.quarter("999").abandoned == 1);
  CHECK(floor.quarter("999").offered == 1);
}
