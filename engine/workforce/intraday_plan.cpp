#include "workforce/intraday_plan.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "workforce/ahead_judge.hpp"
#include "workforce/local_clock.hpp"

namespace pledge::workforce {

namespace {

constexpr std::size_t most_named = 8;  // handlers in a remark

std::string some(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size() && i < most_named; ++i) text += (i ? ", " : "") + names[i];
  return names.size() > most_named ? text + " and " + std::to_string(names.size() - most_named) + " more" : text;
}

void remark(IntradayPlan& plan, const IntradayInput& input, const std::map<std::string, std::uint32_t>& skills) {
  std::set<std::string> unknown;
  for (const auto& shift : input.plan.roster)
    if (shift.to > input.now && shift.from < plan.ahead.end && !skills.contains(shift.handler)) unknown.insert(shift.handler);
  const auto say = [&](const std::vector<std::string>& names, const std::string& what) {
    if (!names.empty()) plan.remarks.push_back(what + ": " + some(names));
  };
  if (input.seen.known.from >= input.seen.known.to)
    plan.remarks.push_back("nothing was seen of the day: forecast and roster are taken as they are");
  say(plan.staff.absent, "planned at work now and not signed on");
  say(plan.staff.unplanned, "at work now without plan, counted until the half-hour ends");
  say({unknown.begin(), unknown.end()}, "in the roster and not in the configuration, left out");
  say(plan.gaps.unreachable, "no number of handlers keeps the target of");
  for (const auto& made : plan.ahead.classes) {
    char text[160];
    std::snprintf(text, sizeof text, ": talk %.0f s (cv %.2f), wrap-up %.0f s, patience %.0f s, days vary by %.0f %% beyond chance",
                  made.talk, made.talk_cv, made.wrap_up, made.patience, 100 * made.dispersion);
    plan.remarks.push_back("class " + made.name + text);
  }
}

// Gains first, then savings, then what rules forbid.
void rank(std::vector<JudgedOption>& options) {
  const auto key = [](const JudgedOption& o) { return std::pair{!o.simulated ? 2 : o.option.hours < 0 ? 1 : 0, -o.calls.mean}; };
  std::stable_sort(options.begin(), options.end(), [&](const auto& a, const auto& b) { return key(a) < key(b); });
}

bool can_simulate(const DayOption& option) { return !option.handlers.empty() || option.other.handlers > 0; }

}  // namespace

IntradayOutcome plan_intraday(const IntradayInput& input, const IntradayPlanOptions& wanted, const std::function<bool()>& stop) {
  IntradayOutcome out;
  auto looked = look_ahead(input.now, input.plan, input.options, input.seen, wanted.ahead);
  out.faults = std::move(looked.faults);
  if (!out.faults.empty()) return out;
  IntradayPlan& plan = out.plan;
  plan.ahead = std::move(looked.ahead);
  const auto skills = classes_of_handlers(input.options, plan.ahead.classes);
  plan.staff = staff_ahead(input.plan.roster, input.seen, input.now);
  plan.gaps = gaps_of(plan.ahead, rostered_from(input.plan.roster, input.now), plan.staff.stretches, skills, {wanted.ahead.shrinkage});
  remark(plan, input, skills);
  std::vector<AheadStaff> staffings{{plan.staff.stretches, {}}};
  for (auto& option : day_options({input.plan, plan.ahead, plan.gaps, plan.staff, skills})) {
    if (can_simulate(option)) staffings.push_back({staff_ahead(option.roster, input.seen, input.now).stretches, option.other});
    plan.options.push_back({std::move(option), false, {}, {}});
  }
  const RoomAhead room{input.options, plan.ahead, staffings, wanted.ahead.shrinkage, wanted.seed};
  AheadJudge judge{plan.ahead, staffings.size()};
  for (std::uint32_t day = 0; day < wanted.days; ++day) {
    const auto calls = room.calls(day);
    for (std::size_t s = 0; s < staffings.size(); ++s) {
      if (stop()) return out.stopped = true, out;
      judge.add(s, room.run(day, calls, s));
    }
  }
  const auto roster = judge.side(0);
  plan.levels = roster.levels;
  plan.shares = roster.shares;
  std::size_t staffing = 0;
  for (auto& option : plan.options) {
    if (!can_simulate(option.option)) continue;
    const auto gain = judge.gain(++staffing);
    option.simulated = true;
    option.calls = gain.calls;
    option.difference = gain.shares;
  }
  rank(plan.options);
  return out;
}

}  // namespace pledge::workforce
