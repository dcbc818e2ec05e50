#include "workforce/day_to_come.hpp"

#include <algorithm>
#include <set>

namespace pledge::workforce {

namespace {

bool has_queue(const core::Options& options, const core::QueueId& id) {
  return std::any_of(options.queues.begin(), options.queues.end(), [&](const auto& queue) { return queue.id == id; });
}

// Handlers of the roster, on that day, who are unknown to a configuration.
std::string unknown_to(const core::Options& options, const std::vector<Stretch>& stretches, core::Time end) {
  std::set<std::string> names;
  for (const Stretch& stretch : stretches)
    if (stretch.from < end) names.insert(stretch.handler);
  for (const auto& handler : options.handlers) names.erase(handler.id.value);
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

}  // namespace

DayToComeOutcome simulate_day_to_come(const DayToComeInput& input, const std::function<bool()>& stop) {
  DayToComeOutcome out;
  auto looked = look_ahead(input.midnight, input.plan, input.options, {}, input.ahead);
  out.faults = std::move(looked.faults);
  DayToCome& day = out.day;
  day.ahead = std::move(looked.ahead);
  for (const ClassAhead& made : day.ahead.classes)
    if (input.other && !has_queue(*input.other, made.queues.front()))
      out.faults.push_back("class " + made.name + ": its queue " + made.queues.front().value + " is not in the other configuration");
  const auto stretches = rostered_from(input.plan.roster, input.midnight);
  if (out.faults.empty() && std::none_of(stretches.begin(), stretches.end(), [&](const auto& s) { return s.from < day.ahead.end; }))
    out.faults.push_back("no shift of the roster lies within that day");
  if (!out.faults.empty()) return out;

  day.gaps = gaps_of(day.ahead, stretches, stretches, classes_of_handlers(input.options, day.ahead.classes), {input.ahead.shrinkage});
  const std::vector<AheadStaff> staffing{{stretches, {}}};
  const RoomAhead in_force{input.options, day.ahead, staffing, input.ahead.shrinkage, input.seed};
  std::optional<RoomAhead> other;
  if (input.other) other.emplace(*input.other, day.ahead, staffing, input.ahead.shrinkage, input.seed);
  AheadJudge judge{day.ahead, other ? 2u : 1u};
  for (std::uint32_t number = 0; number < input.days; ++number) {
    if (stop()) return out.stopped = true, out;
    const auto calls = in_force.calls(number);
    judge.add(0, in_force.run(number, calls, 0));
    if (other) judge.add(1, other->run(number, calls, 0));
  }
  day.in_force = judge.side(0);
  if (other) {
    day.other = judge.side(1);
    day.gain = judge.gain(1);
  }
  const auto left_out = [&](const core::Options& options, const char* of) {
    if (const auto names = unknown_to(options, stretches, day.ahead.end); !names.empty())
      day.remarks.push_back("in the roster and not in the configuration" + std::string(of) + ", left out: " + names);
  };
  left_out(input.options, " in force");
  if (input.other) left_out(*input.other, " compared");
  return out;
}

}  // namespace pledge::workforce
