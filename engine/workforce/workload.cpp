#include "workforce/workload.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace pledge::workforce {

namespace {
using core::duration;

constexpr double mid_point = 0.5;  // of an hour
std::uint64_t rotated(std::uint64_t x, int by) { return (x << by) | (x >> (64 - by)); }
}  // namespace

Random::Random(std::uint64_t seed) {
  for (std::uint64_t& word : state_) {
    std::uint64_t z = (seed += 0x9E3779B97F4A7C15ull);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    word = z ^ (z >> 31);
  }
}

std::uint64_t Random::next() {
  const std::uint64_t result = rotated(state_[1] * 5, 7) * 9, shifted = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= shifted;
  state_[3] = rotated(state_[3], 45);
  return result;
}

double Random::uniform() { return (static_cast<double>(next() >> 11) + 0.5) * 0x1p-53; }
double Random::exponential(double mean) { return -std::log(uniform()) * mean; }

double Random::normal() {  // Box & Muller 1958
  const double radius = std::sqrt(-2 * std::log(uniform()));
  return radius * std::cos(2 * std::numbers::pi * uniform());
}

double Random::log_normal(double mean, double cv) {
  const double variance = std::log(1 + cv * cv);
  return mean * std::exp(std::sqrt(variance) * normal() - variance / 2);
}

double Random::gamma(double mean, double cv) {
  if (cv <= 0) return mean;
  const double shape = 1 / (cv * cv);
  const double lifted = shape < 1 ? shape + 1 : shape;
  const double d = lifted - 1.0 / 3, c = 1 / std::sqrt(9 * d);
  for (;;) {
    const double x = normal(), v = std::pow(1 + c * x, 3);
    if (v <= 0 || std::log(uniform()) >= x * x / 2 + d - d * v + d * std::log(v)) continue;
    const double boost = shape < 1 ? std::pow(uniform(), 1 / shape) : 1;
    return d * v * boost * mean / shape;
  }
}

// Both factors are odd, so that for each seed every day has a number of its own; the second keeps it apart from the steps by which
// Random fills its state.
std::uint64_t seed_of_day(std::uint64_t seed, std::uint64_t day) {
  return (seed * 0x9E3779B97F4A7C15ull + day) * 0xBF58476D1CE4E5B9ull;
}

double calls_an_hour(const DemandClass& demand, double second) {
  const double hours = std::fmod(std::fmod(second, seconds_a_day) + seconds_a_day, seconds_a_day) / seconds_an_hour;
  const double position = std::fmod(hours + hours_a_day - mid_point, hours_a_day);
  const auto at = static_cast<std::size_t>(position);
  const double part = position - static_cast<double>(at);
  return demand.calls[at] * (1 - part) + demand.calls[(at + 1) % hours_a_day] * part;
}

std::vector<SimulatedCall> generate_calls(const DemandOfDay& demand, std::uint64_t seed) {
  Random random{seed};
  std::vector<SimulatedCall> out;
  const double factor = random.gamma(1, demand.dispersion), end = pre_roll + seconds_a_day + run_out;
  const auto patience = [&](const DemandClass& calls) {
    return calls.patience > 0 ? duration(random.exponential(calls.patience)) : core::Duration{};
  };
  for (const DemandClass& calls : demand.classes) {
    const double most = *std::max_element(calls.calls.begin(), calls.calls.end()) * factor;
    if (most <= 0) continue;
    // Thinning (Lewis & Shedler 1979).
    for (double t = random.exponential(seconds_an_hour / most); t < end; t += random.exponential(seconds_an_hour / most)) {
      if (random.uniform() * most > calls_an_hour(calls, t - pre_roll) * factor) continue;
      const double handling = random.log_normal(calls.handling, calls.handling_cv);
      out.push_back({duration(t), calls.name, duration(handling), patience(calls)});
    }
  }
  for (const Surge& surge : demand.surges) {
    const DemandClass& calls = demand.classes[surge.demand_class];
    for (double left = surge.calls; left >= 1; --left) {
      const double cut = 1 - std::exp(-surge.lasts / surge.decay);
      const double t = pre_roll + surge.from - surge.decay * std::log(1 - cut * random.uniform());
      const double handling = random.log_normal(surge.handling, surge.handling_cv);
      out.push_back({duration(t), calls.name, duration(handling), patience(calls)});
    }
  }
  std::stable_sort(out.begin(), out.end(), [](const SimulatedCall& a, const SimulatedCall& b) { return a.at < b.at; });
  return out;
}

std::vector<std::uint32_t> square_root_staffing(const DemandOfDay& demand, double beta) {
  std::vector<std::uint32_t> staff;
  if (demand.classes.empty()) return staff;
  const DemandClass& last = demand.classes.back();
  const double lag = last.handling * (1 + last.handling_cv * last.handling_cv) / 2;
  for (double t = -pre_roll; t < seconds_a_day + run_out; t += seconds_a_half_hour) {
    double load = 0;
    for (const DemandClass& calls : demand.classes)
      load += calls_an_hour(calls, t + seconds_a_half_hour / 2 - lag) / seconds_an_hour * calls.handling;
    staff.push_back(static_cast<std::uint32_t>(std::ceil(load + beta * std::sqrt(load))));
  }
  return staff;
}

}  // namespace pledge::workforce
