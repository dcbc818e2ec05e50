#pragma once
// G.711 (ITU-T G.711, 11/1988): A-law and µ-law, and the tables between them, made at compile time from the
// segment formulas. Linear samples are 16 bits wide (A-law's 13 and µ-law's 14 bits, shifted up).
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "runtime/media_port.hpp"

namespace pledge::media::g711 {

namespace detail {

inline constexpr int mulaw_bias = 0x84;    // 33 in G.711's 14-bit units: moves the segment borders to powers of two
inline constexpr int mulaw_clip = 32'635;  // largest magnitude that stays below 2^15 with the bias
inline constexpr std::uint8_t mulaw_invert = 0xFF;  // all bits are sent inverted
inline constexpr std::uint8_t alaw_invert = 0x55;   // even bits are sent inverted

constexpr std::uint8_t make_code(bool sign_bit, int segment, int step) {
  return static_cast<std::uint8_t>((sign_bit ? 0x80 : 0) | segment << 4 | step);
}

}  // namespace detail

// One of 16 steps in one of 8 segments, each segment twice as wide as the one below it.
constexpr std::uint8_t encode_mulaw(std::int16_t sample) {
  int magnitude = sample < 0 ? -int{sample} : sample;
  if (magnitude > detail::mulaw_clip) magnitude = detail::mulaw_clip;
  magnitude += detail::mulaw_bias;
  const int segment = std::bit_width(static_cast<unsigned>(magnitude)) - 8;
  const std::uint8_t code = detail::make_code(sample < 0, segment, (magnitude >> (segment + 3)) & 0x0F);
  return static_cast<std::uint8_t>(code ^ detail::mulaw_invert);
}

constexpr std::int16_t decode_mulaw(std::uint8_t code) {
  const int plain = code ^ detail::mulaw_invert;
  const int segment = (plain >> 4) & 7, step = plain & 0x0F;
  const int magnitude = (((step << 3) + detail::mulaw_bias) << segment) - detail::mulaw_bias;
  return static_cast<std::int16_t>(plain & 0x80 ? -magnitude : magnitude);
}

// As above, but the two lowest segments have steps of equal width.
constexpr std::uint8_t encode_alaw(std::int16_t sample) {
  const bool positive = sample >= 0;
  const int magnitude = positive ? sample : -int{sample} - 1;  // -1..-16 is the first negative step
  const int width = std::bit_width(static_cast<unsigned>(magnitude));
  const int segment = width > 8 ? width - 8 : 0;
  const int step = (magnitude >> (segment ? segment + 3 : 4)) & 0x0F;
  return static_cast<std::uint8_t>(detail::make_code(positive, segment, step) ^ detail::alaw_invert);
}

constexpr std::int16_t decode_alaw(std::uint8_t code) {
  const int plain = code ^ detail::alaw_invert;
  const int segment = (plain >> 4) & 7, step = plain & 0x0F;
  int magnitude = (step << 4) + 8;  // the middle of the step
  if (segment > 0) magnitude = (magnitude + 0x100) << (segment - 1);
  return static_cast<std::int16_t>(plain & 0x80 ? magnitude : -magnitude);
}

using Table = std::array<std::uint8_t, 256>;
namespace detail {

template <class To = std::uint8_t, class Convert>
constexpr std::array<To, 256> make_table(Convert convert) {
  std::array<To, 256> table{};
  for (std::size_t code = 0; code < table.size(); ++code) table[code] = convert(static_cast<std::uint8_t>(code));
  return table;
}

}  // namespace detail
inline constexpr Table alaw_to_mulaw = detail::make_table([](auto code) { return encode_mulaw(decode_alaw(code)); });
inline constexpr Table mulaw_to_alaw = detail::make_table([](auto code) { return encode_alaw(decode_mulaw(code)); });

using LinearTable = std::array<std::int16_t, 256>;
inline constexpr LinearTable alaw_to_linear = detail::make_table<std::int16_t>(decode_alaw);
inline constexpr LinearTable mulaw_to_linear = detail::make_table<std::int16_t>(decode_mulaw);

constexpr std::uint8_t encode(runtime::AudioCodec codec, std::int16_t sample) {
  return codec == runtime::AudioCodec::pcma ? encode_alaw(sample) : encode_mulaw(sample);
}

constexpr const LinearTable& to_linear(runtime::AudioCodec codec) {
  return codec == runtime::AudioCodec::pcma ? alaw_to_linear : mulaw_to_linear;
}

}  // namespace pledge::media::g711
