#pragma once
// How callers and handlers behaved on a recorded day: what followed from each of the engine's actions, and after how long; and
// what they would have done where the day does not tell, drawn from it by stated rules. Pure.
//
// A call's own record comes first; where it has none:
//   - patience: by Kaplan and Meier's estimate, given that the caller had waited for as long as was seen. Of the queue from
//     `enough_abandoned` callers who gave up there on, else of the whole day. Beyond what the day shows: without end;
//   - talk and wrap-up: of a recorded call of the same queue, else of any call;
//   - an offer: how the handler met one of the recorded offers with the same kind of phone, else how anyone did. One that was cut
//     off from outside while it rang is taken to have rung on: only longer ones are drawn. One let go by stays so for longer;
//   - a menu's prompt: the caller's own keys at the n-th prompt, whatever it says now; else how another caller met this one;
//   - an outside number: how it answered another time.
// Draws are functions of (seed, call, purpose): they repeat, and a draw for one call changes none of another.
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/core.hpp"
#include "workforce/survival.hpp"

namespace pledge::workforce {

inline constexpr std::size_t enough_abandoned = 20;

// An input that followed, with the ids of the recorded day.
struct Reaction {
  core::Duration after{};
  core::Event event;
};
struct Reactions {
  std::vector<Reaction> inputs;
  core::Duration seen{};   // until it was over
  bool to_the_end = true;  // false: cut off by something else, and what would have come is not known
};
struct Offered {
  core::HandlerId handler;
  core::PhoneMode mode = core::PhoneMode::ring;
  Reactions reactions;  // since the offer
};
struct Heard {
  std::string sound;
  Reactions reactions;  // since its beginning
};
struct Dialled {
  std::string number;
  Reactions reactions;
};
struct Talk {
  core::Duration lasted{};
  bool to_the_end = true;
  core::Event ended_by;  // LegEnded of either leg, or ReleaseCall
};
struct CallBehaviour {
  std::optional<core::Duration> answer_sent;   // from AnswerLeg
  std::optional<core::Duration> gave_up;       // since its first queue; since the arrival if it never was in one
  core::LegEnd gave_up_how = core::LegEnd::cancelled;
  core::Duration waited{};                     // seen waiting, on the same clock
  bool queued = false;
  std::vector<Offered> offers;
  std::optional<Talk> talk;                    // since the answer
  std::optional<Reactions> wrap_up;            // since the talk's end
  std::vector<Heard> menu_turns, messages;
  std::vector<Dialled> dialled;
};

// Draws one of `count` for the call and purpose.
class Draw {
 public:
  explicit Draw(std::uint64_t seed) : seed_(seed) {}
  double uniform(core::LegId call, std::string_view purpose, std::uint64_t number = 0) const;  // in (0, 1)
  std::size_t index(std::size_t count, core::LegId call, std::string_view purpose, std::uint64_t number = 0) const;

 private:
  std::uint64_t seed_;
};

// What the day shows of everyone, kept by Learner.
class Behaviour {
 public:
  explicit Behaviour(std::uint64_t seed) : draw_(seed) {}
  // After the last call was added: estimates what is estimated.
  void finish(const std::map<core::LegId, core::QueueId>& queues);

  CallBehaviour& call(core::LegId leg) { return calls_[leg]; }
  // None: the call never gives up.
  struct GivesUp {
    core::Duration after{};
    core::LegEnd how = core::LegEnd::cancelled;
  };
  std::optional<GivesUp> patience(core::LegId call, const core::QueueId& queue) const;  // since its first queue
  std::optional<GivesUp> gave_up_before_queue(core::LegId call) const;                  // since the arrival
  Talk talk(core::LegId call, const core::QueueId& queue) const;
  Reactions wrap_up(core::LegId call, const core::QueueId& queue) const;
  // The n-th offer of the call to this handler, from 0.
  Reactions offer(core::LegId call, const core::HandlerId& handler, core::PhoneMode mode, std::size_t n) const;
  Reactions menu_turn(core::LegId call, const std::string& sound, std::size_t n) const;  // the n-th heard, from 0
  Reactions message(core::LegId call, const std::string& sound, std::size_t n) const;
  Reactions dialled(core::LegId call, const std::string& number, std::size_t n) const;
  core::Duration answer_sent(core::LegId call) const;
  // How the phone answered the n-th call that was to hold the handler's line, from 0; beyond the last, as the last.
  Reactions line(const core::HandlerId& handler, std::size_t n) const;
  void add_line(const core::HandlerId& handler, Reactions reactions) { lines_[handler].push_back(std::move(reactions)); }

 private:
  struct Pool {  // of a queue, or of all
    std::vector<Talk> talks;
    std::vector<Reactions> wrap_ups;
    std::vector<Observation> waits;
    Survival patience;
  };
  const CallBehaviour* find(core::LegId call) const;
  static void learn(const CallBehaviour& call, Pool& pool);

  std::map<core::LegId, CallBehaviour> calls_;
  std::map<core::HandlerId, std::vector<Offered>> offers_;
  std::vector<Offered> all_offers_;
  std::map<std::string, std::vector<Reactions>> menu_turns_, messages_, numbers_;
  std::map<core::QueueId, Pool> queues_;
  Pool all_;
  std::vector<core::Duration> answers_sent_;
  std::map<core::HandlerId, std::vector<Reactions>> lines_;
  Draw draw_;
};

}  // namespace pledge::workforce
