#pragma once
// The core's own timers: a heap of deadlines, each with a generation. A cancelled or re-armed timer's old entry is
// stale and is dropped when it reaches the top.
#include <cstdint>
#include <optional>
#include <vector>

#include "core/types.hpp"

namespace pledge::core {

enum class TimerKind : std::uint8_t {
  offer, wrap_up, backoff, console_grace, registration_grace, widen, late, starvation, test_call, reserve, sweep, let_go,
  menu, resume_recording, message, silent, retry, farewell, wording, reword
};

struct TimerHandle {
  std::uint32_t slot = UINT32_MAX;
  std::uint32_t generation = 0;
};

class Timers {
 public:
  struct Due {
    Time due;
    TimerKind kind;
    std::uint64_t subject;  // contact id, handler index, queue index …, by kind
  };

  // Timers with the same deadline come due in the order in which they were armed.
  TimerHandle arm(Time due, TimerKind kind, std::uint64_t subject);
  void cancel(TimerHandle& handle);  // resets the handle; no effect if it came due or was cancelled before

  Time next_due();                    // `never` if none
  std::optional<Due> pop_due(Time now);
  std::size_t size() const { return live_; }

 private:
  struct Entry {
    Due due;
    std::uint64_t order;
    TimerHandle handle;
  };
  static bool later(const Entry& a, const Entry& b);
  void drop_stale();
  void pop_top();

  std::vector<Entry> heap_;
  std::vector<std::uint32_t> generations_;
  std::vector<std::uint32_t> free_slots_;
  std::uint64_t order_ = 0;
  std::size_t live_ = 0;
};

}  // namespace pledge::core
