#include "sip/media/timeline.hpp"

#include <algorithm>

#include "sip/media/g711.hpp"

namespace pledge::media {

namespace {

char silence(runtime::AudioCodec codec) { return static_cast<char>(g711::encode(codec, 0)); }

// A sequence number so far ahead is a sender that began again, not loss.
constexpr std::int16_t longest_gap = 3000;

}  // namespace

Timeline::Timeline(Instant start) : start_(start) {}

std::int64_t Timeline::position(Instant at) const {
  constexpr std::int64_t nanoseconds_a_sample = 1'000'000'000 / rate;
  return std::max<std::int64_t>((at - start_) / std::chrono::nanoseconds(nanoseconds_a_sample), 0);
}

void Timeline::choose(runtime::AudioCodec codec) {
  if (!codec_) codec_ = codec;
}

// ---- what is missing ------------------------------------------------------------------------------------------------

bool Timeline::count(Voice& voice, const RecordedFrame& frame) {
  const auto ahead = static_cast<std::int16_t>(frame.sequence - voice.sequence);
  const bool again = !voice.counting || voice.counted_ssrc != frame.ssrc || ahead > longest_gap || ahead < -longest_gap;
  if (again) {
    voice.counting = true;
    voice.counted_ssrc = frame.ssrc;
  } else if (ahead > 0) {
    voice.missing += static_cast<std::uint64_t>(ahead - 1);
  } else if (ahead < 0 && voice.missing > 0 && !frame.continued) {
    --voice.missing;
  }
  if (again || ahead > 0) voice.sequence = frame.sequence;
  return again || ahead >= 0;
}

std::uint64_t Timeline::lost() const {
  std::uint64_t sum = 0;
  for (const Voice& voice : voices_) sum += voice.missing + voice.late;
  return sum;
}

// ---- where a packet belongs -----------------------------------------------------------------------------------------

std::optional<std::int64_t> Timeline::place(Voice& voice, const RecordedFrame& frame, bool newest) {
  const Instant arrival{Instant::duration{frame.arrival}};
  const std::int64_t arrived = std::max(position(arrival) - frame.samples, taken_);
  const auto step = static_cast<std::int32_t>(frame.timestamp - voice.timestamp);
  std::int64_t at = voice.position + step;
  const bool beyond = at + frame.samples > taken_ + window || at < taken_;
  const bool anew = !voice.placed || voice.ssrc != frame.ssrc;
  if (beyond && !anew && !newest) return std::nullopt;  // it was reordered by more than a second
  if (anew || beyond) at = std::min(arrived, taken_ + window - frame.samples);
  if (anew || newest) {
    voice.placed = true;
    voice.ssrc = frame.ssrc;
    voice.timestamp = frame.timestamp;
    voice.position = at;
  }
  return at;
}

void Timeline::add(const RecordedFrame& frame) {
  if (frame.channel >= voices_.size()) voices_.resize(frame.channel + std::size_t{1});
  Voice& voice = voices_[frame.channel];
  if (voice.turn != frame.turn) voice.placed = voice.counting = false;
  voice.turn = frame.turn;
  const bool newest = count(voice, frame);
  if (frame.samples == 0) return;
  choose(frame.codec);
  const auto at = place(voice, frame, newest);
  if (!at) ++voice.late;
  else if (!paused(Instant{Instant::duration{frame.arrival}})) write(voice, *at, frame);
}

void Timeline::write(Voice& voice, std::int64_t position, const RecordedFrame& frame) {
  if (voice.samples.empty()) voice.samples.assign(window, silence(*codec_));
  const g711::Table* table = nullptr;
  if (frame.codec != *codec_)
    table = frame.codec == runtime::AudioCodec::pcma ? &g711::alaw_to_mulaw : &g711::mulaw_to_alaw;
  for (std::size_t i = 0; i < frame.samples; ++i) {
    const auto at = static_cast<std::size_t>((position + static_cast<std::int64_t>(i)) % window);
    const std::uint8_t code = table ? (*table)[frame.audio[i]] : frame.audio[i];
    voice.samples[at] = static_cast<char>(code);
  }
  voice.end = std::max(voice.end, position + frame.samples);
}

// ---- out ------------------------------------------------------------------------------------------------------------

char Timeline::left(std::size_t at) const {
  const std::string& samples = voices_.front().samples;
  return samples.empty() ? silence(*codec_) : samples[at];
}

char Timeline::right(std::size_t at) const {
  const g711::LinearTable& linear = g711::to_linear(*codec_);
  const char none = silence(*codec_);
  char last = none;
  int sum = 0, speaking = 0;
  for (std::size_t channel = 1; channel < voices_.size(); ++channel) {
    const std::string& samples = voices_[channel].samples;
    if (samples.empty() || samples[at] == none) continue;
    last = samples[at];
    sum += linear[static_cast<std::uint8_t>(last)];
    ++speaking;
  }
  if (speaking < 2) return last;
  return static_cast<char>(g711::encode(*codec_, static_cast<std::int16_t>(std::clamp(sum, -32'768, 32'767))));
}

void Timeline::take_until(std::int64_t end, std::string& out) {
  if (end > taken_) choose(codec());
  while (taken_ < end) {
    const auto from = taken_ % window, count = std::min(end - taken_, window - from);
    for (auto at = static_cast<std::size_t>(from); at < static_cast<std::size_t>(from + count); ++at) {
      out += left(at);
      out += right(at);
    }
    for (Voice& voice : voices_)
      if (!voice.samples.empty()) std::fill_n(voice.samples.begin() + from, count, silence(*codec_));
    taken_ += count;
  }
  for (Voice& voice : voices_)
    if (voice.end <= taken_) std::string().swap(voice.samples);
}

// ---- pauses ---------------------------------------------------------------------------------------------------------

void Timeline::pause(Instant from) {
  std::erase_if(pauses_, [&](const Pause& pause) { return pause.to && position(*pause.to) < taken_; });
  if (pauses_.empty() || pauses_.back().to) pauses_.push_back({from, std::nullopt});
}

void Timeline::resume(Instant at) {
  if (!pauses_.empty() && !pauses_.back().to) pauses_.back().to = at;
}

bool Timeline::paused(Instant at) const {
  return std::any_of(pauses_.begin(), pauses_.end(),
                     [&](const Pause& pause) { return at >= pause.from && (!pause.to || at < *pause.to); });
}

}  // namespace pledge::media
