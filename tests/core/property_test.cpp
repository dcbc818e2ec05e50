// Random lives of a room: whatever happens in whatever order, the invariants of the house hold (checked after every
// event by Room) and the same events give byte-identical actions.
#include <map>
#include <random>

#include "core/menus.hpp"
#include "core/statistics.hpp"
#include "core/wire.hpp"

using namespace pledge::core;
using namespace pledge::core::test;

namespace {

Options random_options(std::mt19937& random) {
  Options options = small_room(12);
  options.queues[0].widening = {{7s, {}}};
  options.queues[0].skills = {{{"dispatch"}, 1}};
  options.queues[1].wrap_up = 5s;
  options.queues[1].redial_keeps_place = 60s;
  options.queues[1].overflow_after = 40s;
  options.queues[1].late = {OverflowKind::number, "+442079460999", 0};
  options.queues[1].nobody = {OverflowKind::reject, {}, 480};
  options.queues[0].bound = 15;
  options.queues[0].full = {OverflowKind::queue, "general", 0};
  options.queues[1].widening = {{8s, {}}, {20s, {}}};
  if (random() % 2) options.queues[1].full = {OverflowKind::number, "+442079460998", 0};
  options.queues[1].bound = 12;
  if (random() % 2) {
    options.queues[0].overflow_after = 15s;
    options.queues[0].late = {OverflowKind::queue, "general", 0};
  }
  if (random() % 2) options.queues[0].nobody = {OverflowKind::announcement, "nobody here", 0};
  options.classes[1].starvation_bound = 25s;
  options.menus = two_menus();
  options.triage.insert(options.triage.begin(), rule("asked", "100", ""));
  options.triage[0].menu = "101";
  options.service_states = {"normal", "major incident"};
  options.queues[1].wordings = {{{false, {}, {"major incident"}}, "call tomorrow", "noted, it may take long", ""},
                                {{true, {{start + 60s, start + 120s}, {start + 200s, start + 500s}}, {}}, "by night", "", ""}};
  options.pools[0].reserve.kind = ReserveKind::fixed;
  options.pools[0].reserve.handlers = static_cast<double>(random() % 8) / 4;
  options.pools.push_back(options.pools[0]);
  options.pools[1].id = {"annexe"};
  for (auto& handler : options.handlers) {
    handler.roles = {{"all"}, {"general"}};
    handler.phone_mode = static_cast<PhoneMode>(random() % 3);
    if (random() % 2) handler.skills = {{{"dispatch"}, 1 + static_cast<std::uint32_t>(random() % 3)}};
    if (random() % 4 == 0) handler.phone.clear();
    if (random() % 3 == 0) handler.pool = {"annexe"};
  }
  options.handlers.back().roles.push_back({"manager"});
  return options;
}

// With all that may be done to calls in progress.
Options controlled(Options options) {
  options.queues[0].ring_back = true;
  options.queues[1].choices = {{Key::one, "back", {}, true, false}, {Key::two, "again", {}, false, true}, {Key::three, "999", {"emergency"}, false, false}};
  options.queues[1].call_back_sound = "noted";
  options.queues[1].key_refused_sound = "refused";
  options.queues[1].record = true;
  options.call_control.numbers = {"+44*"};
  options.call_control.parties_at_most = 4;
  options.call_control.ring_back_pause = 5s;
  options.silent.announcement = "press 55";
  options.silent.after = 3s;
  options.silent.ask = AskSilent::all;
  options.emergency.re_presented_within = 60s;
  auto northern = rule("999 north", "999", "general");
  northern.places = {"north"};
  northern.skills = {{{"dispatch"}, 2}};
  options.triage.insert(options.triage.begin(), northern);
  options.roles.push_back({{"supervisor"}, {{"emergency"}}, true});
  for (std::size_t i = 8; i < options.handlers.size(); ++i) options.handlers[i].roles.push_back({"supervisor"});
  return options;
}

class RandomLife {
 public:
  explicit RandomLife(std::uint32_t seed, bool control = false)
      : random_(seed), control_(control), options_(control ? controlled(random_options(random_)) : random_options(random_)), room_(options_) {
    statistics_.configure(room_.now, options_);
    room_.observer = [this](const Action& action) { observe(action); };
    room_.answers_leave = false;
  }

  std::string run(int events) {
    for (int i = 0; i < events; ++i) {
      one();
      if (random_() % 3 == 0) room_.pass(std::chrono::milliseconds{random_() % 4000});
    }
    return bytes_;
  }

