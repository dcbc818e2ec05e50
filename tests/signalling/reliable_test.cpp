// Reliable provisional responses (RFC 3262): towards callers that require them, and from phones.
#include "signalling/sip_fixture.hpp"

using namespace sip_test;

namespace {

struct Ringing : Fixture {
  Ringing() { start(); }
  Peer line{*this}, phone{*this};
  Call call{line, {}};
  LegId caller{}, handler{};
  Message invite;
  LegId arrive(const std::string& more = {}, const std::string& body = "default") {
    call.target = target();
    call.invite(more, body);
    return caller = await<core::CallArrived>().leg;
  }
  void ring() {
    handler = Fixture::ring(phone, arrive());
    invite = phone.expect("INVITE");
  }
  void reliable(const std::string& status, int rseq, const std::string& body = {}) {
    phone.answer(invite, status, "Require: 100rel\r\nRSeq: " + std::to_string(rseq) + "\r\n", body);
  }
  Message prack(const Message& ringing, const std::string& body = {}) {
    call.learn(ringing);
    line.send(call.request("PRACK", "RAck: " + ringing.header("RSeq") + " 1 INVITE\r\n", body));
    return line.expect("SIP/2.0 200");
  }
};

std::string number_of(const Message& message) {
  const auto cseq = message.header("CSeq");
  return cseq.substr(0, cseq.find(' '));
}

}  // namespace

// ---- callers

TEST_CASE("a caller that requires reliable provisional responses gets its 180 so, and its 200 without one waits for none") {
  Ringing t;
  const auto leg = t.arrive("Require: 100rel\r\n");
  t.sip->perform(core::AlertLeg{leg});
  const auto ringing = t.line.expect("SIP/2.0 180");
  CHECK(ringing.header("Require") == "100rel");
  CHECK_FALSE(ringing.header("RSeq").empty());
  t.prack(ringing);
  t.sip->perform(core::AnswerLeg{leg});
  const auto answer = t.line.expect("SIP/2.0 200");
  CHECK(answer.header("CSeq") == "1 INVITE");
  CHECK(answer.body().find("m=audio") != std::string::npos);
}

TEST_CASE("a caller that supports reliable provisional responses gets plain ones, unless configured otherwise") {
  const auto wanted = GENERATE(runtime::ReliableProvisional::when_required, runtime::ReliableProvisional::when_supported);
  Ringing t;
  t.options.reliable = wanted;
  REQUIRE(t.sip->reload(t.options));
  t.sip->perform(core::AlertLeg{t.arrive("Supported: 100rel\r\n")});
  const bool reliable = !t.line.expect("SIP/2.0 180").header("RSeq").empty();
  CHECK(reliable == (wanted == runtime::ReliableProvisional::when_supported));
}

TEST_CASE("where reliable provisional responses are off, a caller that requires them is told, and phones are not offered them") {
  Ringing t;
  t.sip.reset();
  t.options.reliable = runtime::ReliableProvisional::never;
  t.start();
  t.call.target = t.target();
  t.call.invite("Require: 100rel\r\n");
  CHECK(t.line.expect("SIP/2.0 420").header("Unsupported") == "100rel");
  t.call.restart("call-2");
  t.ring();
  CHECK(t.invite.header("Supported") == "timer");
}

TEST_CASE("the answer waits for the PRACK of a 180 that carries our offer") {
  Ringing t;
  const auto leg = t.arrive("Require: 100rel\r\n", {});
  t.sip->perform(core::AlertLeg{leg});
  const auto ringing = t.line.expect("SIP/2.0 180");
  t.sip->perform(core::AnswerLeg{leg});
  CHECK(t.line.quiet("SIP/2.0 200"));
  CHECK(t.prack(ringing, sdp("127.0.0.1", 6002)).header("CSeq") == "2 PRACK");
  CHECK(t.line.expect("SIP/2.0 200").header("CSeq") == "1 INVITE");
  CHECK(t.media.formats[leg].remote.port == 6002);
}

TEST_CASE("a caller that never acknowledges its 180 can still cancel") {
  Ringing t;
  const auto leg = t.arrive("Require: 100rel\r\n");
  t.sip->perform(core::AlertLeg{leg});
  t.line.expect("SIP/2.0 180");
  t.line.send(t.call.request("CANCEL", {}, {}, "invite"));
  t.line.expect("SIP/2.0 487");
  CHECK(t.await<core::LegEnded>().cause == core::LegEnd::cancelled);
}

