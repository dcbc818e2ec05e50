// A queue is consulted: somebody of it is found as for a call that waits there, and takes part in the call it is about.
#include <algorithm>

#include "core/room.hpp"
#include "core/statistics.hpp"

using namespace pledge::core;
using namespace pledge::core::test;

namespace {

// h1 and h4 take calls, h2 and h3 negotiate as well.
Options with_negotiators() {
  Options options = small_room(4);
  options.queues.push_back(queue("negotiators", "general", 60s));
  options.roles.push_back({{"negotiator"}, {{"negotiators"}}, false});
  for (const std::size_t i : {1U, 2U}) options.handlers[i].roles.push_back({"negotiator"});
  return options;
}

// h1 has a caller, and asks somebody of a queue.
struct Call {
  explicit Call(const Options& options = with_negotiators(), const std::string& dialled = "999") : room(options) {
    room.staff("h1");
    caller = room.call(dialled);
    first = room.rung("h1");
    room.event(LegAnswered{first});
  }
  Refusal consult(const std::string& whom) {
    room.event(ConsultCall{room.request("h1"), {"h1"}, id, {{}, {whom}, {}}});
    return room.replied();
  }
  ContactView view(ContactId of) const {
    const auto found = room.core.contact(of);
    REQUIRE(found);
    return *found;
  }
  // Whom the queue has not found yet; none: nobody is awaited.
  std::optional<PartyView> awaited() const {
    const auto parties = view(id).parties;
    if (!parties) return {};
    for (const PartyView& party : parties->parties)
      if (party.waits_as) return party;
    return {};
  }
  bool released(LegId leg) const {
    const auto all = room.all<ReleaseLeg>();
    return std::any_of(all.begin(), all.end(), [&](const auto& gone) { return gone.leg == leg; });
  }
  bool noted(const std::string& text) const {
    const auto all = room.all<CallNote>();
    return std::any_of(all.begin(), all.end(), [&](const auto& note) { return note.contact == id && note.text.find(text) != std::string::npos; });
  }
  // The consultation is over, and h1 still has the caller, on hold.
  void goes_on_with_first() const {
    CHECK_FALSE(room.core.contact(asked));
    CHECK_FALSE(awaited());
    CHECK(view(id).now.state == ContactState::talking);
    CHECK(view(id).now.handler.value == "h1");
    CHECK_FALSE(released(caller));
    REQUIRE(view(id).parties);
    CHECK(view(id).parties->held);
    if (const auto queue = room.core.queue({"negotiators"})) CHECK(queue->waiting == 0);
  }

  const ContactId id{1}, asked{2};
  Room room;
  LegId caller, first;
};

}  // namespace

TEST_CASE("somebody of the queue answers, talks aside, and takes the call over") {
  Call c;
  c.room.sign_on("h2", "negotiator");
  REQUIRE(c.consult("negotiators") == Refusal::none);
  const auto held = c.room.all<PlayToLeg>();
  REQUIRE(held.size() == 2);
  CHECK((held[0].leg == c.caller && held[0].sound == "hold"));
  CHECK((held[1].leg == c.first && held[1].sound == "ringback"));
  const ContactView waits = c.view(c.asked);
  CHECK(waits.now.state == ContactState::waiting);
  CHECK(waits.now.outgoing);
  CHECK(waits.now.consults == c.id);
  CHECK(waits.now.consulted_by.value == "h1");
  CHECK(waits.facts.caller == "+442079460001");
  REQUIRE(c.awaited());
  CHECK(c.awaited()->queue.value == "negotiators");
  CHECK(c.awaited()->position == 1);

  c.room.ready("h2");
  const LegId second = c.room.rung("h2");
  REQUIRE(second);
  CHECK(c.room.one<RingPhone>().caller_leg == c.caller);
  CHECK(c.room.one<OfferMade>().contact == c.asked);
  CHECK(c.awaited()->position == 0);
  c.room.event(TransferCall{c.room.request("h1"), {"h1"}, c.id, {}});
  CHECK(c.room.replied() == Refusal::wrong_state);

  c.room.event(LegAnswered{second});
  CHECK_FALSE(c.room.core.contact(c.asked));
  CHECK(c.room.core.handler({"h2"})->now.contact == c.id);
  CHECK(c.room.state("h2") == HandlerState::talking);
  for (const MixToLeg& mix : c.room.all<MixToLeg>()) CHECK(mix.sources == std::vector<LegId>{mix.leg == c.first ? second : c.first});
  CHECK(c.room.all<MixToLeg>().size() == 2);
  c.room.event(TransferCall{c.room.request("h1"), {"h1"}, c.id, {}});
  REQUIRE(c.room.replied() == Refusal::none);
  CHECK(c.view(c.id).now.handler.value == "h2");
  CHECK(c.released(c.first));
  CHECK_FALSE(c.released(c.caller));
}

