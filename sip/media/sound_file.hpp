#pragma once
// Recorded prompts as people make them: a WAV file of most kinds, or raw G.711. Whatever can be converted is: 8 to 96 kHz,
// up to 8 channels (mixed), PCM of 8, 16, 24 or 32 bits, float, A-law, µ-law. Nothing is guessed about a damaged file.
#include <cstdint>
#include <span>
#include <string>
#include <tl/expected.hpp>
#include <vector>

namespace pledge::media {

// The linear samples of a file at 8 kHz; never empty. The kind is told by the name: .alaw, .ulaw (raw G.711, 8 kHz), else
// WAV. The error says in a few words, for a person, what is wrong and what to do. At most `longest_sound` of audio.
tl::expected<std::vector<std::int16_t>, std::string> read_sound_file(const std::string& path);

// The same of a WAV file in memory (RIFF WAVE, Microsoft 1994, with WAVEFORMATEXTENSIBLE). Never reads outside it.
tl::expected<std::vector<std::int16_t>, std::string> parse_wav(std::span<const std::uint8_t> file);

// `samples` taken at `rate` Hz (8000 or more) as if taken at 8 kHz: low-passed at 3.7 kHz, then decimated.
std::vector<std::int16_t> resample_to_8khz(std::span<const std::int16_t> samples, std::uint32_t rate);

}  // namespace pledge::media
