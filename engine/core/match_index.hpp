#pragma once
// Both sides of the match, indexed. Waiting calls are grouped by what they need (a key: queue and skills), handlers
// by what they can do (a group: queues, skills with levels, pool). Eligibility is a relation between keys and groups,
// kept as bit sets, so that neither a call nor a handler is ever compared with all of the other side, and a call that
// nobody free can serve blocks nobody.
#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <numeric>
#include <optional>
#include <set>
#include <unordered_map>
#include <vector>

#include "core/bits.hpp"
#include "core/types.hpp"

namespace pledge::core {

using QueueIndex = std::uint32_t;
using SkillIndex = std::uint32_t;
using PoolIndex = std::uint32_t;
using HandlerIndex = std::uint32_t;
using GroupIndex = std::uint32_t;
using KeyIndex = std::uint32_t;
using CallSlot = std::uint32_t;
inline constexpr std::uint32_t no_index = UINT32_MAX;

inline constexpr std::uint32_t highest_level = 9;

struct SkillLevel {
  SkillIndex skill = 0;
  std::uint32_t level = 1;  // 1 to highest_level
  friend auto operator<=>(const SkillLevel&, const SkillLevel&) = default;
};

// Order of service within a class: smaller first.
struct CallRank {
  std::uint32_t grade = 0;
  Time deadline;            // original clock + answer target: earliest deadline first
  std::uint64_t order = 0;  // of arrival
  friend auto operator<=>(const CallRank&, const CallRank&) = default;
};
inline constexpr CallRank worst_rank{UINT32_MAX, never, UINT64_MAX};

struct Capability {
  std::vector<QueueIndex> queues;   // ascending
  std::vector<SkillLevel> skills;   // ascending
  PoolIndex pool = 0;
  friend auto operator<=>(const Capability&, const Capability&) = default;
};

// What a call needs. `lifted`: the reserve no longer holds it back.
struct Need {
  QueueIndex queue = 0;
  bool lifted = false;
  std::vector<SkillLevel> skills;   // ascending by skill
  friend auto operator<=>(const Need&, const Need&) = default;
};

struct EligibleCount {
  std::uint32_t signed_on = 0;
  std::uint32_t idle = 0;
};

class MatchIndex {
 public:
  // The class rank (0 = first) of each queue. Forgets everything else.
  void reset(std::vector<std::uint32_t> class_of_queue, bool by_occupancy);

  // ---- handlers
  GroupIndex join(const Capability& capability);  // a handler signs on
  void leave(GroupIndex group);                   // signs off; must not be idle
  void set_idle(GroupIndex group, HandlerIndex handler, Time idle_since, std::uint64_t occupancy);
  void clear_idle(GroupIndex group, HandlerIndex handler, Time idle_since, std::uint64_t occupancy);
  bool serves_first_class(GroupIndex group) const { return groups_[group].first_class; }
  bool serves_other_classes(GroupIndex group) const {
    return groups_[group].classes_served > (groups_[group].first_class ? 1U : 0U);
  }

  // ---- calls
  KeyIndex key(const Need& need);
  void add_call(KeyIndex key, const CallRank& rank, CallSlot call);
  void remove_call(KeyIndex key, const CallRank& rank);
  std::uint32_t waiting_in_class(std::uint32_t rank) const { return rank < in_class_.size() ? in_class_[rank] : 0; }
  std::uint32_t waiting() const { return std::accumulate(in_class_.begin(), in_class_.end(), std::uint32_t{0}); }
  std::uint32_t classes() const { return static_cast<std::uint32_t>(in_class_.size()); }

