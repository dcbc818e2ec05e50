// Session timers inside a dialog (RFC 4028), and requests that cross (RFC 3261 §14). The engine's clock is the test's.
#include "signalling/sip_fixture.hpp"

using namespace sip_test;
using std::chrono::seconds;

namespace {

struct Talking : Fixture {
  explicit Talking(const std::string& headers = "Allow: INVITE, ACK, BYE, UPDATE\r\n") {
    options.session_timer.expires = seconds(300);
    start();
    call.target = target();
    call.invite(headers);
    leg = await<core::CallArrived>().leg;
    sip->perform(core::AnswerLeg{leg});
    call.answered();
    call.ack();
    settle();
  }
  // The peer's CSeq goes its own way; ours is in the request.
  Message refresh(const std::string& method) {
    pass(seconds(150));
    return line.expect(method);
  }
  bool lost() {
    const auto* ended = events.last<core::LegEnded>();
    return ended && ended->cause == core::LegEnd::lost;
  }
  Peer line{*this};
  Call call{line, {}};
  LegId leg{};
};

}  // namespace

TEST_CASE("we refresh a caller that knows UPDATE with UPDATE, at half the interval, again and again") {
  Talking t;
  for (int i = 0; i < 2; ++i) {
    const auto update = t.refresh("UPDATE");
    CHECK(update.header("Session-Expires") == "300;refresher=uac");
    CHECK(update.body().empty());
    t.line.answer(update, "200 OK", "Session-Expires: 300;refresher=uac\r\n");
    t.settle();
  }
  CHECK_FALSE(t.events.last<core::LegEnded>());
}

TEST_CASE("we refresh a caller that knows no UPDATE with a re-INVITE that changes nothing, and acknowledge its answer") {
  Talking t("");
  const auto before = t.media.formats[t.leg];
  const auto invite = t.refresh("INVITE");
  CHECK(invite.body().find("m=audio 20004 RTP/AVP 8") != std::string::npos);
  t.line.answer(invite, "200 OK", {}, sdp("127.0.0.1", 6002, "8"));
  const auto ack = t.line.expect("ACK");
  CHECK(ack.header("CSeq") == std::to_string(std::stoi(invite.header("CSeq"))) + " ACK");
  CHECK(t.media.formats[t.leg] == before);
  t.refresh("INVITE");  // its 200 says nothing of timers: we go on
}

TEST_CASE("a refresh that is answered with another address moves the sound there") {
  Talking t("");
  t.line.answer(t.refresh("INVITE"), "200 OK", {}, sdp("127.0.0.1", 6800, "8"));
  t.line.expect("ACK");
  CHECK(t.media.formats[t.leg].remote.port == 6800);
}

TEST_CASE("a refresh that the caller does not know about ends the call") {
  Talking t;
  t.line.answer(t.refresh("UPDATE"), "481 Call/Transaction Does Not Exist");
  t.line.expect("BYE");
  CHECK(t.await<core::LegEnded>().cause == core::LegEnd::lost);
  CHECK(t.sip->counters().legs_lost == 1);
}

TEST_CASE("a refresh that nobody answers ends the call when its time is over, not before") {
  Talking t;
  t.refresh("UPDATE");
  t.pass(seconds(117));  // a third or 32 s before the end: at 268 s
  t.housekeep();
  CHECK_FALSE(t.lost());
  t.pass(seconds(2));
  t.line.expect("BYE");
  CHECK(t.lost());
}

TEST_CASE("a refused refresh shows life: the next one is due at half the interval") {
  Talking t;
  t.line.answer(t.refresh("UPDATE"), "500 Server Internal Error");
  t.settle();
  CHECK_FALSE(t.events.last<core::LegEnded>());
  t.refresh("UPDATE");
}

TEST_CASE("a refresh that is too short for the caller is repeated with its minimum") {
  Talking t;
  t.line.answer(t.refresh("UPDATE"), "422 Session Interval Too Small", "Min-SE: 600\r\n");
  CHECK(t.line.expect("UPDATE").header("Session-Expires") == "600;refresher=uac");
}

TEST_CASE("UPDATE that is allowed and then refused is followed by a re-INVITE") {
  Talking t;
  t.line.answer(t.refresh("UPDATE"), "405 Method Not Allowed");
  t.line.expect("INVITE");
}

TEST_CASE("a caller that shall refresh and does not is ended") {
  Talking t("Supported: timer\r\nSession-Expires: 300;refresher=uac\r\n");
  t.pass(seconds(267));
  t.housekeep();
  CHECK_FALSE(t.lost());
  t.pass(seconds(2));
  t.line.expect("BYE");
  CHECK(t.lost());
}

