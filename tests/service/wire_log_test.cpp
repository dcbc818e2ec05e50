// The SIP messages of a call: kept with it, bounded with it, and told by its trace.
#include "service/wire_log.hpp"

#include "service/engine.hpp"

using namespace pledge::service::test;
using namespace pledge;
using service::WireCall;
using service::WireLog;

namespace {

runtime::SipMessage message(std::string_view call_id, bool sent, std::string_view method, std::uint32_t status = 0) {
  runtime::SipMessage out;
  out.sent = sent;
  out.peer = {{192, 0, 2, 1}, 5060};
  out.method = method;
  out.status = status;
  out.text = status ? "OK" : "sip:999@192.0.2.9";
  out.call_id = call_id;
  out.cseq = 1;
  out.identity = 7;
  out.opens_dialog = status == 0 && method == "INVITE";
  return out;
}

}  // namespace

TEST_CASE("a call keeps its caller's leg and the legs that rang for it, each with its messages") {
  WireLog log{100};
  WireCall call;
  log.observe(message("caller", false, "INVITE"));
  log.arrived(call, "caller");
  auto out = message("phone", true, "INVITE");
  out.leg = {3};
  log.observe(out);
  log.rings(call, {3}, "h1");
  log.observe(message("phone", false, "INVITE", 200));
  log.observe(message("caller", true, "INVITE", 200));
  REQUIRE(call.legs.size() == 2);
  CHECK(call.legs[0]->party.empty());
  CHECK(call.legs[1]->party == "h1");
  CHECK(call.legs[0]->messages.size() == 2);
  CHECK(call.legs[1]->messages[1].status == 200);
  CHECK(call.messages == 4);
}

TEST_CASE("a message that was there before is marked; another transaction's is not") {
  WireLog log{100};
  WireCall call;
  log.observe(message("caller", false, "INVITE"));
  log.arrived(call, "caller");
  log.observe(message("caller", false, "INVITE"));
  auto fork = message("caller", false, "INVITE");
  fork.identity = 8;
  log.observe(fork);
  log.observe(message("caller", false, "CANCEL"));  // has the branch and number of what it cancels
  const auto& kept = call.legs[0]->messages;
  CHECK_FALSE(kept[0].again);
  CHECK(kept[1].again);
  CHECK_FALSE(kept[2].again);
  CHECK_FALSE(kept[3].again);
}

TEST_CASE("what is kept is bounded per call, and what is left out is told") {
  WireLog log{3};
  WireCall call;
  log.observe(message("caller", false, "INVITE"));
  log.arrived(call, "caller");
  for (int i = 0; i < 10; ++i) log.observe(message("caller", true, "INVITE", 180));
  CHECK(call.legs[0]->messages.size() == 3);
  CHECK(call.cut);
}

TEST_CASE("strangers' dialogs are forgotten, other requests are nobody's, a call's go with it") {
  WireLog log{100};
  WireCall call;
  log.observe(message("register", false, "REGISTER"));
  CHECK(log.dialogs() == 0);
  log.observe(message("caller", false, "INVITE"));
  log.arrived(call, "caller");
  for (int i = 0; i < 2'000; ++i) log.observe(message("stranger" + std::to_string(i), false, "INVITE"));
  CHECK(log.dialogs() < 300);
  log.observe(message("caller", false, "BYE"));
  CHECK(call.legs[0]->messages.size() == 2);
  log.forget(call);
  const auto left = log.dialogs();
  log.observe(message("caller", false, "INVITE", 200));
  CHECK(call.legs[0]->messages.size() == 2);
  CHECK(log.dialogs() == left);
}

TEST_CASE("what a stranger wrote is cut and made printable") {
  WireLog log{100};
  WireCall call;
  auto invite = message("caller", false, "INVITE");
  const std::string uri = "sip:\xff\x1b[31m" + std::string(10'000, 'x');
  invite.text = uri;
  log.observe(invite);
  log.arrived(call, "caller");
  const auto text = call.legs[0]->text(call.legs[0]->messages[0]);
  CHECK(text.size() < 100);
  CHECK(text.substr(0, 10) == "sip:??[31m");
}

TEST_CASE("a trace tells messages, states and decisions in the order in which they happened") {
  Engine engine;
  engine.staff("h1");
  const auto tell = [&](runtime::SipMessage m) {
    engine.on_loop([&] {
      m.at = engine.now();
      engine.service.observe(m);
    });
  };
  tell(message("call-1", false, "INVITE"));
  const auto caller = engine.call("999");
  auto ring = message("phone-1", true, "INVITE");
  ring.leg = engine.rung();
  // In the engine the INVITE leaves before the services hear of the action that sent it.
  tell(ring);
  engine.on_loop([&] {
    core::RingPhone action;
    action.leg = ring.leg;
    action.contact = {1};
    action.handler = {"h1"};
    engine.service.observe(engine.now(), action);
  });
  engine.tell(core::LegAnswered{engine.rung()});
  tell(message("call-1", true, "INVITE", 200));
  engine.tell(core::LegEnded{caller, core::LegEnd::hung_up});

  v1::GetContactTraceRequest request;
  request.set_sip_call_id("call-1");
  v1::GetContactTraceResponse trace;
  REQUIRE(ask(engine.operations, &v1::OperationsService::Stub::GetContactTrace, request, &trace).ok());
  std::string told;
  for (const auto& step : trace.steps()) {
    if (step.has_sip())
      told += step.sip().party() + (step.sip().sent() ? ">" : "<") + step.sip().method() +
              std::to_string(step.sip().status()) + " ";
    else if (step.has_contact()) told += v1::ContactState_Name(step.contact().state()).substr(14) + " ";
  }
  CHECK(told == "<INVITE0 WAITING OFFERED h1>INVITE0 TALKING >INVITE200 ENDED ");
  CHECK(trace.steps(0).sip().peer() == "192.0.2.1:5060/udp");
}
