#pragma once
// Strong types for every id and every time in the core. Nothing here allocates beyond short strings.
#include <chrono>
#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>

namespace pledge::core {

using Duration = std::chrono::nanoseconds;
constexpr double seconds(Duration d) { return static_cast<double>(d.count()) / 1e9; }
constexpr Duration duration(double seconds) { return Duration{static_cast<std::int64_t>(seconds * 1e9)}; }

// Nanoseconds since the Unix epoch, on a clock that never goes back: the engine reads UTC once at start and
// adds a steady clock to it. Time windows and network hand-over times compare with it directly.
struct Time {
  std::int64_t ns = 0;
  friend constexpr auto operator<=>(Time, Time) = default;
  friend constexpr Time operator+(Time t, Duration d) { return {t.ns + d.count()}; }
  friend constexpr Time operator-(Time t, Duration d) { return {t.ns - d.count()}; }
  friend constexpr Duration operator-(Time a, Time b) { return Duration{a.ns - b.ns}; }
};
inline constexpr Time never{INT64_MAX};

template <class Tag>
struct NumericId {
  std::uint64_t value = 0;  // 0 means "none"
  friend constexpr auto operator<=>(NumericId, NumericId) = default;
  constexpr explicit operator bool() const { return value != 0; }
};

// A name from the configuration or the wire. Names, not indices, cross the core's border, so that a reload that
// adds or removes entries never changes what an id means.
template <class Tag>
struct NameId {
  std::string value;
  friend auto operator<=>(const NameId&, const NameId&) = default;
  bool empty() const { return value.empty(); }
};

using ContactId = NumericId<struct ContactTag>;
using OfferId = NumericId<struct OfferTag>;
// Legs that the signalling adapter receives have even ids, legs that the core opens have odd ids.
using LegId = NumericId<struct LegTag>;
using RequestId = NumericId<struct RequestTag>;

using HandlerId = NameId<struct HandlerTag>;
using QueueId = NameId<struct QueueTag>;
using ClassId = NameId<struct ClassTag>;
using SkillId = NameId<struct SkillTag>;
using RoleId = NameId<struct RoleTag>;
using TrunkId = NameId<struct TrunkTag>;
using PoolId = NameId<struct PoolTag>;
using CentreId = NameId<struct CentreTag>;
using RecordingId = NameId<struct RecordingTag>;  // also the name of its file

}  // namespace pledge::core

template <class Tag>
struct std::hash<pledge::core::NumericId<Tag>> {
  std::size_t operator()(pledge::core::NumericId<Tag> id) const noexcept {
    // Fibonacci hashing: consecutive ids spread over the table.
    return static_cast<std::size_t>(id.value * 0x9E3779B97F4A7C15ull);
  }
};
template <class Tag>
struct std::hash<pledge::core::NameId<Tag>> {
  std::size_t operator()(const pledge::core::NameId<Tag>& id) const noexcept { return std::hash<std::string>{}(id.value); }
};