TEST_CASE("who was found joins the call, or is let go") {
  Call c;
  c.room.staff("h2", "negotiator");
  REQUIRE(c.consult("negotiators") == Refusal::none);
  const LegId second = c.room.rung("h2");
  c.room.event(LegAnswered{second});
  SECTION("joins") {
    c.room.event(JoinCall{c.room.request("h1"), {"h1"}, c.id});
    REQUIRE(c.room.replied() == Refusal::none);
    for (const MixToLeg& mix : c.room.all<MixToLeg>()) CHECK(mix.sources.size() == 2);
  }
  SECTION("is let go") {
    c.room.event(DropParty{c.room.request("h1"), {"h1"}, c.id, {}});
    REQUIRE(c.room.replied() == Refusal::none);
    CHECK(c.released(second));
    CHECK(c.room.state("h2") == HandlerState::ready);
    c.goes_on_with_first();
  }
}

TEST_CASE("a consultation that one handler does not take is offered to the next") {
  Call c;
  c.room.staff("h2", "negotiator");
  c.room.staff("h3", "negotiator");
  REQUIRE(c.consult("negotiators") == Refusal::none);
  const LegId second = c.room.rung("h2");
  REQUIRE(second);
  SECTION("declined") { c.room.event(LegFailed{second, LegFailure::declined, 603}); }
  SECTION("no answer") { c.room.pass(20s); }
  CHECK(c.room.rung("h3"));
  CHECK(c.view(c.asked).now.handler.value == "h3");
  CHECK(c.awaited());
}

TEST_CASE("a queue that nobody else serves, is full or is not there is not consulted, and the reason is said") {
  Options options = with_negotiators();
  options.queues[1].bound = 1;
  Call c(options);
  CHECK(c.consult("negotiators") == Refusal::handler_not_free);
  CHECK(c.consult("general") == Refusal::handler_not_free);  // h1 alone
  CHECK(c.consult("nowhere") == Refusal::unknown_queue);
  c.room.sign_on("h4");
  c.room.call("101", "+442079460002");
  CHECK(c.consult("general") == Refusal::queue_full);
  CHECK_FALSE(c.awaited());
  CHECK_FALSE(c.view(c.id).parties);
}

TEST_CASE("a drain ends no call, and no consultation about one") {
  Call c;
  c.room.sign_on("h2", "negotiator");
  c.room.event(Drain{c.room.request("operator"), true});
  CHECK(c.consult("negotiators") == Refusal::none);
}

TEST_CASE("a call of a more urgent class is consulted about before all who wait in the queue, whatever is held in reserve") {
  Options options = with_negotiators();
  options.pools[0].reserve.kind = ReserveKind::fixed;
  options.pools[0].reserve.handlers = 1;
  Call c(options);
  c.room.sign_on("h4");
  c.room.call("101", "+442079460002");
  c.room.pass(5s);
  REQUIRE(c.consult("general") == Refusal::none);
  CHECK(c.awaited()->position == 1);
  c.room.ready("h4");
  REQUIRE(c.room.rung("h4"));
  CHECK(c.room.one<OfferMade>().contact.value == 3);
}

TEST_CASE("a call of a less urgent class is consulted about after all who wait in the queue already") {
  Call c(with_negotiators(), "101");
  c.room.sign_on("h4");
  c.room.pass(5s);
  c.room.call("999", "+442079460002");
  c.room.pass(1s);
  REQUIRE(c.consult("emergency") == Refusal::none);
  CHECK(c.awaited()->position == 2);
  c.room.ready("h4");
  CHECK(c.room.one<OfferMade>().contact.value == 2);
}

TEST_CASE("within a class a consultation has the place of its call") {
  Call c(with_negotiators(), "101");
  c.room.sign_on("h4");
  c.room.pass(5s);
  c.room.call("101", "+442079460002");
  c.room.pass(1s);
  REQUIRE(c.consult("general") == Refusal::none);
  CHECK(c.awaited()->position == 1);
}

TEST_CASE("a consultation ends with the call, or when the handler is gone, and the phone that rings for it is let go") {
  Call c;
  c.room.staff("h2", "negotiator");
  REQUIRE(c.consult("negotiators") == Refusal::none);
  const LegId second = c.room.rung("h2");
  SECTION("the caller hangs up") {
    c.room.event(LegEnded{c.caller, LegEnd::hung_up});
    CHECK_FALSE(c.room.core.contact(c.id));
    CHECK(c.released(c.first));
  }
  SECTION("the handler hangs up: the caller is back in the queue") {
    c.room.event(LegEnded{c.first, LegEnd::hung_up});
    CHECK_FALSE(c.released(c.caller));
    CHECK(c.view(c.id).now.handler.value == "h1");  // who is free again
  }
  SECTION("the handler's phone vanishes: the caller is back in the queue") {
    c.room.event(MediaTimeout{c.first});
    CHECK(c.view(c.id).now.state == ContactState::waiting);
    CHECK(c.room.reason("h1") == "phone lost");
  }
  SECTION("the handler has enough of it") {
    c.room.event(DropParty{c.room.request("h1"), {"h1"}, c.id, {}});
    CHECK(c.room.replied() == Refusal::none);
    c.goes_on_with_first();
  }
  CHECK(c.released(second));
  CHECK_FALSE(c.room.core.contact(c.asked));
  CHECK(c.room.state("h2") == HandlerState::ready);
}

