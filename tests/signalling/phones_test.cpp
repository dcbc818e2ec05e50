// Whose INVITE is taken for a phone's: registered phones, all of a handler's, and those with a static contact.
#include "sip/signalling/digest.hpp"
#include "signalling/sip_fixture.hpp"

using namespace sip_test;
using runtime::Transport;

namespace {

struct Desks : Fixture {
  Desks() {
    listen(Transport::tcp);
    options.phones.credentials = {{{"h1"}, "desk1", "secret"}};
    options.trunks[0].ranges = {"192.0.2.0/24"};
  }
  void register_once(Endpoint& phone, const std::string& more, const std::string& expires) {
    Call call{phone, target(), "register-" + phone.host(), "phone", "desk1", ++cseq};
    auto text = call.request("REGISTER", "Expires: " + expires + "\r\n" + more);
    text.replace(0, text.find(" SIP/2.0"), "REGISTER sip:" + target());
    text.replace(text.find("To: <sip:999@"), 12, "To: <sip:desk1");
    phone.send(text);
  }
  // `contact`: a line of its own, or its own address.
  void enrol(Endpoint& phone, const std::string& expires = "120", const std::string& contact = {}) {
    register_once(phone, contact, expires);
    const auto values = phone.expect("SIP/2.0 401").all("WWW-Authenticate");
    const std::vector<std::string_view> views(values.begin(), values.end());
    const auto answer = answer_challenge(views, {"desk1", "secret"}, "REGISTER", "sip:" + target(), "cnonce");
    REQUIRE(answer);
    register_once(phone, contact + "Authorization: " + *answer + "\r\n", expires);
    phone.expect("SIP/2.0 200");
  }
  bool may_call(Endpoint& phone) {
    Call call{phone, target(), "call-" + std::to_string(++calls)};
    call.invite();
    Message answer;
    const auto answered = [&] {  // not the repeated refusal of an earlier one
      while (phone.next("SIP/2.0 ", answer))
        if (answer.header("Call-ID") == call.id) return true;
      return false;
    };
    REQUIRE(run_until(answered));
    if (!answer.is("SIP/2.0 403")) {
      CHECK(answer.is("SIP/2.0 100"));
      CHECK(await<core::CallArrived>().facts.trunk.value.empty());
      CHECK_FALSE(await<core::CallArrived>().facts.trusted);
    }
    events.all.clear();
    return !answer.is("SIP/2.0 403");
  }
  int cseq = 0, calls = 0;
};

}  // namespace

TEST_CASE("a phone with a static contact may call from its address and port, nobody else from there") {
  Desks t;
  Peer desk{t}, other_port{t}, elsewhere{t, "127.0.0.2"};
  t.options.phones.contacts = {"sip:a01@" + desk.host(), "sip:a02@127.0.0.3"};
  t.start();
  CHECK(t.may_call(desk));
  CHECK_FALSE(t.may_call(other_port));
  CHECK_FALSE(t.may_call(elsewhere));
  CHECK(t.sip->counters().strangers_refused == 2);
}

TEST_CASE("a phone with a static contact may call over TCP from any port of its address") {
  Desks t;
  t.options.phones.contacts = {"sip:a01@127.0.0.1:5060;transport=tcp"};
  t.start();
  TcpPeer desk{t}, elsewhere{t, false, "127.0.0.2"};
  CHECK(t.may_call(desk));
  CHECK_FALSE(t.may_call(elsewhere));
}

TEST_CASE("a static contact with an IPv6 address counts however it is written, one with a name does not") {
  Desks t;
  t.listen(Transport::udp, "::1");
  Peer desk{t, "::1"}, named{t};
  const auto port_of = [](const Peer& peer) { return peer.host().substr(peer.host().rfind(':')); };
  t.options.phones.contacts = {"sip:a01@[0:0::0:1]" + port_of(desk), "sip:a02@localhost" + port_of(named)};
  t.start();
  CHECK(t.may_call(desk));
  CHECK_FALSE(t.may_call(named));
}

TEST_CASE("a reload changes which static contacts may call") {
  Desks t;
  Peer before{t}, after{t};
  t.options.phones.contacts = {"sip:a01@" + before.host()};
  t.start();
  CHECK(t.may_call(before));
  t.options.phones.contacts = {"sip:a01@" + after.host()};
  REQUIRE(t.sip->reload(t.options));
  CHECK_FALSE(t.may_call(before));
  CHECK(t.may_call(after));
}

TEST_CASE("each phone of a handler may call while its binding lives, and is rung over its own connection") {
  Desks t;
  t.options.phones.bindings_most = 2;
  t.start();
  TcpPeer one{t}, two{t};
  t.enrol(one);
  t.enrol(two);
  CHECK(t.may_call(one));
  CHECK(t.may_call(two));
  t.enrol(two, "0");  // leaves, and is heard of last
  core::RingPhone ring;
  ring.leg = {1};
  ring.handler = {"h1"};
  t.sip->perform(ring);
  one.expect("INVITE");
  CHECK(t.may_call(one));
}

TEST_CASE("a phone whose binding has gone may not call any more: left, replaced, or expired") {
  Desks t;
  t.start();
  Peer one{t}, two{t};
  t.enrol(one);
  CHECK(t.may_call(one));
  t.enrol(two);
  CHECK_FALSE(t.may_call(one));
  CHECK(t.may_call(two));
  t.enrol(two, "0");
  CHECK_FALSE(t.may_call(two));
  t.enrol(one, "60");
  t.pass(std::chrono::seconds(61));
  t.housekeep();
  CHECK_FALSE(t.may_call(one));
}

TEST_CASE("a second TCP connection is the phone's where the address is its own, not where others may share it") {
  const bool behind_nat = GENERATE(false, true);
  const std::string contact = GENERATE("", "Contact: <sip:desk1@10.1.2.3;transport=tcp>\r\n");
  Desks t;
  t.options.phones.behind_nat = behind_nat;
  t.start();
  TcpPeer phone{t}, again{t}, elsewhere{t, false, "127.0.0.2"};
  Peer datagrams{t};
  t.enrol(phone, "120", contact);
  CHECK(t.may_call(phone));
  CHECK(t.may_call(again) == (!behind_nat && contact.empty()));
  CHECK_FALSE(t.may_call(elsewhere));
  CHECK_FALSE(t.may_call(datagrams));
}
