#include "signalling/sip_fixture.hpp"

using namespace sip_test;

namespace {

// A caller who has been put through to nobody yet.
struct Waiting : Fixture {
  Waiting() { start(); }
  Peer line{*this};
  Call call{line, {}};
  LegId arrive(const std::string& more = {}, const std::string& body = "default") {
    call.target = target();
    call.invite(more, body);
    return await<core::CallArrived>().leg;
  }
  void talk() {
    sip->perform(core::AnswerLeg{arrive()});
    call.answered();
    call.ack();
  }
};

}  // namespace

TEST_CASE("a caller is alerted, answered, acknowledged and hangs up") {
  Waiting t;
  const auto leg = t.arrive();
  CHECK(leg.value % 2 == 0);
  t.line.expect("SIP/2.0 100");
  t.sip->perform(core::AlertLeg{leg});
  const auto ringing = t.line.expect("SIP/2.0 180");
  CHECK(ringing.header("To").find(";tag=") != std::string::npos);
  CHECK(ringing.body().empty());
  t.sip->perform(core::AnswerLeg{leg});
  const auto answer = t.call.answered();
  CHECK(answer.body().find("m=audio 20004 RTP/AVP 8") != std::string::npos);
  CHECK(answer.header("Session-Expires") == "1800;refresher=uas");  // the caller knows no session timer
  t.call.ack();
  t.call.bye();
  t.line.expect("SIP/2.0 200");
  CHECK(t.await<core::LegEnded>().cause == core::LegEnd::hung_up);
  t.settle();
  CHECK(t.sip->counters().legs == 0);
  CHECK(t.sip->counters().dialogs == 0);
  CHECK(t.media.log == "open2 close2 ");
}

TEST_CASE("what is known of the caller reaches the core") {
  Waiting t;
  t.arrive(
      "P-Asserted-Identity: <sip:+442079460555@example.com>\r\nResource-Priority: esnet.1\r\n"
      "Geolocation: <cid:here@example.com>\r\nX-Handover-Time: 2023-11-14T22:13:19Z\r\n"
      "Call-Info: <https://example.com/adr>;purpose=EmergencyCallData.DeviceInfo\r\n");
  const auto& facts = t.await<core::CallArrived>().facts;
  CHECK(facts.trunk.value == "net");
  CHECK(facts.trusted);
  CHECK(facts.caller == "+442079460555");
  CHECK(facts.provenance == core::Provenance::asserted);
  CHECK(facts.from_user == "+442079460123");
  CHECK(facts.dialled == "999");
  CHECK(facts.resource_priority == "esnet.1");
  REQUIRE(facts.geolocation.size() == 1);
  REQUIRE(facts.additional_data.size() == 1);
  REQUIRE(facts.network_handover);
  CHECK(facts.network_handover->ns == 1'699'999'999'000'000'000);
  CHECK(facts.source == t.line.host() + "/udp");
}

TEST_CASE("a body with more than SDP is answered, its other parts are kept") {
  Waiting t;
  const std::string body = "--b\r\nContent-Type: application/sdp\r\n\r\n" + sdp("127.0.0.1", 6002) +
                           "\r\n--b\r\nContent-Type: application/pidf+xml\r\nContent-ID: <here@example.com>\r\n\r\n"
                           "<presence/>\r\n--b--\r\n";
  const auto leg = t.arrive("Content-Type: multipart/mixed;boundary=b\r\n", body);
  const auto& facts = t.await<core::CallArrived>().facts;
  REQUIRE(facts.body_parts.size() == 1);
  CHECK(facts.body_parts[0].bytes == "<presence/>");
  t.sip->perform(core::AnswerLeg{leg});
  CHECK(t.call.answered().body().find("m=audio") != std::string::npos);
}

TEST_CASE("a body that is no SDP is kept where its meaning is known or it is optional; the call is answered with our offer") {
  const std::string type = GENERATE("Content-Type: application/pidf+xml\r\n",
                                    "Content-Type: application/EmergencyCallData.Comment+xml\r\n",
                                    "Content-Type: application/x-unknown\r\n"
                                    "Content-Disposition: render;handling=optional\r\n");
  Waiting t;
  const auto leg = t.arrive(type, "<x/>");
  const auto& facts = t.await<core::CallArrived>().facts;
  REQUIRE(facts.body_parts.size() == 1);
  CHECK(facts.body_parts[0].bytes == "<x/>");
  t.sip->perform(core::AnswerLeg{leg});
  CHECK(t.call.answered().body().find("m=audio") != std::string::npos);
}

TEST_CASE("a caller without an offer gets ours, and its answer is in the ACK") {
  Waiting t;
  const auto leg = t.arrive({}, {});
  t.sip->perform(core::AnswerLeg{leg});
  CHECK(t.call.answered().body().find("m=audio 20004 RTP/AVP 8 0") != std::string::npos);
  CHECK(t.media.formats.empty());
  t.call.ack(sdp("127.0.0.1", 6100, "0"));
  REQUIRE(t.run_until([&] { return t.media.formats.count(leg) > 0; }));
  CHECK(t.media.formats[leg].remote.port == 6100);
  CHECK(t.media.formats[leg].codec == runtime::AudioCodec::pcmu);
}

