// Legs in rtpengine, and what becomes of them when it fails. Answers come when the test says so.
#include "sip/rtpengine/calls.hpp"

#include <catch2/catch.hpp>

#include "daemon.hpp"

using namespace pledge;
using namespace pledge::rtpengine;
using namespace std::chrono_literals;
using core::LegId;
using runtime::MediaFormat;

namespace {

struct Desk {
  explicit Desk(std::uint32_t ready = 2) : calls(options(ready), "c", ports()) {}
  static runtime::RtpengineOptions options(std::uint32_t ready) {
    runtime::RtpengineOptions all;
    all.ready = ready;
    return all;
  }
  Calls::Ports ports() {
    return {[this](const Dictionary& request, Done done) { asked.emplace_back(request, std::move(done)); },
            [this](LegId leg, MediaFormat format) { joined[leg] = format; },
            [this](const std::vector<LegId>& legs) { lost.insert(lost.end(), legs.begin(), legs.end()); },
            [this](const core::Alarm& alarm) { alarms.push_back(alarm.text); }};
  }
  void answer() {  // all that is asked, and what is asked then
    while (!asked.empty()) {
      auto [request, done] = std::move(asked.front());
      asked.erase(asked.begin());
      Answer answer = daemon.serve(request);
      if (answer->text("result") == "error") answer = tl::unexpected(Failure{Failure::Kind::refused, answer->text("error-reason")});
      done(answer);
    }
  }
  void time_out() {
    for (auto& [request, done] : std::exchange(asked, {})) done(tl::unexpected(Failure{Failure::Kind::timeout, "no answer"}));
  }
  void begin() { calls.watch(now), answer(); }
  std::optional<std::uint16_t> take(LegId leg) {
    const auto outside = calls.take(leg, {"192.0.2.1", 20'000});
    return outside ? std::optional(outside->port) : std::nullopt;
  }
  static MediaFormat format(std::uint16_t port = 4000) {
    MediaFormat all;
    all.remote = {"198.51.100.9", port, 0};
    all.event_payload_type = 97;
    return all;
  }
  // The one call with an answer.
  const test::Daemon::Call& negotiated() const {
    for (const auto& [id, call] : daemon.calls)
      if (!call.answer.empty()) return call;
    throw std::runtime_error("nothing was negotiated");
  }

  Instant now{1h};
  test::Daemon daemon;
  std::vector<std::pair<Dictionary, Done>> asked;
  std::map<LegId, MediaFormat> joined;
  std::vector<LegId> lost;
  std::vector<std::string> alarms;
  Calls calls;
};

const LegId leg{2}, other{3}, third{4};

}  // namespace

TEST_CASE("before rtpengine has answered, no leg is in it; then calls are made ready") {
  Desk desk;
  desk.calls.watch(desk.now);
  CHECK_FALSE(desk.take(leg));
  desk.answer();
  CHECK(desk.daemon.log == "ping offer offer ");
  CHECK(desk.calls.ready() == 2);
  CHECK(desk.alarms.empty());
}

TEST_CASE("a leg has its port at once, and another call is made ready for the next") {
  Desk desk;
  desk.begin();
  CHECK(desk.take(leg) == 30'002);
  CHECK(desk.take(other) == 30'004);
  CHECK_FALSE(desk.take(third));  // too quick: it has a port of the engine
  desk.answer();
  CHECK(desk.calls.ready() == 2);
  CHECK(desk.take(third) == 30'006);
}

TEST_CASE("both ends are told when the format is known, and the engine then speaks to the inside port") {
  Desk desk;
  desk.begin();
  (void)desk.take(leg);
  desk.answer();
  desk.calls.set_format(leg, desk.format());
  desk.answer();
  CHECK(desk.negotiated().offer.find("c=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 20000 RTP/AVP 8 97\r\n") != std::string::npos);
  CHECK(desk.negotiated().answer.find("c=IN IP4 198.51.100.9\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8 97\r\n") != std::string::npos);
  REQUIRE(desk.joined.count(leg));
  CHECK(desk.joined[leg].remote == runtime::MediaAddress{"192.0.2.7", 31'002});
  CHECK(desk.joined[leg].event_payload_type == 97);
}

TEST_CASE("a peer behind NAT is learned by rtpengine, and the engine believes rtpengine only") {
  Desk desk;
  desk.begin();
  (void)desk.take(leg);
  auto format = desk.format();
  format.source = runtime::SourcePolicy::behind_nat;
  desk.calls.set_format(leg, format);
  desk.answer();
  CHECK(desk.joined[leg].source == runtime::SourcePolicy::signalled);
}

TEST_CASE("a hold is told to rtpengine, so that it does not wait for packets") {
  Desk desk;
  desk.begin();
  (void)desk.take(leg);
  auto held = desk.format();
  held.send = false;
  desk.calls.set_format(leg, held);
  desk.answer();
  CHECK(desk.negotiated().answer.find("a=sendonly\r\n") != std::string::npos);
  CHECK(desk.negotiated().offer.find("a=recvonly\r\n") != std::string::npos);
  CHECK_FALSE(desk.joined[leg].send);
}

TEST_CASE("of formats that change while rtpengine is being told the last one counts") {
  Desk desk;
  desk.begin();
  (void)desk.take(leg);
  desk.answer();
  desk.daemon.log.clear();
  for (const std::uint16_t port : {4000, 4002, 4004}) desk.calls.set_format(leg, desk.format(port));
  desk.answer();
  CHECK(desk.daemon.log == "offer answer offer answer ");
  CHECK(desk.negotiated().answer.find("m=audio 4004 ") != std::string::npos);
}

TEST_CASE("a leg that ends takes its call with it, and one that ends while rtpengine is being told does so afterwards") {
  Desk desk(1);
  desk.begin();
  (void)desk.take(leg);
  desk.answer();
  const bool early = GENERATE(true, false);
  desk.calls.set_format(leg, desk.format());
  if (!early) desk.answer();
  desk.calls.close(leg);
  CHECK_FALSE(desk.calls.has(leg));
  desk.answer();
  CHECK(desk.calls.legs() == 0);
  CHECK(desk.daemon.calls.size() == 1);  // the ready one
  CHECK(desk.joined.count(leg) == (early ? 0 : 1));
}

TEST_CASE("without an answer it is down: an alarm, its legs are lost to it, and none enters it until it answers") {
  Desk desk;
  desk.begin();
  (void)desk.take(leg);
  desk.answer();
  desk.calls.watch(desk.now);
  desk.time_out();
  REQUIRE(desk.alarms.size() == 1);
  CHECK(desk.alarms[0] == "rtpengine at 127.0.0.1:2223: no answer within 500 ms: new legs have ports of the engine until it "
                          "answers; 1 legs were in it");
  CHECK(desk.lost == std::vector{leg});
  CHECK_FALSE(desk.calls.has(leg));
  CHECK_FALSE(desk.take(other));
  desk.calls.watch(desk.now);
  desk.time_out();
  CHECK(desk.alarms.size() == 1);  // told once

  desk.begin();  // it answers: what it still has of before is removed
  CHECK(desk.alarms.back() == "rtpengine at 127.0.0.1:2223 answers again");
  desk.begin();
  CHECK(desk.daemon.calls.size() == 2);
  CHECK(desk.take(other));
}

TEST_CASE("a restart between two looks at it is noticed, by a call that it does not know") {
  Desk desk;
  desk.begin();
  (void)desk.take(leg);
  desk.answer();
  desk.daemon.calls.clear();
  desk.begin();
  REQUIRE(desk.alarms.size() == 1);
  CHECK(desk.alarms[0] == "rtpengine at 127.0.0.1:2223 has forgotten its calls (was it restarted?): 1 legs were in it");
  CHECK(desk.lost == std::vector{leg});
  CHECK(desk.calls.ready() == 2);
  CHECK(desk.daemon.calls.size() == 2);
}

TEST_CASE("a call deleted while it is being asked for is no restart") {
  Desk desk(1);
  desk.begin();
  (void)desk.take(leg);
  desk.asked.clear();  // no other is ready: the leg's own is asked for
  desk.calls.watch(desk.now);
  auto query = desk.asked.back();
  desk.calls.close(leg);
  query.second(tl::unexpected(Failure{Failure::Kind::refused, "Unknown call-id"}));
  CHECK(desk.alarms.empty());
}

TEST_CASE("a leg that rtpengine refuses is lost to it, alone") {
  Desk desk;
  desk.begin();
  (void)desk.take(leg);
  (void)desk.take(other);
  desk.answer();
  desk.daemon.full = true;
  desk.calls.set_format(leg, desk.format());
  desk.answer();
  CHECK(desk.lost == std::vector{leg});
  CHECK(desk.calls.has(other));
  CHECK(desk.alarms.back() == "rtpengine at 127.0.0.1:2223 does not take leg 2: Ran out of ports");
}

TEST_CASE("without ports there it is asked again at the next look, not at once") {
  Desk desk;
  desk.daemon.full = true;
  desk.begin();
  CHECK(desk.daemon.log == "ping offer offer ");
  CHECK(desk.alarms.size() == 2);
  desk.daemon.full = false;
  desk.begin();
  CHECK(desk.calls.ready() == 2);
}

TEST_CASE("ready calls are made anew before rtpengine forgets them") {
  Desk desk(1);
  desk.begin();
  const auto before = desk.daemon.calls.begin()->first;
  desk.now += 10min;
  desk.begin();
  REQUIRE(desk.daemon.calls.size() == 1);
  CHECK(desk.daemon.calls.begin()->first != before);
}

TEST_CASE("what was made ready is removed at the end") {
  Desk desk;
  desk.begin();
  desk.calls.stop();
  desk.answer();
  CHECK(desk.daemon.calls.empty());
}
