#pragma once
// What was promised and what was kept: figures per queue and interval, and per handler and day. Pure and
// deterministic: fed with the core's own actions, it says the same live, in replay and in simulation. What is called from here
// and a handler's consultation of a queue are no calls of it; the handlers' time that they take is counted.
//
// A call belongs to the interval of its queue entry, whatever happens to it later. It counts once per queue that it
// entered, with exactly one outcome there; one that its network lost and presented again is one call, of its first entry. Being answered is credited when it happens. Waits are kept to the
// millisecond (rounded: error <= 0.5 ms) and percentiles are nearest-rank over all of them; means are exact.
#include <deque>
#include <map>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/actions.hpp"

namespace pledge::core {

// How abandoned calls enter the service level; named in every answer that holds a share.
enum class AbandonRule : std::uint8_t {
  counts_against,  // within target / (answered + abandoned)
  short_excluded,  // within target / (answered + abandoned - abandoned short)
  excluded         // within target / answered
};
constexpr std::string_view name(AbandonRule r) {
  constexpr std::string_view names[] = {"counts_against", "short_excluded", "excluded"};
  return names[static_cast<std::size_t>(r)];
}

// A bounded multiset of waits: never more entries than distinct milliseconds, plus a short unsorted tail.
class WaitDigest {
 public:
  void add(Duration wait);
  void add(const WaitDigest& other);
  std::uint32_t count() const { return count_; }
  Duration sum() const { return sum_; }
  Duration longest() const { return longest_; }
  Duration mean() const { return count_ ? sum_ / count_ : Duration{}; }
  Duration percentile(double share);  // nearest rank; 0 when empty

 private:
  struct Entry {
    std::uint32_t ms, times;
  };
  void settle();
  std::vector<Entry> entries_;      // ascending by ms
  std::vector<std::uint32_t> tail_;  // not yet sorted in
  std::uint32_t count_ = 0;
  Duration sum_{}, longest_{};
};

// Waits of answered calls on one clock.
struct WaitFigures {
  std::uint32_t within_target = 0, under_10s = 0, under_60s = 0;  // under_60s: 10 s and more, under 60 s
  WaitDigest waits;
  void answered(Duration wait, Duration target);
  void add(const WaitFigures& other);
};

struct QueueFigures {
  Time from, to;
  std::uint32_t offered = 0, answered = 0, abandoned = 0, abandoned_short = 0, overflowed = 0, moved = 0, withdrawn = 0,
                refused = 0, call_backs = 0;
  std::uint32_t unfinished = 0;       // calls that have not ended, wrap-up included
  bool provisional = false;           // the interval goes on, or `unfinished` is not 0
  WaitFigures from_queue_entry, from_hand_over;
  Duration talk{}, wrap_up{};         // sums over `handled` calls
  std::uint32_t handled = 0;
  Duration busy{}, ready{}, signed_on{};  // handler-time of those who serve the queue; busy: offered, talking, wrap-up
  std::uint32_t in_progress() const {
    return offered - answered - abandoned - overflowed - moved - withdrawn - refused - call_backs;
  }
  double occupancy() const;                // busy / (busy + ready), 0 when neither
  double mean_signed_on(Time now) const;   // over the part of the interval that has passed
  double share(const WaitFigures& clock, AbandonRule rule) const;
  void add(const QueueFigures& other);     // sums; keeps own from and to
};

// One handler since local midnight.
struct OwnFigures {
  std::uint32_t calls = 0, handled = 0;
  Duration handle_time{}, busy{}, ready{}, signed_on{};
};

struct StatisticsOptions {
  Duration kept = 26h;          // quarter-hours answered for: a day and its edges
  Duration rolling_step = 15s;  // a rolling window begins at a whole one of these
  std::size_t lost = 1000;      // abandoned calls, the last ones, of which it is known what to take back if they are presented again
};

class Statistics {
 public:
  explicit Statistics(StatisticsOptions options = {}) : options_(options) {}

  // Targets apply to answers from now on; queues that are gone keep their figures while retained.
  void configure(Time now, const Options& options);
  void observe(Time now, const ContactChanged& change);
  void observe(Time now, const Decision& decision);  // tells a supervisor's move from an overflow
  // `queues`: those that the handler serves now.
  void observe(Time now, const HandlerChanged& change, const std::vector<QueueId>& queues);

  // Whole intervals of `length` (a multiple of 15 minutes) that overlap [from, to), oldest first, empty ones included,
  // as far back as kept. Unknown queue: none.
  std::vector<QueueFigures> intervals(const QueueId& queue, Duration length, Time from, Time to, Time now);
  // Calls that entered within the last `window` (at most an hour).
  QueueFigures rolling(const QueueId& queue, Duration window, Time now);
  OwnFigures own(const HandlerId& handler, Time now);

 private:
  struct Series {  // slots of one length, ascending; made when first needed
    Duration step, kept;
    std::deque<QueueFigures> slots;
    QueueFigures* find(Time at);
    QueueFigures& at(Time at);
  };
  struct Queue {
    Duration target{}, short_abandon{};
    Series fine, coarse;
    std::uint32_t busy = 0, ready = 0, signed_on = 0;  // handlers now
    Time counted_until{};
  };
  enum class Outcome : std::uint8_t { none, answered, left };
  struct Call {
    Queue* queue = nullptr;
    QueueId queue_id;
    Time queued, handed_over, answered = never, talk_ended = never;
    Outcome outcome = Outcome::none;
    bool moved = false;
    HandlerId handler;       // who has it
    Time with_handler;       // from then on
  };
  struct Lost {  // a call that was abandoned
    Queue* queue = nullptr;
    Time queued;
    bool within_short = false;
  };
  struct Handler {
    HandlerState state = HandlerState::signed_off;
    ContactId contact;
    std::vector<Queue*> queues;
    OwnFigures today;
    std::int64_t day = 0;
    Time counted_until{};
  };

  Queue& queue(const QueueId& id);
  template <class Change>
  void change(Queue& queue, Time entry, Change&& change);
  Call& open(Time now, const ContactChanged& change);
  void leave(Call& call, std::uint32_t QueueFigures::* outcome);
  void answer(Time now, Call& call, const ContactChanged& change);
  void end(Time now, Call& call, const ContactChanged& change);
  void hand_over(Time now, Call& call, const HandlerId& to);
  void abandon(Time now, ContactId id, Call& call);
  void take_back(ContactId abandoned);  // it goes on as another: it is counted there
  void close(ContactId id, Call& call, Time wrap_up_ended);
  void count(Queue& queue, Time now);
  void count(Handler& handler, Time now);
  void enlist(Handler& handler, int sign);
  std::int64_t day_of(Time now) const;
  Time day_start(std::int64_t day) const;

  StatisticsOptions options_;
  std::map<QueueId, Queue> queues_;      // nodes never move: calls and handlers point to them
  std::unordered_map<ContactId, Call> calls_;
  std::unordered_map<HandlerId, Handler> handlers_;
  std::unordered_map<ContactId, Lost> lost_;
  std::deque<ContactId> lost_age_;       // oldest first
  std::vector<UtcOffset> offsets_;
  Time started_ = never;
};

}  // namespace pledge::core
