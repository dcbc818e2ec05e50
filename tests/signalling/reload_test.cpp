// What a reload changes in a running adapter.
#include "signalling/sip_fixture.hpp"

using namespace sip_test;
using runtime::Transport;

namespace {

struct Running : Fixture {
  Running() {
    listen(Transport::tcp);
    options.user_agent = "before";
  }
  Message ask(Call& call) {
    call.peer.send(call.request("OPTIONS"));
    return call.peer.expect("SIP/2.0 200");
  }
};

}  // namespace

TEST_CASE("a reload of user_agent and reliable changes the header fields of the next answer and the next request") {
  Running t;
  t.start();
  Peer line{t}, phone{t};
  Call call{line, t.target()};
  const auto before = t.ask(call);
  CHECK(before.header("Server") == "before");
  CHECK(before.header("Supported") == "timer, 100rel");
  t.options.user_agent = "after";
  t.options.reliable = runtime::ReliableProvisional::never;
  REQUIRE(t.sip->reload(t.options));
  const auto after = t.ask(call);
  CHECK(after.header("Server") == "after");
  CHECK(after.header("Supported") == "timer");
  call.restart("call-2");
  call.invite("Require: 100rel\r\n");
  CHECK(line.expect("SIP/2.0 420").header("Unsupported") == "100rel");
  t.ring(phone, {});
  CHECK(phone.expect("INVITE").header("User-Agent") == "after");
  t.options.user_agent.clear();
  REQUIRE(t.sip->reload(t.options));
  CHECK(t.ask(call).header("Server").empty());
}

TEST_CASE("a reload of alert_repeat counts for the next 180") {
  Running t;
  t.start();
  t.options.alert_repeat = std::chrono::seconds(1);
  REQUIRE(t.sip->reload(t.options));
  Peer line{t};
  Call call{line, t.target()};
  call.invite();
  t.sip->perform(core::AlertLeg{t.await<core::CallArrived>().leg});
  line.expect("SIP/2.0 180");
  line.expect("SIP/2.0 180");  // after a second instead of a minute
}

TEST_CASE("a reload of tcp_idle counts for the next connection") {
  Running t;
  t.start();
  t.options.limits.tcp_idle = std::chrono::milliseconds(100);
  REQUIRE(t.sip->reload(t.options));
  TcpPeer line{t};
  Call call{line, "127.0.0.1:" + std::to_string(t.port(Transport::tcp))};
  t.ask(call);
  REQUIRE(t.run_until([&] { return line.closed(); }));
}

TEST_CASE("a reload of limits that the system does not allow is refused and changes nothing") {
  Running t;
  t.start();
  auto wanted = t.options;
  wanted.user_agent = "after";
  wanted.limits.legs = 4'000'000'000;
  const auto refused = t.sip->reload(wanted);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().find("descriptors are needed") != std::string::npos);
  Peer line{t};
  Call call{line, t.target()};
  CHECK(t.ask(call).header("Server") == "before");
}
