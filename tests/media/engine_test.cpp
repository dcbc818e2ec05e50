// The engine with real sockets on the loopback: packets are awaited with a deadline, nothing sleeps.
#include "sip/media/engine.hpp"

#include <poll.h>

#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <set>

#include "core/render.hpp"
#include "packets.hpp"
#include "sip/media/g711.hpp"
#include "sip/media/rtcp.hpp"
#include "sip/media/sockets.hpp"
#include "sip/media/sound.hpp"
#include "sip/media/sound_file.hpp"

using namespace pledge;
using namespace pledge::media;
using namespace pledge::media::test;
using core::LegId;
using runtime::MediaCounters;
using runtime::MediaFormat;
using runtime::MediaOptions;

namespace {

constexpr auto patience = 5000;  // ms until an expected packet counts as lost

// A phone: two sockets on free ports.
struct Phone {
  explicit Phone(const char* ip) : ip(ip) {
    sockets.rtp = std::move(*bind_socket(address(ip, 0), {}));
    sockets.rtcp = std::move(*bind_socket(address(ip, 0), {}));
  }
  Phone(const Phone&) = delete;

  static std::uint16_t port_of(const Descriptor& socket) {
    SocketAddress local;
    socklen_t size = SocketAddress::capacity();
    getsockname(socket.get(), local.data(), &size);
    return local.port();
  }
  MediaFormat format() const {
    MediaFormat f;
    f.remote = {ip, port_of(sockets.rtp), port_of(sockets.rtcp)};
    return f;
  }
  void send(std::uint16_t engine_port, Bytes payload) {
    send_to(sockets.rtp, rtp({8, false, sequence++, 160u * sequence, 77}, payload), address(ip.c_str(), engine_port));
  }
  static std::optional<Bytes> await(const Descriptor& socket) {
    pollfd waiting{socket.get(), POLLIN, 0};
    if (::poll(&waiting, 1, patience) != 1) return std::nullopt;
    Bytes buffer(2048);
    SocketAddress from;
    const auto datagram = receive_from(socket, buffer, from);
    return datagram ? std::optional(Bytes(datagram->begin(), datagram->end())) : std::nullopt;
  }
  Bytes hear() {
    const auto datagram = await(sockets.rtp);
    if (!datagram) return {};
    last = parse_rtp(*datagram).value();
    return {datagram->begin() + static_cast<long>(last.payload_offset), datagram->end()};
  }

