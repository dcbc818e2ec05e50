#include "tools/pledge/view/desk.hpp"

#include <catch2/catch.hpp>

using namespace pledge;
using namespace pledge::view;
using namespace std::chrono_literals;

namespace {

const core::Time now{1'700'000'000'000'000'000};

v1::WatchConsoleResponse snapshot(v1::HandlerState state) {
  v1::WatchConsoleResponse out;
  *out.mutable_time() = timestamp_of(now);
  auto& handler = *out.mutable_snapshot()->mutable_handler();
  handler.set_id("a0001");
  handler.set_state(state);
  handler.set_phone_bound(true);
  out.mutable_snapshot()->add_not_ready_reasons("break");
  return out;
}

v1::WatchConsoleResponse offer(bool can_accept) {
  v1::WatchConsoleResponse out;
  *out.mutable_time() = timestamp_of(now);
  auto& made = *out.mutable_offer();
  made.set_id(3);
  made.set_can_accept(can_accept);
  if (!can_accept) made.set_cannot_accept_reason("answer your phone to accept");
  *made.mutable_expires() = timestamp_of(now + 20s);
  auto& contact = *made.mutable_contact();
  contact.set_id(9);
  contact.set_queue("emergency");
  contact.set_rule("nines");
  contact.add_labels("domestic-abuse");
  contact.mutable_facts()->set_caller("+447700900123");
  contact.mutable_facts()->set_provenance(v1::PROVENANCE_ASSERTED);
  contact.mutable_facts()->set_dialled("999");
  *contact.mutable_queued() = timestamp_of(now - 4s);
  *contact.mutable_answer_deadline() = timestamp_of(now + 6s);
  return out;
}

v1::WatchConsoleResponse state(v1::HandlerState to) {
  v1::WatchConsoleResponse out;
  *out.mutable_time() = timestamp_of(now);
  out.mutable_handler()->set_state(to);
  return out;
}

v1::EarlierCall earlier(core::Time began, core::Duration lasted, v1::ContactEnd end) {
  v1::EarlierCall call;
  *call.mutable_began() = timestamp_of(began);
  if (lasted.count() > 0) *call.mutable_ended() = timestamp_of(began + lasted);
  call.set_end(end);
  call.set_queue("emergency");
  return call;
}

std::string text(const Desk& desk) {
  std::string out;
  for (const auto& line : draw(desk, {now, {30, 90}, {false}, "", std::nullopt, nullptr})) out += line + "\n";
  return out;
}
std::string keys(const Desk& desk) {
  std::string out;
  for (const auto& [key, what] : keys_of(desk)) out += key;
  return out;
}

}  // namespace

TEST_CASE("an offer shows who calls, from where the number is known, and how long is left") {
  Desk desk;
  desk.apply(snapshot(v1::HANDLER_STATE_READY));
  desk.apply(state(v1::HANDLER_STATE_OFFERED));
  CHECK(desk.apply(offer(true)) == "offered a call from +447700900123 (emergency)");
  const auto shown = text(desk);
  INFO(shown);
  CHECK(shown.find("INCOMING CALL   0:20 to take it") != std::string::npos);
  CHECK(shown.find("+447700900123   asserted by the network") != std::string::npos);
  CHECK(shown.find("0:04   6 s left of 10 s") != std::string::npos);
  CHECK(shown.find("domestic-abuse") != std::string::npos);
  CHECK(shown.find("nines") != std::string::npos);
  CHECK(keys(desk) == "adnq");
}

TEST_CASE("an offer shows the earlier calls of its number: what became of them, and who talked") {
  Desk desk;
  desk.apply(snapshot(v1::HANDLER_STATE_OFFERED));
  auto again = offer(true);
  auto& facts = *again.mutable_offer()->mutable_contact()->mutable_facts();
  *facts.add_earlier() = earlier(now - 65s, core::Duration{}, v1::CONTACT_END_UNSPECIFIED);
  facts.mutable_earlier(0)->set_outgoing(true);
  *facts.add_earlier() = earlier(now - 300s, 35s, v1::CONTACT_END_ABANDONED);
  facts.mutable_earlier(1)->add_labels("silent");
  *facts.add_earlier() = earlier(now - 900s, 120s, v1::CONTACT_END_COMPLETED);
  facts.mutable_earlier(2)->set_handler("a0007");
  desk.apply(again);
  const auto shown = text(desk);
  INFO(shown);
  CHECK(shown.find("earlier calls    " + clock_text(now - 65s) + " called from here, emergency: not over yet after 1:05") != std::string::npos);
  CHECK(shown.find(clock_text(now - 300s) + " emergency: abandoned after 0:35, silent") != std::string::npos);
  CHECK(shown.find(clock_text(now - 900s) + " emergency: completed after 2:00, with a0007") != std::string::npos);
}

