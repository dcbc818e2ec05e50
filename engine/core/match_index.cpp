#include "core/match_index.hpp"

#include <algorithm>

namespace pledge::core {

namespace {
// Keys whose calls have all gone are kept for the next such call; beyond this many the oldest are forgotten.
constexpr std::size_t keys_kept = 16'384;
}  // namespace

std::size_t MatchIndex::NeedHash::operator()(const Need& need) const noexcept {
  std::uint64_t hash = need.queue * 2 + (need.lifted ? 1 : 0);
  for (const auto& [skill, level] : need.skills) hash = (hash ^ (skill * 16 + level)) * 0x9E3779B97F4A7C15ull;
  return static_cast<std::size_t>(hash ^ (hash >> 29));
}

void MatchIndex::reset(std::vector<std::uint32_t> class_of_queue, bool by_occupancy) {
  *this = MatchIndex{};
  class_of_queue_ = std::move(class_of_queue);
  by_occupancy_ = by_occupancy;
  const auto classes = class_of_queue_.empty() ? 1 : *std::max_element(class_of_queue_.begin(), class_of_queue_.end()) + 1;
  waiting_keys_.resize(classes);
  in_class_.resize(classes);
  serving_.resize(class_of_queue_.size());
}

// ---- handlers ---------------------------------------------------------------------------------------------------

GroupIndex MatchIndex::join(const Capability& capability) {
  const auto found = group_of_.find(capability);
  const GroupIndex group = found != group_of_.end() ? found->second : new_group(capability);
  ++groups_[group].signed_on;
  return group;
}

GroupIndex MatchIndex::new_group(const Capability& capability) {
  GroupIndex index = static_cast<GroupIndex>(groups_.size());
  if (free_groups_.empty()) {
    groups_.emplace_back();
  } else {
    index = free_groups_.back();
    free_groups_.pop_back();
  }
  Group& group = groups_[index];
  group.capability = capability;
  std::set<std::uint32_t> classes;
  for (const QueueIndex queue : capability.queues) {
    serving_[queue].set(index);
    classes.insert(class_of_queue_[queue]);
  }
  group.classes_served = static_cast<std::uint32_t>(classes.size());
  group.first_class = classes.contains(0);
  for (const auto& [skill, level] : capability.skills)
    for (std::uint32_t l = 1; l <= level && l <= highest_level; ++l) skilled(skill, l).set(index);
  for (KeyIndex key = 0; key < keys_.size(); ++key)
    if (keys_[key] && eligible(group, keys_[key]->need)) group.keys.set(key);
  group_of_.emplace(capability, index);
  return index;
}

void MatchIndex::leave(GroupIndex index) {
  Group& group = groups_[index];
  if (--group.signed_on > 0) return;
  for (const QueueIndex queue : group.capability.queues) serving_[queue].reset(index);
  for (const auto& [skill, level] : group.capability.skills)
    for (std::uint32_t l = 1; l <= level && l <= highest_level; ++l) skilled(skill, l).reset(index);
  group_of_.erase(group.capability);
  group = {};
  free_groups_.push_back(index);
}

void MatchIndex::set_idle(GroupIndex index, HandlerIndex handler, Time idle_since, std::uint64_t occupancy) {
  Group& group = groups_[index];
  group.idle.insert({static_cast<std::uint64_t>(idle_since.ns), handler});
  if (by_occupancy_) group.by_occupancy.insert({occupancy, handler});
  idle_groups_.set(index);
}

void MatchIndex::clear_idle(GroupIndex index, HandlerIndex handler, Time idle_since, std::uint64_t occupancy) {
  Group& group = groups_[index];
  group.idle.erase({static_cast<std::uint64_t>(idle_since.ns), handler});
  if (by_occupancy_) group.by_occupancy.erase({occupancy, handler});
  if (group.idle.empty()) idle_groups_.reset(index);
}

// ---- calls ------------------------------------------------------------------------------------------------------

BitSet& MatchIndex::skilled(SkillIndex skill, std::uint32_t level) {
  while (skilled_.size() <= skill) skilled_.push_back(std::make_unique<std::array<BitSet, highest_level>>());
  return (*skilled_[skill])[std::clamp<std::uint32_t>(level, 1, highest_level) - 1];
}

bool MatchIndex::eligible(const Group& group, const Need& need) const {
  const auto& queues = group.capability.queues;
  if (!std::binary_search(queues.begin(), queues.end(), need.queue)) return false;
  return std::all_of(need.skills.begin(), need.skills.end(), [&](const SkillLevel& needed) {
    const auto& skills = group.capability.skills;
    const auto at = std::lower_bound(skills.begin(), skills.end(), SkillLevel{needed.skill, 0});
    return at != skills.end() && at->skill == needed.skill && at->level >= needed.level;
  });
}

std::vector<const BitSet*> MatchIndex::group_sets(const Need& need) {
  std::vector<const BitSet*> sets{&idle_groups_, &serving_[need.queue]};
  for (const auto& [skill, level] : need.skills) sets.push_back(&skilled(skill, level));
  return sets;
}

template <class Visit>
void MatchIndex::for_each_able(const Key& key, Visit&& visit) const {
  for_each_common(key.groups.data() + 1, key.groups.size() - 1, visit);
}

KeyIndex MatchIndex::key(const Need& need) {
  const auto found = key_of_.find(need);
  return found != key_of_.end() ? found->second : new_key(need);
}

KeyIndex MatchIndex::new_key(const Need& need) {
  while (key_of_.size() >= keys_kept && next_empty_ < empty_keys_.size()) forget_key(empty_keys_[next_empty_++]);
  KeyIndex index = static_cast<KeyIndex>(keys_.size());
  if (free_keys_.empty()) {
    keys_.emplace_back();
    heads_.emplace_back();
  } else {
    index = free_keys_.back();
    free_keys_.pop_back();
  }
  keys_[index] = std::make_unique<Key>(Key{need, {}, group_sets(need)});
  heads_[index] = worst_rank;
  if (need.lifted) lifted_keys_.set(index);
  key_of_.emplace(need, index);
  for_each_able(*keys_[index], [&](GroupIndex group) { groups_[group].keys.set(index); });
  return index;
}

void MatchIndex::forget_key(KeyIndex index) {
  if (next_empty_ > empty_keys_.size() / 2) {
    empty_keys_.erase(empty_keys_.begin(), empty_keys_.begin() + static_cast<std::ptrdiff_t>(next_empty_));
    next_empty_ = 0;
  }
  Key& key = *keys_[index];
  key.listed_empty = false;
  if (!key.calls.empty()) return;
  for_each_able(key, [&](GroupIndex group) { groups_[group].keys.reset(index); });
  lifted_keys_.reset(index);
  key_of_.erase(key.need);
  keys_[index].reset();
  free_keys_.push_back(index);
}

void MatchIndex::add_call(KeyIndex index, const CallRank& rank, CallSlot call) {
  Key& key = *keys_[index];
  key.calls.emplace(rank, call);
  const auto class_rank = class_of_queue_[key.need.queue];
  ++in_class_[class_rank];
  heads_[index] = key.calls.begin()->first;
  waiting_keys_[class_rank].set(index);
}

void MatchIndex::remove_call(KeyIndex index, const CallRank& rank) {
  Key& key = *keys_[index];
  if (key.calls.erase(rank) == 0) return;
  const auto class_rank = class_of_queue_[key.need.queue];
  --in_class_[class_rank];
  if (!key.calls.empty()) {
    heads_[index] = key.calls.begin()->first;
    return;
  }
  heads_[index] = worst_rank;
  waiting_keys_[class_rank].reset(index);
  if (!key.listed_empty) empty_keys_.push_back(index);
  key.listed_empty = true;
}

// ---- pairs ------------------------------------------------------------------------------------------------------

std::optional<MatchIndex::Call> MatchIndex::best_call(GroupIndex group, std::uint32_t class_rank, bool lifted_only) const {
  if (waiting_in_class(class_rank) == 0) return std::nullopt;
  const BitSet* sets[] = {&waiting_keys_[class_rank], &groups_[group].keys, &lifted_keys_};
  KeyIndex best = no_index;
  CallRank rank = worst_rank;
  for_each_common(sets, lifted_only ? 3 : 2, [&](KeyIndex key) {
    if (heads_[key] < rank) rank = heads_[best = key];
  });
  if (best == no_index) return std::nullopt;
  return Call{keys_[best]->calls.begin()->second, rank};
}

bool MatchIndex::lower_than(GroupIndex a, GroupIndex b, bool least_occupied) const {
  const Group &left = groups_[a], &right = groups_[b];
  if (left.classes_served != right.classes_served) return left.classes_served < right.classes_served;
  return least_occupied && by_occupancy_ ? *left.by_occupancy.begin() < *right.by_occupancy.begin()
                                         : *left.idle.begin() < *right.idle.begin();
}

std::optional<HandlerIndex> MatchIndex::longest_idle(GroupIndex index, bool least_occupied) const {
  const Group& group = groups_[index];
  if (group.idle.empty()) return std::nullopt;
  return least_occupied && by_occupancy_ ? group.by_occupancy.begin()->handler : group.idle.begin()->handler;
}

std::optional<MatchIndex::Handler> MatchIndex::best_handler(KeyIndex key, bool least_occupied,
                                                            const std::vector<char>& held) const {
  const auto& sets = keys_[key]->groups;
  GroupIndex best = no_index;
  for_each_common(sets.data(), sets.size(), [&](GroupIndex group) {
    if (groups_[group].first_class && held[groups_[group].capability.pool]) return;
    if (best == no_index || lower_than(group, best, least_occupied)) best = group;
  });
  if (best == no_index) return std::nullopt;
  return Handler{*longest_idle(best, least_occupied), best};
}

EligibleCount MatchIndex::count_eligible(KeyIndex key) const {
  EligibleCount count;
  for_each_able(*keys_[key], [&](GroupIndex group) {
    count.signed_on += groups_[group].signed_on;
    count.idle += static_cast<std::uint32_t>(groups_[group].idle.size());
  });
  return count;
}

EligibleCount MatchIndex::count_serving(QueueIndex queue) const {
  EligibleCount count;
  const BitSet* sets[] = {&serving_[queue]};
  for_each_common(sets, 1, [&](GroupIndex group) {
    count.signed_on += groups_[group].signed_on;
    count.idle += static_cast<std::uint32_t>(groups_[group].idle.size());
  });
  return count;
}

EligibleCount MatchIndex::count_able(const Need& need) const {
  EligibleCount count;
  const BitSet* sets[] = {&serving_[need.queue]};
  for_each_common(sets, 1, [&](GroupIndex group) {
    if (!eligible(groups_[group], need)) return;
    count.signed_on += groups_[group].signed_on;
    count.idle += static_cast<std::uint32_t>(groups_[group].idle.size());
  });
  return count;
}

bool MatchIndex::anyone_signed_on(const Need& need) const {
  const BitSet* sets[] = {&serving_[need.queue]};
  bool found = false;
  for_each_common(sets, 1, [&](GroupIndex group) { found = found || eligible(groups_[group], need); });
  return found;
}

}  // namespace pledge::core