TEST_CASE("a caller cancels while waiting") {
  Waiting t;
  const auto leg = t.arrive();
  t.sip->perform(core::AlertLeg{leg});
  t.line.expect("SIP/2.0 180");
  t.line.send(t.call.request("CANCEL", {}, {}, "invite"));
  t.line.expect("SIP/2.0 200");
  const auto ended = t.line.expect("SIP/2.0 487");
  t.call.learn(ended);
  t.call.contact.clear();
  t.line.send(t.call.request("ACK", {}, {}, "invite"));
  CHECK(t.await<core::LegEnded>().cause == core::LegEnd::cancelled);
  t.sip->perform(core::AnswerLeg{leg});  // crossed the end of the leg: ignored
  CHECK(t.line.quiet("SIP/2.0 200"));
  CHECK(t.sip->counters().legs == 0);
}

TEST_CASE("a CANCEL that crosses the 200 does not end the call by itself") {
  Waiting t;
  const auto leg = t.arrive();
  t.sip->perform(core::AnswerLeg{leg});
  t.call.answered();
  const auto target = std::exchange(t.call.contact, {});
  t.line.send(t.call.request("CANCEL", {}, {}, "invite"));
  t.line.expect("SIP/2.0 481");
  t.call.contact = target;
  t.call.ack();
  t.call.bye();
  t.line.expect("SIP/2.0 200 OK");
  CHECK(t.await<core::LegEnded>().cause == core::LegEnd::hung_up);
}

TEST_CASE("a release before the ACK waits for it, then says BYE") {
  Waiting t;
  const auto leg = t.arrive();
  t.sip->perform(core::AnswerLeg{leg});
  t.call.answered();
  t.sip->perform(core::ReleaseLeg{leg, "over"});
  CHECK(t.line.quiet("BYE"));
  t.call.ack();
  const auto bye = t.line.expect("BYE");
  CHECK(bye.header("Reason") == "SIP;cause=200;text=\"over\"");
  t.line.answer(bye, "200 OK");
  CHECK_FALSE(t.events.last<core::LegEnded>());
}

TEST_CASE("a caller is refused with the status the core says") {
  Waiting t;
  t.sip->perform(core::RejectLeg{t.arrive(), 404, "no such number"});
  const auto refusal = t.line.expect("SIP/2.0 404");
  CHECK(refusal.header("Reason") == "SIP;cause=404;text=\"no such number\"");
  CHECK(t.media.ports == 1'000);
}

TEST_CASE("hold, resume and a new address inside the dialog") {
  Waiting t;
  t.talk();
  const auto leg = t.await<core::CallArrived>().leg;
  ++t.call.cseq;
  t.line.send(t.call.request("INVITE", {}, sdp("127.0.0.1", 6002, "8", "a=sendonly\r\n"), "hold"));
  const auto held = t.line.expect("SIP/2.0 200");
  CHECK(held.body().find("a=recvonly") != std::string::npos);
  t.call.ack();
  CHECK(t.await<core::LegHeld>().held);
  CHECK_FALSE(t.media.formats[leg].send);
  t.line.send(t.call.request("UPDATE", {}, sdp("127.0.0.1", 6200, "0"), "resume"));
  t.line.expect("SIP/2.0 200");
  REQUIRE(t.run_until([&] { return !t.events.last<core::LegHeld>()->held; }));
  CHECK(t.media.formats[leg].remote.port == 6200);
  CHECK(t.media.formats[leg].codec == runtime::AudioCodec::pcmu);
}

TEST_CASE("a re-INVITE that cannot be agreed leaves the session as it was") {
  Waiting t;
  t.talk();
  const auto leg = t.await<core::CallArrived>().leg;
  ++t.call.cseq;
  t.line.send(t.call.request("INVITE", {}, sdp("127.0.0.1", 6300, "98", "a=rtpmap:98 OPUS/48000\r\n"), "bad"));
  const auto refusal = t.line.expect("SIP/2.0 488");
  CHECK_FALSE(refusal.header("Warning").empty());
  t.line.send(t.call.request("ACK", {}, {}, "bad"));
  CHECK(t.media.formats[leg].remote.port == 6002);
}

TEST_CASE("a reliable 180 is repeated until its PRACK, then the call goes on") {
  Waiting t;
  const auto leg = t.arrive("Require: 100rel\r\n", {});
  t.sip->perform(core::AlertLeg{leg});
  const auto ringing = t.line.expect("SIP/2.0 180");
  CHECK(ringing.header("Require") == "100rel");
  CHECK(ringing.body().find("m=audio") != std::string::npos);  // our offer: the INVITE had none
  t.line.expect("SIP/2.0 180");                                // again, for want of a PRACK
  t.call.learn(ringing);
  t.line.send(t.call.request("PRACK", "RAck: " + ringing.header("RSeq") + " 1 INVITE\r\n", sdp("127.0.0.1", 6002)));
  t.line.expect("SIP/2.0 200");
  CHECK(t.media.formats.count(leg) == 1);
  t.sip->perform(core::AnswerLeg{leg});
  CHECK(t.line.expect("SIP/2.0 200").body().empty());
}

TEST_CASE("test calls carry their urn") {
  Waiting t;
  t.call.target = t.target();
  auto text = t.call.request("INVITE", {}, sdp("127.0.0.1", 6002));
  text.replace(text.find("sip:999@"), text.find(" SIP/2.0") - text.find("sip:999@"), "urn:service:test.sos");
  t.line.send(text);
  CHECK(t.await<core::CallArrived>().facts.service_urn == "urn:service:test.sos");
}
