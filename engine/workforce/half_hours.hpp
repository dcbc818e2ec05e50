#pragma once
// Half-hours: what demand, staff and rosters are counted in.
#include <chrono>

#include "core/types.hpp"

namespace pledge::workforce {

inline constexpr std::size_t half_hours_a_day = 48;
inline constexpr unsigned half_hour_minutes = 30;
inline constexpr double seconds_a_half_hour = 1800;
inline constexpr core::Duration half_hour = std::chrono::minutes{half_hour_minutes};

// When the half-hour that `at` is in began (UTC; every zone's offset is taken as one of half-hours).
constexpr core::Time half_hour_of(core::Time at) { return {at.ns / half_hour.count() * half_hour.count()}; }

}  // namespace pledge::workforce