TEST_CASE("where the phone accepts, the console says so and offers no accept key") {
  Desk desk;
  desk.apply(snapshot(v1::HANDLER_STATE_OFFERED));
  desk.apply(offer(false));
  CHECK(text(desk).find("answer your phone to accept") != std::string::npos);
  CHECK(keys(desk) == "dnq");
}

TEST_CASE("an offer that went elsewhere leaves the screen, with its reason") {
  Desk desk;
  desk.apply(snapshot(v1::HANDLER_STATE_OFFERED));
  desk.apply(offer(true));
  v1::WatchConsoleResponse over;
  *over.mutable_time() = timestamp_of(now);
  over.mutable_offer_over()->set_id(3);
  over.mutable_offer_over()->set_end(v1::OFFER_END_WITHDRAWN);
  CHECK(desk.apply(over) == "the offer is over: the caller hung up, or the call was taken elsewhere (withdrawn)");
  CHECK(text(desk).find("INCOMING") == std::string::npos);
}

TEST_CASE("what is known of the caller stays on the screen when the call changes") {
  Desk desk;
  desk.apply(snapshot(v1::HANDLER_STATE_OFFERED));
  desk.apply(offer(true));
  v1::WatchConsoleResponse change;
  *change.mutable_time() = timestamp_of(now);
  change.mutable_contact()->set_id(9);
  change.mutable_contact()->set_queue("emergency");
  change.mutable_contact()->set_state(v1::CONTACT_STATE_TALKING);
  *change.mutable_contact()->mutable_queued() = timestamp_of(now - 4s);
  *change.mutable_contact()->mutable_answered() = timestamp_of(now);
  desk.apply(change);
  CHECK(text(desk).find("+447700900123   asserted by the network") != std::string::npos);
  desk.apply(state(v1::HANDLER_STATE_TALKING));
  const auto shown = text(desk);
  INFO(shown);
  CHECK(shown.find("ON THE LINE   call 9") != std::string::npos);
  CHECK(shown.find("within the target of 10 s") != std::string::npos);
  CHECK(shown.find("+447700900123   asserted by the network") != std::string::npos);
}

TEST_CASE("each state has its keys") {
  Desk desk;
  desk.apply(snapshot(v1::HANDLER_STATE_SIGNED_OFF));
  CHECK(keys(desk) == "s");
  desk.apply(state(v1::HANDLER_STATE_NOT_READY));
  CHECK(keys(desk) == "roq");
  desk.apply(state(v1::HANDLER_STATE_READY));
  CHECK(keys(desk) == "noq");
  desk.apply(state(v1::HANDLER_STATE_TALKING));
  CHECK(keys(desk) == "xnq");
  desk.apply(state(v1::HANDLER_STATE_WRAP_UP));
  CHECK(keys(desk) == "wenq");
}

