// What takes half a minute on the wire, on a clock of the test's own: the SIP library reads its time through a hook.
#include <utility>

#include "signalling/sip_fixture.hpp"
#include "sip/signalling/sofia.hpp"

extern "C" {
SOFIAPUBVAR void (*_su_time)(su_time_t* time);
}

using namespace sip_test;

namespace {

std::uint64_t ahead = 0;  // seconds; the hook has no context

void hurried(su_time_t* time) { time->tv_sec += ahead; }

struct Hurried : Fixture {
  Hurried() {
    ahead = 0;
    start();
    call.target = target();
  }
  ~Hurried() { _su_time = before; }
  Hurried(const Hurried&) = delete;
  Hurried& operator=(const Hurried&) = delete;

  // In small steps, as the library would have seen it; each OPTIONS makes it look at its clock.
  void pass(int seconds) {
    for (int i = 0; i < seconds; ++i) {
      ++ahead;
      line.send(call.request("OPTIONS", {}, {}, "tick" + std::to_string(ahead)));
      line.expect("SIP/2.0 200");
    }
  }
  void (*const before)(su_time_t*) = std::exchange(_su_time, hurried);
  Peer line{*this}, phone{*this};
  Call call{line, {}};
};

}  // namespace

TEST_CASE("an answer that is never acknowledged is given up after 32 s: BYE, and the core is told") {
  Hurried t;
  t.call.invite();
  const auto leg = t.await<core::CallArrived>().leg;
  t.sip->perform(core::AnswerLeg{leg});
  t.line.expect("SIP/2.0 200");
  ++t.call.cseq;
  t.call.id = "ticks";
  t.pass(40);
  CHECK(t.await<core::LegEnded>().cause == core::LegEnd::lost);
  t.settle();
  CHECK(t.sip->counters().legs == 0);
  CHECK(t.sip->counters().legs_lost == 1);
}

TEST_CASE("a phone that never answers an INVITE is unreachable after 32 s") {
  Hurried t;
  t.call.invite();
  const auto leg = t.ring(t.phone, t.await<core::CallArrived>().leg);
  t.phone.expect("INVITE");
  t.call.id = "ticks";
  t.pass(40);
  const auto& failed = t.await<core::LegFailed>();
  CHECK(failed.leg == leg);
  CHECK(failed.cause == core::LegFailure::unreachable);
  CHECK(failed.sip_status == 0);
}

TEST_CASE("a 180 is repeated each minute") {
  Hurried t;
  t.call.invite();
  t.sip->perform(core::AlertLeg{t.await<core::CallArrived>().leg});
  t.line.expect("SIP/2.0 180");
  t.call.id = "ticks";
  ahead += 61;
  t.line.send(t.call.request("OPTIONS"));
  t.line.expect("SIP/2.0 180");
}

