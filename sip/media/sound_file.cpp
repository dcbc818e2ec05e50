#include "sip/media/sound_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <optional>

#include "sip/media/g711.hpp"
#include "sip/media/sound.hpp"

namespace pledge::media {
namespace {

using Bytes = std::span<const std::uint8_t>;
using Decoded = std::vector<std::int16_t>;
using Fault = tl::unexpected<std::string>;

constexpr std::uint32_t longest_seconds = 300;                // of one file: nobody listens longer to one prompt
constexpr std::uintmax_t largest_file = 64u * 1024u * 1024u;  // five minutes of 48 kHz stereo with 16 bits, and more
constexpr std::uint32_t highest_rate = 96'000;
constexpr std::uint16_t most_channels = 8;

// RIFF is little-endian.
std::uint16_t little16(Bytes b, std::size_t at) { return static_cast<std::uint16_t>(b[at] | b[at + 1] << 8); }
std::uint32_t little32(Bytes b, std::size_t at) {
  return little16(b, at) | static_cast<std::uint32_t>(little16(b, at + 2)) << 16;
}
bool spells(Bytes b, std::size_t at, std::string_view word) {
  return b.size() >= at + word.size() && std::equal(word.begin(), word.end(), b.begin() + static_cast<long>(at));
}

struct Layout {
  std::uint16_t tag = 0, channels = 0, bits = 0;
  std::uint32_t rate = 0;
};
struct Chunks {
  Layout layout;
  Bytes data;
};

constexpr std::uint16_t tag_pcm = 1, tag_float = 3, tag_alaw = 6, tag_mulaw = 7, tag_extensible = 0xFFFE;

tl::expected<Layout, std::string> parse_layout(Bytes chunk) {
  constexpr std::size_t plain = 16, extended = 26;  // the sub-format follows at 24
  if (chunk.size() < plain) return Fault("its format chunk is cut off; save it again");
  Layout layout{little16(chunk, 0), little16(chunk, 2), little16(chunk, 14), little32(chunk, 4)};
  if (layout.tag == tag_extensible && chunk.size() >= extended) layout.tag = little16(chunk, 24);
  if (layout.channels == 0 || layout.channels > most_channels)
    return Fault(fmt::format("it has {} channels; save it as mono", layout.channels));
  if (layout.rate < sample_rate || layout.rate > highest_rate)
    return Fault(fmt::format("its rate is {} Hz; save it with 8000 to {} Hz", layout.rate, highest_rate));
  return layout;
}

tl::expected<Chunks, std::string> find_chunks(Bytes file) {
  constexpr std::size_t riff_header = 12, chunk_header = 8;
  if (!spells(file, 0, "RIFF") || !spells(file, 8, "WAVE")) return Fault("it is not a WAV file; save it as WAV");
  Chunks found;
  bool has_layout = false;
  for (std::size_t at = riff_header; at + chunk_header <= file.size();) {
    const std::size_t size = little32(file, at + 4), start = at + chunk_header;
    const bool data = spells(file, at, "data");
    if (size > file.size() - start)
      return Fault(fmt::format("it is cut off: {} of {} bytes are there; copy it again", file.size() - start, size));
    if (spells(file, at, "fmt ")) {
      const auto layout = parse_layout(file.subspan(start, size));
      if (!layout) return Fault(layout.error());
      found.layout = *layout;
      has_layout = true;
    }
    if (data && !has_layout) return Fault("its sound comes before its format; save it again");
    if (data) return found.data = file.subspan(start, size), found;
    at = start + size + size % 2;  // chunks begin on even bytes
  }
  return Fault("it holds no sound; record it again");
}

// Reads one sample, wherever it stands; nullopt: no such encoding.
using ReadSample = std::function<std::int16_t(Bytes, std::size_t)>;
std::optional<ReadSample> reader_of(const Layout& layout) {
  const auto is = [&](std::uint16_t tag, std::uint16_t bits) { return layout.tag == tag && layout.bits == bits; };
  const auto upper_bits = [](std::size_t skipped) {
    return [skipped](Bytes b, std::size_t at) { return static_cast<std::int16_t>(little16(b, at + skipped)); };
  };
  if (is(tag_pcm, 8)) return [](Bytes b, std::size_t at) { return static_cast<std::int16_t>((b[at] - 128) * 256); };
  if (is(tag_pcm, 16)) return upper_bits(0);
  if (is(tag_pcm, 24)) return upper_bits(1);
  if (is(tag_pcm, 32)) return upper_bits(2);
  if (is(tag_alaw, 8)) return [](Bytes b, std::size_t at) { return g711::decode_alaw(b[at]); };
  if (is(tag_mulaw, 8)) return [](Bytes b, std::size_t at) { return g711::decode_mulaw(b[at]); };
  if (!is(tag_float, 32)) return std::nullopt;
  return [](Bytes b, std::size_t at) {
    const float value = std::bit_cast<float>(little32(b, at));
    return static_cast<std::int16_t>(32'767 * (value >= -1 ? std::min(value, 1.0f) : -1.0f));  // not a number: -1
  };
}

tl::expected<void, std::string> check_length(std::size_t samples, std::uint32_t rate) {
  if (samples == 0) return Fault("it holds no sound; record it again");
  if (samples / rate <= longest_seconds) return {};
  return Fault(fmt::format("it is {} s long; the most is {} s", samples / rate, longest_seconds));
}

Decoded decode_raw(Bytes file, std::int16_t (*decode)(std::uint8_t)) {
  Decoded samples(file.size());
  std::transform(file.begin(), file.end(), samples.begin(), decode);
  return samples;
}

tl::expected<std::vector<std::uint8_t>, std::string> read_bytes(const std::string& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  if (error) return Fault(fmt::format("it cannot be read ({}); correct the name, or its permissions", error.message()));
  if (size > largest_file) return Fault(fmt::format("it has {} bytes; the most is {}", size, largest_file));
  std::ifstream in(path, std::ios::binary);
  std::vector<std::uint8_t> bytes{std::istreambuf_iterator<char>(in), {}};
  if (!in) return Fault("it cannot be read; correct its permissions");
  return bytes;
}

}  // namespace

tl::expected<Decoded, std::string> parse_wav(Bytes file) {
  const auto chunks = find_chunks(file);
  if (!chunks) return Fault(chunks.error());
  const Layout& layout = chunks->layout;
  const auto read = reader_of(layout);
  if (!read)
    return Fault(fmt::format("its encoding (format {}, {} bits) is not known here; save it as PCM with 16 bits",
                             layout.tag, layout.bits));
  const std::size_t width = layout.bits / 8u, frame = width * layout.channels;
  const std::size_t count = chunks->data.size() / frame;
  if (const auto length = check_length(count, layout.rate); !length) return Fault(length.error());
  Decoded samples(count);
  for (std::size_t i = 0; i < count; ++i) {
    int sum = 0;
    for (std::size_t channel = 0; channel < layout.channels; ++channel)
      sum += (*read)(chunks->data, i * frame + channel * width);
    samples[i] = static_cast<std::int16_t>(sum / layout.channels);
  }
  return layout.rate == sample_rate ? std::move(samples) : resample_to_8khz(samples, layout.rate);
}

tl::expected<Decoded, std::string> read_sound_file(const std::string& path) {
  const auto bytes = read_bytes(path);
  if (!bytes) return Fault(bytes.error());
  const bool alaw = path.ends_with(".alaw"), mulaw = path.ends_with(".ulaw");
  if (!alaw && !mulaw) return parse_wav(*bytes);
  if (const auto length = check_length(bytes->size(), sample_rate); !length) return Fault(length.error());
  return decode_raw(*bytes, alaw ? g711::decode_alaw : g711::decode_mulaw);
}

}  // namespace pledge::media
