#include "core/directory.hpp"

#include <algorithm>
#include <tuple>

namespace pledge::core {

std::uint32_t NameTable::add(const std::string& name) {
  const auto [at, fresh] = index_.emplace(name, size());
  if (fresh) names_.push_back(name);
  return at->second;
}

std::uint32_t NameTable::find(const std::string& name) const {
  const auto at = index_.find(name);
  return at == index_.end() ? no_index : at->second;
}

namespace {

template <class Find>
std::vector<SkillLevel> levels_of(const std::vector<Requirement>& requirements, Find&& find) {
  std::vector<SkillLevel> levels;
  for (const auto& [skill, level] : requirements)
    levels.push_back({find(skill.value), std::clamp<std::uint32_t>(level, 1, highest_level)});
  // Of a skill named twice the higher level counts.
  std::sort(levels.begin(), levels.end(), [](const SkillLevel& a, const SkillLevel& b) {
    return a.skill != b.skill ? a.skill < b.skill : a.level > b.level;
  });
  const auto same = [](const SkillLevel& a, const SkillLevel& b) { return a.skill == b.skill; };
  levels.erase(std::unique(levels.begin(), levels.end(), same), levels.end());
  return levels;
}

}  // namespace

std::vector<SkillLevel> Directory::skills(const std::vector<Requirement>& requirements) {
  return levels_of(requirements, [this](const std::string& name) { return skill_names_.add(name); });
}

std::vector<SkillLevel> Directory::known_skills(const std::vector<Requirement>& requirements) const {
  return levels_of(requirements, [this](const std::string& name) { return skill_names_.find(name); });
}

void Directory::load_queues() {
  for (Queue& queue : queues_) queue.configured = false;
  first_target_ = other_target_ = nullptr;
  by_occupancy_ = false;
  for (const QueueOptions& options : options_->queues) {
    const QueueIndex index = queue_names_.add(options.id.value);
    if (index == queues_.size()) queues_.emplace_back();
    Queue& queue = queues_[index];
    queue = {options, 0, {}, true, {skills(options.skills)}};
    for (const Widening& widening : options.widening) queue.needs.push_back(skills(widening.skills));
    by_occupancy_ = by_occupancy_ || options.choice == Choice::least_occupied;
  }
  for (Queue& queue : queues_) {
    const auto& classes = options_->classes;
    const auto at = std::find_if(classes.begin(), classes.end(),
                                 [&](const ClassOptions& c) { return c.id == queue.options.service_class; });
    // A queue of an unknown class is served last, never first.
    queue.class_rank = static_cast<std::uint32_t>(at == classes.end() ? std::max<std::size_t>(classes.size(), 1) - 1
                                                                      : static_cast<std::size_t>(at - classes.begin()));
    queue.starvation_bound = at == classes.end() ? Duration{} : at->starvation_bound;
  }
  const auto stricter = [](const QueueOptions& a, const QueueOptions& b) {
    return std::tuple{a.target_within, b.target_share} < std::tuple{b.target_within, a.target_share};
  };
  for (const Queue& queue : queues_) {
    if (!queue.configured) continue;
    const QueueOptions*& strictest = queue.class_rank == 0 ? first_target_ : other_target_;
    if (!strictest || stricter(queue.options, *strictest)) strictest = &queue.options;
  }
}

void Directory::load_pools() {
  pool_names_.add("");
  pools_.assign(1, PoolOptions{});
  pools_[0].reserve.kind = ReserveKind::off;
  for (const PoolOptions& pool : options_->pools) {
    const PoolIndex index = pool_names_.add(pool.id.value);
    if (index >= pools_.size()) pools_.resize(index + 1);
    pools_[index] = pool;
  }
  // A pool known only from former configurations or from handlers has no reserve.
  for (const HandlerOptions& handler : options_->handlers) pool_names_.add(handler.pool.value);
  while (pools_.size() < pool_names_.size()) {
    pools_.push_back(pools_[0]);
    pools_.back().id.value = pool_names_.name(static_cast<std::uint32_t>(pools_.size() - 1));
  }
}

void Directory::load(std::shared_ptr<const Options> options) {
  options_ = std::move(options);
  triage_ = TriageRules(options_->triage);
  load_queues();
  load_pools();
  const auto& rules = options_->triage;
  remembers_callers_ = options_->emergency.re_presented_within > Duration{} ||
      std::any_of(rules.begin(), rules.end(), [](const TriageRule& r) { return r.repeat_within > Duration{}; }) ||
      std::any_of(queues_.begin(), queues_.end(), [](const Queue& q) { return q.options.redial_keeps_place > Duration{}; });
}

QueueIndex Directory::find_queue(const std::string& name) const {
  const auto index = queue_names_.find(name);
  return index != no_index && queues_[index].configured ? index : no_index;
}

const RoleOptions* Directory::find_role(const std::string& name) const {
  for (const RoleOptions& role : options_->roles)
    if (role.id.value == name) return &role;
  return nullptr;
}

const WaitMessage* Directory::wait_message(const std::string& announcement) const {
  for (const WaitMessage& message : options_->wait_messages)
    if (message.announcement == announcement) return &message;
  return nullptr;
}

PoolIndex Directory::pool(const PoolId& id) const {
  const auto index = pool_names_.find(id.value);
  return index == no_index ? 0 : index;
}

std::vector<std::uint32_t> Directory::class_of_queue() const {
  std::vector<std::uint32_t> classes;
  for (const Queue& queue : queues_) classes.push_back(queue.class_rank);
  return classes;
}

}  // namespace pledge::core