TEST_CASE("a recorded call says so, and a key pauses it and records again") {
  Desk desk;
  desk.apply(snapshot(v1::HANDLER_STATE_READY));
  desk.apply(offer(true));
  desk.apply(state(v1::HANDLER_STATE_TALKING));
  const auto changed = [](v1::RecordingState recording) {
    v1::WatchConsoleResponse out;
    out.mutable_contact()->set_id(9);
    out.mutable_contact()->set_state(v1::CONTACT_STATE_TALKING);
    out.mutable_contact()->set_recording(recording);
    return out;
  };
  desk.apply(changed(v1::RECORDING_STATE_UNSPECIFIED));
  CHECK(text(desk).find("REC") == std::string::npos);
  CHECK(keys(desk).find('p') == std::string::npos);
  CHECK(desk.apply(changed(v1::RECORDING_STATE_ON)) == "this call is recorded");
  CHECK(text(desk).find("● REC") != std::string::npos);
  CHECK(text(desk).find("pause recording") != std::string::npos);
  CHECK(desk.apply(changed(v1::RECORDING_STATE_PAUSED)) == "recording paused");
  CHECK(text(desk).find("‖ PAUSED") != std::string::npos);
  CHECK(text(desk).find("record again") != std::string::npos);
  CHECK(desk.apply(changed(v1::RECORDING_STATE_ON)) == "recording again");
  desk.apply(changed(v1::RECORDING_STATE_FAILED));
  CHECK(text(desk).find("NOT RECORDED") != std::string::npos);
  CHECK(keys(desk).find('p') == std::string::npos);
}

TEST_CASE("an offered consultation says who asks, and about which call") {
  Desk desk;
  desk.apply(snapshot(v1::HANDLER_STATE_OFFERED));
  auto asked = offer(true);
  auto& contact = *asked.mutable_offer()->mutable_contact();
  contact.set_queue("negotiators");
  contact.set_consults(4);
  contact.set_consulted_by("a0002");
  contact.clear_answer_deadline();
  CHECK(desk.apply(asked) == "offered a consultation: a0002 asks negotiators about call 4 from +447700900123");
  const auto shown = text(desk);
  INFO(shown);
  CHECK(shown.find("CONSULTATION   0:20 to take it") != std::string::npos);
  CHECK(shown.find("INCOMING CALL") == std::string::npos);
  CHECK(shown.find("a0002, about call 4") != std::string::npos);
  CHECK(shown.find("+447700900123") != std::string::npos);
}

namespace {
// Call 9 of this desk, which consults a queue until somebody of it answers.
v1::WatchConsoleResponse consulting(std::uint32_t position, const std::string& answered = {}) {
  v1::WatchConsoleResponse out;
  *out.mutable_time() = timestamp_of(now);
  auto& parties = *out.mutable_parties();
  parties.set_contact(9);
  parties.set_held(true);
  auto& own = *parties.add_parties();
  own.set_leg(3);
  own.set_handler("a0001");
  own.set_role(v1::PARTY_ROLE_HANDLER);
  own.set_answered(true);
  auto& aside = *parties.add_parties();
  aside.set_role(v1::PARTY_ROLE_CONSULTED);
  aside.set_answered(!answered.empty());
  aside.set_handler(answered);
  if (answered.empty()) aside.set_queue("negotiators"), aside.set_waits_as(12), aside.set_position(position);
  else aside.set_leg(5);
  return out;
}
}  // namespace

TEST_CASE("who consults a queue sees how far that is, until somebody of it answers") {
  Desk desk;
  auto begin = snapshot(v1::HANDLER_STATE_TALKING);
  begin.mutable_snapshot()->mutable_handler()->set_contact(9);
  begin.mutable_snapshot()->mutable_contact()->set_id(9);
  begin.mutable_snapshot()->mutable_contact()->set_handler("a0001");
  desk.apply(begin);
  CHECK(desk.apply(consulting(2)) == "the caller is on hold; queue negotiators, waiting at position 2");
  CHECK(text(desk).find("queue negotiators, waiting at position 2") != std::string::npos);
  CHECK(keys(desk) == "xknq");
  CHECK(desk.apply(consulting(0)) == "queue negotiators, a handler is being called");
  CHECK(desk.apply(consulting(0, "a0002")) == "a0002, consulted");
  CHECK(keys(desk) == "xtjknq");
}

