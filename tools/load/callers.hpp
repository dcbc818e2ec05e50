#pragma once
// Simulated callers: Poisson arrivals of real SIP calls on one Wire, each with its own patience, and their own count
// of what happened to them.
#include <map>
#include <memory>
#include <unordered_map>
#include <vector>

#include "tools/load/caller_call.hpp"
#include "tools/load/random.hpp"
#include "tools/load/tally.hpp"

namespace pledge::load {

struct CallKind {
  std::string queue;    // the queue it should reach: its figures are given under this name
  std::string dialled;  // user part of the Request-URI
  double weight = 1;    // share of the arrivals, relative to the others
  core::Duration patience_mean = std::chrono::seconds{240};  // exponential; 0 = waits without limit
  core::Duration talk_mean{};                                // exponential; 0 = the handler hangs up
  bool answered_at_entry = false;                            // the queue's waiting mode is `answer`, or a menu comes first
  std::vector<core::Key> keys{};                             // the way through that menu to the queue
  double share_without_keys = 0;                             // of the callers: they press nothing
  core::Duration key_gap_least{}, key_gap_mean{};            // the mean is of what comes on top, exponential
};

struct CallerOptions {
  Address engine;
  double rate = 1;         // calls/s; the gaps are exponential
  bool even = false;       // evenly spaced instead: for measuring
  std::uint64_t most = 0;  // stop after so many; 0 = go on
  std::uint64_t seed = 1;
  std::string numbers = "+447700900";  // the caller's number begins so: the range reserved for fiction by default ...
  std::uint32_t numbers_count = 1000;  // ... and ends in 000 to one less than this, in turn
  core::Duration linger = Resender::give_up_after;  // a finished call still answers repetitions so long
  std::vector<CallKind> kinds;
};

class Callers {
 public:
  using Ended = std::function<void(const CallRecord&)>;
  Callers(Wire& wire, AudioPort* audio, CallerOptions options, Ended ended = {});
  ~Callers();

  void start();
  void stop();  // no further arrivals; calls in progress go on
  void hang_up_all();
  void receive(std::string_view datagram, const Address& from);
  // answered_at_entry: a handler's phone answered the call that came from this number.
  void connected(std::string_view from_user, core::Time when);

  std::uint64_t offered() const { return next_index_; }
  std::size_t in_progress() const { return in_progress_; }
  const std::vector<Tally>& tallies() const { return tallies_; }  // one for each kind
  const CallerOptions& options() const { return options_; }

 private:
  void arrive();
  void schedule_next();
  std::size_t draw_kind();
  void over(const CallerCall& call);

  Wire& wire_;
  AudioPort* audio_;
  CallerOptions options_;
  Ended ended_;
  Random random_;
  Schedule::Ticket arrival_;
  core::Time due_{};
  std::uint64_t next_index_ = 0;
  std::size_t in_progress_ = 0;
  std::vector<Tally> tallies_;
  std::map<std::string, std::unique_ptr<CallerCall>, std::less<>> calls_;
  std::map<std::string, CallerCall*, std::less<>> held_;  // answered at entry, by caller's number
  std::map<std::uint64_t, Schedule::Ticket> lingering_;
};

}  // namespace pledge::load
