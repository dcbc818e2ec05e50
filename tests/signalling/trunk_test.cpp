// Calls out by way of a trunk: challenges (RFC 3261 §22), and how a trunk is found (RFC 3263).
#include "signalling/name_server.hpp"
#include "signalling/sip_fixture.hpp"

using namespace sip_test;

namespace {

constexpr char challenge[] = "Proxy-Authenticate: Digest realm=\"net\", nonce=\"n1\", qop=\"auth\"\r\n";
constexpr char stale[] = "Proxy-Authenticate: Digest realm=\"net\", nonce=\"n2\", stale=true, qop=\"auth\"\r\n";
constexpr char required[] = "407 Proxy Authentication Required";

struct Out : Fixture {
  LegId dial() {
    core::DialOut action;
    action.leg = LegId{odd};
    odd += 2;
    action.number = "020 7946 0999";
    sip->perform(action);
    return action.leg;
  }
};

struct Challenged : Out {
  Challenged() {
    options.session_timer.expires = std::chrono::seconds(300);
    options.trunks[0].target = "sip:" + gateway.host();
    options.trunks[0].user = "pledge";
    options.trunks[0].secret = "secret";
    start();
    leg = dial();
    const auto first = gateway.expect("INVITE sip:+442079460999@" + gateway.host());
    CHECK(first.header("Proxy-Authorization").empty());
    gateway.answer(first, required, challenge);
    gateway.expect("ACK");
    second = gateway.expect("INVITE");
    CHECK(second.header("Proxy-Authorization").find("username=\"pledge\"") != std::string::npos);
  }
  void accept() {
    gateway.answer(second, "200 OK", {}, sdp("127.0.0.1", 6500, "8"));
    gateway.expect("ACK");
    await<core::LegAnswered>();
  }
  Peer gateway{*this};
  Message second;
  LegId leg{};
};

bool names(const Message& request, const std::string& text) {
  return request.header("Proxy-Authorization").find(text) != std::string::npos;
}

}  // namespace

TEST_CASE("a trunk that asks for credentials gets them, in the BYE too") {
  Challenged t;
  t.accept();
  t.sip->perform(core::ReleaseLeg{t.leg, {}});
  CHECK(names(t.gateway.expect("BYE"), "nc=00000002"));
}

TEST_CASE("a trunk that asks again was given wrong credentials: the call fails, nothing is sent a third time") {
  Challenged t;
  t.gateway.answer(t.second, required, stale);
  t.gateway.expect("ACK");
  CHECK(t.await<core::LegFailed>().cause == core::LegFailure::rejected);
  CHECK(t.gateway.quiet("INVITE"));
}

TEST_CASE("a refresh that a trunk challenges with a new nonce is sent again with it") {
  Challenged t;
  t.accept();
  t.pass(std::chrono::seconds(150));
  const auto refresh = t.gateway.expect("INVITE");
  CHECK(names(refresh, "nonce=\"n1\""));
  t.gateway.answer(refresh, required, stale);
  t.gateway.expect("ACK");
  const auto again = t.gateway.expect("INVITE");
  CHECK(names(again, "nonce=\"n2\""));
  t.gateway.answer(again, "200 OK", {}, sdp("127.0.0.1", 6500, "8"));
  t.gateway.expect("ACK");
  CHECK_FALSE(t.events.last<core::LegEnded>());
}

TEST_CASE("a BYE that a trunk challenges with a new nonce is sent again with it, once") {
  Challenged t;
  t.accept();
  t.sip->perform(core::ReleaseLeg{t.leg, "over"});
  const auto bye = t.gateway.expect("BYE");
  t.gateway.answer(bye, required, stale);
  const auto again = t.gateway.expect("BYE");
  CHECK(names(again, "nonce=\"n2\""));
  CHECK(again.header("Reason") == bye.header("Reason"));
  CHECK(std::stoi(again.header("CSeq")) == std::stoi(bye.header("CSeq")) + 1);
  t.gateway.answer(again, required, stale);
  t.settle();
  CHECK(t.gateway.quiet("BYE"));
  CHECK(t.sip->counters().dialogs == 0);
}

TEST_CASE("no other peer is told credentials, whatever it asks for") {
  Out t;
  t.options.trunks[0].user = "pledge";  // of a trunk; the phone is none
  t.options.trunks[0].secret = "secret";
  t.start();
  Peer line{t}, phone{t};
  Call call{line, t.target()};
  call.invite();
  t.ring(phone, t.await<core::CallArrived>().leg);
  phone.answer(phone.expect("INVITE"), required, challenge);
  CHECK(phone.expect("ACK").header("Proxy-Authorization").empty());
  CHECK(t.await<core::LegFailed>().cause == core::LegFailure::rejected);
  CHECK(phone.quiet("INVITE"));
}