TEST_CASE("an UPDATE with an offer waits until the first offer is answered") {
  Ringing t;
  const auto leg = t.arrive("Require: 100rel\r\n");
  t.sip->perform(core::AlertLeg{leg});
  t.prack(t.line.expect("SIP/2.0 180"));
  t.line.send(t.call.request("UPDATE", {}, sdp("127.0.0.1", 6200)));
  CHECK_FALSE(t.line.expect("SIP/2.0 500").header("Retry-After").empty());
  CHECK(t.media.formats[leg].remote.port == 6002);
  t.line.send(t.call.request("UPDATE"));
  CHECK(t.line.expect("SIP/2.0 200").header("Session-Expires").empty());  // no session yet
}

// ---- phones

TEST_CASE("our INVITE offers reliable provisional responses; a reliable 180 gets its PRACK, a plain one none") {
  Ringing t;
  t.ring();
  CHECK(t.invite.header("Supported") == "timer, 100rel");
  t.phone.answer(t.invite, "183 Session Progress");
  t.await<core::LegRinging>();
  CHECK(t.phone.quiet("PRACK"));
  t.reliable("180 Ringing", 77);
  const auto prack = t.phone.expect("PRACK sip:phone@" + t.phone.host());
  CHECK(prack.header("RAck") == "77 " + number_of(t.invite) + " INVITE");
  CHECK(prack.header("Call-ID") == t.invite.header("Call-ID"));
  CHECK(prack.header("To").find(";tag=peer") != std::string::npos);
  t.phone.answer(prack, "200 OK");
  t.phone.answer(t.invite, "200 OK", {}, sdp("127.0.0.1", 6400, "8"));
  CHECK(number_of(t.phone.expect("ACK")) == number_of(t.invite));
  t.await<core::LegAnswered>();
  t.sip->perform(core::ReleaseLeg{t.handler, {}});
  const auto bye = t.phone.expect("BYE");
  CHECK(std::stoul(number_of(bye)) > std::stoul(number_of(prack)));  // one dialog, numbers go up
  t.phone.answer(bye, "200 OK");
  t.settle();
  CHECK(t.sip->counters().dialogs == 1);  // the caller's
}

TEST_CASE("a repeated reliable response gets no second PRACK, the next one does, one out of order does not") {
  Ringing t;
  t.ring();
  t.reliable("183 Session Progress", 10);
  t.phone.answer(t.phone.expect("PRACK"), "200 OK");
  t.reliable("183 Session Progress", 10);
  CHECK(t.phone.quiet("PRACK"));
  t.reliable("180 Ringing", 12);
  t.settle();
  CHECK(t.phone.quiet("PRACK"));
  t.reliable("180 Ringing", 11);
  CHECK(t.phone.expect("PRACK").header("RAck").rfind("11 ", 0) == 0);
}

TEST_CASE("the answer in a reliable response counts when the 200 brings none") {
  Ringing t;
  t.ring();
  t.reliable("183 Session Progress", 1, sdp("127.0.0.1", 6444, "8"));
  t.phone.answer(t.phone.expect("PRACK"), "200 OK");
  t.phone.answer(t.invite, "200 OK");
  t.phone.expect("ACK");
  t.await<core::LegAnswered>();
  CHECK(t.media.formats[t.handler].remote.port == 6444);
}

TEST_CASE("forked phones that ring reliably get a PRACK each in its own dialog; the one that answers is taken") {
  Ringing t;
  t.ring();
  t.phone.tag = "one";
  t.reliable("180 Ringing", 5, sdp("127.0.0.1", 6501, "8"));
  CHECK(t.phone.expect("PRACK").header("To").find(";tag=one") != std::string::npos);
  t.phone.tag = "two";
  t.reliable("180 Ringing", 5, sdp("127.0.0.1", 6502, "8"));
  CHECK(t.phone.expect("PRACK").header("To").find(";tag=two") != std::string::npos);
  t.phone.answer(t.invite, "200 OK");
  CHECK(t.phone.expect("ACK").header("To").find(";tag=two") != std::string::npos);
  t.await<core::LegAnswered>();
  CHECK(t.media.formats[t.handler].remote.port == 6502);
  t.sip->perform(core::ReleaseLeg{t.handler, {}});
  CHECK(t.phone.expect("BYE").header("To").find(";tag=two") != std::string::npos);
}

TEST_CASE("a phone that rang reliably and is given up leaves no dialog behind") {
  Ringing t;
  t.ring();
  t.reliable("180 Ringing", 3);
  t.phone.answer(t.phone.expect("PRACK"), "200 OK");
  t.sip->perform(core::ReleaseLeg{t.handler, {}});
  t.phone.answer(t.phone.expect("CANCEL"), "200 OK");
  t.phone.answer(t.invite, "487 Request Terminated");
  t.phone.expect("ACK");
  t.settle();
  CHECK(t.sip->counters().dialogs == 1);
  CHECK(t.sip->counters().legs == 1);
}
