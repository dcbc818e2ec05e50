// The tables against the continuous laws that G.711 approximates by segments, and against the standard's own values.
#include "sip/media/g711.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <cstdlib>

using namespace pledge::media::g711;

namespace {

// µ-law and A-law compression of a magnitude in 0..1 (G.711 is their 8-segment approximation: µ = 255, A = 87.6).
double mulaw(double x) { return std::log(1 + 255 * x) / std::log(256.0); }
double alaw(double x) {
  const double a = 87.6, whole = 1 + std::log(a);
  return x < 1 / a ? a * x / whole : (1 + std::log(a * x)) / whole;
}

// 0..127, growing with the magnitude.
int mulaw_rank(std::uint8_t code) { return ~code & 0x7F; }
int alaw_rank(std::uint8_t code) { return (code ^ 0x55) & 0x7F; }

}  // namespace

TEST_CASE("each code decodes to a sample that encodes to the same code") {
  for (int code = 0; code < 256; ++code) {
    const auto byte = static_cast<std::uint8_t>(code);
    CHECK(encode_alaw(decode_alaw(byte)) == byte);
    if (byte != 0x7F) CHECK(encode_mulaw(decode_mulaw(byte)) == byte);  // 0x7F is the second, negative zero
  }
}

TEST_CASE("the segments follow the continuous laws") {
  for (int sample = 0; sample <= 32'767; sample += 7) {
    const double x = sample / 32'768.0;
    const auto linear = static_cast<std::int16_t>(sample);
    CHECK(std::abs(mulaw_rank(encode_mulaw(linear)) - 128 * mulaw(x)) < 3);
    CHECK(std::abs(alaw_rank(encode_alaw(linear)) - 128 * alaw(x)) < 3);
  }
}

TEST_CASE("no sample is further from its decoded value than half a step of its segment") {
  for (int sample = -32'768; sample <= 32'767; ++sample) {
    const auto linear = static_cast<std::int16_t>(sample);
    const int magnitude = std::abs(sample);
    const int alaw_step = magnitude < 512 ? 16 : 1 << (static_cast<int>(std::log2(magnitude)) - 4);
    REQUIRE(std::abs(decode_alaw(encode_alaw(linear)) - sample) <= alaw_step / 2 + 1);
    if (magnitude > 32'635) continue;  // clipped by µ-law
    const int mulaw_step = 1 << (static_cast<int>(std::log2(magnitude + 132)) - 4);
    REQUIRE(std::abs(decode_mulaw(encode_mulaw(linear)) - sample) <= mulaw_step / 2);
  }
}

TEST_CASE("the standard's end points") {
  CHECK(encode_mulaw(0) == 0xFF);
  CHECK(encode_alaw(0) == 0xD5);
  CHECK(encode_mulaw(32'767) == 0x80);
  CHECK(encode_mulaw(-32'768) == 0x00);
  CHECK(encode_alaw(32'767) == 0xAA);
  CHECK(encode_alaw(-32'768) == 0x2A);
  CHECK(decode_mulaw(0x80) == 32'124);  // 8031 in G.711 table 2a, times 4
  CHECK(decode_alaw(0xAA) == 32'256);   // 4032 in G.711 table 1a, times 8
}

TEST_CASE("from one law to the other and back, a loud sample moves by at most one step") {
  for (int code = 0; code < 256; ++code) {
    const auto byte = static_cast<std::uint8_t>(code);
    CHECK(std::abs(alaw_rank(mulaw_to_alaw[alaw_to_mulaw[byte]]) - alaw_rank(byte)) <= 1);
    CHECK(std::abs(mulaw_rank(alaw_to_mulaw[mulaw_to_alaw[byte]]) - mulaw_rank(byte)) <= 1);
    CHECK((alaw_to_mulaw[byte] & 0x80) == (byte & 0x80));  // the sign is kept
  }
}