TEST_CASE("a caller that refreshes in time goes on, whichever way it refreshes") {
  const std::string method = GENERATE("UPDATE", "INVITE");
  const std::string timer = "Supported: timer\r\nSession-Expires: 300;refresher=uac\r\n";
  Talking t(timer);
  t.pass(seconds(200));
  if (method == "INVITE") ++t.call.cseq;
  t.line.send(t.call.request(method, timer, method == "INVITE" ? sdp("127.0.0.1", 6002) : "", "refresh"));
  const auto answer = t.line.expect("SIP/2.0 200");
  CHECK(answer.header("Session-Expires") == "300;refresher=uac");
  CHECK(answer.header("Require") == "timer");
  if (method == "INVITE") t.call.ack();
  t.settle();
  t.pass(seconds(200));
  t.housekeep();
  CHECK_FALSE(t.lost());
  t.pass(seconds(70));
  t.line.expect("BYE");
  CHECK(t.lost());
}

// ---- glare

TEST_CASE("while a re-INVITE of ours is open, the caller's is refused with 491") {
  Talking t("");
  const auto ours = t.refresh("INVITE");
  ++t.call.cseq;
  t.line.send(t.call.request("INVITE", {}, sdp("127.0.0.1", 6900), "cross"));
  t.line.expect("SIP/2.0 491");
  t.line.send(t.call.request("ACK", {}, {}, "cross"));
  t.line.answer(ours, "200 OK", {}, sdp("127.0.0.1", 6002, "8"));
  t.line.expect("ACK");
  t.call.cseq++;
  t.line.send(t.call.request("INVITE", {}, sdp("127.0.0.1", 6900), "again"));
  t.line.expect("SIP/2.0 200");
  CHECK(t.media.formats[t.leg].remote.port == 6900);
}

TEST_CASE("while a re-INVITE of ours is open, an the caller's UPDATE with an offer is refused with 491") {
  Talking t("");
  t.refresh("INVITE");
  t.line.send(t.call.request("UPDATE", {}, sdp("127.0.0.1", 6900), "cross"));
  t.line.expect("SIP/2.0 491");
  CHECK(t.media.formats[t.leg].remote.port == 6002);
}

TEST_CASE("our re-INVITE that meets the caller's is sent again after a while, within 2 s as we do not own the Call-ID") {
  Talking t("");
  t.line.answer(t.refresh("INVITE"), "491 Request Pending");
  t.line.expect("ACK");
  CHECK(t.line.quiet("INVITE"));
  t.pass(seconds(2));
  t.line.answer(t.line.expect("INVITE"), "200 OK", {}, sdp("127.0.0.1", 6002, "8"));
  t.line.expect("ACK");
  CHECK_FALSE(t.events.last<core::LegEnded>());
}

TEST_CASE("a second re-INVITE before the first is acknowledged is refused with 500 and when to try again") {
  Talking t;
  ++t.call.cseq;
  t.line.send(t.call.request("INVITE", {}, sdp("127.0.0.1", 6002), "first"));
  t.line.expect("SIP/2.0 200");
  ++t.call.cseq;
  t.line.send(t.call.request("INVITE", {}, sdp("127.0.0.1", 6900), "second"));
  CHECK_FALSE(t.line.expect("SIP/2.0 500").header("Retry-After").empty());
  CHECK(t.media.formats[t.leg].remote.port == 6002);
}

TEST_CASE("a re-INVITE whose Contact leads nowhere is refused and changes nothing") {
  Talking t;
  ++t.call.cseq;
  t.line.send(t.call.request("INVITE", "Contact: <tel:+442079460123>\r\n", sdp("127.0.0.1", 6900), "bad"));
  t.line.expect("SIP/2.0 400");
  CHECK(t.media.formats[t.leg].remote.port == 6002);
}

TEST_CASE("a re-INVITE without an offer gets ours, and the answer in its ACK counts") {
  Talking t;
  ++t.call.cseq;
  t.line.send(t.call.request("INVITE", {}, {}, "late"));
  CHECK(t.line.expect("SIP/2.0 200").body().find("m=audio 20004") != std::string::npos);
  t.call.ack(sdp("127.0.0.1", 6950, "8"));
  REQUIRE(t.run_until([&] { return t.media.formats[t.leg].remote.port == 6950; }));
}

// ---- an endpoint that has moved