  // The same with call control: callers who are to be rung back are left, and closed by a person.
  void close_controlled() {
    room_.configure(options_);
    for (bool any = true; any;) {
      any = false;
      for (const auto& [leg, state] : std::map{wire_.legs()})
        if (wire_.legs().contains(leg)) happen(LegEnded{leg, LegEnd::hung_up}), any = true;
      for (const auto& handler : options_.handlers) {
        happen(FinishWrapUp{request("x"), handler.id});
        happen(GoNotReady{request("x"), handler.id, "break"});
        happen(FinishWrapUp{request("x"), handler.id});
      }
    }
    happen(SignOn{request("h1"), {"h1"}, {}, "c", true});
    std::vector<ContactId> tasks;
    room_.core.for_each_contact([&](const ContactView& view) { tasks.push_back(view.now.contact); });
    for (const ContactId task : tasks) happen(CloseTask{request("h1"), task, "over"});
    for (const auto& handler : options_.handlers) happen(SignOff{request("manager"), handler.id, ""});
    CHECK(room_.core.contacts_live() == 0);
    CHECK(wire_.legs().empty());
    for (const auto& queue : options_.queues) CHECK(statistics_.rolling(queue.id, 60min, room_.now).in_progress() == 0);
  }

  // Everybody hangs up, all handlers go home: nothing is left, and every call is accounted for.
  void close() {
    room_.configure(options_);
    for (bool any = true; any;) {
      any = false;
      for (const auto& [leg, state] : std::map{wire_.legs()})
        if (leg.value % 2 == 0 && wire_.legs().contains(leg)) happen(LegEnded{leg, LegEnd::hung_up}), any = true;
    }
    for (const auto& handler : options_.handlers) {
      happen(FinishWrapUp{request("x"), handler.id});
      happen(SignOff{request("manager"), handler.id, ""});
    }
    CHECK(room_.core.contacts_live() == 0);
    CHECK(wire_.legs().empty());
    std::uint32_t answered = 0;
    for (const auto& queue : options_.queues) {
      const auto figures = statistics_.rolling(queue.id, 60min, room_.now);
      CHECK(figures.in_progress() == 0);
      CHECK(figures.unfinished == 0);
      CHECK(figures.handled == figures.answered);
      answered += figures.answered;
    }
    CHECK(answered == wire_.taken());
    CHECK(answered > 0);
  }

 private:
  void happen(const Event& event) {
    wire_.tell(event);
    room_.event(event);
    if (random_() % 4 != 0) let_answers_leave();
  }
  // Mostly at once; else anything may happen between an answer and its 200.
  void let_answers_leave() {
    for (const LegId leg : std::exchange(unsent_, {})) {
      wire_.tell(AnswerSent{leg});
      room_.event(AnswerSent{leg});
    }
  }
  void observe(const Action& action) {
    wire_.observe(action);
    encode(bytes_, action);
    if (const auto* ring = std::get_if<RingPhone>(&action)) legs_.push_back(ring->leg);
    if (const auto* answer = std::get_if<AnswerLeg>(&action)) unsent_.push_back(answer->leg);
    if (const auto* back = std::get_if<WithdrawAnswer>(&action)) std::erase(unsent_, back->leg);
    if (const auto* dial = std::get_if<DialOut>(&action)) legs_.push_back(dial->leg);
    if (const auto* offer = std::get_if<OfferMade>(&action)) offers_[offer->handler.value] = offer->offer;
    if (const auto* c = std::get_if<ContactChanged>(&action)) statistics_.observe(room_.now, *c);
    if (const auto* d = std::get_if<Decision>(&action)) statistics_.observe(room_.now, *d);
    if (const auto* h = std::get_if<HandlerChanged>(&action)) statistics_.observe(room_.now, *h, room_.core.handler(h->handler)->queues);
  }
  void call() {
    CallFacts facts;
    facts.dialled = random_() % 2 ? "999" : random_() % 2 ? "101" : "100";  // the last meets a menu
    facts.caller = "+4420794600" + std::to_string(10 + random_() % 30);
    const LegId leg{2 * ++calls_};
    legs_.push_back(leg);
    if (control_) {
      facts.trusted = random_() % 8 != 0;
      facts.trunk = {random_() % 2 ? "a" : "b"};
      facts.operator_present = random_() % 4 == 0;
    }
    happen(CallArrived{leg, facts});
  }
  std::string who() { return "h" + std::to_string(1 + random_() % 12); }
  LegId any(const std::vector<LegId>& legs) { return legs.empty() ? LegId{} : legs[random_() % legs.size()]; }
  // Mostly one that exists and rings.
  LegId ringing() {
    std::vector<LegId> found;
    for (const auto& [leg, state] : wire_.legs())
      if (leg.value % 2 == 1 && !state.answered) found.push_back(leg);
    return random_() % 8 ? any(found) : any(legs_);
  }
  LegId leg() {
    std::vector<LegId> found;
    for (const auto& [leg, state] : wire_.legs()) found.push_back(leg);
    return random_() % 8 ? any(found) : any(legs_);
  }
  ContactId contact() { return {1 + random_() % (calls_ + 1)}; }
  Request request(const std::string& actor) { return room_.request(actor); }

