#pragma once
// The configuration, compiled: names to indices, needs per queue and widening step. Indices of queues, skills and
// pools only ever grow over reloads, so that live state may keep them.
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/match_index.hpp"
#include "core/options.hpp"
#include "core/triage.hpp"

namespace pledge::core {

// Names in the order in which they were first seen.
class NameTable {
 public:
  std::uint32_t add(const std::string& name);
  std::uint32_t find(const std::string& name) const;  // no_index if unknown
  const std::string& name(std::uint32_t index) const { return names_[index]; }
  std::uint32_t size() const { return static_cast<std::uint32_t>(names_.size()); }

 private:
  std::vector<std::string> names_;
  std::unordered_map<std::string, std::uint32_t> index_;
};

struct Queue {
  QueueOptions options;
  std::uint32_t class_rank = 0;
  Duration starvation_bound{};
  bool configured = false;  // false: removed by a reload; its waiting calls are still served
  std::vector<std::vector<SkillLevel>> needs;  // [0] at entry, [i] after widening step i
};

class Directory {
 public:
  void load(std::shared_ptr<const Options> options);

  const Options& options() const { return *options_; }
  const std::shared_ptr<const Options>& snapshot() const { return options_; }  // for who outlives a reload
  const TriageRules& triage() const { return triage_; }
  const std::vector<Queue>& queues() const { return queues_; }
  const Queue& queue(QueueIndex index) const { return queues_[index]; }
  QueueIndex find_queue(const std::string& name) const;  // configured ones only; no_index otherwise
  const RoleOptions* find_role(const std::string& name) const;
  PoolIndex pool(const PoolId& id) const;                // pool 0 is the unnamed one
  const std::vector<PoolOptions>& pools() const { return pools_; }
  std::vector<SkillLevel> skills(const std::vector<Requirement>& requirements);
  std::vector<SkillLevel> known_skills(const std::vector<Requirement>& requirements) const;  // no_index: nobody has it yet
  bool remembers_callers() const { return remembers_callers_; }
  bool by_occupancy() const { return by_occupancy_; }
  std::vector<std::uint32_t> class_of_queue() const;
  const WaitMessage* wait_message(const std::string& announcement) const;  // null: it tells nothing of the queue
  // The strictest promise of the first class: what the reserve is computed from.
  const QueueOptions* first_class_target() const { return first_target_; }
  // Of the other classes the one with the shortest target, of these the one with the largest share; null without any.
  const QueueOptions* other_target() const { return other_target_; }

 private:
  void load_queues();
  void load_pools();

  std::shared_ptr<const Options> options_ = std::make_shared<Options>();
  TriageRules triage_;  // of options_
  NameTable queue_names_, skill_names_, pool_names_;
  std::vector<Queue> queues_;
  std::vector<PoolOptions> pools_;
  const QueueOptions *first_target_ = nullptr, *other_target_ = nullptr;
  bool remembers_callers_ = false, by_occupancy_ = false;
};

}  // namespace pledge::core
