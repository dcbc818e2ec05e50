// Overload: what is read late, and what becomes of calls then.
#include "sip/signalling/standing_delay.hpp"
#include "sip/signalling/udp_socket.hpp"
#include "signalling/sip_fixture.hpp"

using namespace sip_test;
using namespace std::chrono_literals;

namespace {

// Every message is read later than a nanosecond after it came.
struct Late : Fixture {
  Peer line{*this};
  int calls = 0;
  std::string call() {
    Call call{line, target(), "call-" + std::to_string(++calls)};
    call.invite();
    Message answer;
    const auto answered = [&] {
      while (line.next("SIP/2.0 ", answer))
        if (answer.header("Call-ID") == call.id) return true;
      return false;
    };
    REQUIRE(run_until(answered));
    return answer.start();
  }
  void pass_held() {
    for (int i = 0; i < 2; ++i) {
      call();
      clock.time = clock.time + StandingDelay::held / 2;
    }
  }
};

}  // namespace

TEST_CASE("what is late at once is no overload, what stays late is") {
  StandingDelay delay;
  const core::Time start{1};
  CHECK_FALSE(delay.take(start, true));
  CHECK_FALSE(delay.take(start + 150ms, true));
  CHECK(delay.take(start + 200ms, true));
  CHECK(delay.take(start + 210ms, true));
  CHECK_FALSE(delay.take(start + 211ms, false));
  CHECK_FALSE(delay.take(start + 212ms, true));
  SECTION("nothing is known of the time between two messages far apart") { CHECK_FALSE(delay.take(start + 10s, true)); }
}

TEST_CASE("of calls that are read late, once that lasts, only what is worth it becomes a call") {
  Late t;
  t.options.limits.late = 1ns;
  t.start();
  std::vector<std::string> asked;
  bool takes = true;
  t.sip->ask_in_overload([&](const core::CallFacts& facts) { return asked.push_back(facts.caller), takes; });
  t.pass_held();
  CHECK(asked.empty());
  t.events.all.clear();
  SECTION("it is taken on") {
    CHECK(t.call() == "SIP/2.0 100 Trying");
    t.await<core::CallArrived>();
    CHECK(t.sip->counters().late_refused == 0);
  }
  SECTION("it is refused without a word on when to come again, and costs no leg") {
    takes = false;
    const auto ports = t.media.ports;
    Call call{t.line, t.target(), "refused"};
    call.invite();
    CHECK(t.line.expect("SIP/2.0 503").header("Retry-After").empty());
    CHECK(t.events.all.empty());
    CHECK(t.media.ports == ports);
    CHECK(t.sip->counters().legs == 2);
    CHECK(t.sip->counters().late_refused == 1);
  }
  CHECK(asked == std::vector<std::string>{"+442079460123"});
  CHECK(t.sip->counters().late == 1);
  CHECK(t.sip->counters().receive_delay > 0ns);
  CHECK(t.alarm_kinds() == "overload");
}

TEST_CASE("calls that are read late are all taken on where nobody knows their class") {
  Late t;
  t.options.limits.late = 1ns;
  t.start();
  t.pass_held();
  CHECK(t.call() == "SIP/2.0 100 Trying");
  CHECK(t.sip->counters().late == 1);
}

TEST_CASE("calls that are read too late are refused without a word on when to come again") {
  Late t;
  t.options.limits.too_late = 1ns;
  t.start();
  t.pass_held();
  t.events.all.clear();
  Call call{t.line, t.target(), "refused"};
  call.invite();
  const auto refusal = t.line.expect("SIP/2.0 503");
  CHECK(refusal.header("Retry-After").empty());
  CHECK(t.events.all.empty());
  CHECK(t.sip->counters().too_late == 1);
  CHECK(t.sip->counters().legs == 2);
  CHECK(t.alarm_kinds() == "overload.all");
}

TEST_CASE("without its limits no call is late, and over TCP none is known to be") {
  Late t;
  SECTION("0") {}
  SECTION("TCP") {
    t.listen(runtime::Transport::tcp);
    t.options.limits.late = t.options.limits.too_late = 1ns;
  }
  t.start();
  if (t.options.limits.late > 0ns) {
    TcpPeer line{t};
    for (int i = 0; i < 3; ++i) {
      Call call{line, t.target(), "tcp-" + std::to_string(i)};
      call.invite();
      line.expect("SIP/2.0 100");
      t.clock.time = t.clock.time + StandingDelay::held / 2;
    }
  } else {
    t.pass_held();
    t.call();
  }
  t.await<core::CallArrived>();
  CHECK(t.sip->counters().late == 0);
  CHECK(t.sip->counters().too_late == 0);
}

TEST_CASE("the kernel is asked how late a datagram is read, and how full the buffer is") {
  asio::io_context io;
  const asio::ip::udp::endpoint any(asio::ip::address_v4::loopback(), 0);
  asio::ip::udp::socket receiver(io, any), sender(io, any);
  const auto socket = UdpSocket::find("127.0.0.1", receiver.local_endpoint().port());
  REQUIRE(socket);
  CHECK_FALSE(UdpSocket::find("127.0.0.2", receiver.local_endpoint().port()));
  const auto empty = socket.backlog();
  CHECK(empty.delay == 0ns);
  CHECK(empty.filled == 0);
  const std::string text(1000, 'x');
  const auto begun = std::chrono::steady_clock::now();
  for (int i = 0; i < 20; ++i) sender.send_to(asio::buffer(text), receiver.local_endpoint());
  const auto full = socket.backlog().filled;
  CHECK(full > 0);
  CHECK(full < 1);
  std::array<char, 2000> got{};
  receiver.receive(asio::buffer(got));
  CHECK(socket.backlog().delay > 0ns);
  CHECK(socket.backlog().delay < std::chrono::steady_clock::now() - begun + 100ms);  // by another clock
  for (int i = 1; i < 20; ++i) receiver.receive(asio::buffer(got));
  CHECK(socket.backlog().filled < full);
  CHECK(UdpSocket{}.backlog().delay == 0ns);
}
