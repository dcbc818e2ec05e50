// Key-presses out of packets as networks deliver them: lost, doubled, late; and out of audio.
#include "sip/media/keys.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <numbers>
#include <random>
#include <string>

#include "packets.hpp"
#include "sip/media/g711.hpp"
#include "sip/media/relay.hpp"

using namespace pledge::media;
using namespace pledge::media::test;
using pledge::core::Key;
using pledge::runtime::AudioCodec;

namespace {

std::string text(const std::vector<Key>& keys) {
  std::string out;
  for (const Key key : keys) out += name(key);
  return out;
}

struct EventPacket {
  std::uint32_t timestamp = 0;
  Bytes payload;
};
Bytes event(std::uint8_t code, std::uint16_t duration, bool end = false) {
  return {code, static_cast<std::uint8_t>(end ? 0x8A : 0x0A), static_cast<std::uint8_t>(duration >> 8),
          static_cast<std::uint8_t>(duration)};
}
// A press as phones send it: a packet each 20 ms, the last three times.
std::vector<EventPacket> press(std::uint8_t code, std::uint32_t timestamp, int packets = 5) {
  std::vector<EventPacket> sent;
  for (int i = 1; i <= packets; ++i) sent.push_back({timestamp, event(code, static_cast<std::uint16_t>(i * 160))});
  for (int i = 0; i < 3; ++i) sent.push_back({timestamp, event(code, static_cast<std::uint16_t>(packets * 160 + 160), true)});
  return sent;
}
std::string pressed(const std::vector<EventPacket>& packets) {
  EventKeys keys;
  std::vector<Key> out;
  for (const auto& packet : packets) keys.take(packet.timestamp, packet.payload, out);
  return text(out);
}
void append(std::vector<EventPacket>& to, const std::vector<EventPacket>& more) { to.insert(to.end(), more.begin(), more.end()); }

constexpr double low_tones[] = {697, 770, 852, 941}, high_tones[] = {1209, 1336, 1477, 1633};
constexpr std::string_view pad = "123A456B789C*0#D";  // ITU-T Q.23

// Tones, or silence for ' ', each so many milliseconds long; -10 dBm0 a tone.
class Phone {
 public:
  explicit Phone(AudioCodec codec = AudioCodec::pcma) : codec_(codec) {}
  void sound(char key, int ms) {
    const auto at = pad.find(key);
    for (int i = 0; i < 8 * ms; ++i, ++time_) {
      const double t = 2 * std::numbers::pi * time_ / 8000;
      const double sum = at == pad.npos ? 0 : std::sin(low_tones[at / 4] * t) + std::sin(high_tones[at % 4] * t);
      samples_.push_back(g711::encode(codec_, static_cast<std::int16_t>(7000 * sum)));
    }
  }
  void add(std::int16_t sample) { samples_.push_back(g711::encode(codec_, sample)); }
  // What is found when the packets of these numbers are lost.
  std::string found(const std::vector<std::size_t>& lost = {}) const {
    ToneKeys tones;
    std::vector<Key> out;
    for (std::size_t i = 0; (i + 1) * packet_samples <= samples_.size(); ++i)
      if (std::find(lost.begin(), lost.end(), i) == lost.end())
        tones.take(codec_, static_cast<std::uint32_t>(4'294'900'000u + i * packet_samples),
                   std::span(samples_).subspan(i * packet_samples, packet_samples), out);
    return text(out);
  }

 private:
  AudioCodec codec_;
  int time_ = 0;
  Bytes samples_;
};

}  // namespace

TEST_CASE("a press is one key, whichever of its packets arrive") {
  const auto whole = press(5, 1000);
  CHECK(pressed(whole) == "5");
  for (std::size_t only = 0; only < whole.size(); ++only) CHECK(pressed({whole[only]}) == "5");
  CHECK(pressed({whole[2], whole[0], whole[7], whole[1]}) == "5");
  auto twice = whole;
  append(twice, press(5, 3000));
  CHECK(pressed(twice) == "55");
}

TEST_CASE("lost, doubled and late packets neither add nor take a key") {
  std::mt19937 random(4733);
  const auto drawn = [&](unsigned below) { return std::uniform_int_distribution<unsigned>(0, below - 1)(random); };
  for (int round = 0; round < 2'000; ++round) {
    std::string meant;
    std::vector<EventPacket> sent;
    std::uint32_t timestamp = static_cast<std::uint32_t>(random());  // wraps in some rounds
    for (unsigned i = 0, presses = 1 + drawn(12); i < presses; ++i, timestamp += 800 + 160 * drawn(40)) {
      const auto code = static_cast<std::uint8_t>(drawn(16));
      meant += name(static_cast<Key>(code));
      std::vector<EventPacket> arrived;
      const auto whole = press(code, timestamp, static_cast<int>(1 + drawn(4)));
      for (const auto& packet : whole)
        for (unsigned copies = drawn(4) == 0 ? 2 : drawn(2); copies > 0; --copies) arrived.push_back(packet);
      if (arrived.empty()) arrived.push_back(whole[drawn(static_cast<unsigned>(whole.size()))]);
      append(sent, arrived);
      // Late ones of the press before come when this one is known already.
      if (const auto late = sent.size() - arrived.size(); late > 0 && drawn(2)) sent.push_back(sent[late - 1]);
    }
    INFO("round " << round);
    REQUIRE(pressed(sent) == meant);
  }
}

TEST_CASE("a key held for long is one key, in the parts of RFC 4733 2.5.1.3 too") {
  std::vector<EventPacket> sent;
  const std::uint32_t begin = 4'294'960'000u;
  for (std::uint32_t part = 0; part < 4; ++part)
    for (std::uint32_t length = 160; length <= 0xFFFF; length += 160 * 20)
      sent.push_back({begin + part * 0xFFFF, event(7, static_cast<std::uint16_t>(length))});
  sent.push_back({begin + 3 * 0xFFFF, event(7, 0xFFFF, true)});
  CHECK(pressed(sent) == "7");
  sent.push_back({begin + 4 * 0xFFFF, event(7, 160)});  // after the end: pressed again
  CHECK(pressed(sent) == "77");
}

TEST_CASE("several presses in one packet are taken apart, other events and cut-off payloads say nothing") {
  auto both = event(1, 800, true);
  const auto second = event(2, 800, true);
  both.insert(both.end(), second.begin(), second.end());
  CHECK(pressed({{1000, both}, {1000, both}}) == "12");
  CHECK(pressed({{1000, event(16, 160)}, {2000, event(255, 160)}}).empty());  // flash, and what is no key at all
  CHECK(pressed({{1000, {3, 0x0A, 0}}, {1000, {}}}).empty());
  CHECK(pressed({{1000, event(10, 160)}, {2000, event(11, 160)}, {3000, event(15, 160)}}) == "*#D");
}

TEST_CASE("each key is found by its tones, once") {
  const AudioCodec codec = GENERATE(AudioCodec::pcma, AudioCodec::pcmu);
  Phone phone(codec);
  for (const char key : pad) phone.sound(key, 70), phone.sound(' ', 70);
  CHECK(phone.found() == pad);
  Phone slow(codec);
  slow.sound('5', 3000), slow.sound(' ', 100), slow.sound('5', 60), slow.sound(' ', 60);
  CHECK(slow.found() == "55");
}

TEST_CASE("loss within a tone does not part it, a pause in the stream does") {
  Phone phone;
  phone.sound(' ', 100), phone.sound('9', 300), phone.sound(' ', 100);
  for (std::size_t first = 0; first + 1 < 25; ++first) {
    INFO("packets " << first << " and " << first + 1 << " are lost");
    CHECK(phone.found({first, first + 1}) == "9");
  }
  Phone again;
  again.sound('9', 100), again.sound(' ', 100), again.sound('9', 100);
  CHECK(again.found({5, 6, 7, 8, 9}) == "99");
}

// A voice: harmonics of a wandering pitch, shaped by a wandering resonance, with breaths between.
TEST_CASE("a voice presses hardly any keys") {
  std::mt19937 random(101);
  std::uniform_real_distribution<double> unit(0, 1);
  Phone phone;
  double phase = 0, pitch = 120, resonance = 900;
  for (int i = 0; i < 8000 * 120; ++i) {
    if (i % 400 == 0) pitch = 80 + 180 * unit(random), resonance = 400 + 2200 * unit(random);
    phase += 2 * std::numbers::pi * pitch / 8000;
    double sum = 0;
    for (int harmonic = 1; harmonic * pitch < 3400; ++harmonic)
      sum += std::sin(harmonic * phase) / (1 + std::pow((harmonic * pitch - resonance) / 250, 2));
    const bool breath = i % 16'000 > 13'000;
    phone.add(static_cast<std::int16_t>(breath ? 200 * unit(random) : std::clamp(5000 * sum, -30'000.0, 30'000.0)));
  }
  CHECK(phone.found().size() <= 1);  // two minutes
}

TEST_CASE("keys are told only to who listens, and one held since before is none") {
  Keys keys(10);
  const auto held = event(3, 160), more = event(3, 320);
  const Instant now{};
  CHECK(keys.take({true, true, AudioCodec::pcma, 1000, held}, now).empty());
  keys.listen(true);
  CHECK(keys.take({true, true, AudioCodec::pcma, 1000, more}, now).empty());
  CHECK(text(keys.take({true, true, AudioCodec::pcma, 2000, held}, now)) == "3");
  keys.restart();  // the peer began anew
  CHECK(text(keys.take({true, true, AudioCodec::pcma, 500, held}, now)) == "3");
  keys.listen(false);
  CHECK(keys.take({true, true, AudioCodec::pcma, 9000, held}, now).empty());
}

TEST_CASE("a flood of keys is held to the bound, and counted") {
  Keys keys(10);
  keys.listen(true);
  std::size_t told = 0;
  for (int i = 0; i < 1'000; ++i) {
    const auto payload = event(1, 160);
    const Instant now = Instant{} + std::chrono::milliseconds(2 * i);  // for two seconds
    told += keys.take({true, true, AudioCodec::pcma, 1000u + 160u * static_cast<unsigned>(i), payload}, now).size();
  }
  CHECK(told == 20);
  CHECK(keys.beyond_bound() == 980);
}

TEST_CASE("tones are keys only where the peer has no events") {
  Phone phone;
  for (const bool has_events : {false, true}) {
    Keys keys(10);
    keys.listen(true);
    std::string found;
    Bytes tone;
    for (int i = 0; i < 8 * 100; ++i) {
      const double t = 2 * std::numbers::pi * i / 8000;
      tone.push_back(g711::encode_alaw(static_cast<std::int16_t>(7000 * (std::sin(697 * t) + std::sin(1209 * t)))));
    }
    for (std::uint32_t i = 0; i < 5; ++i)
      found += text(keys.take({false, has_events, AudioCodec::pcma, 160 * i,
                               std::span(tone).subspan(160 * i, 160)}, Instant{}));
    CHECK(found == (has_events ? "" : "1"));
  }
}

namespace {

struct Asked {
  pledge::runtime::MediaOptions options;
  Relay relay{options};
  std::uint16_t sequence = 1;

