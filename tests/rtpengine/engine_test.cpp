// The engine with a socket of its own, before another media engine, and a peer that answers as rtpengine does, on an ephemeral
// port. Awaited with a deadline; nothing sleeps.
#include "sip/rtpengine/engine.hpp"

#include <boost/asio/buffer.hpp>
#include <catch2/catch.hpp>

#include "daemon.hpp"

using namespace pledge;
using namespace std::chrono_literals;
using boost::asio::ip::udp;
using core::LegId;

namespace {

// The engine behind: gives out ports, and notes what it is told.
struct Embedded final : runtime::MediaPort {
  tl::expected<runtime::MediaLocal, std::error_code> open(LegId, const std::string&) override {
    if (full) return tl::unexpected(make_error_code(std::errc::no_buffer_space));
    return runtime::MediaLocal{next += 2};
  }
  void set_format(LegId leg, const runtime::MediaFormat& format) override { formats[leg] = format; }
  void connect(LegId a, LegId b) override { log += "connect" + std::to_string(a.value) + "-" + std::to_string(b.value) + " "; }
  void disconnect(LegId, LegId) override { log += "disconnect "; }
  void mix(LegId, std::span<const LegId>, core::Duration) override { log += "mix "; }
  void listen_for_speech(LegId) override { log += "listen "; }
  void play(const core::PlayToLeg&) override { log += "play "; }
  void close(LegId, std::function<void(runtime::MediaCounters)>) override { log += "close "; }
  std::map<LegId, runtime::MediaFormat> formats;
  std::string log;
  std::uint16_t next = 20'000;
  bool full = false;
};

struct Room {
  Room() {
    options.address = "127.0.0.1:" + std::to_string(server.local_endpoint().port());
    options.ready = 2, options.watch_every = 50ms, options.repeat_after = 20ms, options.timeout = 100ms;
    serve();
    media.emplace(loop, options, embedded, "x", [this](const core::Alarm& alarm) { alarms.push_back(alarm.text); });
    media->on_moved([this](LegId leg, const runtime::MediaLocal& local) { moved[leg] = local.rtp_port; });
  }
  void serve() {
    server.async_receive_from(boost::asio::buffer(buffer), client, [this](boost::system::error_code error, std::size_t size) {
      if (error) return;
      if (answering && lose-- <= 0) answer(size);
      serve();
    });
  }
  void answer(std::size_t size) {
    const std::string request(buffer.data(), size);
    const auto space = request.find(' ');
    const auto text = request.substr(0, space + 1) + rtpengine::encode(daemon.serve(*rtpengine::decode(request.substr(space + 1))));
    server.send_to(boost::asio::buffer(text), client);
  }
  void serve_now() {
    boost::system::error_code error;
    const auto size = server.receive_from(boost::asio::buffer(buffer), client, 0, error);
    if (!error) answer(size);
  }
  bool until(const std::function<bool()>& done) {
    const auto deadline = std::chrono::steady_clock::now() + 10s;
    while (!done() && std::chrono::steady_clock::now() < deadline) loop.run_one_for(1s);
    return done();
  }
  runtime::MediaFormat format() {
    runtime::MediaFormat all;
    all.remote = {"198.51.100.9", 4000, 0};
    return all;
  }

  boost::asio::io_context loop;
  udp::socket server{loop, udp::endpoint(boost::asio::ip::address_v4::loopback(), 0)};
  udp::endpoint client;
  std::array<char, 65'536> buffer;
  rtpengine::test::Daemon daemon;
  bool answering = true;
  int lose = 0;  // requests not answered
  runtime::RtpengineOptions options;
  Embedded embedded;
  std::vector<std::string> alarms;
  std::map<LegId, std::uint16_t> moved;
  std::optional<rtpengine::Engine> media;
};

const LegId leg{2}, other{3};

}  // namespace

