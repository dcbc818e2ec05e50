// Hand-over trunks: the network's operator is on the line first, and a header of a request in the dialog tells of the leaving.
#include "signalling/sip_fixture.hpp"

using namespace sip_test;

namespace {

struct HandedOver : Fixture {
  explicit HandedOver(bool hand_over = true) {
    options.trunks[0].trusted = true;
    options.trunks[0].hand_over = hand_over;
    start();
    call.target = target();
    call.invite("Allow: INVITE, ACK, BYE, UPDATE, INFO\r\n");
    leg = await<core::CallArrived>().leg;
    operator_present = events.last<core::CallArrived>()->facts.operator_present;
    sip->perform(core::AnswerLeg{leg});
    call.answered();
    call.ack();
    settle();
  }
  void send(const std::string& method, const std::string& header, const std::string& body = {}) {
    if (method == "INVITE") ++call.cseq;  // the others count by themselves
    line.send(call.request(method, header, body, method + std::to_string(call.cseq)));
  }
  bool left() { return events.last<core::OperatorLeft>() != nullptr; }
  Peer line{*this};
  Call call{line, {}};
  LegId leg{};
  bool operator_present = false;
};

}  // namespace

TEST_CASE("an INFO with the header marks that the operator has left, and is answered as any") {
  HandedOver t;
  CHECK(t.operator_present);
  t.send("INFO", "");
  t.line.expect("SIP/2.0 200");
  CHECK_FALSE(t.left());
  t.send("INFO", "X-Operator-Left: yes\r\n");
  t.line.expect("SIP/2.0 200");
  REQUIRE(t.left());
  CHECK(t.events.last<core::OperatorLeft>()->leg == t.leg);
}

TEST_CASE("so do an UPDATE and a re-INVITE, under whatever name is configured") {
  for (const std::string method : {"UPDATE", "INVITE"}) {
    CAPTURE(method);
    HandedOver t;
    auto renamed = t.options;
    renamed.operator_left_header = "X-Handed-Over";
    REQUIRE(t.sip->reload(renamed));
    t.send(method, "X-Operator-Left: yes\r\n", sdp("127.0.0.1", 6000));
    t.line.expect("SIP/2.0 200");
    CHECK_FALSE(t.left());
    if (method == "INVITE") t.call.ack();
    t.settle();
    t.send(method, "x-handed-over: yes\r\n", sdp("127.0.0.1", 6000));
    t.line.expect("SIP/2.0 200");
    CHECK(t.left());
  }
}

TEST_CASE("a trunk that is none tells nothing by it") {
  HandedOver t(false);
  CHECK_FALSE(t.operator_present);
  t.send("INFO", "X-Operator-Left: yes\r\n");
  t.line.expect("SIP/2.0 200");
  CHECK_FALSE(t.left());
}