  Asked() {
    for (const Slot slot : {0u, 1u}) {
      relay.open(slot, {{0x1000 + slot, 1, 1}, {}}, {});
      pledge::runtime::MediaFormat format;
      format.remote = {"192.0.2.10", static_cast<std::uint16_t>(4000 + slot), 0};
      format.event_payload_type = 101;
      relay.set_format(slot, resolve(format));
    }
  }
  std::optional<Transmission> press(std::uint8_t code, std::uint32_t timestamp) {
    datagram = rtp({101, true, sequence++, timestamp, 7}, event(code, 160));
    return relay.receive(0, address("192.0.2.10", 4000), datagram, {});
  }
  std::string heard() {
    std::string out;
    for (const auto& one : relay.take_heard())
      out += (one.what == Heard::What::key ? "key " + std::string{name(one.key)} : "end") + " in turn " + std::to_string(one.turn) + "; ";
    return out;
  }
  Bytes datagram;
};

}  // namespace

TEST_CASE("a turn of a dialogue tells its keys and its end; a relayed call tells nothing and passes events on") {
  Asked a;
  const auto part = std::make_shared<const Sound>(std::vector<std::int16_t>(3 * packet_samples));
  const Sound silence{std::span<const std::int16_t>{}};
  const std::vector<SharedSound> parts{part};
  const auto prompt = std::make_shared<const Sound>(parts, silence, 0);
  CHECK(prompt->ends_at() == std::optional<std::size_t>{3});
  CHECK_FALSE(part->ends_at());
  CHECK_FALSE(Sound(parts, silence, 5).ends_at());  // heard again and again
  a.relay.play(0, prompt, 4);
  std::string told;
  for (std::uint32_t i = 0; i < 8 * a.options.tick_groups; ++i)
    for (const Slot slot : a.relay.tick()) {
      const bool sent = a.relay.next_packet(slot, {}).has_value();
      CHECK(sent);
      if (const auto heard = a.heard(); !heard.empty()) told += std::to_string(i / a.options.tick_groups) + ": " + heard;
    }
  CHECK(told == "3: end in turn 4; ");  // when the fourth packet, silence, begins
  a.press(2, 1000);
  CHECK(a.heard() == "key 2 in turn 4; ");
  a.relay.play(0, prompt, 5);
  a.press(2, 1000);
  a.press(9, 5000);
  CHECK(a.heard() == "key 9 in turn 5; ");
  a.relay.play(0, part);  // of no dialogue
  a.press(1, 9000);
  CHECK(a.heard().empty());
  a.relay.play(0, prompt, 6);
  a.relay.connect(0, 1);
  const auto passed = a.press(1, 12'000);
  REQUIRE(passed);
  CHECK(parse_rtp(passed->bytes)->payload_type == 101);
  CHECK(a.heard().empty());
}

TEST_CASE("the keys of a leg whose speech is listened for are told while it talks to another, and after") {
  Asked a;
  a.relay.connect(0, 1);
  a.relay.listen_for_speech(0, {});
  REQUIRE(a.press(5, 1000));  // the other leg hears it too
  CHECK(a.heard() == "key 5 in turn 0; ");
  a.relay.mix(0, {1}, {});
  a.press(5, 5000);
  CHECK(a.heard() == "key 5 in turn 0; ");
  a.relay.connect(0, 1);
  a.press(5, 9000);
  CHECK(a.heard() == "key 5 in turn 0; ");
  a.relay.play(0, std::make_shared<const Sound>(std::vector<std::int16_t>(packet_samples)));  // of no dialogue
  a.press(5, 13'000);
  CHECK(a.heard() == "key 5 in turn 0; ");
}
