#pragma once
// Seeded randomness whose sequence does not depend on the standard library in use.
#include <cmath>
#include <cstdint>

#include "core/types.hpp"

namespace pledge::load {

// splitmix64 (Steele, Lea, Flood 2014): small, fast, good enough for arrivals and patience.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15ull);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
  }
  double unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }  // [0, 1)
  // Exponential with this mean; a mean of 0 gives 0.
  core::Duration exponential(core::Duration mean) {
    return core::Duration{static_cast<std::int64_t>(-std::log1p(-unit()) * static_cast<double>(mean.count()))};
  }

 private:
  std::uint64_t state_;
};

}  // namespace pledge::load
