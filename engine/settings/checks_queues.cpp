#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "settings/checks.hpp"

namespace pledge::settings {

namespace {

using core::OverflowKind;

struct QueueCheck {
  Reader& reader;
  const Source& source;
  const core::QueueOptions& queue;
  std::size_t row;

  Place at(std::string_view key) const { return reader.place(fmt::format("queue.{}.{}", row, key)); }
  void widening() const;
  void overflows() const;
  bool first_class() const { return !source.classes.empty() && queue.service_class == source.classes.front().id; }
  void target() const;
  void waiting() const;
  void served() const;
  void feasible() const;
};

void QueueCheck::widening() const {
  for (std::size_t i = 0; i < queue.widening.size(); ++i) {
    const auto place = reader.place(fmt::format("queue.{}.widening.{}.after", row, i));
    const auto after = queue.widening[i].after;
    if (i > 0 && after <= queue.widening[i - 1].after) {
      reader.error(place,
                   fmt::format("widening at {} comes after the one at {}", duration_text(after),
                               duration_text(queue.widening[i - 1].after)),
                   "widening is in ascending order of time", "reorder the steps, or change their times");
    }
    if (queue.overflow_after > core::Duration{} && after >= queue.overflow_after) {
      reader.warning(place, fmt::format("widening at {} never happens", duration_text(after)),
                     fmt::format("calls leave the queue after {}", duration_text(queue.overflow_after)),
                     "widen earlier, or overflow later");
    }
  }
}

void QueueCheck::overflows() const {
  if (queue.full.kind == OverflowKind::wait) {
    reader.error(at("full"), "a call beyond the bound cannot wait", "the bound is the most that wait",
                 "raise the bound, or send the call elsewhere, e.g. full = \"reject 503\"");
  }
  if (queue.full.kind == OverflowKind::announcement) {
    reader.error(at("full"), "a call beyond the bound cannot hear an announcement",
                 "who hears one goes on waiting, and the bound is the most that wait",
                 "raise the bound, or send the call elsewhere, e.g. full = \"reject 503\"");
  }
  const bool can_dial =
      std::any_of(source.trunks.begin(), source.trunks.end(), [](const auto& t) { return !t.target.empty(); });
  for (const auto& [key, overflow] :
       {std::pair{"full", &queue.full}, {"nobody", &queue.nobody}, {"late", &queue.late}}) {
    if (overflow->kind != OverflowKind::number || can_dial) continue;
    reader.error(at(key), fmt::format("{} cannot be dialled", overflow->target), "no [[trunk]] has a target",
                 "give a trunk a target");
  }
  if (queue.overflow_after > core::Duration{} && queue.late.kind == OverflowKind::wait) {
    reader.warning(at("overflow_after"), "overflow_after has no effect", "`late` says that the call goes on waiting",
                   "say where late calls go, or remove overflow_after");
  }
  if (queue.overflow_after <= core::Duration{} && queue.late.kind != OverflowKind::wait) {
    reader.error(at("late"), "late calls never get there", "overflow_after is not set",
                 "set overflow_after, or remove `late`");
  }
}

void QueueCheck::target() const {
  if (queue.target_share <= 0 || queue.target_within <= core::Duration{}) {
    reader.error(at("target_share"), "the target promises nothing", "a share of 0 % is met by any queue",
                 "write e.g. target_share = \"90 %\"");
  }
  if (queue.wrap_up_until_done && queue.wrap_up > core::Duration{}) {
    reader.warning(at("wrap_up"), "wrap_up has no effect", "wrap_up_until_done waits for the handler",
                   "remove one of the two");
  }
}

void QueueCheck::waiting() const {
  if (queue.waiting == core::Waiting::alert && queue.waiting_sound != core::QueueOptions{}.waiting_sound) {
    reader.warning(at("waiting_sound"), "waiting_sound has no effect", "with waiting = \"alert\" callers hear the network",
                   "remove it, or use waiting = \"answer\"");
  }
  for (const auto& [key, rule] : {std::pair{"nobody", &queue.nobody}, {"late", &queue.late}}) {
    if (!first_class() || rule->kind != OverflowKind::announcement) continue;
    reader.warning(at(key), fmt::format("an announcement may stand before calls of queue \"{}\"", queue.id.value),
                   fmt::format("\"{}\" is the first class: its callers want a person", queue.service_class.value),
                   "send them to another queue or number instead");
  }
  if (!first_class() || queue.waiting != core::Waiting::answer) return;
  reader.warning(at("waiting"),
                 fmt::format("calls of queue \"{}\" are answered before a handler is free", queue.id.value),
                 fmt::format("\"{}\" is the first class: an emergency network takes the answer for a handler's",
                             queue.service_class.value),
                 "use waiting = \"alert\" unless the network asks for it");
}

void QueueCheck::served() const {
  const bool served = std::any_of(source.roles.begin(), source.roles.end(), [&](const auto& role) {
    return std::find(role.queues.begin(), role.queues.end(), queue.id) != role.queues.end();
  });
  if (served) return feasible();
  reader.error(at("name"), fmt::format("no role serves queue \"{}\"", queue.id.value),
               "its calls would never be answered", "add it to the queues of a [[role]]");
}

void QueueCheck::feasible() const {
  auto able = [&](const std::vector<core::Requirement>& needed) {
    return std::any_of(source.handlers.begin(), source.handlers.end(), [&](const Handler& handler) {
      const bool serves = std::any_of(handler.roles.begin(), handler.roles.end(), [&](const core::RoleId& id) {
        return std::any_of(source.roles.begin(), source.roles.end(), [&](const auto& role) {
          return role.id == id && std::find(role.queues.begin(), role.queues.end(), queue.id) != role.queues.end();
        });
      });
      return serves && has_skills(handler.skills, needed);
    });
  };
  if (able(queue.skills)) return;
  if (std::any_of(queue.widening.begin(), queue.widening.end(), [&](const auto& step) { return able(step.skills); }))
    return;
  reader.warning(at("name"), fmt::format("no handler could ever serve queue \"{}\"", queue.id.value),
                 "none has a role for it and its skills", "give a handler both, or ask for less");
}

// Queues that overflow into each other without end.
void overflow_cycles(Reader& reader, const Source& source) {
  const auto& queues = source.queues;
  auto find = [&](const std::string& id) {
    return std::find_if(queues.begin(), queues.end(), [&](const auto& q) { return q.id.value == id; }) - queues.begin();
  };
  enum class Mark { fresh, open, done };
  std::vector<Mark> marks(queues.size(), Mark::fresh);
  std::vector<std::size_t> path;
  std::function<void(std::size_t)> visit = [&](std::size_t row) {
    marks[row] = Mark::open;
    path.push_back(row);
    const auto& queue = queues[row];
    for (const auto& [key, overflow] :
         {std::pair{"full", &queue.full}, {"nobody", &queue.nobody}, {"late", &queue.late}}) {
      const auto next = static_cast<std::size_t>(
          overflow->kind == OverflowKind::queue ? find(overflow->target) : static_cast<std::ptrdiff_t>(queues.size()));
      if (next >= queues.size()) continue;
      if (marks[next] == Mark::fresh) visit(next);
      else if (marks[next] == Mark::open) {
        std::string round;
        for (auto it = std::find(path.begin(), path.end(), next); it != path.end(); ++it)
          round += queues[*it].id.value + " → ";
        reader.error(reader.place(fmt::format("queue.{}.{}", row, key)), "overflow goes round in a circle",
                     round + queues[next].id.value, "let one of them end elsewhere");
      }
    }
    path.pop_back();
    marks[row] = Mark::done;
  };
  for (std::size_t row = 0; row < queues.size(); ++row) {
    if (marks[row] == Mark::fresh) visit(row);
  }
}

}  // namespace

bool has_skills(const std::vector<core::Requirement>& skills, const std::vector<core::Requirement>& needed) {
  return std::all_of(needed.begin(), needed.end(), [&](const auto& need) {
    return std::any_of(skills.begin(), skills.end(),
                       [&](const auto& has) { return has.skill == need.skill && has.level >= need.level; });
  });
}

void check_queues(Reader& reader, const Source& source) {
  if (source.classes.empty())
    reader.error(reader.place(""), "no [[class]]", "each queue belongs to a class of service", "add one");
  if (source.queues.empty()) reader.error(reader.place(""), "no [[queue]]", "calls have nowhere to wait", "add one");
  for (std::size_t row = 0; row < source.queues.size(); ++row) {
    if (reader.broken("queue", row)) continue;
    const QueueCheck check{reader, source, source.queues[row], row};
    check.widening();
    check.overflows();
    check.target();
    check.waiting();
    if (!reader.any_broken("role") && !reader.any_broken("handler")) check.served();
  }
  overflow_cycles(reader, source);
}

}  // namespace pledge::settings
