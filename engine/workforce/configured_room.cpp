#include "workforce/configured_room.hpp"

#include <algorithm>
#include <map>
#include <optional>

namespace pledge::workforce {

namespace {

using core::Duration;
using core::duration;
using core::seconds;

constexpr const char* phone = "sip:h@192.0.2.1";  // RFC 5737: rings nowhere

void simplify(core::QueueOptions& queue) {
  queue.nobody = {};
  if (queue.late.kind != core::OverflowKind::queue) queue.overflow_after = {};
  queue.waiting = core::Waiting::alert;
  queue.wrap_up_until_done = queue.record = queue.ring_back = false;
  queue.redial_keeps_place = {};
  queue.choices.clear();
  queue.wordings.clear();
}

using Skills = std::vector<core::Requirement>;

bool has(const Skills& skills, const Skills& needed) {
  return std::all_of(needed.begin(), needed.end(), [&](const core::Requirement& need) {
    return std::any_of(skills.begin(), skills.end(), [&](const auto& one) { return one.skill == need.skill && one.level >= need.level; });
  });
}

// After how long a call of the queue may go to such a handler; none: never.
std::optional<Duration> let_in(const core::QueueOptions& queue, const core::RoleOptions& role, const Skills& skills) {
  if (std::find(role.queues.begin(), role.queues.end(), queue.id) == role.queues.end()) return std::nullopt;
  if (has(skills, queue.skills)) return Duration{};
  for (const core::Widening& wider : queue.widening)
    if (has(skills, wider.skills)) return wider.after;
  return std::nullopt;
}

// "bengali:3+urdu:2"; level 1 is not said.
std::string text_of(const Skills& skills) {
  std::string text;
  for (const core::Requirement& one : skills)
    text += (text.empty() ? "" : "+") + one.skill.value + (one.level > 1 ? ":" + std::to_string(one.level) : "");
  return text;
}

std::string joined(std::initializer_list<std::string> parts) {
  std::string text;
  for (const std::string& part : parts)
    if (!part.empty()) text += (text.empty() ? "" : "/") + part;
  std::replace(text.begin(), text.end(), ',', ';');  // a cell of a table
  return text;
}

class Rooms {
 public:
  Rooms(const core::Options& options, double wrap_up) : options_(options) {
    for (const core::RoleOptions& role : options.roles) roles_[role.id] = &role;
    add_queues(wrap_up);
    for (const core::HandlerOptions& handler : options.handlers) add(handler);
    for (KindsAlike& alike : out_.alike) order(alike);
    std::set<std::string> all;
    for (const core::HandlerOptions& handler : options.handlers) all.insert(handler.id.value);
    out_.options = simulated_options(options, queues_, all);
  }
  ConfiguredRoom take() { return std::move(out_); }

 private:
  void add_queues(double wrap_up) {
    for (const core::ClassOptions& of_class : options_.classes)
      for (const core::QueueOptions& queue : options_.queues) {
        if (queue.service_class != of_class.id) continue;
        const double after = queue.wrap_up_until_done ? wrap_up : seconds(queue.wrap_up);
        in_order_.push_back(&queue);
        queues_.push_back({queue.id, queue.id.value, after});
        out_.room.classes.push_back({queue.id.value, seconds(queue.target_within), queue.target_share, after});
        for (const core::Requirement& need : queue.skills) asked_for_.insert(need.skill.value);
        for (const core::Widening& wider : queue.widening)
          for (const core::Requirement& need : wider.skills) asked_for_.insert(need.skill.value);
      }
  }

  void add(const core::HandlerOptions& handler) {
    const auto role = handler.roles.empty() ? roles_.end() : roles_.find(handler.roles.front());
    const std::string of_role = role == roles_.end() ? "" : role->first.value, pool = handler.pool.value;
    const std::string skills = text_of(handler.skills);
    const auto name = joined({handler.centre.value, pool == handler.centre.value ? "" : pool, of_role, skills});
    const auto known = kinds_.find(name);
    if (known != kinds_.end()) return out_.kinds[known->second].handlers.push_back(handler.id);
    LetIn lets;
    for (const core::QueueOptions* queue : in_order_)
      lets.push_back(role == roles_.end() ? std::nullopt : let_in(*queue, *role->second, handler.skills));
    const bool none = std::none_of(lets.begin(), lets.end(), [](const auto& after) { return after.has_value(); });
    if (none || role->second->supervisor) {
      if (std::find(out_.left_out.begin(), out_.left_out.end(), name) == out_.left_out.end()) out_.left_out.push_back(name);
      return;
    }
    kinds_[name] = out_.kinds.size();
    group(lets, of_role, handler.skills).kinds.push_back(out_.kinds.size());
    out_.kinds.push_back({name, handler.centre.value, pool, of_role, skills, {handler.id}});
  }

  using LetIn = std::vector<std::optional<Duration>>;  // by queue

  KindsAlike& group(const LetIn& lets, const std::string& role, Skills skills) {
    const auto known = groups_.find(lets);
    if (known != groups_.end()) return out_.alike[known->second];
    std::erase_if(skills, [&](const auto& one) { return !asked_for_.contains(one.skill.value); });
    RoomGroup group{joined({role, text_of(skills)}), {}};
    for (std::size_t q = 0; q < lets.size(); ++q)
      if (lets[q] && *lets[q] < in_order_[q]->target_within) group.classes.push_back(in_order_[q]->id.value);
    out_.room.groups.push_back(group);
    groups_[lets] = out_.alike.size();
    return out_.alike.emplace_back(KindsAlike{group.name, {}, {}});
  }

