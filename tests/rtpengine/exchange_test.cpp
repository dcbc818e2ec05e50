#include "sip/rtpengine/exchange.hpp"

#include <catch2/catch.hpp>

#include "daemon.hpp"

using namespace pledge;
using namespace pledge::rtpengine;
using namespace std::chrono_literals;
using rtpengine::test::dictionary;

namespace {

struct Line {
  explicit Line(std::uint32_t bound = 16) : exchange(options(bound), "x") {}
  static runtime::RtpengineOptions options(std::uint32_t bound) {
    runtime::RtpengineOptions all;
    all.repeat_after = 100ms, all.timeout = 250ms, all.requests_open = bound;
    return all;
  }
  void ask(const std::string& command) {
    exchange.ask(now, dictionary({{"command", command}}), [this, command](const Answer& answer) {
      log += command + (answer ? "=" + answer->text("result") : "!" + answer.error().why) + " ";
    });
  }
  Instant now{1s};
  Exchange exchange;
  std::string log;
};

}  // namespace

TEST_CASE("an answer finds its request by the cookie, whatever the order") {
  Line line;
  line.ask("one");
  line.ask("two");
  CHECK(line.exchange.take_datagrams() == std::vector<std::string>{"x1 d7:command3:onee", "x2 d7:command3:twoe"});
  line.exchange.receive(line.now, "x2 d6:result4:ponge");
  line.exchange.receive(line.now, "x1 d6:result2:oke");
  CHECK(line.log == "two=pong one=ok ");
  CHECK(line.exchange.open() == 0);
  CHECK(line.exchange.next_due() == Instant::max());
}

TEST_CASE("what answers nothing is counted: strangers, a second answer, no cookie") {
  Line line;
  line.ask("one");
  for (const auto* datagram : {"x9 d6:result2:oke", "", "x1", " d6:result2:oke"}) line.exchange.receive(line.now, datagram);
  CHECK(line.exchange.strays() == 4);
}

TEST_CASE("an error and an answer that cannot be read are told") {
  Line line;
  line.ask("one");
  line.exchange.receive(line.now, "x1 d12:error-reason15:Unknown call-id6:result5:errore");
  line.ask("two");
  line.exchange.receive(line.now, "x2 d6:result");
  CHECK(line.log == "one!Unknown call-id two!its answer cannot be read: no number at byte 9 ");
}

TEST_CASE("a request is sent again until it is answered, and given up in its time") {
  Line line;
  line.ask("one");
  const auto sent = line.exchange.take_datagrams();
  CHECK(line.exchange.next_due() == line.now + 100ms);
  line.exchange.advance(line.now + 99ms);
  CHECK(line.exchange.take_datagrams().empty());
  line.exchange.advance(line.now + 100ms);
  CHECK(line.exchange.take_datagrams() == sent);  // the same cookie: rtpengine does nothing twice
  line.exchange.advance(line.now + 200ms);
  CHECK(line.exchange.take_datagrams() == sent);
  CHECK(line.exchange.next_due() == line.now + 250ms);
  line.exchange.advance(line.now + 250ms);
  CHECK(line.log == "one!no answer ");
  CHECK(line.exchange.take_datagrams().empty());
  line.exchange.receive(line.now, "x1 d6:result2:oke");  // too late
  CHECK(line.log == "one!no answer ");
}

TEST_CASE("what is told is sent once, whatever the bound, and its answer is none that is awaited") {
  Line line(0);
  line.exchange.tell(dictionary({{"command", "one"}}));
  CHECK(line.exchange.take_datagrams() == std::vector<std::string>{"x1 d7:command3:onee"});
  CHECK(line.exchange.open() == 0);
}

TEST_CASE("requests beyond the bound are not sent") {
  Line line(2);
  for (const auto* command : {"one", "two", "three"}) line.ask(command);
  CHECK(line.log == "three!2 requests are open ");
  CHECK(line.exchange.take_datagrams().size() == 2);
}
