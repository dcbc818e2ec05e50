// The decisions of the media thread, without sockets: datagrams in, exact datagrams out.
#include "sip/media/relay.hpp"

#include <catch2/catch.hpp>

#include "packets.hpp"
#include "sip/media/g711.hpp"

using namespace pledge::media;
using namespace pledge::media::test;
using pledge::runtime::AudioCodec;
using pledge::runtime::MediaFormat;
using pledge::runtime::MediaOptions;
using pledge::runtime::SourcePolicy;

namespace {

constexpr Slot caller = 0, handler = 1, other = 2;
const auto caller_address = address("192.0.2.10", 4000), handler_address = address("192.0.2.20", 5000);
const auto other_address = address("192.0.2.30", 6000);

MediaFormat format(const SocketAddress& remote) {
  MediaFormat f;
  f.remote = {remote.ip(), remote.port(), 0};
  return f;
}

struct Bridge {
  MediaOptions options;
  Relay relay{options};
  Instant now{};
  std::vector<Bytes> datagrams;

  Bridge() {
    open(caller, caller_address);
    open(handler, handler_address);
    open(other, other_address);
  }
  void open(Slot slot, const SocketAddress& remote) {
    relay.open(slot, {{0x1000 + slot, 999, 84'000}, {}}, now);
    relay.set_format(slot, resolve(format(remote)));
  }
  void set(Slot slot, const MediaFormat& f) { relay.set_format(slot, resolve(f)); }

  // "to-slot payload-type sequence timestamp marker ssrc" of what is sent on, or "nothing".
  std::string tell(const std::optional<Transmission>& out) {
    if (!out) return "nothing";
    relay.count_sent(*out);
    datagrams.emplace_back(out->bytes.begin(), out->bytes.end());
    const auto p = parse_rtp(out->bytes).value();
    char text[96];
    snprintf(text, sizeof text, "to %u: pt %u seq %u ts %u%s ssrc %x", out->slot, p.payload_type, p.sequence,
             p.timestamp, p.marker ? " M" : "", p.ssrc);
    return text;
  }
  std::string receive(Slot slot, const SocketAddress& from, const RtpHeader& header, Bytes payload = {0xD5, 0x2A}) {
    Bytes datagram = rtp(header, payload);
    return tell(relay.receive(slot, from, datagram, now));
  }
  std::string due(Slot slot) { return tell(relay.next_packet(slot, now)); }
};

}  // namespace

TEST_CASE("two connected legs hear each other, each in its own stream") {
  Bridge b;
  b.relay.connect(caller, handler);
  CHECK(b.receive(caller, caller_address, {8, false, 50, 0, 7}) == "to 1: pt 8 seq 1000 ts 84160 M ssrc 1001");
  CHECK(b.receive(handler, handler_address, {8, false, 9, 320, 8}) == "to 0: pt 8 seq 1000 ts 84160 M ssrc 1000");
  b.now += 20ms;
  CHECK(b.receive(caller, caller_address, {8, false, 51, 160, 7}) == "to 1: pt 8 seq 1001 ts 84320 ssrc 1001");
  const auto counters = b.relay.close(caller);
  CHECK(counters.packets_in == 2);
  CHECK(counters.bytes_in == 4);
  CHECK(counters.packets_out == 1);
  CHECK(counters.bytes_out == 2);
  CHECK(counters.refused == 0);
}

TEST_CASE("unconnected, disconnected and closed legs are relayed nothing") {
  Bridge b;
  CHECK(b.receive(caller, caller_address, {8, false, 50, 0, 7}) == "nothing");
  b.relay.connect(caller, handler);
  b.relay.disconnect(caller, other);  // was not connected with it
  CHECK(b.receive(caller, caller_address, {8, false, 51, 0, 7}) != "nothing");
  b.relay.disconnect(handler, caller);
  CHECK(b.receive(caller, caller_address, {8, false, 52, 0, 7}) == "nothing");
  b.relay.connect(caller, handler);
  b.relay.close(handler);
  CHECK(b.receive(caller, caller_address, {8, false, 53, 0, 7}) == "nothing");
  CHECK(b.receive(handler, handler_address, {8, false, 1, 0, 8}) == "nothing");
}

TEST_CASE("connecting to a third leg leaves the second alone") {
  Bridge b;
  b.relay.connect(caller, handler);
  b.receive(caller, caller_address, {8, false, 50, 0, 7});
  b.relay.connect(caller, other);
  CHECK(b.receive(caller, caller_address, {8, false, 51, 160, 7}) == "to 2: pt 8 seq 1000 ts 84160 M ssrc 1002");
  CHECK(b.receive(handler, handler_address, {8, false, 1, 0, 8}) == "nothing");
}

TEST_CASE("strangers, malformed packets and other payload types are refused and counted") {
  Bridge b;
  b.relay.connect(caller, handler);
  CHECK(b.receive(caller, other_address, {8, false, 50, 0, 7}) == "nothing");
  CHECK(b.receive(caller, caller_address, {0, false, 50, 0, 7}) == "nothing");
  CHECK(b.receive(caller, caller_address, {8, false, 50, 0, 7}, {}) == "nothing");
  Bytes nothing;
  CHECK_FALSE(b.relay.receive(caller, caller_address, nothing, b.now));
  b.relay.receive_rtcp(caller, other_address, nothing, b.now);
  b.relay.receive_rtcp(caller, caller_address, nothing, b.now);
  const auto counters = b.relay.close(caller);
  CHECK(counters.refused == 6);
  CHECK(counters.packets_in == 0);
}

TEST_CASE("a flood from the peer's own address passes at five times the pace of a telephone, after one second's worth at once") {
  Bridge b;
  b.relay.connect(caller, handler);
  std::uint16_t sequence = 0;
  const auto pass = [&](int packets) {
    int passed = 0;
    for (int i = 0; i < packets; ++i, ++sequence) passed += b.receive(caller, caller_address, {8, false, sequence, sequence * 160u, 7}) != "nothing";
    return passed;
  };
  CHECK(pass(1000) == 250);
  b.now += 100ms;
  CHECK(pass(1000) == 25);
  b.now += 10s;
  CHECK(pass(1000) == 250);
  for (int i = 0; i < 500; ++i) {  // its own voice, from then on
    b.now += 20ms;
    if (pass(1) != 1) FAIL("packet " << i);
  }
  CHECK(b.relay.close(caller).refused == 2475);
}

TEST_CASE("ring tone to talk to hold to talk: one SSRC, no gap, markers at the switches") {
  Bridge b;
  const auto sound = std::make_shared<const Sound>(ringback_samples(b.options));
  b.relay.play(caller, sound);
  const auto tick = [&] {
    for (std::uint32_t i = 0; i < b.options.tick_groups; ++i) b.relay.tick();
    b.now += 20ms;
  };
  tick();
  CHECK(b.due(caller) == "to 0: pt 8 seq 1000 ts 84160 M ssrc 1000");
  tick();
  CHECK(b.due(caller) == "to 0: pt 8 seq 1001 ts 84320 ssrc 1000");
  b.relay.connect(caller, handler);
  CHECK_FALSE(b.relay.any_timed());
  CHECK(b.due(caller) == "nothing");
  b.now += 20ms;
  CHECK(b.receive(handler, handler_address, {8, false, 65'535, 5, 8}) == "to 0: pt 8 seq 1002 ts 84480 M ssrc 1000");
  b.now += 20ms;
  CHECK(b.receive(handler, handler_address, {8, false, 0, 165, 8}) == "to 0: pt 8 seq 1003 ts 84640 ssrc 1000");

  MediaFormat held = format(caller_address);
  held.send = false;
  b.set(caller, held);
  b.now += 20ms;
  CHECK(b.receive(handler, handler_address, {8, false, 1, 325, 8}) == "nothing");
  b.set(caller, format(caller_address));
  b.now += 980ms;
  CHECK(b.receive(handler, handler_address, {8, false, 2, 485, 8}) == "to 0: pt 8 seq 1004 ts 92640 M ssrc 1000");
}

TEST_CASE("a peer that restarts its stream is heard without a gap") {
  Bridge b;
  b.relay.connect(caller, handler);
  b.receive(handler, handler_address, {8, false, 10, 0, 8});
  b.now += 20ms;
  CHECK(b.receive(handler, handler_address, {8, false, 40'000, 777, 9}) == "to 0: pt 8 seq 1001 ts 84320 M ssrc 1000");
}

TEST_CASE("a leg that plays hears the sound, not its peer") {
  Bridge b;
  b.relay.connect(caller, handler);
  b.relay.play(caller, std::make_shared<const Sound>(std::vector<std::int16_t>(160)));
  CHECK(b.receive(handler, handler_address, {8, false, 10, 0, 8}) == "nothing");
  b.relay.connect(caller, handler);
  CHECK(b.receive(handler, handler_address, {8, false, 11, 160, 8}) != "nothing");
}

TEST_CASE("legs of different laws are converted by table, their payload types mapped") {
  Bridge b;
  MediaFormat mulaw = format(handler_address);
  mulaw.codec = AudioCodec::pcmu;
  mulaw.payload_type = 0;
  b.set(handler, mulaw);
  b.relay.connect(caller, handler);
  CHECK(b.receive(caller, caller_address, {8, false, 50, 0, 7}, {0xD5, 0xAA}).substr(0, 10) == "to 1: pt 0");
  CHECK(Bytes(b.datagrams[0].begin() + 12, b.datagrams[0].end()) == Bytes{g711::alaw_to_mulaw[0xD5], 0x80});
  CHECK(b.receive(handler, handler_address, {0, false, 50, 0, 7}, {0xFF, 0x80}).substr(0, 10) == "to 0: pt 8");
  CHECK(Bytes(b.datagrams[1].begin() + 12, b.datagrams[1].end()) == Bytes{0xD5, g711::mulaw_to_alaw[0x80]});
}

TEST_CASE("key-presses keep their bytes and get the other leg's payload type") {
  Bridge b;
  MediaFormat from = format(caller_address), to = format(handler_address);
  from.event_payload_type = 101;
  to.event_payload_type = 96;
  to.codec = AudioCodec::pcmu;
  to.payload_type = 0;
  b.set(caller, from);
  b.set(handler, to);
  b.relay.connect(caller, handler);
  b.receive(caller, caller_address, {8, false, 50, 0, 7});
  CHECK(b.receive(caller, caller_address, {101, true, 51, 160, 7}, {5, 0x0A, 0, 160}) ==
        "to 1: pt 96 seq 1001 ts 84320 M ssrc 1001");
  CHECK(Bytes(b.datagrams[1].begin() + 12, b.datagrams[1].end()) == Bytes{5, 0x0A, 0, 160});
}

TEST_CASE("key-presses for a leg that did not negotiate them are dropped without a gap") {
  Bridge b;
  MediaFormat from = format(caller_address);
  from.event_payload_type = 101;
  b.set(caller, from);
  b.relay.connect(caller, handler);
  b.receive(caller, caller_address, {8, false, 50, 0, 7});
  CHECK(b.receive(caller, caller_address, {101, true, 51, 160, 7}, {5, 0x0A, 0, 160}) == "nothing");
  CHECK(b.receive(caller, caller_address, {8, false, 52, 320, 7}) == "to 1: pt 8 seq 1001 ts 84480 ssrc 1001");
  CHECK(b.relay.close(caller).refused == 0);
}

TEST_CASE("a stream that begins anew with comfort noise is heard on, whatever its sequence numbers") {
  Bridge b;
  b.relay.connect(caller, handler);
  CHECK(b.receive(caller, caller_address, {8, false, 40'000, 0, 7}) == "to 1: pt 8 seq 1000 ts 84160 M ssrc 1001");
  b.now += 20ms;
  CHECK(b.receive(caller, caller_address, {13, false, 20, 9'000, 55}) == "nothing");
  b.now += 20ms;
  CHECK(b.receive(caller, caller_address, {8, false, 21, 9'160, 55}) == "to 1: pt 8 seq 1001 ts 84480 M ssrc 1001");
}

TEST_CASE("comfort noise that was not negotiated is refused, and is not heard as loss") {
  Bridge b;
  b.relay.connect(caller, handler);
  b.receive(caller, caller_address, {8, false, 50, 0, 7});
  CHECK(b.receive(caller, caller_address, {13, false, 51, 160, 7}) == "nothing");
  CHECK(b.receive(caller, caller_address, {8, false, 52, 320, 7}) == "to 1: pt 8 seq 1001 ts 84480 ssrc 1001");
  CHECK(b.relay.close(caller).refused == 1);
}

TEST_CASE("contributors and header extensions do not cross to the other leg") {
  Bridge b;
  b.relay.connect(caller, handler);
  Bytes bytes = rtp({8, false, 7, 160, 1}, {});
  bytes[0] |= 0x10 | 1;
  bytes.insert(bytes.end(), {9, 9, 9, 9, 0xBE, 0xDE, 0, 1, 1, 2, 3, 4, 0x55, 0x56});
  b.tell(b.relay.receive(caller, caller_address, bytes, b.now));
  REQUIRE(b.datagrams.size() == 1);
  CHECK(b.datagrams[0].size() == 14);
  CHECK(b.datagrams[0][0] == 0x80);
}

TEST_CASE("nothing is sent to old-style hold, port 0, or a host name") {
  Bridge b;
  b.relay.connect(caller, handler);
  for (const auto& remote : {pledge::runtime::MediaAddress{"0.0.0.0", 5000, 0},
                             {"::", 5000, 0},
                             {"192.0.2.20", 0, 0},
                             {"phone.invalid", 5000, 0},
                             {"", 0, 0}}) {
    MediaFormat f;
    f.remote = remote;
    b.set(handler, f);
    CHECK(b.receive(caller, caller_address, {8, false, 50, 0, 7}) == "nothing");
  }
}

TEST_CASE("a leg that may not send is counted but not relayed") {
  Bridge b;
  MediaFormat muted = format(caller_address);
  muted.receive = false;
  b.set(caller, muted);
  b.relay.connect(caller, handler);
  CHECK(b.receive(caller, caller_address, {8, false, 50, 0, 7}) == "nothing");
  CHECK(b.relay.close(caller).packets_in == 1);
}

TEST_CASE("behind NAT: media goes where it comes from once that is believed") {
  Bridge b;
  MediaFormat nat = format(address("10.0.0.5", 4000));
  nat.source = SourcePolicy::behind_nat;
  b.set(caller, nat);
  b.relay.connect(caller, handler);
  const auto outside = address("198.51.100.7", 31'000);
  for (std::uint16_t i = 1; i < b.options.stable_packets; ++i) {
    CHECK(b.receive(caller, outside, {8, false, i, 0, 7}) == "nothing");
  }
  CHECK(b.receive(caller, outside, {8, false, 5, 0, 7}) != "nothing");
  Bytes datagram = rtp({8, false, 1, 0, 8}, {0xD5});
  CHECK(b.relay.receive(handler, handler_address, datagram, b.now)->to == outside);
}

TEST_CASE("reports go to each peer alone, and tell what it sent and lost") {
  Bridge b;
  CHECK_FALSE(b.relay.report(caller, {}, b.now));  // nothing sent or heard yet
  b.relay.connect(caller, handler);
  b.receive(caller, caller_address, {8, false, 1, 0, 7});
  b.receive(caller, caller_address, {8, false, 3, 0, 7});
  const auto out = b.relay.report(caller, {}, b.now);
  REQUIRE(out);
  CHECK(out->to == address("192.0.2.10", 4001));
  CHECK(parse_rtcp(out->bytes)->ssrc == 0x1000);
  CHECK(out->bytes[1] == 201);  // it was sent nothing: a receiver report
  CHECK(out->bytes[12] == 85);  // one of three lost
  CHECK(b.relay.report(handler, {}, b.now)->bytes[1] == 200);
}

TEST_CASE("playing legs are spread over the groups of the tick, each due once in 20 ms") {
  Bridge b;
  const auto sound = std::make_shared<const Sound>(std::vector<std::int16_t>(320));
  for (const Slot slot : {caller, handler, other}) b.relay.play(slot, sound);
  std::array<int, 3> due{};
  for (std::uint32_t i = 0; i < 5 * b.options.tick_groups; ++i) {
    const auto& slots = b.relay.tick();
    CHECK(slots.size() <= 1);
    for (const Slot slot : slots) due[slot] += b.due(slot) != "nothing";
  }
  CHECK(due == std::array{5, 5, 5});
  b.relay.close(handler);
  CHECK(b.relay.any_timed());
  b.relay.close(caller);
  b.relay.close(other);
  CHECK_FALSE(b.relay.any_timed());
}

TEST_CASE("after a stall the sound goes on where the clock is, without a burst and without a gap in numbers") {
  Bridge b;
  b.relay.play(caller, std::make_shared<const Sound>(std::vector<std::int16_t>(320)));
  for (std::uint32_t i = 0; i < b.options.tick_groups; ++i) b.relay.tick();
  CHECK(b.due(caller) == "to 0: pt 8 seq 1000 ts 84160 M ssrc 1000");
  b.relay.miss(4 * b.options.tick_groups);
  for (std::uint32_t i = 0; i < b.options.tick_groups; ++i) b.relay.tick();
  CHECK(b.due(caller) == "to 0: pt 8 seq 1001 ts 84960 ssrc 1000");  // five packets' time later
}

TEST_CASE("a connected leg that falls silent is told once, with whether the other one is heard, and again when it returns") {
  Bridge b;
  const auto silent = [&] {
    std::string told;
    for (const auto& leg : b.relay.check_silence(b.now))
      told += "leg " + std::to_string(leg.slot) + (leg.over ? " heard again" : " silent") +
              (leg.peer_heard ? ", peer heard" : "") + (leg.refused ? ", refused " + std::to_string(leg.refused) : "") + ";";
    return told;
  };
  std::uint16_t sequence = 0;
  const auto both_talk = [&](bool caller_too, int packets) {
    for (int i = 0; i < packets; ++i, ++sequence) {
      if (caller_too) b.receive(caller, caller_address, {8, false, sequence, sequence * 160u, 7});
      b.receive(handler, handler_address, {8, false, sequence, sequence * 160u, 8});
      b.now += 20ms;
    }
  };
  CHECK(silent().empty());
  b.now += 10s;  // waiting, ringing: nobody has to be heard
  CHECK(silent().empty());
  b.relay.connect(caller, handler);
  CHECK(silent().empty());
  both_talk(true, 200);
  CHECK(silent().empty());
  both_talk(false, 98);  // the caller's last packet is 1.98 s old
  CHECK(silent().empty());
  both_talk(false, 1);
  b.receive(caller, other_address, {8, false, 1, 0, 9});
  CHECK(silent() == "leg 0 silent, peer heard, refused 1;");
  both_talk(false, 50);
  CHECK(silent().empty());
  both_talk(true, 1);
  CHECK(silent() == "leg 0 heard again, peer heard, refused 1;");
  b.now += 2s;
  CHECK(silent() == "leg 0 silent, refused 1;leg 1 silent;");
}

TEST_CASE("silence on hold, in a queue and after the call is no fault") {
  Bridge b;
  const auto silent = [&] {
    b.now += 3s;
    return b.relay.check_silence(b.now).size();
  };
  b.relay.connect(caller, handler);
  CHECK(b.relay.check_silence(b.now).empty());
  MediaFormat held = format(caller_address);
  SECTION("hold by either side, in either direction: only the other leg is watched") {
    (GENERATE(true, false) ? held.send : held.receive) = false;
    b.set(caller, held);
    CHECK(silent() == 1);
    CHECK(silent() == 0);
    b.set(caller, format(caller_address));
    CHECK(b.relay.check_silence(b.now).empty());  // from here on it has its time
    CHECK(silent() == 1);
  }
  SECTION("disconnected") {
    b.relay.disconnect(caller, handler);
    CHECK(silent() == 0);
  }
  SECTION("closed") {
    b.relay.close(caller);
    CHECK(silent() == 0);
  }
}

TEST_CASE("comfort noise, which is not relayed, keeps a leg from being taken for silent") {
  Bridge b;
  b.relay.connect(caller, handler);
  b.relay.check_silence(b.now);
  b.receive(caller, caller_address, {8, false, 1, 0, 7});
  b.receive(handler, handler_address, {8, false, 1, 0, 8});
  b.now += 1900ms;
  b.receive(caller, caller_address, {13, false, 2, 160, 7});
  b.now += 1900ms;
  const auto told = b.relay.check_silence(b.now);
  REQUIRE(told.size() == 1);
  CHECK(told[0].slot == handler);
}