TEST_CASE("a trunk without credentials that challenges fails the call") {
  Out t;
  Peer gateway{t};
  t.options.trunks[0].target = "sip:" + gateway.host();
  t.start();
  t.dial();
  gateway.answer(gateway.expect("INVITE"), required, challenge);
  gateway.expect("ACK");
  CHECK(t.await<core::LegFailed>().cause == core::LegFailure::rejected);
  CHECK(gateway.quiet("INVITE"));
}

TEST_CASE("a call of the centre's own shows the number asked for, else the trunk's") {
  Out t;
  Peer gateway{t};
  t.options.trunks[0].target = "sip:" + gateway.host();
  t.options.trunks[0].caller = "+442079460101";
  t.start();
  const std::string shown = GENERATE("", "+442079460999");
  core::DialOut action;
  action.leg = LegId{1};
  action.number = "020 7946 0300";
  action.shown = shown;
  t.sip->perform(action);
  const auto invite = gateway.expect("INVITE");
  CHECK(invite.header("From").find(shown.empty() ? "<sip:+442079460101@" : "<sip:+442079460999@") == 0);
}

TEST_CASE("a call goes out over TCP where the trunk wants it") {
  Out t;
  t.listen(runtime::Transport::tcp);
  TcpPeer gateway{t, true};
  t.options.trunks[0].target = gateway.host();
  t.options.trunks[0].transport = runtime::Transport::tcp;
  t.start();
  const auto leg = t.dial();
  const auto invite = gateway.expect("INVITE");
  CHECK(invite.header("Via").rfind("SIP/2.0/TCP", 0) == 0);
  CHECK(invite.header("Contact").find("transport=tcp") != std::string::npos);
  gateway.answer(invite, "200 OK", {}, sdp("127.0.0.1", 6500, "8"));
  gateway.expect("ACK");
  CHECK(t.await<core::LegAnswered>().leg == leg);
  t.sip->perform(core::ReleaseLeg{leg, {}});
  gateway.answer(gateway.expect("BYE"), "200 OK");
  CHECK(gateway.connections == 1);
}

// ---- DNS

namespace {

// A trunk whose target is a name in the DNS.
struct Named : Out {
  explicit Named(const std::string& target) {
    listen(runtime::Transport::tcp);
    options.trunks[0].target = target;
    options.resolv_conf = names.file();
  }
  std::uint16_t port_of(const Endpoint& peer) const {
    return static_cast<std::uint16_t>(std::stoi(peer.host().substr(peer.host().rfind(':') + 1)));
  }
  NameServer names{io};
  Peer first{*this}, second{*this};
};

}  // namespace

TEST_CASE("a trunk's name is looked up: SRV gives order and port, A the address; the next is tried when one is not there") {
  Named t("trunk.test");
  std::uint16_t nobody = 0;
  {
    const Peer gone{t};
    nobody = t.port_of(gone);
  }
  t.names.srv("_sip._udp.trunk.test", 30, "c.trunk.test", t.port_of(t.second));
  t.names.srv("_sip._udp.trunk.test", 10, "a.trunk.test", nobody);
  t.names.srv("_sip._udp.trunk.test", 20, "b.trunk.test", t.port_of(t.first));
  for (const char* host : {"a.trunk.test", "b.trunk.test", "c.trunk.test"}) t.names.a(host, "127.0.0.1");
  t.start();
  t.dial();
  const auto invite = t.first.expect("INVITE sip:+442079460999@trunk.test SIP/2.0");
  t.first.answer(invite, "200 OK", {}, sdp("127.0.0.1", 6500, "8"));
  t.first.expect("ACK");
  t.await<core::LegAnswered>();
  CHECK(t.second.quiet("INVITE"));
}

namespace {

constexpr char unavailable[] = "503 Service Unavailable";

// Three places of a trunk, in this order.
struct Places : Named {
  Places() : Named("trunk.test") {
    name("c.trunk.test", 30, third);
    name("a.trunk.test", 10, first);
    name("b.trunk.test", 20, second);
  }
  void name(const std::string& host, std::uint16_t priority, const Endpoint& peer) {
    names.srv("_sip._udp.trunk.test", priority, host, port_of(peer));
    names.a(host, "127.0.0.1");
  }
  Message refuse_at(Peer& peer) {
    const auto invite = peer.expect("INVITE sip:+442079460999@trunk.test SIP/2.0");
    peer.answer(invite, unavailable);
    peer.expect("ACK");
    return invite;
  }
  Peer third{*this};
};

}  // namespace

