// Sampling-rate conversion by a windowed sinc (Oppenheim and Schafer, Discrete-Time Signal Processing, §7.2): one set of
// coefficients for each place that an output sample can have between two input samples.
#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "sip/media/sound.hpp"
#include "sip/media/sound_file.hpp"

namespace pledge::media {
namespace {

constexpr double cut_off = 3700;       // Hz: telephony ends at 3.4 kHz, what lies above 4 kHz would fold back
constexpr double reach_seconds = 2e-3;  // to either side of an output sample: 16 of its periods

double sinc(double x) { return x == 0 ? 1 : std::sin(std::numbers::pi * x) / (std::numbers::pi * x); }
double blackman(double x) {  // of -1..1
  return 0.42 + 0.5 * std::cos(std::numbers::pi * x) + 0.08 * std::cos(2 * std::numbers::pi * x);
}

// Weights of the input samples around a place `fraction` behind one of them; they sum to 1.
std::vector<float> weights(double fraction, int reach, double rate) {
  std::vector<float> result;
  for (int i = 1 - reach; i <= reach; ++i) {
    const double distance = i - fraction;
    result.push_back(static_cast<float>(sinc(2 * cut_off / rate * distance) * blackman(distance / reach)));
  }
  const float sum = std::accumulate(result.begin(), result.end(), 0.0f);
  for (float& weight : result) weight /= sum;
  return result;
}

}  // namespace

std::vector<std::int16_t> resample_to_8khz(std::span<const std::int16_t> samples, std::uint32_t rate) {
  const std::uint32_t common = std::gcd(rate, sample_rate), places = sample_rate / common, step = rate / common;
  const int reach = static_cast<int>(reach_seconds * rate);
  std::vector<std::vector<float>> table;
  for (std::uint32_t place = 0; place < places; ++place)
    table.push_back(weights(static_cast<double>(place) / places, reach, rate));
  std::vector<std::int16_t> result(std::max<std::uint64_t>(std::uint64_t{samples.size()} * places / step, 1));
  const auto last = static_cast<std::int64_t>(samples.size()) - 1;
  for (std::size_t n = 0; n < result.size(); ++n) {
    const std::uint64_t at = std::uint64_t{n} * step;
    const auto first = static_cast<std::int64_t>(at / places) + 1 - reach;
    const auto& weight = table[at % places];
    float sum = 0;
    for (std::size_t i = 0; i < weight.size(); ++i) {
      const auto source = first + static_cast<std::int64_t>(i);
      if (source >= 0 && source <= last) sum += weight[i] * samples[static_cast<std::size_t>(source)];
    }
    result[n] = static_cast<std::int16_t>(std::clamp(std::lround(sum), -32'768l, 32'767l));
  }
  return result;
}

}  // namespace pledge::media