namespace {
v1::WatchConsoleResponse supervisor(v1::HandlerState state, std::uint64_t monitors) {
  auto out = snapshot(state);
  auto& all = *out.mutable_snapshot();
  all.add_supervisor_roles("supervisor");
  all.mutable_handler()->set_role("supervisor");
  all.mutable_handler()->set_monitors(monitors);
  return out;
}

v1::WatchConsoleResponse monitored_by_own(v1::MonitorMode mode, bool answered) {
  v1::WatchConsoleResponse out;
  *out.mutable_time() = timestamp_of(now);
  auto& parties = *out.mutable_parties();
  parties.set_contact(17);
  auto& handler = *parties.add_parties();
  handler.set_leg(3);
  handler.set_handler("a0007");
  handler.set_role(v1::PARTY_ROLE_HANDLER);
  handler.set_answered(true);
  auto& own = *parties.add_parties();
  own.set_leg(5);
  own.set_handler("a0001");
  own.set_role(v1::PARTY_ROLE_MONITOR);
  own.set_answered(answered);
  own.set_mode(mode);
  return out;
}
}  // namespace

TEST_CASE("who may supervise has a key to listen to a call, others have none") {
  Desk desk;
  desk.apply(supervisor(v1::HANDLER_STATE_NOT_READY, 0));
  CHECK(keys(desk) == "rolq");
  CHECK(text(desk).find("listen to a call") != std::string::npos);
  auto other = supervisor(v1::HANDLER_STATE_NOT_READY, 0);
  other.mutable_snapshot()->mutable_handler()->set_role("call handler");
  desk.apply(other);
  CHECK(keys(desk) == "roq");
}

TEST_CASE("a supervisor sees the call listened to, who is in it, and the keys that change what is heard of the supervisor") {
  Desk desk;
  desk.apply(supervisor(v1::HANDLER_STATE_NOT_READY, 17));
  v1::WatchConsoleResponse call;
  call.mutable_contact()->set_id(17);
  call.mutable_contact()->set_handler("a0007");
  call.mutable_contact()->set_queue("emergency");
  call.mutable_contact()->mutable_facts()->set_caller("+447700900123");
  *call.mutable_contact()->mutable_answered() = timestamp_of(now - 75s);
  CHECK(desk.apply(call).empty());
  CHECK(desk.apply(monitored_by_own(v1::MONITOR_MODE_LISTEN, false)) == "your phone rings: answer it to hear call 17");
  CHECK(text(desk).find("YOUR PHONE RINGS: answer it to listen   call 17   1:15") != std::string::npos);
  CHECK(desk.apply(monitored_by_own(v1::MONITOR_MODE_LISTEN, true)) == "you listen to call 17");
  const auto shown = text(desk);
  INFO(shown);
  CHECK(shown.find("YOU LISTEN: nobody hears you") != std::string::npos);
  CHECK(shown.find("a0007, has the call") != std::string::npos);
  CHECK(shown.find("+447700900123") != std::string::npos);
  CHECK(keys(desk) == "wbkq");
  CHECK(desk.apply(monitored_by_own(v1::MONITOR_MODE_WHISPER, true)) == "you whisper to the handler of call 17");
  CHECK(keys(desk) == "lbkq");
  CHECK(desk.apply(monitored_by_own(v1::MONITOR_MODE_BARGE, true)) == "everybody hears you in call 17");
  CHECK(keys(desk) == "lwkq");
  auto over = supervisor(v1::HANDLER_STATE_NOT_READY, 0);
  v1::WatchConsoleResponse changed;
  *changed.mutable_time() = timestamp_of(now);
  *changed.mutable_handler() = over.snapshot().handler();
  CHECK(desk.apply(changed) == "not listening to call 17 any more");
  CHECK(keys(desk) == "rolq");
  CHECK(text(desk).find("no call") != std::string::npos);
  CHECK(desk.apply(call).empty());  // the last that was to be told of it
  CHECK(text(desk).find("no call") != std::string::npos);
  CHECK(keys(desk) == "rolq");
}

TEST_CASE("where a supervisor chooses a call, the list takes the place of the call, and its keys that of the others") {
  Desk desk;
  desk.apply(supervisor(v1::HANDLER_STATE_NOT_READY, 0));
  CallChoice choice;
  choice.take({}, false);
  std::string shown;
  for (const auto& line : draw(desk, {now, {30, 90}, {false}, "", std::nullopt, &choice})) shown += line + "\n";
  INFO(shown);
  CHECK(shown.find("CALLS IN PROGRESS") != std::string::npos);
  CHECK(shown.find("Enter  listen to it") != std::string::npos);
  CHECK(shown.find("no call\n") == std::string::npos);
}