  std::string ip;
  SocketPair sockets;
  std::uint16_t sequence = 1;
  RtpPacket last;
};

struct Room {
  // Other programs on this machine may hold much of the range.
  explicit Room(MediaOptions options = {.bind_attempts = 10'000}) : media(loop.get_executor(), options, 1) {}
  MediaCounters close(LegId leg) {
    std::optional<MediaCounters> last;
    media.close(leg, [&](MediaCounters counters) { last = counters; });
    loop.restart();
    const auto work = boost::asio::make_work_guard(loop);
    while (!last && loop.run_one_for(5s)) {
    }
    REQUIRE(last);
    return *last;
  }
  boost::asio::io_context loop;
  MediaEngine media;
};

const LegId caller_leg{2}, handler_leg{3};

}  // namespace

TEST_CASE("two phones talk through the engine, over IPv4 and IPv6") {
  const char* ip = GENERATE("127.0.0.1", "::1");
  Room room;
  Phone caller(ip), handler(ip), stranger(ip);
  const auto caller_port = room.media.open(caller_leg, ip);
  const auto handler_port = room.media.open(handler_leg, ip);
  REQUIRE(caller_port);
  REQUIRE(handler_port);
  CHECK(caller_port->rtp_port % 2 == 0);
  room.media.set_format(caller_leg, caller.format());
  room.media.set_format(handler_leg, handler.format());
  room.media.connect(caller_leg, handler_leg);

  caller.send(caller_port->rtp_port, {0x11});  // believed from here on
  CHECK(handler.hear() == Bytes{0x11});
  stranger.send(caller_port->rtp_port, {0x66});
  caller.send(caller_port->rtp_port, {0x12});
  CHECK(handler.hear() == Bytes{0x12});
  handler.send(handler_port->rtp_port, {0x21});
  CHECK(caller.hear() == Bytes{0x21});

  const auto counters = room.close(caller_leg);
  CHECK(counters.packets_in == 2);
  CHECK(counters.packets_out == 1);
  CHECK(counters.refused == 1);
  CHECK(room.close(handler_leg).refused == 0);
}

TEST_CASE("a waiting caller hears ring tone in time, and only until connected") {
  Room room;
  Phone caller("127.0.0.1"), handler("127.0.0.1");
  REQUIRE(room.media.open(caller_leg, "127.0.0.1"));
  const auto handler_port = room.media.open(handler_leg, "127.0.0.1");
  room.media.set_format(caller_leg, caller.format());
  room.media.set_format(handler_leg, handler.format());
  room.media.play({caller_leg, "ringback", 0});
  CHECK(caller.hear().size() == 160);
  CHECK(caller.last.marker);
  const RtpPacket first = caller.last;
  CHECK(caller.hear().size() == 160);
  CHECK(caller.last.sequence == static_cast<std::uint16_t>(first.sequence + 1));

  room.media.connect(caller_leg, handler_leg);
  handler.send(handler_port->rtp_port, {0x21});
  std::uint16_t expected = caller.last.sequence;
  Bytes heard;
  do {
    heard = caller.hear();
    CHECK(caller.last.sequence == ++expected);
  } while (heard.size() == 160);
  CHECK(heard == Bytes{0x21});
  CHECK(caller.last.marker);
  CHECK(caller.last.ssrc == first.ssrc);
}

TEST_CASE("the far end hears of us by RTCP") {
  Room room({.rtcp_interval = 100ms});
  Phone caller("127.0.0.1");
  REQUIRE(room.media.open(caller_leg, "127.0.0.1"));
  room.media.set_format(caller_leg, caller.format());
  room.media.play({caller_leg, "ringback", 0});
  const auto report = Phone::await(caller.sockets.rtcp);
  REQUIRE(report);
  CHECK(parse_rtcp(*report));
}

TEST_CASE("a range used up is refused, and usable again after a close") {
  // A range of one pair, on ports that the system has just given out as free.
  std::unique_ptr<Room> room;
  std::uint16_t port = 0;
  for (int attempt = 0; attempt < 100 && !room; ++attempt) {
    port = static_cast<std::uint16_t>(Phone::port_of(*bind_socket(address("127.0.0.1", 0), {})) & ~1);
    room = std::make_unique<Room>(MediaOptions{.port_first = port, .port_last = static_cast<std::uint16_t>(port + 1)});
    if (!room->media.open(caller_leg, "127.0.0.1")) room.reset();
  }
  REQUIRE(room);
  CHECK(room->media.free_pairs() == 0);
  CHECK(room->media.open(handler_leg, "127.0.0.1").error() == std::errc::no_buffer_space);
  CHECK(room->media.open(caller_leg, "127.0.0.1").error() == std::errc::already_connected);
  room->close(caller_leg);
  CHECK(room->media.open(handler_leg, "127.0.0.1")->rtp_port == port);
}

TEST_CASE("the pair of an ended call serves the next one, and nothing of the ended call is heard in it") {
  // A range so small that a pair has to be taken again at once, on ports that the system has just given out as free.
  constexpr std::uint16_t pairs = 8;
  const LegId others{100};
  std::unique_ptr<Room> room;
  std::uint16_t port = 0;
  for (int attempt = 0; attempt < 100 && !room; ++attempt) {
    const auto first = static_cast<std::uint16_t>(Phone::port_of(*bind_socket(address("127.0.0.1", 0), {})) & ~1);
    if (first > 65'000) continue;
    const auto last = static_cast<std::uint16_t>(first + 2 * pairs - 1);
    room = std::make_unique<Room>(MediaOptions{.port_first = first, .port_last = last});
    port = room->media.open(caller_leg, "127.0.0.1").value_or(runtime::MediaLocal{}).rtp_port;
    for (std::uint64_t i = 1; i < pairs; ++i)
      if (port == 0 || !room->media.open(LegId{others.value + i}, "127.0.0.1")) port = 0;
    if (port == 0) room.reset();
  }
  REQUIRE(room);
  Phone before("127.0.0.2"), caller("127.0.0.1"), handler("127.0.0.1");
  room->media.set_format(caller_leg, before.format());
  before.send(port, {0x66});
  room->close(caller_leg);
  CHECK(room->media.free_pairs() == 1);
  before.send(port, {0x66});

  const LegId next{4}, talking{others.value + 1};
  REQUIRE(room->media.open(next, "127.0.0.1")->rtp_port == port);
  CHECK(room->media.free_pairs() == 0);
  room->media.set_format(next, caller.format());
  room->media.set_format(talking, handler.format());
  room->media.connect(next, talking);
  before.send(port, {0x66});
  caller.send(port, {0x11});
  CHECK(handler.hear() == Bytes{0x11});
  const auto counters = room->close(next);
  CHECK(counters.packets_in == 1);
}

TEST_CASE("legs that come and go unconnected leave nothing waiting for the media thread") {
  Room room({.bind_attempts = 10'000, .message_bound = 1'000});
  for (std::uint64_t i = 0; i < 2'000; ++i) {
    REQUIRE(room.media.open(LegId{i}, "127.0.0.1"));
    if (i % 100 == 99) room.close(LegId{i});  // meanwhile the thread may have its turn
    else room.media.close(LegId{i}, {});
  }
}

TEST_CASE("a caller behind NAT is heard, and hears, at the address that packets come from") {
  Room room;
  Phone caller("127.0.0.1"), handler("127.0.0.1");
  const auto caller_port = room.media.open(caller_leg, "127.0.0.1");
  const auto handler_port = room.media.open(handler_leg, "127.0.0.1");
  REQUIRE(caller_port);
  REQUIRE(handler_port);
  MediaFormat behind = caller.format();
  behind.remote = {"192.0.2.5", 4000, 0};
  behind.source = runtime::SourcePolicy::behind_nat;
  room.media.set_format(caller_leg, behind);
  room.media.set_format(handler_leg, handler.format());
  room.media.connect(caller_leg, handler_leg);
  for (std::uint8_t packet = 1; packet <= 5; ++packet) caller.send(caller_port->rtp_port, {packet});
  CHECK(handler.hear() == Bytes{5});
  handler.send(handler_port->rtp_port, {0x21});
  CHECK(caller.hear() == Bytes{0x21});
}

TEST_CASE("ports that another program holds are passed over") {
  Room first, second;  // two engines on the same range
  std::set<std::uint16_t> ports;
  for (std::uint64_t leg = 1; leg <= 8; ++leg) {
    ports.insert(first.media.open(LegId{leg}, "127.0.0.1")->rtp_port);
    ports.insert(second.media.open(LegId{leg}, "127.0.0.1")->rtp_port);
  }
  CHECK(ports.size() == 16);
}

TEST_CASE("an address that is none, or not of this machine, is an error and costs no port") {
  Room room;
  const auto free = room.media.free_pairs();
  CHECK(room.media.open(caller_leg, "localhost").error() == std::errc::invalid_argument);
  CHECK(room.media.open(caller_leg, "192.0.2.1").error() == std::errc::address_not_available);
  CHECK(room.media.free_pairs() == free);
}

TEST_CASE("a caller hears the announcement asked for, to its end although other ones replace it, and is cut off from it") {
  const auto folder = std::filesystem::temp_directory_path();
  const auto file = [&](const std::string& name, char code) {
    const auto path = folder / ("pledge-" + std::to_string(::getpid()) + "-" + name + ".alaw");
    std::ofstream(path) << std::string(25 * 160, code);  // half a second: a busy machine may pass some packets over
    return path.string();
  };
  const auto welcome = file("welcome", 0x11), music = file("music", 0x22), other = file("other", 0x33);
  Room room;
  Phone caller("127.0.0.1"), handler("127.0.0.1");
  REQUIRE(room.media.use({{"wait", {welcome}, music, {}}}));
  REQUIRE(room.media.open(caller_leg, "127.0.0.1"));
  const auto handler_port = room.media.open(handler_leg, "127.0.0.1");
  room.media.set_format(caller_leg, caller.format());
  room.media.set_format(handler_leg, handler.format());
  room.media.play({caller_leg, "wait", 0});
  CHECK(caller.hear() == Bytes(160, 0x11));
  REQUIRE(room.media.use({{"wait", {other}, "", {}}}));
  CHECK_FALSE(room.media.use({{"wait", {"no/such/file.wav"}, "", {}}}));  // changes nothing
  Bytes heard;
  do heard = caller.hear();
  while (heard == Bytes(160, 0x11));
  CHECK(heard == Bytes(160, 0x22));
  room.media.play({caller_leg, "wait", 0});
  do heard = caller.hear();
  while (heard == Bytes(160, 0x22));
  CHECK(heard == Bytes(160, 0x33));
  room.media.connect(caller_leg, handler_leg);
  handler.send(handler_port->rtp_port, {0x44});
  do heard = caller.hear();
  while (heard == Bytes(160, 0x33) || heard == Bytes(160, 0xD5));  // sent before the connection
  CHECK(heard == Bytes{0x44});
  for (const auto& path : {welcome, music, other}) std::filesystem::remove(path);
}

TEST_CASE("a phone that vanishes is told to the loop, with both legs") {
  MediaOptions options{.bind_attempts = 10'000};
  options.silence_after = 500ms;
  Room room(options);
  std::vector<runtime::LegSilence> told;
  room.media.on_silence([&](const auto& legs) { told.insert(told.end(), legs.begin(), legs.end()); });
  Phone caller("127.0.0.1"), handler("127.0.0.1");
  const auto caller_port = room.media.open(caller_leg, "127.0.0.1");
  REQUIRE(room.media.open(handler_leg, "127.0.0.1"));
  room.media.set_format(caller_leg, caller.format());
  room.media.set_format(handler_leg, handler.format());
  room.media.connect(caller_leg, handler_leg);
  const auto work = boost::asio::make_work_guard(room.loop);
  while (told.empty()) {  // the caller talks on
    caller.send(caller_port->rtp_port, {0x11});
    room.loop.run_one_for(20ms);
  }
  REQUIRE(told.size() == 1);
  CHECK(told[0].leg == handler_leg);
  CHECK(told[0].peer == caller_leg);
  CHECK(told[0].peer_heard);
  CHECK_FALSE(told[0].over);
}

TEST_CASE("a supervisor's phone hears both of a call together; on hold a phone hears the comfort tone") {
  const LegId supervisor_leg{5};
  Room room;
  Phone caller("127.0.0.1"), handler("127.0.0.1"), supervisor("127.0.0.1");
  const auto caller_port = room.media.open(caller_leg, "127.0.0.1");
  const auto handler_port = room.media.open(handler_leg, "127.0.0.1");
  REQUIRE(room.media.open(supervisor_leg, "127.0.0.1"));
  room.media.set_format(caller_leg, caller.format());
  room.media.set_format(handler_leg, handler.format());
  room.media.set_format(supervisor_leg, supervisor.format());
  room.media.connect(caller_leg, handler_leg);
  const std::vector<LegId> both{caller_leg, handler_leg, LegId{99}};
  room.media.mix(supervisor_leg, both, {});
  const auto code = [](int level) { return g711::encode_alaw(static_cast<std::int16_t>(level)); };
  Bytes heard;
  for (int packets = 0; heard != Bytes(160, code(3000)) && packets < 500; ++packets) {  // its own packets are the clock
    caller.send(caller_port->rtp_port, Bytes(160, code(1000)));
    handler.send(handler_port->rtp_port, Bytes(160, code(2000)));
    heard = supervisor.hear();
  }
  CHECK(heard == Bytes(160, code(3000)));
  CHECK(handler.hear() == Bytes(160, code(1000)));  // relayed all the while

  room.media.play({supervisor_leg, "hold", 0});
  const Sound hold(hold_samples(MediaOptions{}));
  const Frame& beep = hold.frame(runtime::AudioCodec::pcma, 3);
  for (int packets = 0; heard != Bytes(beep.begin(), beep.end()) && packets < 500; ++packets) heard = supervisor.hear();
  CHECK(heard == Bytes(beep.begin(), beep.end()));
}

TEST_CASE("a lost phone and the first speech are told to the loop") {
  MediaOptions options{.bind_attempts = 10'000};
  options.silence_after = 0ms;
  options.lost_after = 600ms;
  Room room(options);
  std::vector<std::string> told;
  room.media.on_event([&](const core::Event& event) { told.push_back(core::to_text(event)); });
  Phone caller("127.0.0.1"), handler("127.0.0.1");
  const auto caller_port = room.media.open(caller_leg, "127.0.0.1");
  REQUIRE(room.media.open(handler_leg, "127.0.0.1"));
  room.media.set_format(caller_leg, caller.format());
  room.media.set_format(handler_leg, handler.format());
  room.media.listen_for_speech(caller_leg);
  const auto words = read_sound_file(std::string(PLEDGE_BINARY_DIR) + "/prompts/en-GB/welcome.wav");
  REQUIRE(words);
  const auto work = boost::asio::make_work_guard(room.loop);
  for (std::size_t at = 0; told.empty() && at + 160 <= 3 * words->size(); at += 160) {  // as fast as one speaks
    Bytes audio(160);
    for (std::size_t i = 0; i < 160; ++i) audio[i] = g711::encode_alaw((*words)[(at + i) % words->size()]);
    caller.send(caller_port->rtp_port, audio);
    room.loop.run_one_for(20ms);
  }
  CHECK(told == std::vector<std::string>{"SpeechHeard leg=2"});
  room.media.connect(caller_leg, handler_leg);
  while (told.size() < 2) {  // the caller talks on
    caller.send(caller_port->rtp_port, {0x11});
    room.loop.run_one_for(20ms);
  }
  CHECK(told.back() == "MediaTimeout leg=3");
}

TEST_CASE("calls on unknown legs are ignored") {
  Room room;
  room.media.set_format(caller_leg, {});
  room.media.connect(caller_leg, handler_leg);
  room.media.disconnect(caller_leg, handler_leg);
  room.media.play({caller_leg, "ringback", 0});
  bool called = false;
  room.media.close(caller_leg, [&](MediaCounters) { called = true; });
  room.loop.poll();
  CHECK_FALSE(called);
}

TEST_CASE("thousands of legs opened and closed leave nothing behind") {
  Room room;
  const auto free = room.media.free_pairs();
  for (std::uint64_t round = 0; round < 20; ++round) {
    for (std::uint64_t leg = 1; leg <= 100; ++leg) REQUIRE(room.media.open(LegId{leg}, "127.0.0.1"));
    for (std::uint64_t leg = 1; leg < 100; ++leg) room.media.close(LegId{leg}, {});
    room.close(LegId{100});
  }
  CHECK(room.media.free_pairs() == free);
}

TEST_CASE("keys and the end of a prompt are told to the loop, and what is not known ends at once") {
  const auto path = std::filesystem::temp_directory_path() / ("pledge-" + std::to_string(::getpid()) + "-prompt.alaw");
  std::ofstream(path) << std::string(5 * 160, 0x11);
  Room room;
  std::vector<std::string> told;
  room.media.on_event([&](const core::Event& event) { told.push_back(core::to_text(event)); });
  const auto wait_for = [&](std::size_t count) {
    const auto work = boost::asio::make_work_guard(room.loop);
    room.loop.restart();
    while (told.size() < count && room.loop.run_one_for(5s)) {
    }
  };
  Phone caller("127.0.0.1");
  REQUIRE(room.media.use({{"menu", {path}, "", {}}}));
  const auto port = room.media.open(caller_leg, "127.0.0.1");
  REQUIRE(port);
  auto format = caller.format();
  format.event_payload_type = 101;
  room.media.set_format(caller_leg, format);
  room.media.play({caller_leg, "menu", 1, 0, 0, true});
  CHECK(caller.hear() == Bytes(160, 0x11));
  wait_for(1);
  room.media.play({caller_leg, "no such", 2, 0, 0, true});
  wait_for(2);
  send_to(caller.sockets.rtp, rtp({101, true, 1, 160, 77}, {5, 0x0A, 0, 160}), address("127.0.0.1", port->rtp_port));
  wait_for(3);
  CHECK(told == std::vector<std::string>{"SoundFinished leg=2 turn=1", "SoundFinished leg=2 turn=2", "KeyPressed leg=2 key=5"});
  std::filesystem::remove(path);
}