TEST_CASE("an endpoint that has moved is told by a re-INVITE, also to a caller that knows UPDATE") {
  Talking t(GENERATE("Allow: INVITE, ACK, BYE, UPDATE\r\n", "", "Supported: timer\r\nSession-Expires: 300;refresher=uac\r\n"));
  t.media.moved(t.leg, {30'000, "127.0.0.7"});
  const auto invite = t.line.expect("INVITE");
  CHECK(invite.body().find("c=IN IP4 127.0.0.7") != std::string::npos);
  CHECK(invite.body().find("m=audio 30000 RTP/AVP 8") != std::string::npos);
  t.line.answer(invite, "200 OK", {}, sdp("127.0.0.1", 6002, "8"));
  t.line.expect("ACK");
  t.settle();
  CHECK(t.line.quiet("INVITE"));  // once
  t.media.moved(t.leg, {20'004});
  CHECK(t.line.expect("INVITE").body().find("c=IN IP4 127.0.0.1") != std::string::npos);  // the listener's
}

TEST_CASE("an endpoint that has moved while a re-INVITE of the caller's is open is told afterwards") {
  Talking t("");
  ++t.call.cseq;
  t.line.send(t.call.request("INVITE", {}, sdp("127.0.0.1", 6002, "8"), "theirs"));
  t.line.expect("SIP/2.0 200");
  t.media.moved(t.leg, {30'000});
  t.settle();
  CHECK(t.line.quiet("INVITE"));
  t.call.ack();
  CHECK(t.line.expect("INVITE").body().find("m=audio 30000") != std::string::npos);
}

TEST_CASE("an endpoint that has moved before the answer is in it, and nothing is to be told afterwards") {
  Fixture t;
  t.start();
  Peer line{t};
  Call call{line, {}};
  call.target = t.target();
  const bool late = GENERATE(true, false);  // our offer, answered in the ACK
  call.invite({}, late ? "" : "default");
  const auto leg = t.await<core::CallArrived>().leg;
  t.media.moved(leg, {30'000, "127.0.0.7"});
  t.sip->perform(core::AnswerLeg{leg});
  const auto answer = call.answered();
  CHECK(answer.body().find("c=IN IP4 127.0.0.7") != std::string::npos);
  CHECK(answer.body().find("m=audio 30000 RTP/AVP 8") != std::string::npos);
  call.ack(late ? sdp("127.0.0.1", 6002, "8") : std::string());
  t.settle();
  CHECK(line.quiet("INVITE"));
}

TEST_CASE("an endpoint that has moved before the ACK is told after it, again after a 491, and no timer is needed for it") {
  Fixture t;
  t.options.session_timer.offered = false;
  t.start();
  Peer line{t};
  Call call{line, {}};
  call.target = t.target();
  call.invite("Allow: INVITE, ACK, BYE, UPDATE\r\n");
  const auto leg = t.await<core::CallArrived>().leg;
  t.sip->perform(core::AnswerLeg{leg});
  call.answered();
  t.media.moved(leg, {30'000});
  CHECK(line.quiet("INVITE"));
  call.ack();
  const auto first = line.expect("INVITE");
  CHECK(first.header("Session-Expires").empty());
  line.answer(first, "491 Request Pending");
  line.expect("ACK");
  t.pass(seconds(2));
  const auto second = line.expect("INVITE");
  CHECK(second.body().find("m=audio 30000") != std::string::npos);
  line.answer(second, "200 OK", {}, sdp("127.0.0.1", 6002, "8"));
  line.expect("ACK");
  t.pass(seconds(100));
  t.housekeep();
  CHECK(line.quiet("BYE"));
}

TEST_CASE("a caller that refuses to send elsewhere is not asked again, and the call goes on") {
  Talking t("");
  t.media.moved(t.leg, {30'000});
  t.line.answer(t.line.expect("INVITE"), "488 Not Acceptable Here");
  t.line.expect("ACK");
  t.settle();
  CHECK(t.line.quiet("INVITE"));
  CHECK_FALSE(t.events.last<core::LegEnded>());
}

TEST_CASE("a caller that cannot be told now that an endpoint has moved is told again, at the time that it names or ever later") {
  Talking t("");
  t.media.moved(t.leg, {30'000});
  const auto refuse = [&](const std::string& status, const std::string& headers) {
    const auto invite = t.line.expect("INVITE");
    CHECK(invite.body().find("m=audio 30000") != std::string::npos);
    t.line.answer(invite, status, headers);
    t.line.expect("ACK");
    t.settle();
    CHECK(t.line.quiet("INVITE"));
  };
  refuse("500 Server Internal Error", "Retry-After: 7\r\n");
  t.pass(seconds(6));
  CHECK(t.line.quiet("INVITE"));
  t.pass(seconds(1));
  refuse("503 Service Unavailable", {});
  t.pass(seconds(4));
  const bool in_the_end = GENERATE(true, false);
  if (in_the_end) {
    t.line.answer(t.line.expect("INVITE"), "200 OK", {}, sdp("127.0.0.1", 6002, "8"));
    t.line.expect("ACK");
  } else {
    refuse("504 Server Time-out", {});
    t.pass(seconds(8));
    refuse("503 Service Unavailable", "Retry-After: 3600\r\n");
    t.pass(seconds(32));
    refuse("503 Service Unavailable", {});  // the fifth: enough
  }
  t.pass(seconds(40));
  CHECK(t.line.quiet("INVITE"));
  CHECK_FALSE(t.events.last<core::LegEnded>());
}

TEST_CASE("a caller that refuses without saying that it may try again is not told again that an endpoint has moved") {
  Talking t("");
  t.media.moved(t.leg, {30'000});
  t.line.answer(t.line.expect("INVITE"), "500 Server Internal Error");
  t.line.expect("ACK");
  t.pass(seconds(40));
  CHECK(t.line.quiet("INVITE"));
}
