// Speech by the speech engine of the default prompts, laid on noises of lines.
#include "sip/media/speech.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <random>

#include "packets.hpp"
#include "sip/media/g711.hpp"
#include "sip/media/relay.hpp"
#include "sip/media/sound_file.hpp"

using namespace pledge::media;
using pledge::runtime::AudioCodec;

namespace {

using Audio = std::vector<std::int16_t>;
constexpr double none = -200;  // dBm0

std::size_t samples_in(double seconds) { return static_cast<std::size_t>(seconds * sample_rate); }
// Of a sine wave; the mean square of noise at the same level is that of the wave.
double amplitude(double dbm0) { return 32'767 * std::pow(10, (dbm0 - 3.14) / 20); }

double level(const Audio& audio) {
  double sum = 0;
  for (const double sample : audio) sum += sample * sample;
  return 10 * std::log10(2 * sum / static_cast<double>(audio.size()) / 32'767 / 32'767) + 3.14;
}

Audio sum(const Audio& a, const Audio& b) {
  Audio out(std::max(a.size(), b.size()));
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = static_cast<std::int16_t>(std::clamp((i < a.size() ? a[i] : 0) + (i < b.size() ? b[i] : 0), -32'768, 32'767));
  return out;
}

Audio then(Audio a, const Audio& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

Audio noise(double seconds, double dbm0, double colour = 0) {  // colour 0: white; near 1: low
  std::mt19937 random(7);
  std::normal_distribution<double> normal;
  const double scale = amplitude(dbm0) / std::sqrt(2) * std::sqrt(1 - colour * colour);
  double last = 0;
  Audio out(samples_in(seconds));
  for (auto& sample : out) sample = static_cast<std::int16_t>(std::clamp(last = colour * last + scale * normal(random), -32e3, 32e3));
  return out;
}

Audio tones(double seconds, double dbm0, std::vector<double> hertz) {
  Audio out(samples_in(seconds));
  for (std::size_t i = 0; i < out.size(); ++i)
    for (const double f : hertz)
      out[i] = static_cast<std::int16_t>(out[i] + amplitude(dbm0) * std::sin(2 * M_PI * f * static_cast<double>(i) / sample_rate));
  return out;
}

Audio cadence(double seconds, double dbm0, const std::vector<double>& hertz, const std::vector<double>& on_off) {
  Audio out;
  for (std::size_t i = 0; out.size() < samples_in(seconds); ++i)
    out = then(out, tones(on_off[i % on_off.size()], i % 2 == 0 ? dbm0 : none, hertz));
  return out;
}

Audio clicks(double seconds, double a_second, int length) {
  std::mt19937 random(9);
  Audio out(samples_in(seconds));
  const auto apart = static_cast<std::uint32_t>(2 * sample_rate / a_second);
  for (std::size_t at = random() % apart; at + 100 < out.size(); at += random() % apart + 1)
    for (int i = 0; i < length; ++i) out[at + static_cast<std::size_t>(i)] = static_cast<std::int16_t>(random() % 40'000 - 20'000);
  return out;
}

Audio spoken(const std::string& prompt, double dbm0) {
  auto audio = *read_sound_file(std::string(PLEDGE_BINARY_DIR) + "/prompts/en-GB/" + prompt + ".wav");
  const double gain = std::pow(10, (dbm0 - level(audio)) / 20);
  for (auto& sample : audio) sample = static_cast<std::int16_t>(std::clamp(gain * sample, -32e3, 32e3));
  return audio;
}

// Seconds until speech is told; none if it never is. `sent` goes to the peer meanwhile.
std::optional<double> heard(const Audio& audio, AudioCodec codec = AudioCodec::pcma, std::size_t packet = packet_samples,
                            const Audio& sent = {}) {
  SpeechDetector detector{Instant{}};
  std::vector<std::uint8_t> codes(packet);
  const auto encoded = [&](const Audio& of, std::size_t at) {
    for (std::size_t i = 0; i < packet; ++i) codes[i] = g711::encode(codec, at + i < of.size() ? of[at + i] : std::int16_t{0});
    return codes;
  };
  for (std::size_t at = 0; at + packet <= audio.size(); at += packet) {
    const Instant now{std::chrono::microseconds{at * 1'000'000 / sample_rate}};
    if (!sent.empty()) detector.sent(codec, encoded(sent, at), now);
    if (detector.take(codec, encoded(audio, at), now)) return static_cast<double>(at + packet) / sample_rate;
  }
  return std::nullopt;
}

Audio echo(const Audio& of, double gain_db, double delay) {
  auto late = then(noise(delay, none), of);
  for (auto& sample : late) sample = static_cast<std::int16_t>(sample * std::pow(10, gain_db / 20));
  return late;
}

}  // namespace


TEST_CASE("spoken words are told within half a second, loud or quiet, in the noise of a line, in either law") {
  const auto codec = GENERATE(AudioCodec::pcma, AudioCodec::pcmu);
  const double line = GENERATE(-200.0, -65.0, -55.0);
  for (const std::string prompt : {"welcome", "emergency", "nobody-here", "menu-101-night", "number-1", "number-7", "number-20"})
    for (const double loud : {-15, -25, -35}) {
      const auto words = then(noise(2, none), then(spoken(prompt, loud), noise(0.5, none)));
      const auto told = heard(sum(words, noise(12, line)), codec);
      INFO(prompt << " at " << loud << " dBm0, line " << line);
      REQUIRE(told);
      CHECK(*told > 2.1);
      CHECK(*told < 2.55);
    }
}

TEST_CASE("who speaks from the first packet on is told, in packets of any length") {
  for (const std::size_t packet : {80, 160, 240, 33}) {
    const auto told = heard(sum(spoken("welcome", -25), noise(4, -60)), AudioCodec::pcma, packet);
    REQUIRE(told);
    CHECK(*told < 1);
  }
}

TEST_CASE("the noise of a line is not speech, however loud and low, steady or beginning at once") {
  for (const double loud : {-50, -40, -30, -20})
    for (const double colour : {0.0, 0.5, 0.9, 0.97}) {
      INFO(loud << " dBm0, colour " << colour);
      CHECK_FALSE(heard(noise(20, loud, colour)));
      CHECK_FALSE(heard(then(noise(3, none), noise(20, loud, colour))));  // comfort noise after digital silence
      CHECK_FALSE(heard(then(then(noise(1, -60), noise(1, loud, colour)), then(noise(1, -60), noise(1, loud, colour)))));
    }
}

TEST_CASE("tones are not speech: ringing, engaged, dial, key-presses") {
  const struct {
    std::vector<double> hertz, on_off;
  } signals[] = {{{400, 450}, {0.4, 0.2, 0.4, 2}}, {{440, 480}, {2, 4}},         {{425}, {0.2, 0.2}},
                 {{400}, {0.375, 0.375}},          {{350, 440}, {20}},           {{697, 1209}, {0.05, 0.05}},
                 {{941, 1477}, {0.1, 0.1}},        {{770, 1336}, {0.07, 0.07}}, {{950}, {0.33, 0.03}}};
  for (const auto& signal : signals)
    for (const double loud : {-10, -20, -30, -40}) {
      INFO(signal.hertz[0] << " Hz at " << loud << " dBm0");
      CHECK_FALSE(heard(sum(cadence(20, loud, signal.hertz, signal.on_off), noise(20, -60))));
    }
}

TEST_CASE("clicks are not speech") {
  for (const double a_second : {1, 5, 10})
    for (const int length : {1, 8, 40}) CHECK_FALSE(heard(sum(clicks(20, a_second, length), noise(20, -60))));
}

TEST_CASE("an echo of what the peer is sent is not speech, and speech over it is") {
  const auto codec = GENERATE(AudioCodec::pcma, AudioCodec::pcmu);
  const std::size_t packet = GENERATE(160, 240, 80);
  const auto sent = then(noise(1, none), then(spoken("welcome", -18), spoken("menu-101", -12)));
  for (const double gain : {-7, -10, -20})
    for (const double delay : {0.02, 0.08, 0.2, 0.4}) {
      INFO(gain << " dB after " << delay << " s");
      const auto back = sum(echo(sent, gain, delay), noise(20, -60));
      CHECK_FALSE(heard(back, codec, packet, sent));
      CHECK(heard(back, codec, packet));  // it is the guard that knows
      // Both speak at once, and as loud.
      const auto over = heard(sum(back, then(noise(2, none), spoken("emergency", -15))), codec, packet, sent);
      REQUIRE(over);
      CHECK(*over > 2.1);
      CHECK(*over < 3.5);
    }
}

TEST_CASE("who answers when the handler has asked is heard as soon as without an echo") {
  const auto question = then(noise(1, none), spoken("press-55", -15));
  const auto ends = static_cast<double>(question.size()) / sample_rate;
  const auto answer = then(noise(ends + 0.3, none), spoken("number-7", -25));
  const auto told = heard(sum(sum(echo(question, -10, 0.08), answer), noise(20, -60)), AudioCodec::pcma, 160, question);
  REQUIRE(told);
  CHECK(*told > ends + 0.3);
  CHECK(*told < ends + 0.85);
}

TEST_CASE("who whispers is heard over the noise that the handler's line sends all the time") {
  const auto whisper = sum(then(noise(3, none), spoken("welcome", -45)), noise(9, -62));
  CHECK(heard(whisper, AudioCodec::pcma, 160, noise(9, -40)));
}

TEST_CASE("an echo of what was said before speech is listened for is not speech") {
  const auto before = then(noise(0.5, none), spoken("welcome", -15));
  const auto back = sum(echo(before, -8, 0.3), noise(20, -60));
  const auto begins = static_cast<double>(before.size()) / sample_rate;  // the last of it is still on its way back
  CHECK_FALSE(heard({back.begin() + static_cast<std::ptrdiff_t>(samples_in(begins)), back.end()}));
}

TEST_CASE("an echo that comes later than a phone is thought to take is speech") {
  const auto sent = spoken("number-7", -15);
  CHECK(heard(sum(echo(sent, -10, 1.5), noise(4, -60)), AudioCodec::pcma, 160, sent));
}

TEST_CASE("the echo of another leg, and of what is played, is known to the relay") {
  using namespace pledge::media::test;
  const pledge::runtime::MediaOptions options;
  Relay relay{options};
  pledge::runtime::MediaFormat format;
  for (const Slot slot : {0u, 1u}) {
    relay.open(slot, {{slot, 1, 1}, {}}, {});
    format.remote = {"192.0.2.10", static_cast<std::uint16_t>(4000 + 2 * slot), 0};
    relay.set_format(slot, resolve(format));
  }
  const auto words = then(noise(0.5, none), spoken("welcome", -15));
  const auto back = echo(words, -10, 0.08);
  Instant now{};
  std::uint16_t sequence = 0;
  const auto say = [&](Slot slot, const Audio& of, std::size_t at) {
    Bytes audio(packet_samples);
    std::transform(&of[at], &of[at] + packet_samples, audio.begin(), g711::encode_alaw);
    Bytes datagram = rtp({8, false, sequence, sequence * packet_samples, 7}, audio);
    (void)relay.receive(slot, address("192.0.2.10", static_cast<std::uint16_t>(4000 + 2 * slot)), datagram, now);
  };
  // The handler speaks, if any; whatever is due is sent; the caller's line sends the echo back.
  const auto told = [&](bool handler_speaks) {
    relay.listen_for_speech(0, now);
    for (std::size_t at = 0; at + packet_samples <= words.size(); at += packet_samples, ++sequence, now += 20ms) {
      if (handler_speaks) say(1, words, at);
      for (std::uint32_t i = 0; i < options.tick_groups; ++i)
        for (const Slot slot : std::vector(relay.tick())) (void)relay.next_packet(slot, now);
      say(0, back, at);
    }
    return !relay.take_heard().empty();
  };
  CHECK(told(false));  // the same, of whatever it is the echo
  SECTION("relayed") {
    relay.connect(0, 1);
    CHECK_FALSE(told(true));
  }
  SECTION("mixed") {
    relay.mix(0, {1}, 10s);
    CHECK_FALSE(told(true));
  }
  SECTION("played") {
    relay.play(0, std::make_shared<const Sound>(words));
    CHECK_FALSE(told(false));
  }
}

TEST_CASE("the first speech of a leg is told once for each time it is listened for, whoever hears the leg") {
  using namespace pledge::media::test;
  const pledge::runtime::MediaOptions options;
  Relay relay{options};
  relay.open(0, {{1, 1, 1}, {}}, {});
  pledge::runtime::MediaFormat format;
  format.remote = {"192.0.2.10", 4000, 0};
  relay.set_format(0, resolve(format));
  const auto words = spoken("welcome", -20);
  std::uint16_t sequence = 0;
  Instant now{};
  const auto speak = [&] {
    Bytes audio(packet_samples);
    for (std::size_t at = 0; at + audio.size() <= words.size(); at += audio.size(), ++sequence, now += 20ms) {
      std::transform(&words[at], &words[at] + audio.size(), audio.begin(), g711::encode_alaw);
      Bytes datagram = rtp({8, false, sequence, sequence * packet_samples, 7}, audio);
      relay.receive(0, address("192.0.2.10", 4000), datagram, now);
    }
    const auto told = relay.take_heard();
    return std::count_if(told.begin(), told.end(), [](const Heard& one) { return one.what == Heard::What::speech; });
  };
  CHECK(speak() == 0);
  relay.listen_for_speech(0, now);
  CHECK(speak() == 1);
  CHECK(speak() == 0);
  relay.listen_for_speech(0, now);
  CHECK(speak() == 1);
}
