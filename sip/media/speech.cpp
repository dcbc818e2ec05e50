#include "sip/media/speech.hpp"

#include <algorithm>
#include <cmath>

#include "sip/media/g711.hpp"

namespace pledge::media {
namespace {

constexpr std::size_t order = 4;         // of the prediction: two sine waves
constexpr std::size_t shortest_run = 4;  // frames
constexpr double quietest = -70;        // dBm0: below the steps of G.711
// A sine of full scale has 3.14 dBm0 (G.711 tables 1 and 2) and half the mean square of full scale.
const double full_scale_db = 20 * std::log10(32'767.0) - 3.01 - 3.14;

using Matrix = std::array<std::array<double, order + 1>, order + 1>;

// Products of the samples with those before them, summed over the frame: [i][j] of the samples i and j before each.
Matrix covariance(const Samples& samples) {
  Matrix sums{};
  for (std::size_t i = 0; i <= order; ++i)
    for (std::size_t j = 0; j <= i; ++j) {
      std::int64_t sum = 0;
      for (std::size_t n = order; n < samples.size(); ++n) sum += samples[n - i] * samples[n - j];
      sums[i][j] = sums[j][i] = static_cast<double>(sum);
    }
  return sums;
}

// The energy that the best prediction from the `order` samples before leaves of the frame's: by elimination, last to first,
// what remains of [0][0] is the residual. The small term keeps a perfectly regular frame solvable.
double residual(Matrix m) {
  for (std::size_t i = 1; i <= order; ++i) m[i][i] += 1 + 1e-6 * m[i][i];
  for (std::size_t k = order; k >= 1; --k)
    for (std::size_t i = 0; i < k; ++i)
      for (std::size_t j = 0; j < k; ++j) m[i][j] -= m[i][k] * m[k][j] / m[k][k];
  return std::max(m[0][0], 1.0);
}

double level(const Samples& samples) {
  std::int64_t sum = 1;
  for (const std::int16_t sample : samples) sum += sample * sample;
  return std::max(10 * std::log10(static_cast<double>(sum) / static_cast<double>(samples.size())) - full_scale_db, quietest);
}

int peak(const Samples& samples) {
  const auto [low, high] = std::minmax_element(samples.begin(), samples.end());
  return std::max(-int{*low}, int{*high});
}

}  // namespace

bool SpeechDetector::take(runtime::AudioCodec codec, std::span<const std::uint8_t> payload, Instant now) {
  const g711::LinearTable& linear = g711::to_linear(codec);
  bool heard = false;
  for (const std::uint8_t code : payload) {
    samples_[filled_++] = linear[code];
    if (filled_ < samples_.size()) continue;
    filled_ = 0;
    judge_frame(now);
    heard = speech() || heard;
  }
  return heard;
}

void SpeechDetector::judge_frame(Instant now) {
  Frame& frame = frames_[count_++ % memory];
  frame.level = level(samples_);
  frame.tone = frame.echo = false;
  if (frame.level < least_level) return;
  frame.echo = echo_.may_be_echo(peak(samples_), now);
  const Matrix sums = covariance(samples_);
  const double foretold = 10 * std::log10(std::max(sums[0][0], 1.0) / residual(sums));
  frame.unforetold = frame.level - foretold;
  frame.tone = foretold > most_foretold;
}

double SpeechDetector::noise() const {
  const auto end = frames_.begin() + static_cast<std::ptrdiff_t>(std::min(count_, memory));
  return std::min_element(frames_.begin(), end, [](auto& a, auto& b) { return a.level < b.level; })->level;
}

bool SpeechDetector::like_voice(std::size_t frames_ago, double least) const {
  if (frames_ago >= std::min(count_, window)) return false;
  const Frame& frame = ago(frames_ago);
  return frame.level >= least && !frame.tone && !frame.echo;
}

bool SpeechDetector::speech() const {
  const double least = std::max(noise() + above_noise, least_level);
  std::size_t voiced = 0, steps = 0;
  double moved = 0, moved_unforetold = 0;
  for (std::size_t i = 0, run = 0; i <= window; ++i) {
    if (like_voice(i, least)) {
      ++run;
      continue;
    }
    if (run >= shortest_run) {
      voiced += run;
      for (std::size_t j = i - run; j + 1 < i; ++j, ++steps) {
        moved += std::abs(ago(j).level - ago(j + 1).level);
        moved_unforetold += std::abs(ago(j).unforetold - ago(j + 1).unforetold);
      }
    }
    run = 0;
  }
  return voiced >= enough && std::min(moved, moved_unforetold) >= least_step * static_cast<double>(steps);
}

}  // namespace pledge::media
