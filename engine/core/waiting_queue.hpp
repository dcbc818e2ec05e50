#pragma once
// The calls that wait in a queue, in order of service, and in which words they are told so. Private to the core.
#include <array>
#include <optional>
#include <vector>

#include "core/contact.hpp"
#include "core/ranked_list.hpp"
#include "core/reserve.hpp"

namespace pledge::core {

// Served first to last within a class: immediate, significant, ungraded (it may be anything), extended, resolution.
constexpr std::uint32_t grade_rank(Grade grade) {
  constexpr std::uint32_t ranks[] = {2, 0, 1, 3, 4};
  return ranks[static_cast<std::size_t>(grade)];
}

struct WaitingCall {
  Time place;
  std::uint64_t order = 0;
  CallSlot slot = no_index;
  friend auto operator<=>(const WaitingCall&, const WaitingCall&) = default;
};

struct WaitingQueue {
  std::array<RankedList<WaitingCall>, 5> by_grade;     // in order of service, by grade_rank()
  std::uint32_t size = 0;
  std::uint32_t tasks = 0;                             // of these, with nobody on the line
  bool sweeping = false;
  std::uint32_t swept_grade = 0;                       // how far the sweep is: this grade, up to this call
  std::optional<WaitingCall> swept;
  RateMeter answers;
};

// Which wording of each queue holds, and how far those who wait have been told of a change.
struct WordingsInForce {
  std::vector<std::optional<std::uint32_t>> chosen;    // by queue; none: its own words
  TimerHandle next_choice;                             // at the next end or beginning of a window
  bool telling = false;
  CallSlot told = 0;                                   // contacts before this one
};

}  // namespace pledge::core
