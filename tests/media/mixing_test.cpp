// Who hears whom: each leg says a tone of its own, and what is sent to each is looked through for all of them.
#include <catch2/catch.hpp>
#include <cmath>
#include <complex>
#include <map>
#include <set>

#include "packets.hpp"
#include "sip/media/g711.hpp"
#include "sip/media/relay.hpp"

using namespace pledge::media;
using namespace pledge::media::test;
using pledge::runtime::AudioCodec;
using pledge::runtime::MediaFormat;
using pledge::runtime::MediaOptions;

namespace {

using Slots = std::vector<Slot>;
constexpr Slot caller = 0, handler = 1, supervisor = 2, other = 3;

class Room {
 public:
  explicit Room(Slot legs) : senders_(legs) {
    for (Slot slot = 0; slot < legs; ++slot) {
      relay.open(slot, {{0x1000 + slot, 999, 84'000}, {}}, now);
      set(slot, slot % 2 == 0 ? AudioCodec::pcma : AudioCodec::pcmu);
    }
  }

  void set(Slot slot, AudioCodec codec, bool receive = true, bool send = true) {
    Sender& sender = senders_[slot];
    sender.format.remote = {"192.0.2.10", static_cast<std::uint16_t>(4000 + 2 * slot), 0};
    sender.format.codec = codec;
    sender.format.payload_type = codec == AudioCodec::pcma ? 8 : 0;
    sender.format.event_payload_type = 101;
    sender.format.receive = receive;
    sender.format.send = send;
    relay.set_format(slot, resolve(sender.format));
  }

  // 20 ms: every leg that talks sends a packet, then what is due is sent.
  void pass() {
    for (Slot slot = 0; slot < senders_.size(); ++slot)
      if (senders_[slot].talks) say(slot);
    for (std::uint32_t i = 0; i < options.tick_groups; ++i)
      for (const Slot slot : Slots(relay.tick())) take(relay.next_packet(slot, now));
    now += 20ms;
  }
  void pass(std::chrono::milliseconds time) {
    for (auto left = time; left > 0ms; left -= 20ms) pass();
  }

  // Its next packet: its tone, lost or not.
  void say(Slot slot, bool lost = false) {
    const Bytes datagram = packet(slot);
    if (!lost) arrive(slot, datagram);
  }
  Bytes packet(Slot slot) {
    Sender& sender = senders_[slot];
    Bytes audio(packet_samples);
    for (std::size_t i = 0; i < audio.size(); ++i) {
      const double t = static_cast<double>(sender.timestamp + i) / sample_rate;
      audio[i] = g711::encode(sender.format.codec, static_cast<std::int16_t>(sender.amplitude * std::sin(2 * M_PI * tone(slot) * t)));
    }
    const RtpHeader header{sender.format.payload_type, false, sender.sequence++, sender.timestamp, 7 + slot};
    sender.timestamp += packet_samples;
    return rtp(header, audio);
  }
  void arrive(Slot slot, Bytes datagram) {
    take(relay.receive(slot, address("192.0.2.10", static_cast<std::uint16_t>(4000 + 2 * slot)), datagram, now));
  }
  void press(Slot slot, std::uint8_t key) {
    Sender& sender = senders_[slot];
    arrive(slot, rtp({101, true, sender.sequence++, sender.timestamp, 7 + slot}, {key, 0x8A, 0, 160}));
  }
  void talk(Slot slot, bool on) { senders_[slot].talks = on; }
  void amplitude(Slot slot, double value) { senders_[slot].amplitude = value; }

  static double tone(Slot slot) { return 300 + 150.0 * slot; }
  // The amplitude of a leg's tone in the last 200 ms that `listener` was sent (Goertzel's measure, as a plain sum).
  double amplitude_of(Slot slot, Slot listener) { return amplitude_at(tone(slot), listener); }
  double amplitude_at(double hertz, Slot listener) {
    const auto& all = heard_[listener];
    if (all.size() < stretch) return 0;
    std::complex<double> sum;
    for (std::size_t i = 0; i < stretch; ++i)
      sum += std::polar<double>(all[all.size() - stretch + i], -2 * M_PI * hertz * static_cast<double>(i) / sample_rate);
    return 2 * std::abs(sum) / stretch;
  }
  // Whose tones the listener is sent after a while.
  std::set<Slot> hears(Slot listener) {
    heard_.clear();
    pass(400ms);
    std::set<Slot> found;
    for (Slot slot = 0; slot < senders_.size(); ++slot)
      if (amplitude_of(slot, listener) > 500) found.insert(slot);
    return found;
  }
  const std::vector<double>& samples(Slot listener) { return heard_[listener]; }
  void forget() { heard_.clear(); }
  std::size_t events_sent() const { return events_sent_; }

  MediaOptions options;
  Relay relay{options};
  Instant now{};

 private:
  struct Sender {
    MediaFormat format;
    std::uint16_t sequence = 50;
    std::uint32_t timestamp = 0;
    double amplitude = 4000;
    bool talks = true;
  };
  static constexpr std::size_t stretch = 1600;

  // Every packet to a leg follows the one before: number by number, its timestamp by the time that passed.
  void take(const std::optional<Transmission>& out) {
    if (!out) return;
    relay.count_sent(*out);
    const auto packet = parse_rtp(out->bytes).value();
    CHECK(packet.ssrc == 0x1000 + out->slot);
    if (const auto last = last_.find(out->slot); last != last_.end()) {
      CHECK(packet.sequence == static_cast<std::uint16_t>(last->second.sequence + 1));
      const auto step = packet.timestamp - last->second.timestamp;
      CHECK(step >= 160);
      CHECK(step % 160 == 0);
    }
    last_[out->slot] = packet;
    events_sent_ += packet.payload_type == 101;
    if (packet.payload_type == 101) return;
    const auto& linear = g711::to_linear(senders_[out->slot].format.codec);
    for (const auto code : out->bytes.subspan(packet.payload_offset)) heard_[out->slot].push_back(linear[code]);
  }

  std::vector<Sender> senders_;
  std::map<Slot, std::vector<double>> heard_;
  std::map<Slot, RtpPacket> last_;
  std::size_t events_sent_ = 0;
};

// A call between the first two legs.
struct Call : Room {
  explicit Call(Slot legs) : Room(legs) { relay.connect(caller, handler); }
};

std::set<Slot> all_but(Slot legs, std::set<Slot> without) {
  std::set<Slot> rest;
  for (Slot slot = 0; slot < legs; ++slot)
    if (!without.count(slot)) rest.insert(slot);
  return rest;
}

void confer(Room& room, const Slots& legs) {
  for (const Slot slot : legs) room.relay.mix(slot, legs);  // its own voice is left out
}

}  // namespace

TEST_CASE("in a conference of five each hears all others and never itself, in both laws") {
  Room room(5);
  confer(room, {0, 1, 2, 3, 4});
  for (Slot slot = 0; slot < 5; ++slot) {
    CHECK(room.hears(slot) == all_but(5, {slot}));
    for (Slot from = 0; from < 5; ++from)
      if (from != slot) CHECK(room.amplitude_of(from, slot) == Approx(4000).epsilon(0.05));
    CHECK(room.amplitude_of(slot, slot) < 100);
  }
}

TEST_CASE("a supervisor listens: hears both, is heard by none, and the call is relayed as before") {
  Call call(3);
  call.relay.mix(supervisor, {caller, handler});
  CHECK(call.hears(supervisor) == std::set<Slot>{caller, handler});
  CHECK(call.hears(caller) == std::set<Slot>{handler});
  CHECK(call.hears(handler) == std::set<Slot>{caller});
  call.forget();
  call.say(caller);
  CHECK(call.samples(handler).size() == packet_samples);  // at once, not at the tick
  call.relay.close(supervisor);
  call.talk(supervisor, false);
  CHECK(call.hears(handler) == std::set<Slot>{caller});
}

TEST_CASE("a supervisor whispers: the handler hears both, the caller hears the handler alone") {
  Call call(3);
  call.relay.mix(supervisor, {caller, handler});
  call.relay.mix(handler, {caller, supervisor});
  CHECK(call.hears(handler) == std::set<Slot>{caller, supervisor});
  CHECK(call.hears(caller) == std::set<Slot>{handler});
  CHECK(call.hears(supervisor) == std::set<Slot>{caller, handler});
}

namespace {
// What a leg hears of the tone that tells of a supervisor in the last 200 ms: 0 to 1, which is the whole of it.
double told(Room& room, Slot listener) {
  const double whole = 32'767 * std::pow(10, (room.options.monitor_level - 3.14) / 20);
  return room.amplitude_at(room.options.monitor_hz, listener) / whole;
}
}  // namespace

TEST_CASE("a tone tells the handler of a supervisor: at once, and every so often; the caller hears none") {
  Call call(3);
  call.pass(400ms);
  call.forget();
  call.relay.mix(supervisor, {caller, handler});
  call.relay.mix(handler, {caller}, 2s);
  call.pass(200ms);
  CHECK(told(call, handler) == Approx(0.95).margin(0.06));  // its edges are soft
  CHECK(told(call, caller) < 0.03);
  CHECK(told(call, supervisor) < 0.03);
  call.pass(400ms);
  CHECK(told(call, handler) < 0.03);
  CHECK(call.amplitude_of(caller, handler) == Approx(4000).epsilon(0.05));
  call.relay.mix(handler, {caller, supervisor}, 2s);  // whispers: the tone goes on in its time
  call.pass(200ms);
  CHECK(told(call, handler) < 0.03);
  call.pass(1200ms);
  call.pass(200ms);  // from 2.0 s on
  CHECK(told(call, handler) == Approx(0.95).margin(0.06));
  call.relay.mix(handler, {caller});
  call.pass(1800ms);
  call.pass(200ms);
  CHECK(told(call, handler) < 0.03);
  call.forget();
  call.say(caller);
  CHECK(call.samples(handler).size() == packet_samples);  // relayed again, not at the tick
}

TEST_CASE("the tone stays with a leg that alone hears another, and ends with a sound or a connection") {
  Call call(4);
  call.relay.mix(supervisor, {handler, caller});
  call.relay.mix(handler, {caller}, 2s);
  call.relay.mix(other, {caller});  // relayed, for the handler's is a mix
  call.relay.close(other);          // and the handler's stays one
  call.talk(other, false);
  call.pass(200ms);
  CHECK(told(call, handler) > 0.85);
  SECTION("a sound") {
    call.relay.play(handler, std::make_shared<const Sound>(std::vector<std::int16_t>(150 * packet_samples)));  // 3 s of silence
  }
  SECTION("a connection") { call.relay.connect(handler, caller); }
  call.pass(1800ms);
  call.pass(200ms);
  CHECK(told(call, handler) < 0.03);
}

TEST_CASE("a muted leg hears, and is heard by none") {
  Call call(2);
  call.relay.mix(caller, {});
  CHECK(call.hears(caller).empty());
  CHECK(call.samples(caller).size() == 20 * packet_samples);  // silence is sent: the line is not dead
  CHECK(call.hears(handler) == std::set<Slot>{caller});
  call.relay.connect(caller, handler);
  CHECK(call.hears(caller) == std::set<Slot>{handler});
}

TEST_CASE("any number of legs may hear the same one alone; one of them by its packets, which a connection takes over") {
  Room room(4);
  for (const Slot slot : {handler, supervisor, other}) room.relay.mix(slot, {caller});
  for (const Slot slot : {handler, supervisor, other}) CHECK(room.hears(slot) == std::set<Slot>{caller});
  room.relay.connect(caller, other);
  for (const Slot slot : {handler, supervisor, other}) CHECK(room.hears(slot) == std::set<Slot>{caller});
  CHECK(room.hears(caller) == std::set<Slot>{other});
  room.relay.connect(caller, handler);
  CHECK(room.hears(other).empty());  // it was connected
  CHECK(room.hears(supervisor) == std::set<Slot>{caller});
}

TEST_CASE("who hears the same leg by a mix has its packets when the first leaves: a transfer does not stay mixed") {
  Call call(4);
  call.relay.mix(other, {caller});
  call.relay.mix(supervisor, {caller, handler});
  CHECK(call.hears(other) == std::set<Slot>{caller});
  SECTION("told to hear nobody") { call.relay.mix(handler, {}); }
  SECTION("disconnected") { call.relay.disconnect(caller, handler); }
  SECTION("closed") {
    call.talk(handler, false);
    call.relay.close(handler);
  }
  call.pass(200ms);
  call.forget();
  call.say(caller);
  CHECK(call.samples(other).size() == packet_samples);  // at once
  CHECK(call.hears(other) == std::set<Slot>{caller});
  CHECK(call.hears(supervisor).count(caller) == 1);
}

TEST_CASE("disconnected legs hear each other no more, in a mix neither") {
  Room room(3);
  confer(room, {0, 1, 2});
  room.relay.disconnect(0, 1);
  CHECK(room.hears(0) == std::set<Slot>{2});
  CHECK(room.hears(1) == std::set<Slot>{2});
  CHECK(room.hears(2) == std::set<Slot>{0, 1});
}

TEST_CASE("a leg that closes leaves every set; who heard it alone hears silence") {
  Room room(5);
  confer(room, {0, 1, 2, 3});
  room.relay.mix(4, {0});
  CHECK(room.hears(4) == std::set<Slot>{0});
  room.relay.close(0);
  room.talk(0, false);
  CHECK(room.hears(1) == std::set<Slot>{2, 3});
  CHECK(room.hears(4).empty());
  CHECK(room.samples(4).size() == 20 * packet_samples);
  for (const Slot slot : {1, 2, 3, 4}) room.relay.close(slot);
  CHECK_FALSE(room.relay.any_timed());
}

TEST_CASE("who stops sending, or is on hold, is silence to the others") {
  Room room(3);
  confer(room, {0, 1, 2});
  room.pass(400ms);
  SECTION("stops") { room.talk(0, false); }
  SECTION("on hold, and sends on") { room.set(0, AudioCodec::pcma, false); }
  CHECK(room.hears(1) == std::set<Slot>{2});
  room.talk(0, true);
  room.set(0, AudioCodec::pcma);
  CHECK(room.hears(1) == std::set<Slot>{0, 2});
}

TEST_CASE("lost packets are faded over, late and reordered ones are in their place") {
  Room room(3);
  room.talk(0, false);
  room.relay.mix(2, {0, 1});
  room.talk(1, false);
  Bytes held;
  for (int i = 0; i < 50; ++i) {
    if (i % 10 == 5) held = room.packet(0);
    else room.say(0, i % 10 == 0 && i > 0);
    if (i % 10 == 6) room.arrive(0, held);  // 20 ms late, after its successor
    room.pass();
  }
  // One in ten at half its level: 5 % less of the tone.
  CHECK(room.amplitude_of(0, 2) == Approx(4000 * 0.95).epsilon(0.03));
}

TEST_CASE("a sum beyond 16 bits is held at the limit") {
  Room room(4);
  for (Slot slot = 0; slot < 3; ++slot) room.amplitude(slot, 32'000);
  room.relay.mix(3, {0, 1, 2});
  room.pass(400ms);
  const auto& heard = room.samples(3);
  const double highest = *std::max_element(heard.begin(), heard.end()), lowest = *std::min_element(heard.begin(), heard.end());
  CHECK(highest == g711::decode_mulaw(g711::encode_mulaw(INT16_MAX)));
  CHECK(lowest == g711::decode_mulaw(g711::encode_mulaw(INT16_MIN)));
  CHECK(room.amplitude_of(0, 3) > 10'000);
}

TEST_CASE("relay, mix, sound and relay again are one stream: one SSRC, no gap in numbers or time") {
  Call call(3);
  const auto packets = [&] { return call.samples(caller).size() / packet_samples; };
  call.pass(200ms);
  CHECK(packets() == 10);
  call.relay.mix(caller, {handler, supervisor});
  call.pass(200ms);
  CHECK(packets() == 20);
  call.relay.play(caller, std::make_shared<const Sound>(std::vector<std::int16_t>(800)));
  CHECK(call.hears(caller).empty());
  call.relay.mix(caller, {handler, supervisor});  // the same set ends the sound
  CHECK(call.hears(caller) == std::set<Slot>{handler, supervisor});
  call.relay.mix(caller, {handler, supervisor, 7});
  call.relay.connect(caller, handler);
  CHECK(call.hears(caller) == std::set<Slot>{handler});
  call.set(caller, AudioCodec::pcma, true, false);
  CHECK(call.hears(caller).empty());
  call.set(caller, AudioCodec::pcma);
  call.relay.mix(caller, {handler, supervisor});
  CHECK(call.hears(caller) == std::set<Slot>{handler, supervisor});
}

TEST_CASE("a leg is heard without a gap when the set of another one changes") {
  Room room(4);
  room.relay.mix(3, {0, 1});
  room.pass(400ms);
  room.relay.mix(3, {0, 2});
  room.forget();
  room.pass(200ms);
  CHECK(room.amplitude_of(0, 3) == Approx(4000).epsilon(0.02));
}

TEST_CASE("no leg hears itself, a leg twice, one that is not there, or more than the bound") {
  Room room(18);
  room.relay.mix(0, {0, 1, 1, 1, 99});
  room.pass(400ms);
  CHECK(room.amplitude_of(1, 0) == Approx(4000).epsilon(0.05));
  CHECK(room.hears(0) == std::set<Slot>{1});
  Slots everybody;
  for (Slot slot = 0; slot < 18; ++slot) everybody.push_back(slot), room.amplitude(slot, 1500);
  room.relay.mix(17, everybody);
  CHECK(room.hears(17).size() == room.options.mix_sources);
  room.relay.mix(99, everybody);  // unknown
}

TEST_CASE("key events go from relay to relay, not into a mix, and are told in a dialogue all the same") {
  Call call(3);
  call.pass(100ms);
  call.relay.mix(supervisor, {caller, handler});
  call.press(caller, 5);
  CHECK(call.events_sent() == 1);  // to the handler
  call.relay.mix(handler, {caller, supervisor});
  call.press(caller, 6);
  CHECK(call.events_sent() == 1);
  call.relay.play(caller, std::make_shared<const Sound>(std::vector<std::int16_t>(160)), 3);
  call.pass(40ms);
  call.press(caller, 7);
  const auto told = call.relay.take_heard();
  REQUIRE(told.size() == 1);
  CHECK(told[0].key == pledge::core::Key{7});
  CHECK(call.events_sent() == 1);
}

TEST_CASE("a recorded leg is recorded while anybody hears it") {
  Room room(3);
  const auto ring = std::make_shared<FrameRing>(64);
  room.relay.record(0, {ring, 1, 0});
  const auto recorded = [&] {
    room.pass();
    std::size_t samples = 0;
    for (; ring->begin() != ring->end(); ring->pop()) samples += ring->front().samples;
    return samples;
  };
  CHECK(recorded() == 0);
  room.relay.mix(1, {0, 2});
  CHECK(recorded() == packet_samples);
  room.relay.mix(1, {2});
  CHECK(recorded() == 0);
}

TEST_CASE("a member of a conference that falls silent is told, one that only listens is not") {
  Room room(4);
  confer(room, {0, 1, 2});
  room.relay.mix(3, {0, 1, 2});
  room.relay.check_silence(room.now);
  room.pass(100ms);
  room.talk(0, false);
  room.talk(3, false);
  room.pass(3s);
  const auto told = room.relay.check_silence(room.now);
  REQUIRE(told.size() == 1);
  CHECK(told[0].slot == 0);
  CHECK(told[0].peer_heard);
}

TEST_CASE("a lost phone is told once, when the other party is still heard, and again when it was heard meanwhile") {
  Call call(3);
  std::string told;
  const auto pass = [&](std::chrono::milliseconds time) {
    for (auto left = time; left > 0ms; left -= 200ms) {
      call.pass(200ms);
      call.relay.check_silence(call.now);
      for (const auto& one : call.relay.take_heard()) {
        CHECK(one.what == Heard::What::loss);
        told += std::to_string(one.slot) + " ";
      }
    }
  };
  call.talk(supervisor, false);
  pass(1s);
  SECTION("the handler's phone") {
    call.talk(handler, false);
    pass(9'800ms);
    CHECK(told.empty());
    pass(400ms);
    CHECK(told == "1 ");
    pass(60s);
    CHECK(told == "1 ");
    call.talk(handler, true);
    pass(1s);
    call.talk(handler, false);
    pass(11s);
    CHECK(told == "1 1 ");
  }
  SECTION("both fall silent: the network's fault, until one comes back") {
    call.talk(handler, false);
    call.talk(caller, false);
    pass(60s);
    CHECK(told.empty());
    call.talk(caller, true);
    pass(1s);
    CHECK(told == "1 ");
  }
  SECTION("on hold, parted, or never: no loss") {
    call.talk(handler, false);
    SECTION("on hold") { call.set(handler, AudioCodec::pcmu, false); }
    SECTION("parted") { call.relay.disconnect(caller, handler); }
    SECTION("heard by nobody") { call.relay.mix(caller, {}); }
    pass(60s);
    CHECK(told.empty());
  }
}