  CallTarget target() {
    switch (random_() % 4) {
      case 0: return {{}, {random_() % 2 ? "emergency" : "general"}, {}};
      case 1: return {{}, {}, random_() % 4 ? "+442079460999" : "07700900999"};
      case 2: return {};
      default: return {{who()}, {}, {}};
    }
  }
  // Mostly by one who has a call.
  void control() {
    std::string id = who();
    for (int i = 0; i < 6 && room_.core.handler({id})->now.state != HandlerState::talking; ++i) id = who();
    const ContactId contact = room_.core.handler({id})->now.contact;
    const Request by = request(id);
    switch (random_() % 19) {
      case 0: happen(HoldCall{by, {id}, contact, random_() % 3 != 0}); break;
      case 1: happen(MuteCall{by, {id}, contact, random_() % 2 == 0}); break;
      case 2: case 3: case 4: happen(ConsultCall{by, {id}, contact, target()}); break;
      case 5: case 6: happen(TransferCall{by, {id}, contact, target()}); break;
      case 7: case 8: happen(JoinCall{by, {id}, contact}); break;
      case 9: happen(DropParty{by, {id}, contact, random_() % 2 ? LegId{} : leg()}); break;
      case 10: listen(); break;
      case 11: happen(CallOut{by, {id}, "+44207946" + std::to_string(1000 + random_() % 50)}); break;
      case 12: happen(MediaTimeout{leg()}); break;
      case 13: happen(random_() % 2 ? Event{AskForKeys{by, {id}, contact}} : Event{MarkWrongUse{by, {id}, contact}}); break;
      case 14: happen(random_() % 2 ? Event{SpeechHeard{leg()}} : Event{NotReached{by, {id}, contact}}); break;
      case 15: happen(CloseTask{by, {1 + random_() % (2 * calls_ + 1)}, "r"}); break;
      case 16: happen(random_() % 2 ? Event{OperatorLeft{leg()}} : Event{HandedOver{by, {id}, contact}}); break;
      case 17: happen(LocationArrived{by, {1 + random_() % (2 * calls_ + 1)}, {}, {Location{}}, random_() % 2 ? "north" : ""}); break;
      case 18: happen(LocationArrived{by, {}, "+4420794600" + std::to_string(10 + random_() % 30), {Location{}}, random_() % 2 ? "north" : "south"}); break;
    }
  }
  void listen() {
    const std::string id = "h" + std::to_string(9 + random_() % 4);
    happen(SignOn{request(id), {id}, {"supervisor"}, "c", true});
    const ContactId talk = room_.core.handler({who()})->now.contact;
    happen(MonitorCall{request(id), {id}, talk, static_cast<MonitorMode>(random_() % 4), "r"});
  }