TEST_CASE("a trunk's place that answers 503 sends the call to the next, in a transaction of its own") {
  Places t;
  t.start();
  const auto leg = t.dial();
  const auto refused = t.refuse_at(t.first);
  const auto invite = t.second.expect("INVITE sip:+442079460999@trunk.test SIP/2.0");
  CHECK(invite.header("Call-ID") == refused.header("Call-ID"));
  CHECK(invite.header("From") == refused.header("From"));
  CHECK(invite.header("Via") != refused.header("Via"));
  CHECK(std::stoi(invite.header("CSeq")) == std::stoi(refused.header("CSeq")) + 1);
  CHECK(invite.body() == refused.body());
  t.second.answer(invite, "180 Ringing");
  t.second.answer(invite, "200 OK", {}, sdp("127.0.0.1", 6500, "8"));
  t.second.expect("ACK");
  CHECK(t.await<core::LegAnswered>().leg == leg);
  CHECK(t.first.quiet("INVITE"));
  CHECK(t.third.quiet("INVITE"));
  t.sip->perform(core::ReleaseLeg{leg, {}});
  t.second.expect("BYE");
}

TEST_CASE("a trunk all of whose places answer 503 fails the call, each of them asked once") {
  Places t;
  t.start();
  t.dial();
  for (auto* place : {&t.first, &t.second, &t.third}) t.refuse_at(*place);
  const auto& failed = t.await<core::LegFailed>();
  CHECK(failed.cause == core::LegFailure::unreachable);
  CHECK(failed.sip_status == 503);
  for (auto* place : {&t.first, &t.second, &t.third}) CHECK(place->quiet("INVITE"));
}

TEST_CASE("a place that is not there is passed over before a 503 and after it") {
  Places t;
  {
    const Peer before{t}, after{t};
    t.name("d.trunk.test", 5, before);
    t.name("e.trunk.test", 15, after);
  }
  t.start();
  t.dial();
  t.refuse_at(t.first);
  t.second.answer(t.second.expect("INVITE"), "486 Busy Here");
  CHECK(t.await<core::LegFailed>().cause == core::LegFailure::busy);
  CHECK(t.third.quiet("INVITE"));
}

TEST_CASE("a name without SRV records that has several addresses: a 503 from one goes on to the next") {
  Named t("trunk.test");  // with a port: 5060, which a name alone stands for, a test may not have
  Peer first{t, "127.0.0.3"};
  t.options.trunks[0].target = "trunk.test:" + std::to_string(t.port_of(first));
  t.names.a("trunk.test", "127.0.0.3");
  t.names.a("trunk.test", "127.0.0.4");
  t.start();
  t.dial();
  const auto invite = first.expect("INVITE");
  first.answer(invite, unavailable);
  first.expect("ACK");
  CHECK(t.await<core::LegFailed>().sip_status == 0);  // nobody is at the second
}

TEST_CASE("a call that is given up is sent to no further place of its trunk") {
  Places t;
  t.start();
  const auto leg = t.dial();
  SECTION("before the 503") {
    const auto invite = t.first.expect("INVITE");
    t.first.answer(invite, "100 Trying");
    t.sip->perform(core::ReleaseLeg{leg, {}});
    t.first.answer(t.first.expect("CANCEL"), "200 OK");
    t.first.answer(invite, unavailable);
    t.first.expect("ACK");
  }
  SECTION("at the second place") {
    t.refuse_at(t.first);
    const auto invite = t.second.expect("INVITE");
    t.second.answer(invite, "180 Ringing");
    t.await<core::LegRinging>();
    t.sip->perform(core::ReleaseLeg{leg, {}});
    t.second.answer(t.second.expect("CANCEL"), "200 OK");
    t.second.answer(invite, unavailable);
    t.second.expect("ACK");
  }
  t.settle();
  CHECK(t.sip->counters().legs == 0);
  for (auto* place : {&t.first, &t.second, &t.third}) CHECK(place->quiet("INVITE"));
}

TEST_CASE("a call tries ten places of a trunk and no more") {
  Named t("trunk.test");
  std::vector<std::unique_ptr<Peer>> places;
  for (std::uint16_t i = 0; i < 12; ++i) {
    places.push_back(std::make_unique<Peer>(t));
    t.names.srv("_sip._udp.trunk.test", i, "a.trunk.test", t.port_of(*places.back()));
  }
  t.names.a("a.trunk.test", "127.0.0.1");
  t.start();
  t.dial();
  for (int i = 0; i < 10; ++i) {
    auto& place = *places[static_cast<std::size_t>(i)];
    place.answer(place.expect("INVITE"), unavailable);
    place.expect("ACK");
  }
  t.await<core::LegFailed>();
  CHECK(places[10]->quiet("INVITE"));
}

