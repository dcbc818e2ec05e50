#include "sip/media/sound.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <complex>

#include "sip/media/g711.hpp"

using namespace pledge::media;
using pledge::runtime::AudioCodec;

namespace {

// Level in dBm0 of one frequency over part of the ring tone, as decoded from what is sent.
double level(const Sound& sound, double hertz, std::size_t first_packet, std::size_t packets) {
  std::complex<double> sum;
  for (std::size_t i = 0; i < packets * packet_samples; ++i) {
    const auto code = sound.frame(AudioCodec::pcma, first_packet + i / packet_samples)[i % packet_samples];
    sum += std::polar<double>(g711::decode_alaw(code), -2 * M_PI * hertz * static_cast<double>(i) / sample_rate);
  }
  const double amplitude = 2 * std::abs(sum) / static_cast<double>(packets * packet_samples);
  return 20 * std::log10(amplitude / 32'767) + 3.14;
}

}  // namespace

TEST_CASE("the ring tone is 400 and 450 Hz, 0.4 s on, 0.2 off, 0.4 on, 2.0 off") {
  const pledge::runtime::MediaOptions options;
  const Sound sound(ringback_samples(options));
  CHECK(sound.packets() == 150);
  for (const std::size_t burst : {0, 30}) {
    CHECK(level(sound, 400, burst, 20) == Approx(options.ringback_level).margin(0.3));
    CHECK(level(sound, 450, burst, 20) == Approx(options.ringback_level).margin(0.3));
    CHECK(level(sound, 600, burst, 20) < -40);
  }
  for (const std::size_t packet : {20, 29, 50, 149}) {
    CHECK(sound.frame(AudioCodec::pcma, packet)[7] == g711::encode_alaw(0));
    CHECK(sound.frame(AudioCodec::pcmu, packet)[7] == g711::encode_mulaw(0));
  }
  CHECK(sound.frame(AudioCodec::pcma, 150) == sound.frame(AudioCodec::pcma, 0));
}

TEST_CASE("an incomplete packet is filled with silence, no samples are one silent packet") {
  CHECK(Sound(std::vector<std::int16_t>(161, 1000)).packets() == 2);
  CHECK(Sound({}).packets() == 1);
  CHECK(Sound({}).frame(AudioCodec::pcmu, 5)[159] == 0xFF);
}

TEST_CASE("an announcement is its parts, then the background, and again from the start if it is to be repeated") {
  const auto part = [](std::int16_t level, std::size_t packets) {
    return std::make_shared<const Sound>(std::vector<std::int16_t>(packets * packet_samples, level));
  };
  const std::vector<SharedSound> parts{part(1000, 2), part(2000, 1)};
  const auto background = part(3000, 2);
  const auto heard = [](const Sound& sound, std::size_t packets) {
    std::string levels;
    for (std::size_t i = 0; i < packets; ++i) {
      const int alaw = g711::decode_alaw(sound.frame(AudioCodec::pcma, i)[0]);
      CHECK(g711::decode_mulaw(sound.frame(AudioCodec::pcmu, i)[0]) == Approx(alaw).margin(100));
      levels += std::to_string((alaw + 500) / 1000);
    }
    return levels;
  };
  CHECK(heard(Sound(parts, *background, 0), 9) == "112333333");
  CHECK(heard(Sound(parts, *background, 3), 14) == "11233311233311");
  CHECK(heard(Sound(parts, *background, 1), 8) == "11231123");
  CHECK(heard(Sound({}, *background, 0), 4) == "3333");
  const auto sentence = std::make_shared<const Sound>(parts, *background, 1);
  CHECK(heard(Sound(std::vector<SharedSound>{sentence, parts[1]}, *background, 0), 8) == "11232333");
}

TEST_CASE("the comfort tone on hold is a soft short beep every five seconds, without a click at its edges") {
  const pledge::runtime::MediaOptions options;
  const auto samples = hold_samples(options);
  const Sound sound(samples);
  CHECK(sound.packets() == 250);
  CHECK(level(sound, options.hold_hz, 1, 8) == Approx(options.hold_level).margin(0.3));
  for (const std::size_t packet : {10, 100, 249}) CHECK(sound.frame(AudioCodec::pcma, packet)[7] == g711::encode_alaw(0));
  for (const std::size_t edge : {0, 1599}) CHECK(std::abs(samples[edge]) < 30);
  CHECK(sound.frame(AudioCodec::pcma, 250) == sound.frame(AudioCodec::pcma, 0));
}

TEST_CASE("the tone while a supervisor listens is short, in whole packets, without a click at its edges") {
  const pledge::runtime::MediaOptions options;
  const auto samples = monitor_samples(options);
  CHECK(samples.size() == 10 * packet_samples);
  CHECK(level(Sound(samples), options.monitor_hz, 1, 8) == Approx(options.monitor_level).margin(0.3));
  for (const std::size_t edge : {0, 1599}) CHECK(std::abs(samples[edge]) < 60);
}
