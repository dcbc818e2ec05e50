#include "signalling/sip_fixture.hpp"

using namespace sip_test;

namespace {

// A caller who waits, and a handler's phone.
struct Desk : Fixture {
  Desk() { start(); }
  Peer line{*this}, phone{*this};
  Call call{line, {}};
  LegId caller{}, handler{};
  Message invite;

  void arrive(const std::string& formats = "8 0") {
    call.target = target();
    call.invite({}, sdp("127.0.0.1", 6002, formats));
    caller = await<core::CallArrived>().leg;
  }
  void ring(bool auto_answer = false) {
    if (!caller) arrive();
    handler = Fixture::ring(phone, caller, auto_answer);
    invite = phone.expect("INVITE");
  }
  std::string answer_sdp() const { return sdp("127.0.0.1", 6400, "8"); }
};

}  // namespace

TEST_CASE("a phone rings with the caller's number, answers, and the two are connected without a re-INVITE") {
  Desk t;
  t.ring();
  CHECK(t.invite.header("From").find("\"A Caller\" <sip:+442079460123@") == 0);
  CHECK(t.invite.header("Max-Forwards") == "69");
  CHECK(t.invite.body().find("RTP/AVP 8 0") != std::string::npos);
  t.phone.answer(t.invite, "180 Ringing");
  CHECK(t.await<core::LegRinging>().leg == t.handler);
  t.phone.answer(t.invite, "200 OK", {}, t.answer_sdp());
  t.phone.expect("ACK");
  CHECK(t.await<core::LegAnswered>().leg == t.handler);
  t.sip->perform(core::AnswerLeg{t.caller});
  t.sip->perform(core::ConnectLegs{t.caller, t.handler});
  t.call.answered();
  t.call.ack();
  CHECK(t.media.formats[t.handler].remote.port == 6400);
  t.call.bye();
  t.await<core::LegEnded>();
  for (const auto* method : {"INVITE", "UPDATE"}) CHECK((t.phone.quiet(method) && t.line.quiet(method)));
  t.sip->perform(core::ReleaseLeg{t.handler, {}});
  t.phone.answer(t.phone.expect("BYE"), "200 OK");
  t.settle();
  CHECK(t.sip->counters().legs == 0);
  CHECK(t.media.ports == 1'000);
}

TEST_CASE("the offer to the phone begins with the caller's codec") {
  Desk t;
  t.arrive("0");
  t.ring();
  CHECK(t.invite.body().find("RTP/AVP 0 8") != std::string::npos);
}

TEST_CASE("a withheld number is withheld from the phone too") {
  Desk t;
  t.call.target = t.target();
  t.call.invite("Privacy: id\r\n");
  t.caller = t.await<core::CallArrived>().leg;
  t.ring();
  CHECK(t.invite.header("From").find("<sip:anonymous@") == 0);
}

TEST_CASE("a phone that shall answer by itself is told so") {
  Desk t;
  t.ring(true);
  CHECK(t.invite.header("Answer-Mode") == "Auto");
}

TEST_CASE("each failure of a phone has its consequence") {
  const auto [status, cause] = GENERATE(table<std::string, core::LegFailure>({
      {"486 Busy Here", core::LegFailure::busy},
      {"600 Busy Everywhere", core::LegFailure::busy},
      {"603 Decline", core::LegFailure::declined},
      {"480 Temporarily Unavailable", core::LegFailure::no_answer},
      {"404 Not Found", core::LegFailure::unreachable},
      {"503 Service Unavailable", core::LegFailure::unreachable},
      {"488 Not Acceptable Here", core::LegFailure::rejected},
      {"401 Unauthorized", core::LegFailure::rejected},
      {"302 Moved Temporarily", core::LegFailure::rejected},
  }));
  Desk t;
  t.ring();
  t.phone.answer(t.invite, status);
  t.phone.expect("ACK");
  const auto& failed = t.await<core::LegFailed>();
  CHECK(failed.leg == t.handler);
  CHECK(failed.cause == cause);
  CHECK(failed.sip_status == static_cast<std::uint32_t>(std::stoi(status)));
  t.settle();
  CHECK(t.sip->counters().legs == 1);  // the caller still waits
}

TEST_CASE("a phone that is released while ringing stops ringing") {
  Desk t;
  t.ring();
  t.phone.answer(t.invite, "180 Ringing");
  t.await<core::LegRinging>();
  t.sip->perform(core::ReleaseLeg{t.handler, "abandoned"});
  const auto cancel = t.phone.expect("CANCEL");
  t.phone.answer(cancel, "200 OK");
  t.phone.answer(t.invite, "487 Request Terminated");
  t.phone.expect("ACK");
  t.settle();
  CHECK_FALSE(t.events.last<core::LegFailed>());
  CHECK(t.sip->counters().legs == 1);
}

TEST_CASE("a CANCEL waits for the first provisional response") {
  Desk t;
  t.ring();
  t.sip->perform(core::ReleaseLeg{t.handler, {}});
  CHECK(t.phone.quiet("CANCEL"));
  t.phone.answer(t.invite, "180 Ringing");
  t.phone.expect("CANCEL");
}

TEST_CASE("a 200 that crosses the CANCEL is acknowledged and released") {
  Desk t;
  t.ring();
  t.phone.answer(t.invite, "180 Ringing");
  t.await<core::LegRinging>();
  t.sip->perform(core::ReleaseLeg{t.handler, {}});
  t.phone.expect("CANCEL");
  t.phone.answer(t.invite, "200 OK", {}, t.answer_sdp());
  t.phone.expect("ACK");
  t.phone.answer(t.phone.expect("BYE"), "200 OK");
  t.settle();
  CHECK_FALSE(t.events.last<core::LegAnswered>());
  CHECK(t.sip->counters().legs == 1);
}

TEST_CASE("an answer without usable SDP is acknowledged, released and reported") {
  Desk t;
  t.ring();
  t.phone.answer(t.invite, "200 OK");
  t.phone.expect("ACK");
  t.phone.expect("BYE");
  CHECK(t.await<core::LegFailed>().cause == core::LegFailure::rejected);
}

TEST_CASE("a 200 of another fork is acknowledged and released, the call goes on") {
  Desk t;
  t.ring();
  t.phone.answer(t.invite, "200 OK", {}, t.answer_sdp());
  t.phone.expect("ACK");
  t.await<core::LegAnswered>();
  t.phone.tag = "other";
  t.phone.answer(t.invite, "200 OK", {}, t.answer_sdp());
  const auto ack = t.phone.expect("ACK");
  CHECK(ack.header("To").find(";tag=other") != std::string::npos);
  const auto bye = t.phone.expect("BYE");
  CHECK(bye.header("To").find(";tag=other") != std::string::npos);
  t.settle();
  CHECK(t.sip->counters().legs == 2);
}

TEST_CASE("a repeated 200 gets its ACK again") {
  Desk t;
  t.ring();
  t.phone.answer(t.invite, "200 OK", {}, t.answer_sdp());
  t.phone.expect("ACK");
  t.phone.answer(t.invite, "200 OK", {}, t.answer_sdp());
  t.phone.expect("ACK");
  t.settle();
  CHECK(t.sip->counters().legs == 2);
}

TEST_CASE("the handler hangs up") {
  Desk t;
  t.ring();
  t.phone.answer(t.invite, "200 OK", {}, t.answer_sdp());
  const auto ack = t.phone.expect("ACK");
  t.await<core::LegAnswered>();
  Call back{t.phone, t.target()};
  back.id = t.invite.header("Call-ID");
  back.tag = "peer";
  const auto from = t.invite.header("From");
  back.to_tag = from.substr(from.find(";tag=") + 5);
  back.contact = t.invite.uri_of_contact();
  back.bye();
  t.phone.expect("SIP/2.0 200");
  CHECK(t.await<core::LegEnded>().leg == t.handler);
}

TEST_CASE("a phone without binding or with a useless address is unreachable at once") {
  Desk t;
  core::RingPhone action;
  action.leg = {1};
  action.handler = {"h1"};
  t.sip->perform(action);
  CHECK(t.await<core::LegFailed>().cause == core::LegFailure::unreachable);
  action.leg = {3};
  action.phone = "sip:";
  t.sip->perform(action);
  CHECK(t.events.text() == "LegFailed leg=1 cause=unreachable; LegFailed leg=3 cause=unreachable");
}

TEST_CASE("no port left: the phone leg fails as such, the caller gets 503 and when to try again") {
  Desk t;
  t.media.ports = 1;
  t.arrive();
  t.handler = t.Fixture::ring(t.phone, t.caller);
  CHECK(t.await<core::LegFailed>().cause == core::LegFailure::no_port);
  Call second{t.line, t.target()};
  second.id = "call-2";
  second.invite();
  CHECK(t.line.expect("SIP/2.0 503").header("Retry-After") == "5");
  CHECK(t.alarm_kinds().find("no-rtp-port") != std::string::npos);
  CHECK(t.sip->counters().legs == 1);
}

TEST_CASE("forked 200s that come after the CANCEL are each acknowledged and released") {
  Desk t;
  t.ring();
  t.phone.answer(t.invite, "180 Ringing");
  t.await<core::LegRinging>();
  t.sip->perform(core::ReleaseLeg{t.handler, {}});
  t.phone.expect("CANCEL");
  for (const char* tag : {"one", "two"}) {
    t.phone.tag = tag;
    t.phone.answer(t.invite, "200 OK", {}, t.answer_sdp());
    CHECK(t.phone.expect("ACK").header("To").find(std::string(";tag=") + tag) != std::string::npos);
    const auto bye = t.phone.expect("BYE");
    CHECK(bye.header("To").find(std::string(";tag=") + tag) != std::string::npos);
    t.phone.answer(bye, "200 OK");
  }
  t.settle();
  CHECK_FALSE(t.events.last<core::LegAnswered>());
  CHECK_FALSE(t.events.last<core::LegFailed>());
  CHECK(t.sip->counters().legs == 1);
}

TEST_CASE("a fork that answers after its call has ended is acknowledged and released") {
  Desk t;
  t.ring();
  t.phone.answer(t.invite, "200 OK", {}, t.answer_sdp());
  t.phone.expect("ACK");
  t.await<core::LegAnswered>();
  t.sip->perform(core::ReleaseLeg{t.handler, {}});
  t.phone.answer(t.phone.expect("BYE"), "200 OK");
  t.settle();
  t.phone.tag = "late";
  t.phone.answer(t.invite, "200 OK", {}, t.answer_sdp());
  CHECK(t.phone.expect("ACK").header("To").find(";tag=late") != std::string::npos);
  CHECK(t.phone.expect("BYE").header("To").find(";tag=late") != std::string::npos);
}

TEST_CASE("the handler's phone holds, resumes and moves with UPDATE and re-INVITE; the caller's leg is left alone") {
  Desk t;
  t.ring();
  t.phone.answer(t.invite, "200 OK", {}, t.answer_sdp());
  t.phone.expect("ACK");
  t.await<core::LegAnswered>();
  Call back{t.phone, t.target()};
  back.id = t.invite.header("Call-ID");
  back.tag = "peer";
  const auto from = t.invite.header("From");
  back.to_tag = from.substr(from.find(";tag=") + 5);
  back.contact = t.invite.uri_of_contact();
  t.phone.send(back.request("UPDATE", {}, sdp("127.0.0.1", 6400, "8", "a=inactive\r\n"), "hold"));
  CHECK(t.phone.expect("SIP/2.0 200").body().find("a=inactive") != std::string::npos);
  CHECK(t.await<core::LegHeld>().leg == t.handler);
  CHECK_FALSE(t.media.formats[t.handler].send);
  ++back.cseq;
  t.phone.send(back.request("INVITE", {}, sdp("127.0.0.1", 6410, "0"), "resume"));
  t.phone.expect("SIP/2.0 200");
  back.ack();
  REQUIRE(t.run_until([&] { return !t.events.last<core::LegHeld>()->held; }));
  CHECK(t.media.formats[t.handler].remote.port == 6410);
  CHECK(t.media.formats[t.handler].codec == runtime::AudioCodec::pcmu);
  CHECK(t.media.formats[t.caller].remote.port == 6002);
  CHECK(t.line.quiet("INVITE"));
}

TEST_CASE("a line held for a shift: called without a caller, refreshed, kept from call to call, lost with its phone") {
  Desk t;
  core::RingPhone action;
  action.leg = t.handler = {1};
  action.handler = {"h1"};
  action.phone = "sip:h1@" + t.phone.host();
  action.auto_answer = true;
  t.sip->perform(action);
  t.invite = t.phone.expect("INVITE");
  CHECK(t.invite.header("From").find("<sip:anonymous@") == 0);
  CHECK(t.invite.header("Answer-Mode") == "Auto");
  t.phone.answer(t.invite, "200 OK", "Supported: timer\r\nAllow: UPDATE\r\nSession-Expires: 1800;refresher=uac\r\n",
                 t.answer_sdp());
  t.phone.expect("ACK");
  t.await<core::LegAnswered>();
  for (const char* id : {"first", "second"}) {
    t.call.restart(id);
    t.arrive();
    t.sip->perform(core::AnswerLeg{t.caller});
    t.sip->perform(core::ConnectLegs{t.caller, t.handler});
    t.call.answered();
    t.call.ack();
    t.call.bye();
    t.line.expect("SIP/2.0 200");
    t.events.all.clear();
  }
  t.pass(std::chrono::seconds(900));
  t.phone.answer(t.phone.expect("UPDATE"), "481 Call/Transaction Does Not Exist");
  t.phone.expect("BYE");
  const auto& ended = t.await<core::LegEnded>();
  CHECK(ended.leg == t.handler);
  CHECK(ended.cause == core::LegEnd::lost);
}