  // ---- pairs
  struct Call {
    CallSlot call;
    CallRank rank;
  };
  // The call of that class that this group should serve next; `lifted_only` leaves out those the reserve holds back.
  std::optional<Call> best_call(GroupIndex group, std::uint32_t class_rank, bool lifted_only) const;
  // The call of any class with the least `measure(queue, rank)` of those this group may serve; ties go by rank. Within a
  // key the order stays that of its ranks.
  template <class Measure>
  std::optional<Call> least_call(GroupIndex group, Measure&& measure) const {
    std::optional<Call> best;
    double least = 0;
    for (const BitSet& waiting : waiting_keys_) {
      const BitSet* sets[] = {&waiting, &groups_[group].keys};
      for_each_common(sets, 2, [&](KeyIndex key) {
        const double value = measure(keys_[key]->need.queue, heads_[key]);
        if (best && (value > least || (value == least && !(heads_[key] < best->rank)))) return;
        best = Call{keys_[key]->calls.begin()->second, heads_[key]};
        least = value;
      });
    }
    return best;
  }
  // The idle handler who should serve a call of this key: least flexible group first, then longest idle or least
  // occupied. Handlers able to serve the first class are left out where held[pool].
  struct Handler {
    HandlerIndex handler;
    GroupIndex group;
  };
  std::optional<Handler> best_handler(KeyIndex key, bool least_occupied, const std::vector<char>& held) const;
  EligibleCount count_eligible(KeyIndex key) const;
  EligibleCount count_able(const Need& need) const;  // the same without a key: for who must change nothing
  bool anyone_signed_on(const Need& need) const;
  bool is_able(GroupIndex group, const Need& need) const { return eligible(groups_[group], need); }
  EligibleCount count_serving(QueueIndex queue) const;
  // Groups of the pool with idle handlers able to serve the first class.
  template <class Visit>
  void for_each_idle_first_class_group(PoolIndex pool, Visit&& visit) const {
    const BitSet* sets[] = {&idle_groups_};
    for_each_common(sets, 1, [&](std::uint32_t g) {
      if (groups_[g].first_class && groups_[g].capability.pool == pool) visit(g);
    });
  }
  std::optional<HandlerIndex> longest_idle(GroupIndex group, bool least_occupied) const;

 private:
  struct IdleEntry {
    std::uint64_t measure;  // idle since (ns) or occupancy
    HandlerIndex handler;
    friend auto operator<=>(const IdleEntry&, const IdleEntry&) = default;
  };
  struct Group {
    Capability capability;
    std::uint32_t signed_on = 0;
    std::uint32_t classes_served = 0;
    bool first_class = false;
    std::set<IdleEntry> idle, by_occupancy;
    BitSet keys;  // eligible keys
  };
  struct Key {
    Need need;
    std::map<CallRank, CallSlot> calls;
    std::vector<const BitSet*> groups;  // idle groups, then the sets of groups whose intersection may serve it
    bool listed_empty = false;
  };
  struct NeedHash {
    std::size_t operator()(const Need& need) const noexcept;
  };

  bool eligible(const Group& group, const Need& need) const;
  GroupIndex new_group(const Capability& capability);
  KeyIndex new_key(const Need& need);
  template <class Visit>
  void for_each_able(const Key& key, Visit&& visit) const;  // groups, idle or not
  void forget_key(KeyIndex key);
  std::vector<const BitSet*> group_sets(const Need& need);
  BitSet& skilled(SkillIndex skill, std::uint32_t level);
  bool lower_than(GroupIndex a, GroupIndex b, bool least_occupied) const;

  std::vector<std::uint32_t> class_of_queue_;
  bool by_occupancy_ = false;
  std::vector<Group> groups_;
  std::vector<GroupIndex> free_groups_;
  std::map<Capability, GroupIndex> group_of_;
  BitSet idle_groups_;
  std::vector<BitSet> serving_;                                  // by queue: groups
  std::vector<std::unique_ptr<std::array<BitSet, highest_level>>> skilled_;  // by skill and level: groups
  std::vector<std::unique_ptr<Key>> keys_;
  std::vector<CallRank> heads_;                                  // by key: its first call, contiguous for the search
  std::unordered_map<Need, KeyIndex, NeedHash> key_of_;
  std::vector<KeyIndex> free_keys_;
  std::vector<KeyIndex> empty_keys_;                             // candidates to be forgotten, oldest first
  std::size_t next_empty_ = 0;
  std::vector<BitSet> waiting_keys_;                             // by class: keys with calls
  BitSet lifted_keys_;
  std::vector<std::uint32_t> in_class_;
};

// What a handler should serve next, or failing that the best of what the reserve holds back: at most one of the two.
struct BestCall {
  std::optional<MatchIndex::Call> call, held_back;
};

}  // namespace pledge::core
