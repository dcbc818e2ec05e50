#include "sip/media/timeline.hpp"

#include <algorithm>

#include "sip/media/g711.hpp"

namespace pledge::media {

namespace {

char silence(runtime::AudioCodec codec) { return static_cast<char>(g711::encode(codec, 0)); }

// A sequence number so far ahead is a sender that began again, not loss.
constexpr std::int16_t longest_gap = 3000;

}  // namespace

Timeline::Timeline(Instant start) : start_(start), samples_(2 * window, silence(runtime::AudioCodec::pcma)) {}

std::int64_t Timeline::position(Instant at) const {
  constexpr std::int64_t nanoseconds_a_sample = 1'000'000'000 / rate;
  return std::max<std::int64_t>((at - start_) / std::chrono::nanoseconds(nanoseconds_a_sample), 0);
}

void Timeline::choose(runtime::AudioCodec codec) {
  if (codec_) return;
  codec_ = codec;
  std::fill(samples_.begin(), samples_.end(), silence(codec));
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
  Voice& voice = voices_[frame.channel & 1];
  const bool newest = count(voice, frame);
  if (frame.samples == 0) return;
  choose(frame.codec);
  const auto at = place(voice, frame, newest);
  if (!at) ++voice.late;
  else if (!paused(Instant{Instant::duration{frame.arrival}})) write(*at, frame);
}

void Timeline::write(std::int64_t position, const RecordedFrame& frame) {
  const g711::Table* table = nullptr;
  if (frame.codec != *codec_)
    table = frame.codec == runtime::AudioCodec::pcma ? &g711::alaw_to_mulaw : &g711::mulaw_to_alaw;
  for (std::size_t i = 0; i < frame.samples; ++i) {
    const auto at = static_cast<std::size_t>((position + static_cast<std::int64_t>(i)) % window);
    const std::uint8_t code = table ? (*table)[frame.audio[i]] : frame.audio[i];
    samples_[2 * at + (frame.channel & 1)] = static_cast<char>(code);
  }
}

// ---- out ------------------------------------------------------------------------------------------------------------

void Timeline::take_until(std::int64_t end, std::string& out) {
  if (end > taken_) choose(codec());
  while (taken_ < end) {
    const std::int64_t from = taken_ % window;
    const auto count = static_cast<std::size_t>(2 * std::min(end - taken_, window - from));
    const auto first = static_cast<std::size_t>(2 * from);
    out.append(samples_, first, count);
    std::fill_n(samples_.begin() + static_cast<std::ptrdiff_t>(first), count, silence(*codec_));
    taken_ += static_cast<std::int64_t>(count / 2);
  }
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
