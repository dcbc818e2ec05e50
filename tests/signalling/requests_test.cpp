#include "signalling/sip_fixture.hpp"
#include "sip/signalling/digest.hpp"
#include "sip/signalling/header.hpp"

using namespace sip_test;

namespace {

struct Gate : Fixture {
  Peer line{*this};
  Call call{line, {}};
  void open() {
    start();
    call.target = target();
  }
  std::string refusal(const std::string& more, const std::string& body = "default") {
    call.invite(more, body);
    Message last;
    do last = line.expect("SIP/2.0 ");
    while (last.is("SIP/2.0 100"));
    return last.start();
  }
};

}  // namespace

TEST_CASE("a call from neither trunk nor phone is refused, counted and alarmed") {
  Gate t;
  t.options.trunks[0].ranges = {"192.0.2.0/24"};
  t.open();
  CHECK(t.refusal({}) == "SIP/2.0 403 Forbidden");
  CHECK(t.sip->counters().strangers_refused == 1);
  CHECK(t.alarm_kinds() == "stranger");
  CHECK(t.events.all.empty());
}

TEST_CASE("what cannot be served is refused with its reason") {
  Gate t;
  t.open();
  CHECK(t.refusal("Require: nothing-known\r\n") == "SIP/2.0 420 Bad Extension");
  t.call.id = "b";
  CHECK(t.refusal("Content-Type: application/x-unknown\r\n", "x") == "SIP/2.0 415 Unsupported Media Type");
  t.call.id = "c";
  CHECK(t.refusal("Max-Breadth: 0\r\n") == "SIP/2.0 440 Max-Breadth Exceeded");
  t.call.id = "d";
  CHECK(t.refusal({}, "not sdp") == "SIP/2.0 400 Bad Request");
  t.call.id = "e";
  CHECK(t.refusal("Session-Expires: 30\r\nSupported: timer\r\n").find("SIP/2.0 422") == 0);
  t.call.id = "f";
  CHECK(t.refusal({}, sdp("127.0.0.1", 6002, "98", "a=rtpmap:98 OPUS/48000\r\n")).find("SIP/2.0 488") == 0);
  CHECK(t.events.all.empty());
  CHECK(t.media.ports == 1'000);
  CHECK(t.sip->counters().legs == 0);
}

TEST_CASE("refusals say what would be understood, and what is optional is passed over") {
  Gate t;
  t.open();
  auto refused = [&, calls = 0](const std::string& more, const std::string& body = "default") mutable {
    t.call.restart("call-" + std::to_string(++calls));
    t.call.invite(more, body);
    return t.line.expect("SIP/2.0 4");
  };
  CHECK(refused("Require: 100rel, Magic\r\nRequire: more-magic\r\n").header("Unsupported") == "Magic, more-magic");
  const std::string unknown = "Content-Type: application/x-unknown\r\n";
  CHECK(refused(unknown, "x").header("Accept").find("application/sdp") == 0);
  CHECK(refused(unknown + "Content-Encoding: gzip\r\n", "x").header("Accept-Encoding") == "identity");
  t.call.restart("optional");
  t.call.invite(unknown + "Content-Disposition: render;handling=optional\r\n", "x");  // RFC 3204 §4
  t.await<core::CallArrived>();
}

TEST_CASE("a Request-URI may be sip, tel or urn; of any other kind it gets 416") {
  Gate t;
  t.open();
  const auto called = [&](const std::string& uri) {
    t.call.restart(uri.substr(0, uri.find(':')));
    auto text = t.call.request("INVITE", {}, sdp("127.0.0.1", 6002));
    t.line.send(text.replace(7, text.find(" SIP/2.0") - 7, uri));
  };
  for (const char* uri : {"tel:+442079460123", "urn:service:sos"}) {
    called(uri);
    t.await<core::CallArrived>();
    t.events.all.clear();
  }
  called("soap.beep://192.0.2.103:3002");
  t.line.expect("SIP/2.0 416");
  CHECK(t.events.all.empty());
}

TEST_CASE("hops run out") {
  Gate t;
  t.open();
  auto text = t.call.request("INVITE", {}, sdp("127.0.0.1", 6002));
  text.replace(text.find("Max-Forwards: 70"), 16, "Max-Forwards: 0");
  t.line.send(text);
  t.line.expect("SIP/2.0 483");
}

TEST_CASE("an INVITE of ours that comes back is a loop") {
  Gate t;
  t.open();
  t.call.invite();
  const auto caller = t.await<core::CallArrived>().leg;
  t.ring(t.line, caller);
  auto looped = t.line.expect("INVITE").text;
  looped.insert(looped.find("Via:"), "Via: SIP/2.0/UDP " + t.line.host() + ";branch=z9hG4bK-proxy\r\n");
  t.line.send(looped);
  t.line.expect("SIP/2.0 482");
  CHECK(t.alarm_kinds() == "loop");
}

TEST_CASE("a repeated INVITE gets the same answer, a merged one 482") {
  Gate t;
  t.open();
  t.call.invite();
  t.await<core::CallArrived>();
  t.line.expect("SIP/2.0 100");
  t.call.invite();
  t.line.expect("SIP/2.0 100");
  t.line.send(t.call.request("INVITE", {}, sdp("127.0.0.1", 6002), "other-way"));
  t.line.expect("SIP/2.0 482");
  CHECK(t.events.all.size() == 1);
}

TEST_CASE("other methods outside of a dialog") {
  Gate t;
  t.open();
  t.line.send(t.call.request("OPTIONS"));
  const auto options = t.line.expect("SIP/2.0 200");
  CHECK(options.header("Allow").find("INVITE") == 0);
  CHECK(options.header("Accept").find("application/sdp") == 0);
  t.line.send(t.call.request("BYE"));
  t.line.expect("SIP/2.0 481");
  t.line.send(t.call.request("SUBSCRIBE", "Event: presence\r\n"));
  t.line.expect("SIP/2.0 405");
  t.line.send(t.call.request("NOSUCHMETHOD"));
  CHECK(t.line.expect("SIP/2.0 501").header("Allow").find("INVITE") == 0);
}

TEST_CASE("malformed requests with a usable Via are answered, the rest counted") {
  Gate t;
  t.open();
  auto lws = t.call.request("INVITE", {}, sdp("127.0.0.1", 6002), "lws");
  lws.replace(0, lws.find("\r\n"), "INVITE sip:user@example.com; lr SIP/2.0");
  t.line.send(lws);
  CHECK(t.line.expect("SIP/2.0 4").start() == "SIP/2.0 400 Bad Request-Line Header");
  auto via = t.call.request("INVITE", {}, sdp("127.0.0.1", 6002), "via");
  via.insert(via.find("\r\nMax-Forwards"), ";;,;,,");
  t.line.send(via);
  CHECK(t.line.expect("SIP/2.0 4").start() == "SIP/2.0 400 Bad Via Header");
  auto branch = t.call.request("INVITE", {}, sdp("127.0.0.1", 6002), "short");
  const auto at = branch.find(";branch=");
  branch.replace(at, branch.find("\r\n", at) - at, ";branch=z9");
  t.line.send(branch);
  t.line.expect("SIP/2.0 400");
  auto transport = t.call.request("OPTIONS");
  transport.replace(transport.find("SIP/2.0/UDP"), 11, "SIP/2.0/TCP");  // over UDP all the same
  t.line.send(transport);
  t.line.expect("SIP/2.0 200");
  auto version = t.call.request("OPTIONS");
  version.replace(version.find("SIP/2.0\r\n"), 7, "SIP/7.0");
  version.replace(version.find("SIP/2.0/UDP " + t.line.host()), 12 + t.line.host().size(), "SIP/7.0/UDP c.example.com");
  t.line.send(version);
  t.line.expect("SIP/2.0 505");
  t.line.send("this is not SIP\r\n\r\n");
  REQUIRE(t.run_until([&] { return t.sip->counters().malformed >= 4; }));
  CHECK(t.events.all.empty());
}

TEST_CASE("a Contact that leads nowhere is refused before anything is answered") {
  Gate t;
  t.open();
  auto text = t.call.request("INVITE", {}, sdp("127.0.0.1", 6002));
  const auto at = text.find("Contact: <");
  text.replace(at, text.find("\r\n", at) - at, "Contact: <tel:+442079460123>");
  t.line.send(text);
  t.line.expect("SIP/2.0 400");
}

TEST_CASE("a phone registers with digest, is rung at its binding, may call, and leaves") {
  Gate t;
  t.options.phones.credentials = {{{"h1"}, "desk1", "secret"}};
  t.options.trunks[0].ranges = {"192.0.2.0/24"};
  t.open();
  auto send = [&](const std::string& more, int expires) {
    auto text = t.call.request("REGISTER", "Expires: " + std::to_string(expires) + "\r\n" + more);
    text.replace(0, text.find(" SIP/2.0"), "REGISTER sip:" + t.target());
    const auto to = text.find("To: <sip:999@");
    text.replace(to, 12, "To: <sip:desk1");
    t.line.send(text);
  };
  auto authorization = [&](const Message& challenge) {
    const auto values = challenge.all("WWW-Authenticate");
    const std::vector<std::string_view> views(values.begin(), values.end());
    const auto answer = answer_challenge(views, {"desk1", "secret"}, "REGISTER", "sip:" + t.target(), "cnonce");
    REQUIRE(answer);
    return "Authorization: " + *answer + "\r\n";
  };
  send({}, 120);
  const auto challenge = t.line.expect("SIP/2.0 401");
  CHECK(challenge.all("WWW-Authenticate").size() == 2);  // SHA-256, then MD5
  send(authorization(challenge), 120);
  const auto registered = t.line.expect("SIP/2.0 200");
  CHECK(registered.header("Contact").find(";expires=120") != std::string::npos);
  CHECK(t.await<core::PhoneBound>().handler.value == "h1");
  core::RingPhone ring;
  ring.leg = {1};
  ring.handler = {"h1"};
  t.sip->perform(ring);
  t.line.answer(t.line.expect("INVITE"), "486 Busy Here");
  Call outward{t.line, t.target(), "outward"};
  outward.invite("Resource-Priority: esnet.1\r\n");  // a phone may call, and is believed nothing
  const auto& facts = t.await<core::CallArrived>().facts;
  CHECK(facts.trunk.value.empty());
  CHECK_FALSE(facts.trusted);
  CHECK(facts.resource_priority.empty());
  send({}, 0);
  send(authorization(t.line.expect("SIP/2.0 401")), 0);
  t.line.expect("SIP/2.0 200");
  CHECK(t.await<core::PhoneUnbound>().handler.value == "h1");
}

TEST_CASE("the advertised address stands in Contact and SDP, the socket is elsewhere") {
  Gate t;
  t.options.listeners[0].advertised = "192.0.2.10";
  t.open();
  t.call.invite();
  const auto leg = t.await<core::CallArrived>().leg;
  t.sip->perform(core::AnswerLeg{leg});
  const auto answer = t.line.expect("SIP/2.0 200");
  CHECK(answer.header("Contact").find("@192.0.2.10:") != std::string::npos);
  CHECK(answer.body().find("c=IN IP4 192.0.2.10") != std::string::npos);
}

TEST_CASE("a caller that refreshes its session is told so") {
  Gate t;
  t.options.session_timer.expires = std::chrono::seconds(90);
  t.open();
  t.call.invite("Supported: timer\r\nSession-Expires: 90;refresher=uac\r\n");
  t.sip->perform(core::AnswerLeg{t.await<core::CallArrived>().leg});
  const auto answer = t.call.answered();
  CHECK(answer.header("Session-Expires") == "90;refresher=uac");
  CHECK(answer.header("Require") == "timer");
}
