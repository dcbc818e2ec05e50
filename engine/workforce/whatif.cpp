#include "workforce/whatif.hpp"

#include <algorithm>

namespace pledge::workforce {

using core::Duration;
using core::Time;

namespace {

const core::QueueOptions* find(const core::Options& options, const core::QueueId& id) {
  const auto at = std::find_if(options.queues.begin(), options.queues.end(), [&](const auto& q) { return q.id == id; });
  return at == options.queues.end() ? nullptr : &*at;
}

// ---- the two days -------------------------------------------------------------------------------------------------

// The new targets; those of then for queues that are no more.
core::Options yardstick(const core::Options& then, const core::Options& candidate) {
  core::Options targets = candidate;
  for (const core::QueueOptions& queue : then.queues)
    if (!find(candidate, queue.id)) targets.queues.push_back(queue);
  return targets;
}

void play(const RecordedDay& day, DayLog& log, Learner* learner) {
  core::Core core;
  for (const RecordedEvent& recorded : day) {
    const core::Actions& actions = core.step(recorded.at, recorded.event);
    log.observe(recorded.at, recorded.event, actions, core);
    if (learner) learner->observe(recorded.at, recorded.event, actions, log);
  }
}

void clip(std::vector<core::Interval>& windows, core::Interval within) {
  for (core::Interval& window : windows) window = {std::max(window.from, within.from), std::min(window.to, within.to)};
  std::erase_if(windows, [](const core::Interval& window) { return window.from >= window.to; });
}

core::Options within_the_day(core::Options options, core::Interval within) {
  options.version.clear();
  for (auto& rule : options.triage) clip(rule.windows, within);
  for (auto& queue : options.queues)
    for (auto& wording : queue.wordings) clip(wording.windows, within);
  for (auto& menu : options.menus)
    for (auto& wording : menu.wordings) clip(wording.windows, within);
  auto& offsets = options.utc_offsets;
  for (auto& offset : offsets) offset.from = std::max(offset.from, within.from);
  std::erase_if(offsets, [&](const core::UtcOffset& offset) { return offset.from > within.to; });
  while (offsets.size() > 1 && offsets[1].from <= within.from) offsets.erase(offsets.begin());
  return options;
}

// ---- the comparison -----------------------------------------------------------------------------------------------

Duration longest_wait(const DayLog& log, const core::QueueId& queue, Time now) {
  Duration longest{};
  for (const CallLog& call : log.calls())
    if (call.queue == queue && call.queued != core::never) longest = std::max(longest, call.wait(now));
  return longest;
}

QueueSide side_of(DayLog& log, const core::QueueId& queue, core::Interval day) {
  QueueSide side;
  core::QueueFigures all;
  for (const core::QueueFigures& figures : log.statistics().intervals(queue, half_hour, day.from, day.to + half_hour, day.to)) {
    const QueueHalfHour part{figures.from, figures.offered, figures.answered + figures.abandoned, figures.from_queue_entry.within_target};
    if (part.counted > 0 && (!side.worst || part.share() < side.worst->share())) side.worst = part;
    side.half_hours.push_back(part);
    all.add(figures);
  }
  side.offered = all.offered;
  side.answered = all.answered;
  side.abandoned = all.abandoned;
  side.within = all.from_queue_entry.within_target;
  const std::uint32_t counted = all.answered + all.abandoned;
  side.share = counted ? static_cast<double>(side.within) / counted : 1;
  side.occupancy = all.occupancy();
  side.longest = longest_wait(log, queue, day.to);
  return side;
}

std::vector<QueueComparison> compare_queues(WhatIf& result, const core::Options& then, const core::Options& now,
                                            const core::Options& targets) {
  std::vector<QueueComparison> rows;
  for (const core::QueueOptions& queue : targets.queues) {
    QueueComparison& row = rows.emplace_back();
    row.queue = queue.id;
    row.target = queue.target_within;
    row.target_share = queue.target_share;
    if (const auto* before = find(then, queue.id)) row.target_then = before->target_within;
    row.removed = find(now, queue.id) == nullptr;
    row.then = side_of(*result.then, queue.id, {result.from, result.to});
    row.now = side_of(*result.now, queue.id, {result.from, result.to});
  }
  return rows;
}

bool kept(const CallLog& call, const core::Options& targets) {
  const auto* queue = find(targets, call.queue);
  return queue && call.was_answered() && call.answered - call.queued <= queue->target_within;
}

Fate fate_of(const Difference& d, const core::Options& targets, Duration differs_by) {
  const CallLog &then = *d.then, &now = *d.now;
  if (then.was_answered() != now.was_answered()) return now.was_answered() ? Fate::answered : Fate::unanswered;
  const bool kept_then = kept(then, targets), kept_now = kept(now, targets);
  if (kept_then != kept_now) return kept_now ? Fate::kept : Fate::missed;
  if (then.queue != now.queue) return Fate::queue;
  if (d.wait_now <= d.wait_then - differs_by) return Fate::sooner;
  if (d.wait_now >= d.wait_then + differs_by) return Fate::later;
  return then.handler != now.handler || then.end != now.end ? Fate::handler : Fate::same;
}

void compare_calls(WhatIf& result, const core::Options& targets, Duration differs_by) {
  for (const CallLog& then : result.then->calls()) {
    const CallLog* now = result.now->call(then.leg);
    if (!now) continue;
    Difference d{Fate::same, &then, now, then.wait(result.to), now->wait(result.to)};
    d.fate = fate_of(d, targets, differs_by);
    ++result.by_fate[static_cast<std::size_t>(d.fate)];
    if (d.fate != Fate::same) result.differences.push_back(d);
  }
  std::stable_sort(result.differences.begin(), result.differences.end(),
                   [](const Difference& a, const Difference& b) { return a.fate < b.fate; });
}

HandlerTime together(const DayLog& log, Time end) {
  HandlerTime all;
  for (const auto& [id, one] : log.handlers(end)) {
    all.busy += one.busy;
    all.ready += one.ready;
    all.signed_on += one.signed_on;
    all.calls += one.calls;
  }
  return all;
}

}  // namespace

bool decides_alike(const core::Options& a, const core::Options& b, core::Interval within) {
  return within_the_day(a, within) == within_the_day(b, within);
}

WhatIf what_if(const RecordedDay& day, const core::Options& candidate, const WhatIfOptions& options) {
  WhatIf result;
  result.from = day.front().at;
  result.to = day.back().at;
  const core::Options& then = *std::get<core::Configured>(day.front().event).options;
  const core::Options targets = yardstick(then, candidate);
  const auto new_log = [&] { return std::make_unique<DayLog>(targets, result.from, result.to - result.from); };
  result.same_options = !options.roster && std::all_of(day.begin(), day.end(), [&](const RecordedEvent& recorded) {
    const auto* configured = std::get_if<core::Configured>(&recorded.event);
    return !configured || decides_alike(*configured->options, candidate, {recorded.at, result.to});
  });
  Learner learner{options.seed};
  result.then = new_log();
  result.now = new_log();
  play(day, *result.then, &learner);
  learner.finish(result.to, *result.then);
  if (result.same_options) play(day, *result.now, nullptr);
  else
    result.not_possible = imagine({learner, *result.then, std::make_shared<const core::Options>(candidate), result.from, result.to,
                                   options.roster ? &*options.roster : nullptr},
                                  *result.now);
  result.calls = result.then->calls().size();
  result.queues = compare_queues(result, then, candidate, targets);
  compare_calls(result, targets, options.differs_by);
  result.handlers = result.then->handlers(result.to).size();
  result.handlers_on_now = result.now->handlers(result.to).size();
  result.handlers_then = together(*result.then, result.to);
  result.handlers_now = together(*result.now, result.to);
  return result;
}

}  // namespace pledge::workforce
