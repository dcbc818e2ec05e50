#pragma once
// The journal that a running engine keeps: every event in the page cache before its actions leave, on disk in groups.
// Files, records and their meaning: proto/pledge/v1/journal.proto. Reading them: reader.hpp, replay.hpp.
#include <functional>
#include <memory>
#include <string>
#include <tl/expected.hpp>

#include "runtime/journal_options.hpp"
#include "runtime/ports.hpp"

namespace pledge::journal {

struct Counters {
  std::uint64_t records = 0;  // appended, those in the backlog included
  std::uint64_t bytes = 0;    // of their frames
  std::uint64_t syncs = 0;    // fdatasync
  std::uint64_t files = 0;    // begun
  std::uint64_t lost = 0;     // records that no space was found for
  bool writing = true;        // false from a failed write until one works again
};

class Journal final : public runtime::JournalPort, public runtime::LegStatePort {
 public:
  struct Hooks {
    std::function<void(std::function<void()>)> post;  // runs something on the loop's thread; callable from any
    std::function<void(core::Alarm)> alarm;           // called on the loop's thread
  };
  // Begins the first file of a run. The error is for a person: what, where, what to do.
  static tl::expected<std::unique_ptr<Journal>, std::string> open(const runtime::JournalOptions& options,
                                                                  core::Time now, Hooks hooks);
  // Puts everything on disk. What waited in after_sync() is posted, not run. The loop must not run any more or be
  // this thread's.
  ~Journal();

  // Failures never reach the caller: the record waits in memory, bounded, and an alarm is raised.
  void append(core::Time now, const core::Event& event, std::string_view actions) override;
  void after_sync(std::function<void()> done) override;
  // A call has several, and each alone would cost a system call: they go along with the next event, or when the loop's
  // turn ends.
  void append_leg_state(core::Time now, core::LegId leg, std::string_view state) override;

  Counters counters() const;

 private:
  struct State;
  explicit Journal(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;  // shared with what has been posted to the loop and has not run yet
};

}  // namespace pledge::journal