TEST_CASE("a leg has a port of rtpengine, and the engine behind speaks to rtpengine") {
  Room room;
  room.lose = 3;  // requests are sent again
  REQUIRE(room.until([&] { return room.media->counters().ready == 2; }));
  const auto local = room.media->open(leg, "127.0.0.1");
  REQUIRE(local);
  CHECK(local->address == "192.0.2.7");
  CHECK(local->rtp_port > 30'000);
  room.media->set_format(leg, room.format());
  CHECK(room.embedded.formats.empty());  // not before rtpengine has said where to
  REQUIRE(room.until([&] { return room.embedded.formats.count(leg) == 1; }));
  CHECK(room.embedded.formats[leg].remote == runtime::MediaAddress{"192.0.2.7", static_cast<std::uint16_t>(local->rtp_port + 1000)});
  room.media->connect(leg, other);
  room.media->play({leg, "hold", 0});
  room.media->close(leg, {});
  CHECK(room.embedded.log == "connect2-3 play close ");
  REQUIRE(room.until([&] { return room.daemon.calls.size() == 2; }));
  CHECK(room.media->counters().taken == 1);
  CHECK(room.alarms.empty());
}

TEST_CASE("a leg has a port of the engine where rtpengine has none ready, over IPv6, and none where there is none") {
  Room room;
  CHECK(room.media->open(leg, "127.0.0.1")->address.empty());
  room.media->set_format(leg, room.format());
  CHECK(room.embedded.formats[leg] == room.format());
  REQUIRE(room.until([&] { return room.media->counters().ready == 2; }));
  CHECK(room.media->open(other, "::1")->address.empty());
  room.embedded.full = true;
  CHECK(room.media->open(LegId{4}, "127.0.0.1").error() == std::errc::no_buffer_space);
  CHECK(room.media->counters().ready == 2);
}

TEST_CASE("rtpengine dies: its legs get the engine's own ports, and the next one has one at once") {
  Room room;
  REQUIRE(room.until([&] { return room.media->counters().ready == 2; }));
  CHECK_FALSE(room.media->open(leg, "127.0.0.1")->address.empty());
  room.media->set_format(leg, room.format());
  REQUIRE(room.until([&] { return room.embedded.formats.count(leg) == 1; }));
  room.answering = false;
  REQUIRE(room.until([&] { return room.moved.count(leg) == 1; }));
  CHECK(room.moved[leg] == 20'002);
  CHECK(room.embedded.formats[leg] == room.format());  // straight to the peer
  CHECK(room.media->open(other, "127.0.0.1")->address.empty());
  REQUIRE(room.alarms.size() == 1);

  room.answering = true;
  REQUIRE(room.until([&] { return room.media->counters().ready == 2; }));
  CHECK(room.alarms.back().ends_with("answers again"));
  room.media->close(leg, {});  // an ordinary leg by now
}

TEST_CASE("answers that have arrived during a stall of the engine's loop are no timeouts") {
  Room room;
  REQUIRE(room.until([&] { return room.media->counters().ready == 2; }));
  room.server.non_blocking(true);
  for (const auto id : {leg, other}) REQUIRE_FALSE(room.media->open(id, "127.0.0.1")->address.empty());  // two are made anew
  const auto over = std::chrono::steady_clock::now() + room.options.timeout;
  while (std::chrono::steady_clock::now() < over) room.serve_now();  // and not the loop
  room.loop.restart();
  REQUIRE(room.until([&] { return room.media->counters().ready == 2; }));
  CHECK(room.alarms.empty());
  CHECK(room.moved.empty());
}

TEST_CASE("what was made ready is removed when the engine stops") {
  Room room;
  REQUIRE(room.until([&] { return room.media->counters().ready == 2; }));
  room.media.reset();
  CHECK(room.until([&] { return room.daemon.calls.empty(); }));
}

TEST_CASE("an address that is none is refused") {
  boost::asio::io_context loop;
  Embedded embedded;
  runtime::RtpengineOptions options;
  options.address = GENERATE("localhost:2223", "", "127.0.0.1:");
  if (options.address == "127.0.0.1:") options.address = "2223";
  CHECK_THROWS_AS(rtpengine::Engine(loop, options, embedded, "x", [](const core::Alarm&) {}), std::system_error);
}