TEST_CASE("a caller is not left on hold while a queue is consulted from a console that is lost") {
  Call c;
  c.room.sign_on("h2", "negotiator");
  c.room.event(ConsoleAttached{{"h1"}, "console-h1"});
  REQUIRE(c.consult("negotiators") == Refusal::none);
  c.room.event(ConsoleLost{{"h1"}, "console-h1"});
  CHECK(c.awaited());
  c.room.pass(c.room.core.options().offers.console_grace);
  CHECK_FALSE(c.room.core.contact(c.asked));
  CHECK(c.view(c.id).now.state == ContactState::waiting);
  CHECK(c.room.reason("h1") == "console lost");
}

TEST_CASE("a supervisor moves or withdraws a consultation, and a reload that takes its queue away ends it") {
  Options options = with_negotiators();
  Call c(options);
  c.room.sign_on("h2", "negotiator");
  c.room.sign_on("h4");
  REQUIRE(c.consult("negotiators") == Refusal::none);
  SECTION("moved") {
    c.room.event(MoveContact{c.room.request("manager"), c.asked, {"general"}, "they have it too"});
    REQUIRE(c.room.replied() == Refusal::none);
    REQUIRE(c.awaited());
    CHECK(c.awaited()->queue.value == "general");
    CHECK(c.room.waiting("general") == 1);
  }
  SECTION("graded") {
    c.room.event(Reprioritise{c.room.request("manager"), c.asked, Grade::resolution, "can wait"});
    REQUIRE(c.room.replied() == Refusal::none);
    CHECK(c.view(c.asked).now.grade == Grade::resolution);
    CHECK(c.awaited());
  }
  SECTION("withdrawn") {
    c.room.event(WithdrawContact{c.room.request("manager"), c.asked, "all are at the scene"});
    REQUIRE(c.room.replied() == Refusal::none);
    CHECK(c.noted("queue negotiators: all are at the scene"));
    c.goes_on_with_first();
  }
  SECTION("its queue is removed") {
    options.queues.pop_back();
    c.room.configure(options);
    CHECK(c.noted("removed from the configuration"));
    c.goes_on_with_first();
  }
  SECTION("its queue is removed while a phone rings, which nobody answers") {
    c.room.ready("h2");
    const LegId second = c.room.rung("h2");
    options.queues.pop_back();
    c.room.configure(options);
    c.room.event(LegFailed{second, LegFailure::no_answer, 480});
    c.goes_on_with_first();
  }
}

TEST_CASE("a consultation is accepted as a call is, at the console and on a held line") {
  Options options = with_negotiators();
  const auto mode = GENERATE(PhoneMode::accept_first, PhoneMode::nailed_up);
  options.handlers[1].phone_mode = mode;
  Call c(options);
  c.room.sign_on("h2", "negotiator");
  const LegId line = c.room.rung("h2");
  if (line) c.room.event(LegAnswered{line});
  c.room.event(ConsoleAttached{{"h2"}, "console-h2"});
  c.room.ready("h2");
  REQUIRE(c.consult("negotiators") == Refusal::none);
  const OfferId offer = c.room.one<OfferMade>().offer;
  c.room.event(AcceptOffer{c.room.request("h2"), {"h2"}, offer});
  REQUIRE(c.room.replied() == Refusal::none);
  if (mode == PhoneMode::accept_first) c.room.event(LegAnswered{c.room.rung("h2")});
  CHECK(c.room.one<OfferEnded>().contact == c.asked);
  CHECK(c.room.core.handler({"h2"})->now.contact == c.id);
  c.room.event(DropParty{c.room.request("h1"), {"h1"}, c.id, {}});
  c.goes_on_with_first();
  CHECK(c.room.state("h2") == HandlerState::ready);
  if (line) CHECK_FALSE(c.released(line));
}

TEST_CASE("a consultation is no call of the queue's statistics, answered or not") {
  Call c;
  Statistics statistics;
  statistics.configure(c.room.now, c.room.core.options());
  c.room.observer = [&](const Action& action) {
    if (const auto* changed = std::get_if<ContactChanged>(&action)) statistics.observe(c.room.now, *changed);
  };
  c.room.sign_on("h2", "negotiator");
  for (const bool answered : {false, true}) {
    REQUIRE(c.consult("negotiators") == Refusal::none);
    if (answered) c.room.ready("h2");
    if (answered) c.room.event(LegAnswered{c.room.rung("h2")});
    c.room.event(DropParty{c.room.request("h1"), {"h1"}, c.id, {}});
    REQUIRE(c.room.replied() == Refusal::none);
  }
  const QueueFigures figures = statistics.rolling({"negotiators"}, 60min, c.room.now);
  CHECK(figures.offered == 0);
  CHECK(figures.answered == 0);
  CHECK(figures.withdrawn == 0);
}