  void one() {
    if (control_ && random_() % 3 == 0) return control();
    const std::string id = who();
    switch (random_() % 28) {
      case 0: case 1: case 2: case 3: case 4:
        call();
        break;
      case 5: case 6: case 7: case 8: answer(ringing()); break;
      case 9: fail(ringing()); break;
      case 10: case 11: happen(LegEnded{leg(), static_cast<LegEnd>(random_() % 3)}); break;
      case 12: case 13:
        happen(SignOn{request(id), {id}, {random_() % 4 ? "all" : "general"}, "c", random_() % 2 == 0});
        happen(PhoneBound{{id}});
        happen(GoReady{request(id), {id}});
        break;
      case 14: case 15: happen(GoReady{request(id), {id}}); break;
      case 16: happen(random_() % 4 ? Event{GoNotReady{request(id), {id}, "break"}} : Event{SignOff{request(id), {id}, ""}}); break;
      case 17: happen(AcceptOffer{request(id), {id}, offers_[id]}); break;
      case 18: happen(random_() % 4 ? Event{FinishWrapUp{request(id), {id}}} : Event{DeclineOffer{request(id), {id}, offers_[id]}}); break;
      case 19: happen(random_() % 4 ? Event{PhoneBound{{id}}} : Event{PhoneUnbound{{id}}}); break;
      case 20: happen(random_() % 4 ? Event{ConsoleAttached{{id}, "c"}} : Event{ConsoleLost{{id}, "c"}}); break;
      case 21: supervise(id); break;
      case 22: happen(ReleaseCall{request(id), {id}, room_.core.handler({id})->now.contact}); break;
      case 23: reload(); break;
      case 24: case 25: happen(KeyPressed{leg(), static_cast<Key>(random_() % 12)}); break;
      case 26: case 27: happen(SoundFinished{leg(), static_cast<std::uint32_t>(1 + random_() % 3)}); break;
    }
  }
  // Answers and failures of legs that are gone, or were answered before, cross the core's own actions: it must bear them.
  void answer(LegId leg) {
    if (leg.value % 2 == 1) happen(LegAnswered{leg});
  }
  void fail(LegId leg) {
    const auto at = wire_.legs().find(leg);
    if (leg.value % 2 == 1 && (at == wire_.legs().end() || !at->second.answered))
      happen(LegFailed{leg, static_cast<LegFailure>(random_() % 6), 486});
  }
  void supervise(const std::string& id) {
    switch (random_() % 6) {
      case 5: happen(SetServiceState{request("m"), random_() % 2 ? "normal" : "major incident", "r"}); break;
      case 4: happen(Drain{request("m"), random_() % 8 == 0}); break;
      case 0: happen(Reprioritise{request("manager"), contact(), static_cast<Grade>(random_() % 5), "r"}); break;
      case 1: happen(MoveContact{request("manager"), contact(), {random_() % 2 ? "emergency" : "general"}, "r"}); break;
      case 2: happen(WithdrawContact{request("manager"), contact(), "r"}); break;
      case 3: happen(AssignHandler{request("manager"), {id}, {{random_() % 2 ? "emergency" : "general"}}, "r"}); break;
    }
  }
  void reload() {
    if (random_() % 4) return;
    Options changed = options_;
    changed.pools[0].reserve.handlers = static_cast<double>(random_() % 8) / 4;
    if (random_() % 4 == 0) changed.menus[0].choices.erase(changed.menus[0].choices.begin());
    if (random_() % 2) changed.handlers.erase(changed.handlers.begin() + static_cast<long>(random_() % 12));
    if (random_() % 4 == 0) {
      changed.queues.pop_back();
      changed.queues[0].full = {OverflowKind::reject, {}, 503};
      for (auto& to : changed.triage)
        if (to.queue.value == "general") to.queue = {"emergency"};
      changed.roles = {{{"all"}, {{"emergency"}}, false}, {{"general"}, {{"emergency"}}, false}};
    }
    room_.configure(changed);
  }

  std::mt19937 random_;
  bool control_;
  Options options_;
  Wire wire_;
  Statistics statistics_;
  Room room_;
  std::string bytes_;
  std::vector<LegId> legs_;  // ever opened
  std::vector<LegId> unsent_;  // asked to be answered, their 200 still on its way
  std::map<std::string, OfferId> offers_;
  std::uint64_t calls_ = 0;
};

}  // namespace

TEST_CASE("whatever happens in whatever order, the invariants hold and decisions repeat byte for byte") {
  const auto seed = GENERATE(range(1u, 41u));
  CAPTURE(seed);
  RandomLife life{seed};
  const std::string first = life.run(1500);
  life.close();
  CHECK(first.size() > 10'000);
  CHECK(first == RandomLife{seed}.run(1500));
}

TEST_CASE("whatever is done to calls in progress, no leg is forgotten, nobody is stuck, and decisions repeat") {
  const auto seed = GENERATE(range(1u, 61u));
  CAPTURE(seed);
  RandomLife life{seed, true};
  const std::string first = life.run(1500);
  life.close_controlled();
  CHECK(first == RandomLife(seed, true).run(1500));
}
