#include "sip/media/sound.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "sip/media/g711.hpp"

namespace pledge::media {
namespace {

using runtime::AudioCodec;

// G.711 tables 1 and 2: a sine of full scale has +3.14 dBm0 (A-law).
constexpr double full_scale_dbm0 = 3.14;
constexpr double full_scale = 32'767;
constexpr double swell = 80;  // samples, 10 ms, in which a soft tone rises and falls

Frame encode_frame(AudioCodec codec, std::span<const std::int16_t> samples) {
  Frame frame;
  frame.fill(g711::encode(codec, 0));
  std::transform(samples.begin(), samples.end(), frame.begin(), [&](auto s) { return g711::encode(codec, s); });
  return frame;
}

double amplitude(double dbm0) { return full_scale * std::pow(10.0, (dbm0 - full_scale_dbm0) / 20); }

std::size_t whole_packets(std::chrono::milliseconds time) { return packets_in(time) * packet_samples; }

}  // namespace

std::size_t packets_in(std::chrono::milliseconds time) {
  const auto packets = (time.count() + packet_ms / 2) / packet_ms;
  return packets > 0 ? static_cast<std::size_t>(packets) : 0;
}

Sound::Sound(std::span<const std::int16_t> samples) {
  auto recording = std::make_shared<Recording>();
  do {
    const auto part = samples.first(std::min<std::size_t>(samples.size(), packet_samples));
    recording->alaw.push_back(encode_frame(AudioCodec::pcma, part));
    recording->mulaw.push_back(encode_frame(AudioCodec::pcmu, part));
    samples = samples.subspan(part.size());
  } while (!samples.empty());
  packets_ = recording->alaw.size();
  pieces_.push_back({0, std::move(recording)});
}

Sound::Sound(std::span<const SharedSound> parts, const Sound& background, std::size_t repeat_after) {
  for (const SharedSound& part : parts) append(*part, part->packets());
  if (repeat_after == 0) ends_at_ = again_from_ = packets();
  append(background, repeat_after > 0 ? repeat_after : background.packets());
}

// So many packets of it, from its start.
void Sound::append(const Sound& other, std::size_t packets) {
  const std::size_t end = packets_ + packets;
  while (packets_ < end)
    for (std::size_t i = 0; i < other.pieces_.size() && packets_ < end; ++i) {
      const std::size_t until = i + 1 < other.pieces_.size() ? other.pieces_[i + 1].from : other.packets_;
      pieces_.push_back({packets_, other.pieces_[i].recording});
      packets_ = std::min(end, packets_ + until - other.pieces_[i].from);
    }
}

const Frame& Sound::frame(runtime::AudioCodec codec, std::uint64_t position) const {
  if (position >= packets_) position = again_from_ + (position - again_from_) % (packets_ - again_from_);
  const auto after = std::upper_bound(pieces_.begin(), pieces_.end(), position,
                                      [](std::uint64_t at, const Piece& piece) { return at < piece.from; });
  const Piece& piece = *std::prev(after);
  const auto& frames = codec == runtime::AudioCodec::pcma ? piece.recording->alaw : piece.recording->mulaw;
  return frames[position - piece.from];
}

std::vector<std::int16_t> ringback_samples(const runtime::MediaOptions& options) {
  const double loud = amplitude(options.ringback_level);
  std::vector<std::int16_t> samples;
  const auto tone = [&](std::chrono::milliseconds time) {
    for (std::size_t left = whole_packets(time); left > 0; --left) {
      const double t = 2 * std::numbers::pi * static_cast<double>(samples.size()) / sample_rate;
      const double sum = std::sin(options.ringback_hz_low * t) + std::sin(options.ringback_hz_high * t);
      samples.push_back(static_cast<std::int16_t>(std::clamp(loud * sum, -full_scale, full_scale)));
    }
  };
  const auto silence = [&](std::chrono::milliseconds time) { samples.resize(samples.size() + whole_packets(time)); };
  tone(options.ringback_on);
  silence(options.ringback_gap);
  tone(options.ringback_on);
  silence(options.ringback_pause);
  return samples;
}

namespace {
std::vector<std::int16_t> soft_beep(std::chrono::milliseconds time, double hertz, double dbm0) {
  const double loud = amplitude(dbm0);
  std::vector<std::int16_t> samples(whole_packets(time));
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const double edge = std::min({static_cast<double>(i), static_cast<double>(samples.size() - i), swell}) / swell;
    const double t = 2 * std::numbers::pi * static_cast<double>(i) / sample_rate;
    samples[i] = static_cast<std::int16_t>(loud * edge * std::sin(hertz * t));
  }
  return samples;
}
}  // namespace

std::vector<std::int16_t> hold_samples(const runtime::MediaOptions& options) {
  auto samples = soft_beep(options.hold_on, options.hold_hz, options.hold_level);
  samples.resize(samples.size() + whole_packets(options.hold_pause));
  return samples;
}

std::vector<std::int16_t> monitor_samples(const runtime::MediaOptions& options) {
  return soft_beep(options.monitor_on, options.monitor_hz, options.monitor_level);
}

}  // namespace pledge::media
