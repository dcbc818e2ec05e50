// The books balance: statistics fed by the core itself, against what was done to the callers.
#include <map>
#include <set>

#include "core/room.hpp"
#include "core/statistics.hpp"

using namespace pledge::core;
using namespace pledge::core::test;

namespace {

// Tells the statistics what the driver's observers would be told.
struct Books {
  explicit Books(const Options& options) : room{options} { statistics.configure(room.now, options); }
  void note() {
    for (const Action& action : room.actions()) {
      if (const auto* c = std::get_if<ContactChanged>(&action)) statistics.observe(room.now, *c);
      if (const auto* d = std::get_if<Decision>(&action)) statistics.observe(room.now, *d);
      if (const auto* h = std::get_if<HandlerChanged>(&action))
        statistics.observe(room.now, *h, room.core.handler(h->handler)->queues);
    }
  }
  void event(const Event& e) { room.event(e), note(); }
  void pass(Duration d) { room.pass(d), note(); }
  LegId call(const std::string& dialled) {
    const LegId leg = room.call(dialled);
    note();
    return leg;
  }
  void staff(const std::string& id) {
    room.sign_on(id), note();
    room.ready(id), note();
  }
  QueueFigures figures(const std::string& queue) {
    return statistics.rolling({queue}, 60min, room.now);
  }

  Room room;
  Statistics statistics;
};

Options dialling() {
  Options options = small_room(1);
  options.queues[0].overflow_after = 10s;
  options.queues[0].late = {OverflowKind::number, "+442079460999", 0};
  return options;
}

}  // namespace

TEST_CASE("a call that comes back from an outside number without an answer is not overflowed") {
  Books books{dialling()};
  const LegId caller = books.call("999");
  books.pass(10s);
  const LegId outside = books.room.one<DialOut>().leg;
  SECTION("and is answered here") {
    books.event(LegFailed{outside, LegFailure::busy, 486});
    books.staff("h1");
    books.event(LegAnswered{books.room.core.contact(ContactId{1})->handler_leg});
    books.event(LegEnded{caller, LegEnd::hung_up});
    CHECK(books.figures("emergency").answered == 1);
    CHECK(books.figures("emergency").overflowed == 0);
  }
  SECTION("and gives up") {
    books.event(LegEnded{caller, LegEnd::cancelled});
    CHECK(books.figures("emergency").abandoned == 1);
    CHECK(books.figures("emergency").overflowed == 0);
  }
  SECTION("answered outside it is") {
    books.event(LegAnswered{outside});
    CHECK(books.figures("emergency").overflowed == 1);
    books.event(LegEnded{caller, LegEnd::hung_up});
    CHECK(books.figures("emergency").overflowed == 1);
  }
  CHECK(books.figures("emergency").offered == 1);
  CHECK(books.figures("emergency").unfinished == 0);
}

TEST_CASE("a call that finds a queue full was offered to it and overflowed, wherever it goes from there") {
  Options options = small_room(1);
  options.queues[0].bound = 1;
  options.queues[0].full = {OverflowKind::queue, "general", 0};
  Books books{options};
  books.call("999");
  books.call("999");
  CHECK(books.figures("emergency").offered == 2);
  CHECK(books.figures("emergency").overflowed == 1);
  CHECK(books.figures("general").offered == 1);
}

TEST_CASE("a re-prioritised call that overflows later is overflowed, not moved") {
  Options options = dialling();
  options.queues[0].late = {OverflowKind::queue, "general", 0};
  Books books{options};
  books.call("999");
  books.event(Reprioritise{books.room.request("manager"), ContactId{1}, Grade::immediate, "x"});
  books.pass(10s);
  CHECK(books.figures("emergency").overflowed == 1);
  CHECK(books.figures("emergency").moved == 0);
  books.event(MoveContact{books.room.request("manager"), ContactId{1}, {"emergency"}, "back"});
  CHECK(books.figures("general").moved == 1);
}
