// Connections: reused, lost, limited (RFC 3261 §18, RFC 5923).
#include "signalling/sip_fixture.hpp"
#include "sip/signalling/digest.hpp"

using namespace sip_test;
using runtime::Transport;

namespace {

struct Streams : Fixture {
  Streams() { listen(Transport::tcp); }
  std::string tcp_target() const { return "127.0.0.1:" + std::to_string(port(Transport::tcp)); }
  LegId answered(Call& call, TcpPeer& line) {
    call.invite();
    const auto leg = await<core::CallArrived>().leg;
    sip->perform(core::AnswerLeg{leg});
    const auto answer = line.expect("SIP/2.0 200");
    CHECK(answer.header("Contact").find("transport=tcp") != std::string::npos);
    call.learn(answer);
    call.ack();
    return leg;
  }
};

}  // namespace

TEST_CASE("over TCP, what we send inside the dialog goes back over the caller's connection") {
  Streams t;
  t.start();
  TcpPeer line{t};
  Call call{line, t.tcp_target()};
  const auto leg = t.answered(call, line);
  t.sip->perform(core::ReleaseLeg{leg, {}});  // before or after the ACK: the BYE waits for it
  line.answer(line.expect("BYE"), "200 OK");
  t.settle();
  CHECK(t.sip->counters().legs == 0);
}

TEST_CASE("a call goes on when its connection is lost; the BYE comes over a new one to the caller's Contact") {
  Streams t;
  t.start();
  TcpPeer line{t}, at_home{t, true};
  Call call{line, t.tcp_target()};
  call.invite("Contact: <sip:caller@" + at_home.host() + ";transport=tcp>\r\n");
  const auto leg = t.await<core::CallArrived>().leg;
  t.sip->perform(core::AnswerLeg{leg});
  call.learn(line.expect("SIP/2.0 200"));
  call.ack();
  t.sip->perform(core::AlertLeg{leg});  // nothing; lets the ACK arrive
  t.settle();
  line.close();
  t.housekeep();
  CHECK_FALSE(t.events.last<core::LegEnded>());
  t.sip->perform(core::ReleaseLeg{leg, {}});
  at_home.answer(at_home.expect("BYE"), "200 OK");
  CHECK(at_home.connections == 1);
}

TEST_CASE("a phone that registered over TCP is rung over its own connection, again and again") {
  Streams t;
  t.options.phones.credentials = {{{"h1"}, "desk1", "secret"}};
  t.start();
  TcpPeer phone{t};
  Call call{phone, t.tcp_target()};
  auto send = [&](const std::string& more) {
    auto text = call.request("REGISTER", "Expires: 120\r\n" + more);
    text.replace(0, text.find(" SIP/2.0"), "REGISTER sip:" + t.tcp_target());
    text.replace(text.find("To: <sip:999@"), 12, "To: <sip:desk1");
    phone.send(text);
  };
  send({});
  const auto values = phone.expect("SIP/2.0 401").all("WWW-Authenticate");
  const std::vector<std::string_view> views(values.begin(), values.end());
  const auto answer = answer_challenge(views, {"desk1", "secret"}, "REGISTER", "sip:" + t.tcp_target(), "cnonce");
  REQUIRE(answer);
  send("Authorization: " + *answer + "\r\n");
  phone.expect("SIP/2.0 200");
  t.await<core::PhoneBound>();
  for (const std::uint64_t leg : {1, 3}) {
    core::RingPhone ring;
    ring.leg = {leg};
    ring.handler = {"h1"};
    t.sip->perform(ring);
    const auto invite = phone.expect("INVITE");
    CHECK(invite.header("Via").rfind("SIP/2.0/TCP", 0) == 0);
    phone.answer(invite, "486 Busy Here");
    phone.expect("ACK");
    CHECK(t.await<core::LegFailed>().leg.value == leg);
    t.events.all.clear();
  }
}

TEST_CASE("two calls to one place over TCP share a connection") {
  Streams t;
  t.start();
  TcpPeer phone{t, true};
  Peer line{t};
  Call call{line, t.target()};
  call.invite();
  const auto caller = t.await<core::CallArrived>().leg;
  for (int i = 0; i < 2; ++i) {
    t.ring(phone, caller);
    phone.answer(phone.expect("INVITE"), "486 Busy Here");
    phone.expect("ACK");
  }
  CHECK(phone.connections == 1);
}

TEST_CASE("a phone that refuses the connection is unreachable at once") {
  Streams t;
  t.start();
  core::RingPhone ring;
  ring.leg = {1};
  ring.handler = {"h1"};
  {
    const TcpPeer gone{t, true};
    ring.phone = "sip:h1@" + gone.host() + ";transport=tcp";
  }
  t.sip->perform(ring);
  const auto& failed = t.await<core::LegFailed>();
  CHECK(failed.cause == core::LegFailure::unreachable);
  CHECK(failed.sip_status == 0);
}

TEST_CASE("connections beyond the limit of one source are closed, the newest first, counted and alarmed") {
  Streams t;
  t.options.limits.tcp_connections_per_source = 2;
  t.start();
  TcpPeer first{t}, second{t};
  const auto speaks = [&](TcpPeer& peer, const std::string& id) {
    Call call{peer, t.tcp_target(), id};
    peer.send(call.request("OPTIONS"));
    peer.expect("SIP/2.0 200");
  };
  speaks(first, "a");
  speaks(second, "b");
  t.housekeep();
  CHECK(t.sip->counters().tcp_connections == 2);
  TcpPeer third{t}, elsewhere{t, false, "127.0.0.2"};
  speaks(elsewhere, "c");
  REQUIRE(t.run_until([&] { return third.closed(); }));
  CHECK_FALSE(elsewhere.closed());
  speaks(first, "d");
  speaks(second, "e");
  CHECK(t.sip->counters().tcp_refused == 1);
  CHECK(t.alarm_kinds() == "tcp-limit");
  CHECK(t.sip->counters().tcp_connections == 3);
}

TEST_CASE("connections beyond the limit in all are closed, and their places can be taken again") {
  Streams t;
  t.options.limits.tcp_connections = 1;
  t.start();
  TcpPeer kept{t};
  Call call{kept, t.tcp_target()};
  kept.send(call.request("OPTIONS"));
  kept.expect("SIP/2.0 200");
  t.housekeep();
  TcpPeer late{t, false, "127.0.0.2"};
  REQUIRE(t.run_until([&] { return late.closed(); }));
  kept.close();
  t.housekeep();
  late.connect();
  Call next{late, t.tcp_target(), "next"};
  late.send(next.request("OPTIONS"));
  late.expect("SIP/2.0 200");
  t.housekeep();
  CHECK_FALSE(late.closed());
}

TEST_CASE("a message that is begun and never finished closes its connection") {
  Streams t;
  t.options.limits.tcp_message = std::chrono::milliseconds(50);
  t.start();
  TcpPeer slow{t};
  slow.send("OPTIONS sip:999@example.com SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1");
  REQUIRE(t.run_until([&] { return slow.closed(); }));
}

TEST_CASE("a connection on which nothing is said closes after its time") {
  Streams t;
  t.options.limits.tcp_idle = std::chrono::milliseconds(50);
  t.start();
  TcpPeer idle{t};
  Call call{idle, t.tcp_target()};
  idle.send(call.request("OPTIONS"));
  idle.expect("SIP/2.0 200");
  REQUIRE(t.run_until([&] { return idle.closed(); }));
}