TEST_CASE("each place of a trunk may ask for credentials") {
  Places t;
  t.options.trunks[0].user = "pledge";
  t.options.trunks[0].secret = "secret";
  t.start();
  t.dial();
  t.first.answer(t.first.expect("INVITE"), unavailable);
  t.second.answer(t.second.expect("INVITE"), required, challenge);
  const auto again = t.second.expect("INVITE");
  CHECK(names(again, "username=\"pledge\""));
  t.second.answer(again, unavailable);
  t.third.answer(t.third.expect("INVITE"), required, stale);
  CHECK(names(t.third.expect("INVITE"), "nonce=\"n2\""));
}

TEST_CASE("over TCP too a 503, and a connection that is refused after it, send the call on") {
  Named t("trunk.test");
  std::uint16_t nobody = 0;
  {
    const TcpPeer gone{t, true};
    nobody = t.port_of(gone);
  }
  TcpPeer full{t, true}, last{t, true};
  t.names.srv("_sip._tcp.trunk.test", 10, "a.trunk.test", t.port_of(full));
  t.names.srv("_sip._tcp.trunk.test", 20, "a.trunk.test", nobody);
  t.names.srv("_sip._tcp.trunk.test", 30, "a.trunk.test", t.port_of(last));
  t.names.a("a.trunk.test", "127.0.0.1");
  t.start();
  t.dial();
  full.answer(full.expect("INVITE"), unavailable);
  CHECK(last.expect("INVITE").header("Via").rfind("SIP/2.0/TCP", 0) == 0);
}

TEST_CASE("a trunk is up as long as one of its places answers OPTIONS otherwise than by 503") {
  Places t;
  t.options.trunks[0].health_interval = std::chrono::seconds(30);
  t.options.trunks[0].down_after = 1;
  t.start();
  t.first.answer(t.first.expect("OPTIONS"), unavailable);
  const auto second = t.second.expect("OPTIONS sip:trunk.test");
  SECTION("the second does") {
    t.second.answer(second, "200 OK");
    t.settle();
    CHECK(t.sip->trunks()[0].up);
    CHECK(t.third.quiet("OPTIONS"));
  }
  SECTION("none does") {
    t.second.answer(second, unavailable);
    t.third.answer(t.third.expect("OPTIONS"), unavailable);
    REQUIRE(t.run_until([&] { return !t.sip->trunks()[0].up; }));
  }
}

TEST_CASE("a name with a port has an address alone") {
  Named t("trunk.test:5999");
  t.options.trunks[0].target = "trunk.test:" + std::to_string(t.port_of(t.first));
  t.names.a("trunk.test", "127.0.0.1");
  t.start();
  t.dial();
  t.first.expect("INVITE");
}

TEST_CASE("a name that does not exist is unreachable, and said so") {
  Named t("nowhere.test");
  t.start();
  t.dial();
  const auto& failed = t.await<core::LegFailed>();
  CHECK(failed.cause == core::LegFailure::unreachable);
  CHECK(failed.sip_status == 0);
}

TEST_CASE("a trunk whose SRV records name TCP alone is called over TCP, from the INVITE to the BYE") {
  Named t("trunk.test");
  TcpPeer gateway{t, true};
  t.names.srv("_sip._tcp.trunk.test", 10, "a.trunk.test", t.port_of(gateway));
  t.names.a("a.trunk.test", "127.0.0.1");
  t.start();
  const auto leg = t.dial();
  const auto invite = gateway.expect("INVITE");
  CHECK(invite.header("Via").rfind("SIP/2.0/TCP", 0) == 0);
  gateway.answer(invite, "200 OK", {}, sdp("127.0.0.1", 6500, "8"));
  gateway.expect("ACK");
  t.await<core::LegAnswered>();
  t.sip->perform(core::ReleaseLeg{leg, {}});
  gateway.expect("BYE");
}

TEST_CASE("OPTIONS to a trunk find it by name too") {
  Named t("trunk.test");
  t.options.trunks[0].health_interval = std::chrono::seconds(30);
  t.names.srv("_sip._udp.trunk.test", 10, "a.trunk.test", t.port_of(t.first));
  t.names.a("a.trunk.test", "127.0.0.1");
  t.start();
  t.first.expect("OPTIONS sip:trunk.test");
}

TEST_CASE("a phone's fixed address may be a name") {
  Named t("trunk.test");
  t.names.srv("_sip._udp.desk.test", 10, "a.desk.test", t.port_of(t.first));
  t.names.a("a.desk.test", "127.0.0.1");
  t.start();
  core::RingPhone ring;
  ring.leg = {1};
  ring.handler = {"h1"};
  ring.phone = "sip:h1@desk.test";
  t.sip->perform(ring);
  t.first.expect("INVITE sip:h1@desk.test SIP/2.0");
}