  // The next is of the kind with the least (taken + ½) ÷ handlers.
  void order(KindsAlike& alike) const {
    std::vector<std::size_t> taken(alike.kinds.size());
    for (;;) {
      std::optional<std::size_t> next;
      double least = 0;
      for (std::size_t k = 0; k < taken.size(); ++k) {
        const std::size_t there = out_.kinds[alike.kinds[k]].handlers.size();
        const double share = (static_cast<double>(taken[k]) + 0.5) / static_cast<double>(there);
        if (taken[k] < there && (!next || share < least)) next = k, least = share;
      }
      if (!next) return;
      alike.order.push_back({*next, out_.kinds[alike.kinds[*next]].handlers[taken[*next]++]});
    }
  }

  const core::Options& options_;
  std::map<core::RoleId, const core::RoleOptions*> roles_;
  std::vector<const core::QueueOptions*> in_order_;
  std::vector<SimulatedQueue> queues_;
  std::set<std::string> asked_for_;
  std::map<std::string, std::size_t> kinds_;
  std::map<LetIn, std::size_t> groups_;
  ConfiguredRoom out_;
};

std::string names_of_queues(const core::Options& options) {
  std::string names;
  for (const core::QueueOptions& queue : options.queues) names += (names.empty() ? "" : ", ") + queue.id.value;
  return names;
}

}  // namespace

core::Options simulated_options(core::Options options, const std::vector<SimulatedQueue>& queues, const std::set<std::string>& at_work) {
  options.menus.clear();
  options.wait_messages.clear();
  options.silent = {};
  options.triage.clear();
  for (auto& queue : options.queues) simplify(queue);
  for (const SimulatedQueue& made : queues) {
    core::TriageRule rule;
    rule.id = made.dialled;
    rule.dialled = {made.dialled};
    rule.queue = made.queue;
    options.triage.push_back(std::move(rule));
    for (auto& queue : options.queues)
      if (queue.id == made.queue) queue.wrap_up = duration(made.wrap_up);
  }
  std::erase_if(options.handlers, [&](const auto& handler) { return !at_work.contains(handler.id.value); });
  for (auto& handler : options.handlers) {
    handler.phone_mode = core::PhoneMode::ring;
    handler.phone = phone;
  }
  return options;
}

ConfiguredRoom configured_room(const core::Options& options, double wrap_up) { return Rooms{options, wrap_up}.take(); }

core::Options ConfiguredRoom::with(const std::vector<Shift>& shifts) const {
  std::set<std::string> at_work;
  for (const Shift& shift : shifts) at_work.insert(shift.handler.value);
  core::Options few = options;
  std::erase_if(few.handlers, [&](const auto& handler) { return !at_work.contains(handler.id.value); });
  return few;
}

QueueOfName queue_of(const core::Options& options, const std::string& name) {
  std::vector<std::string> of_class;
  for (const core::QueueOptions& queue : options.queues) {
    if (queue.id.value == name) return {name, ""};
    if (queue.service_class.value == name) of_class.push_back(queue.id.value);
  }
  if (of_class.size() == 1) return {of_class.front(), ""};
  const std::string which = of_class.empty() ? "no queue or class of service" : "a class of service with several queues";
  return {"", "\"" + name + "\" is " + which + " of the configuration; its queues are " + names_of_queues(options)};
}

std::vector<std::string> unserved(const ConfiguredRoom& room, const DemandOfDay& demand) {
  std::vector<std::string> faults;
  for (const DemandClass& of_queue : demand.classes) {
    if (*std::max_element(of_queue.calls.begin(), of_queue.calls.end()) <= 0) continue;
    const bool served = std::any_of(room.room.groups.begin(), room.room.groups.end(), [&](const RoomGroup& group) {
      return std::find(group.classes.begin(), group.classes.end(), of_queue.name) != group.classes.end();
    });
    if (!served)
      faults.push_back("queue \"" + of_queue.name + "\" has calls and nobody who can answer them within its target: no handler's first "
                       "role (a supervisor's aside) serves it with the skills that it asks for by then; add it to a role, or the skills "
                       "to handlers, or widen it sooner");
  }
  return faults;
}

std::vector<Shift> shifts_of(const ConfiguredRoom& room, const StaffGrid& staff) {
  std::vector<Shift> shifts;
  for (std::size_t g = 0; g < staff.size(); ++g)
    for (std::size_t n = 0; n < room.alike[g].order.size(); ++n) {
      bool on = false;
      for (std::size_t h = 0; h < half_hours_a_day; ++h) {
        const double from = h == 0 ? 0 : pre_roll + static_cast<double>(h) * seconds_a_half_hour;
        const double to = pre_roll + static_cast<double>(h + 1) * seconds_a_half_hour + (h + 1 == half_hours_a_day ? run_out : 0);
        const bool works = staff[g][h] > n;
        if (works && on) shifts.back().to = duration(to);
        else if (works) shifts.push_back({room.alike[g].order[n].handler, duration(from), duration(to)});
        on = works;
      }
    }
  return shifts;
}

std::vector<std::uint32_t> of_kinds(const KindsAlike& alike, std::uint32_t n) {
  std::vector<std::uint32_t> counts(alike.kinds.size());
  for (std::size_t i = 0; i < std::min<std::size_t>(n, alike.order.size()); ++i) ++counts[alike.order[i].kind];
  return counts;
}

StaffGrid by_kind(const ConfiguredRoom& room, const StaffGrid& staff) {
  StaffGrid kinds(room.kinds.size());
  for (std::size_t g = 0; g < staff.size(); ++g)
    for (std::size_t h = 0; h < half_hours_a_day; ++h) {
      const auto counts = of_kinds(room.alike[g], staff[g][h]);
      for (std::size_t k = 0; k < counts.size(); ++k) kinds[room.alike[g].kinds[k]][h] = counts[k];
    }
  return kinds;
}

}  // namespace pledge::workforce