TEST_CASE("after many calls and 40 s nothing is left: no leg, no dialog, no transaction, no port") {
  Hurried t;
  for (int i = 0; i < 50; ++i) {
    t.call.restart("call-" + std::to_string(i));
    t.call.invite();
    const auto& arrived = t.await<core::CallArrived>();
    const auto caller = arrived.leg;
    const auto handler = t.ring(t.phone, caller);
    const auto invite = t.phone.expect("INVITE");
    if (i % 3 == 0) {
      t.phone.answer(invite, "486 Busy Here");
      t.phone.expect("ACK");
      t.sip->perform(core::RejectLeg{caller, 480, "nobody"});
      t.line.expect("SIP/2.0 480");
    } else {
      t.phone.answer(invite, "200 OK", {}, sdp("127.0.0.1", 6400));
      t.phone.expect("ACK");
      t.sip->perform(core::AnswerLeg{caller});
      t.call.answered();
      t.call.ack();
      if (i % 3 == 1) t.call.bye();
      t.sip->perform(core::ReleaseLeg{handler, {}});
      t.phone.answer(t.phone.expect("BYE"), "200 OK");
      if (i % 3 == 1) t.line.expect("SIP/2.0 200");
      else t.sip->perform(core::ReleaseLeg{caller, {}}), t.line.answer(t.line.expect("BYE"), "200 OK");
    }
    t.events.all.clear();
  }
  t.call.restart("ticks");
  t.pass(80);
  const auto counters = t.sip->counters();
  CHECK(counters.legs == 0);
  CHECK(counters.dialogs == 0);
  CHECK(counters.client_transactions == 0);
  CHECK(counters.server_transactions <= 40);  // the test's own OPTIONS of the last 32 s
  CHECK(t.media.ports == 1'000);
}

TEST_CASE("whatever way calls end, 40 s later no transaction, dialog, leg, connection or port is left") {
  Hurried t;
  t.sip.reset();
  t.listen(runtime::Transport::tcp);
  t.start();
  t.call.target = t.target();
  TcpPeer desk{t, true};
  for (int i = 0; i < 24; ++i) {
    TcpPeer stream{t};  // closed at the end of its call
    Call call{stream, "127.0.0.1:" + std::to_string(t.port(runtime::Transport::tcp)), "stream-" + std::to_string(i)};
    call.invite();
    const auto caller = t.await<core::CallArrived>().leg;
    const auto handler = t.ring(desk, caller);
    const auto invite = desk.expect("INVITE");
    desk.answer(invite, "180 Ringing", "Require: 100rel\r\nRSeq: 1\r\n");
    desk.answer(desk.expect("PRACK"), "200 OK");
    t.await<core::LegRinging>();
    if (i % 4 == 0) {  // the caller cancels, the phone answers all the same
      stream.send(call.request("CANCEL", {}, {}, "invite"));
      call.learn(stream.expect("SIP/2.0 487"));
      t.sip->perform(core::ReleaseLeg{handler, {}});
      desk.answer(desk.expect("CANCEL"), "200 OK");
      desk.answer(invite, "200 OK", {}, sdp("127.0.0.1", 6400, "8"));
      desk.answer(desk.expect("BYE"), "200 OK");
    } else if (i % 4 == 1) {  // answered; neither the ACK nor an answer to our BYE ever comes
      t.sip->perform(core::AnswerLeg{caller});
      stream.expect("SIP/2.0 200");
      t.sip->perform(core::ReleaseLeg{handler, {}});
      desk.expect("CANCEL");
    } else if (i % 4 == 2) {  // both hang up at once
      desk.answer(invite, "200 OK", {}, sdp("127.0.0.1", 6400, "8"));
      desk.expect("ACK");
      t.sip->perform(core::AnswerLeg{caller});
      call.answered();
      call.ack();
      t.sip->perform(core::ReleaseLeg{caller, {}});
      call.bye();
      t.sip->perform(core::ReleaseLeg{handler, {}});
      desk.expect("BYE");
    } else {  // the phone never gives a final answer, the caller is refused and does not ACK
      t.sip->perform(core::RejectLeg{caller, 480, "nobody"});
      stream.expect("SIP/2.0 480");
      t.sip->perform(core::ReleaseLeg{handler, {}});
    }
    t.events.all.clear();
  }
  t.call.restart("ticks");
  t.pass(110);
  t.housekeep();
  const auto counters = t.sip->counters();
  CHECK(counters.legs == 0);
  CHECK(counters.dialogs == 0);
  CHECK(counters.client_transactions == 0);
  CHECK(counters.server_transactions <= 40);  // the test's own OPTIONS of the last 32 s
  CHECK(counters.tcp_connections == 0);
  CHECK(t.media.ports == 1'000);
}

TEST_CASE("a released phone that goes silent is forgotten after 32 s") {
  Hurried t;
  t.call.invite();
  const auto leg = t.ring(t.phone, t.await<core::CallArrived>().leg);
  t.phone.answer(t.phone.expect("INVITE"), "180 Ringing");
  t.await<core::LegRinging>();
  t.sip->perform(core::ReleaseLeg{leg, {}});
  t.phone.expect("CANCEL");
  t.call.restart("ticks");
  t.pass(80);
  CHECK(t.sip->counters().legs == 1);  // the caller
}

TEST_CASE("a trunk that leaves OPTIONS unanswered is down, and up again with its next answer") {
  Hurried t;
  t.sip.reset();
  Peer gateway{t};
  t.options.trunks[0].target = gateway.host();
  t.options.trunks[0].health_interval = std::chrono::seconds(30);
  t.options.trunks[0].down_after = 1;
  t.start();
  t.call.target = t.target();
  gateway.expect("OPTIONS sip:" + gateway.host());
  t.pass(40);
  REQUIRE(t.run_until([&] { return !t.sip->trunks().front().up; }));
  CHECK(t.alarm_kinds() == "trunk-down");
  core::DialOut dial;
  dial.leg = {1};
  dial.number = "+442079460999";
  t.sip->perform(dial);
  CHECK(t.await<core::LegFailed>().cause == core::LegFailure::unreachable);
  t.clock.time = t.clock.time + std::chrono::seconds(31);
  REQUIRE(t.run_until([&] {
    Message question;
    while (gateway.next("OPTIONS", question)) gateway.answer(question, "200 OK");
    return t.sip->trunks().front().up;
  }));
}
