// What a trace of calls sees: every message on the wire, the library's own included.
#include "signalling/sip_fixture.hpp"

using namespace sip_test;

namespace {

struct Seen final : runtime::SipTrace {
  void observe(const runtime::SipMessage& m) override {
    std::string line = m.sent ? "> " : "< ";
    line += m.status ? std::to_string(m.status) + " (" + std::string(m.method) + ")" : std::string(m.method);
    line += " " + std::to_string(m.cseq);
    if (m.leg) line += " leg" + std::to_string(m.leg.value);
    if (m.opens_dialog) line += " opens";
    lines.push_back(line);
    by_call[std::string(m.call_id)].push_back(line);
    bodies.emplace_back(m.body);
    peers.push_back(to_text(m.peer));
    identities.push_back(m.identity);
  }
  bool has(const std::string& line) const { return std::find(lines.begin(), lines.end(), line) != lines.end(); }
  std::vector<std::string> lines, bodies, peers;
  std::map<std::string, std::vector<std::string>> by_call;
  std::vector<std::uint64_t> identities;
};

struct Traced : Fixture {
  Traced() {
    start();
    sip->trace_to(&seen);
  }
  ~Traced() { sip->trace_to(nullptr); }
  void arrive() {
    call.target = target();
    call.invite();
    caller = await<core::CallArrived>().leg;
  }
  void until(const std::string& line) {
    INFO("waiting for " << line << ", seen: " << Catch::StringMaker<std::vector<std::string>>::convert(seen.lines));
    REQUIRE(run_until([&] { return seen.has(line); }));
  }
  Seen seen;
  Peer line{*this}, phone{*this};
  Call call{line, {}};
  LegId caller{};
};

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("an answered call is seen message by message, with addresses and session descriptions") {
  Traced t;
  t.arrive();
  CHECK(t.seen.peers.front() == t.line.host() + "/udp");
  CHECK(t.seen.bodies.front() == "SDP 127.0.0.1:6002 PCMA PCMU");
  const auto leg = t.ring(t.phone, t.caller);
  const auto invite = t.phone.expect("INVITE");
  t.phone.answer(invite, "180 Ringing");
  t.phone.answer(invite, "200 OK", {}, sdp("127.0.0.1", 6400, "8", "a=sendonly\r\n"));
  t.phone.expect("ACK");
  t.sip->perform(core::AnswerLeg{t.caller});
  t.call.answered();
  t.call.ack();
  t.call.bye();
  t.until("> 200 (BYE) 2");
  CHECK(t.seen.by_call["call-1"] == Lines{"< INVITE 1 opens", "> 100 (INVITE) 1", "> 200 (INVITE) 1", "< ACK 1",
                                          "< BYE 2", "> 200 (BYE) 2"});
  const auto cseq = invite.header("CSeq").substr(0, invite.header("CSeq").find(' '));
  CHECK(t.seen.by_call[invite.header("Call-ID")] ==
        Lines{"> INVITE " + cseq + " leg" + std::to_string(leg.value) + " opens", "< 180 (INVITE) " + cseq,
              "< 200 (INVITE) " + cseq, "> ACK " + cseq});
  CHECK(std::count(t.seen.bodies.begin(), t.seen.bodies.end(), "SDP 127.0.0.1:6400 PCMA sendonly") == 1);
}

TEST_CASE("what the library does by itself is seen: CANCEL and its 200, the ACK of a refusal") {
  Traced t;
  t.arrive();
  t.ring(t.phone, t.caller);
  const auto invite = t.phone.expect("INVITE");
  t.phone.answer(invite, "180 Ringing");
  t.await<core::LegRinging>();
  t.line.send(t.call.request("CANCEL", {}, {}, "invite"));
  t.until("> 200 (CANCEL) 1");
  t.until("> 487 (INVITE) 1");
  t.call.to_tag = "any";
  t.sip->perform(core::ReleaseLeg{LegId{1}, "abandoned"});
  const auto cancel = t.phone.expect("CANCEL");
  t.phone.answer(cancel, "200 OK");
  t.phone.answer(invite, "487 Request Terminated");
  t.phone.expect("ACK");
  const auto& of_phone = t.seen.by_call[invite.header("Call-ID")];
  const auto cseq = invite.header("CSeq").substr(0, invite.header("CSeq").find(' '));
  const Lines last(of_phone.end() - 4, of_phone.end());
  CHECK(last == Lines{"> CANCEL " + cseq, "< 200 (CANCEL) " + cseq, "< 487 (INVITE) " + cseq, "> ACK " + cseq});
}

TEST_CASE("retransmissions are seen, and tell the same transaction") {
  Traced t;
  t.arrive();
  const auto before = t.seen.lines.size();
  const auto identity = t.seen.identities.front();
  t.call.invite();  // the caller heard nothing
  REQUIRE(t.run_until([&] { return t.seen.lines.size() >= before + 2; }));
  CHECK(t.seen.lines[before] == "< INVITE 1 opens");
  CHECK(t.seen.identities[before] == identity);
  CHECK(t.seen.lines[before + 1] == "> 100 (INVITE) 1");  // the library's answer to it
}

TEST_CASE("a refused INVITE and a broken one are seen, and nobody listening costs nothing") {
  Traced t;
  t.call.target = t.target();
  t.call.invite("Require: unheard-of\r\n");
  t.until("> 420 (INVITE) 1");
  t.sip->trace_to(nullptr);
  const auto before = t.seen.lines.size();
  t.call.restart("call-2");
  t.arrive();
  CHECK(t.seen.lines.size() == before);
}
