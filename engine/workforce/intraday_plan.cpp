#include "workforce/intraday_plan.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "workforce/local_clock.hpp"

namespace pledge::workforce {

namespace {

constexpr std::size_t most_named = 8;  // handlers in a remark

// Every simulated day of every staffing; the first staffing is the roster as it is.
class Judge {
 public:
  Judge(const DayAhead& ahead, std::size_t staffings)
      : ahead_(ahead), all_(staffings), kept_(staffings, std::vector<std::vector<double>>(ahead.classes.size())),
        offered_(ahead.classes.size()), offered_in_(ahead.classes.size(), std::vector<double>(ahead.from.size())), on_time_in_(offered_in_) {}

  void add(std::size_t staffing, const SharesOfDay& day) {
    double all = 0;
    for (std::size_t c = 0; c < ahead_.classes.size(); ++c) {
      all += day.on_time[c];
      kept_[staffing][c].push_back(day.on_time[c]);
      if (staffing == 0) offered_[c].push_back(day.offered[c]);
      for (std::size_t i = 0; staffing == 0 && i < ahead_.from.size(); ++i)
        offered_in_[c][i] += day.offered_in[c][i], on_time_in_[c][i] += day.on_time_in[c][i];
    }
    all_[staffing].push_back(all);
  }
  void finish(IntradayPlan& plan) const {
    for (std::size_t c = 0; c < ahead_.classes.size(); ++c) {
      plan.levels.push_back(estimate(shares(0, c)));
      auto& by_half_hour = plan.shares.emplace_back();
      for (std::size_t i = 0; i < ahead_.from.size(); ++i)
        by_half_hour.push_back(offered_in_[c][i] > 0 ? on_time_in_[c][i] / offered_in_[c][i] : std::nan(""));
    }
  }
  void judge(JudgedOption& option, std::size_t staffing) const {
    option.simulated = true;
    option.calls = difference(all_[staffing], all_[0]);
    for (std::size_t c = 0; c < ahead_.classes.size(); ++c) option.difference.push_back(difference(shares(staffing, c), shares(0, c)));
  }

 private:
  std::vector<double> shares(std::size_t staffing, std::size_t of_class) const {
    return shares_by_day(kept_[staffing][of_class], offered_[of_class]);
  }
  const DayAhead& ahead_;
  std::vector<std::vector<double>> all_;                // by staffing and day: calls within target, of all classes
  std::vector<std::vector<std::vector<double>>> kept_;  // by staffing, class and day
  std::vector<std::vector<double>> offered_;            // by class and day: under each staffing the same calls
  std::vector<std::vector<double>> offered_in_, on_time_in_;
};

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
  Judge judge{plan.ahead, staffings.size()};
  for (std::uint32_t day = 0; day < wanted.days; ++day) {
    const auto calls = room.calls(day);
    for (std::size_t s = 0; s < staffings.size(); ++s) {
      if (stop()) return out.stopped = true, out;
      judge.add(s, room.run(day, calls, s));
    }
  }
  judge.finish(plan);
  std::size_t staffing = 0;
  for (auto& option : plan.options)
    if (can_simulate(option.option)) judge.judge(option, ++staffing);
  rank(plan.options);
  return out;
}

}  // namespace pledge::workforce
