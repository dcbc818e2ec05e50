#include "workforce/intraday_options.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "workforce/local_clock.hpp"

namespace pledge::workforce {

namespace {

using core::Duration;
using core::Interval;
using core::Time;

double hours(Duration d) { return static_cast<double>(d.count()) / 3.6e12; }
unsigned minutes(Duration d) { return static_cast<unsigned>(d / std::chrono::minutes{1}); }

std::string clock(const PlannedDay& plan, Time at) {
  return clock_text(static_cast<unsigned>(clock_seconds(at, plan.offsets) / 60 % minutes_a_day));
}
Day day_of(const PlannedDay& plan, Time at) {
  return local_day(at, plan.offsets);
}

Interval span_of(const DayAhead& ahead, const Block& block) {
  return {std::max(ahead.now, ahead.from[block.first]), ahead.from[block.last] + half_hour};
}

// ---- rules of the roster
const RosterHandler* handler_of(const PlannedDay& plan, const std::string& name) {
  if (!plan.rules) return nullptr;
  const auto& all = plan.rules->handlers;
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto& h) { return h.name == name; });
  return found == all.end() ? nullptr : &*found;
}
const ShiftPattern* pattern_of(const PlannedDay& plan, const std::string& name) {
  if (!plan.rules) return nullptr;
  const auto& all = plan.rules->patterns;
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto& p) { return p.name == name; });
  return found == all.end() ? nullptr : &*found;
}

unsigned paid_minutes(const PlannedDay& plan, const PlannedShift& shift) {
  if (const auto* pattern = pattern_of(plan, shift.pattern)) return pattern->paid;
  Duration breaks{};
  for (const auto& b : shift.breaks) breaks += b.to - b.from;
  return minutes(shift.to - shift.from - breaks);
}

std::optional<std::string> rest_refusal(const PlannedDay& plan, const PlannedShift& shift, Time to, const RosterHandler* handler) {
  const auto* contract = handler ? &plan.rules->contracts[handler->contract] : nullptr;
  for (const auto& next : plan.roster) {
    const bool day_off = day_of(plan, next.from) - day_of(plan, shift.from) > std::chrono::days{1};
    const Duration rest = contract ? Duration{std::chrono::minutes{day_off ? contract->week_rest : contract->rest}}
                                   : day_off ? usual_week_rest : usual_rest;
    if (next.handler != shift.handler || next.from < shift.to || next.from - to >= rest) continue;
    return "would rest " + hours_text(next.from > to ? minutes(next.from - to) : 0) + " h before the shift of " +
           to_text(day_of(plan, next.from)) + "; " + (contract ? "contract " + contract->name : std::string("the law")) + " wants " +
           hours_text(minutes(rest)) + " h" + (day_off ? " around a day off" : "");
  }
  return std::nullopt;
}

std::optional<std::string> week_refusal(const PlannedDay& plan, const PlannedShift& shift, Time to, const RosterHandler& handler) {
  const auto week_of = [&](const PlannedShift& s) { return (day_of(plan, s.from) - plan.rules->need.first).count() / days_a_week; };
  unsigned paid = minutes(to - shift.to);
  for (const auto& other : plan.roster)
    if (other.handler == shift.handler && week_of(other) == week_of(shift)) paid += paid_minutes(plan, other);
  const auto week = static_cast<unsigned>(std::max<long>(0, week_of(shift)));
  const unsigned most = week_hours(*plan.rules, handler, week).most;
  if (paid <= most) return std::nullopt;
  return "would work " + hours_text(paid) + " h in the week; contract " + plan.rules->contracts[handler.contract].name +
         " and leave allow " + hours_text(most) + " h";
}

// ---- breaks
std::vector<Interval> at(const PlannedShift& shift, const std::vector<Break>& breaks) {
  std::vector<Interval> out;
  for (const Break& b : breaks) {
    const Time from = shift.from + std::chrono::minutes{b.after};
    out.push_back({from, from + std::chrono::minutes{b.length}});
  }
  return out;
}

// Other ways to take the breaks that have not begun, without regard to rules of a pattern.
std::vector<std::vector<Interval>> moved(const PlannedShift& shift, std::size_t which) {
  std::vector<std::vector<Interval>> out;
  for (const Duration by : {half_hour, -half_hour, most_moved, -most_moved}) {
    auto breaks = shift.breaks;
    breaks[which] = {breaks[which].from + by, breaks[which].to + by};
    const bool after = which == 0 ? breaks[which].from > shift.from : breaks[which].from >= breaks[which - 1].to;
    const bool before = which + 1 == breaks.size() ? breaks[which].to < shift.to : breaks[which].to <= breaks[which + 1].from;
    if (after && before) out.push_back(std::move(breaks));
  }
  return out;
}

class Candidates {
 public:
  explicit Candidates(const OptionsInput& input) : in_(input), soonest_(input.ahead.now + notice) {
    for (const auto& gap : in_.gaps.half_hours) missing_.push_back(gap.missing);
  }

  DayOption move_breaks(const Block& block) const {
    DayOption option = begun(OptionKind::move_breaks, block);
    auto missing = missing_;
    for (auto& shift : option.roster)
      if (can_take(shift, block.classes)) move_one(option, shift, missing);
    return option;
  }
  DayOption overtime(const Block& block) const {
    DayOption option = begun(OptionKind::overtime, block);
    auto left = missing_;
    const Interval span = option.during;
    for (auto& shift : option.roster) {
      if (!can_take(shift, block.classes) || shift.to < std::max(span.from, soonest_) || shift.to >= span.to) continue;
      const Time to = std::min(span.to, shift.to + most_overtime);
      if (!wanted(left, shift.to, to)) continue;
      if (const auto refusal = overtime_refusal(in_.plan, shift, to)) {
        option.forbidden.push_back({shift.handler, *refusal});
        continue;
      }
      add(left, shift.to, to, -1);
      option.handlers.push_back(shift.handler);
      option.changes.push_back(shift.handler + " until " + clock(in_.plan, to) + " instead of " + clock(in_.plan, shift.to));
      option.hours += hours(to - shift.to);
      shift.to = to;
    }
    return option;
  }
  DayOption another_centre(const Block& block) const {
    DayOption option = begun(OptionKind::another_centre, block);
    option.other = {static_cast<std::uint32_t>(std::ceil(block.most - 1e-9)), block.classes, option.during.from, option.during.to};
    option.hours = option.other.handlers * hours(option.during.to - option.during.from);
    option.changes.push_back(std::to_string(option.other.handlers) + " handlers of another centre take calls of " +
                             names_of(in_.ahead, block.classes));
    return option;
  }
  DayOption time_off(const Block& block) const {
    DayOption option = begun(OptionKind::time_off, block);
    auto spare = missing_;
    for (auto& shift : option.roster) {
      const Time from = std::max({option.during.from, soonest_, shift.from});
      if (shift.to <= from || shift.to > option.during.to || from <= shift.from || !is_spare(spare, from, shift.to)) continue;
      add(spare, from, shift.to, 1);
      option.handlers.push_back(shift.handler);
      option.changes.push_back(shift.handler + " from " + clock(in_.plan, from) + " instead of " + clock(in_.plan, shift.to));
      option.hours -= hours(shift.to - from);
      shift.to = from;
      std::erase_if(shift.breaks, [&](const Interval& b) { return b.to > from; });
    }
    return option;
  }

 private:
  DayOption begun(OptionKind kind, const Block& block) const {
    DayOption option;
    option.kind = kind;
    option.during = span_of(in_.ahead, block);
    option.classes = block.classes;
    option.roster = in_.plan.roster;
    return option;
  }
  // Who is absent is asked for nothing.
  bool can_take(const PlannedShift& shift, std::uint32_t classes) const {
    const auto skill = in_.skills.find(shift.handler);
    return skill != in_.skills.end() && (skill->second & classes) && shift.to > in_.ahead.now &&
           std::find(in_.staff.absent.begin(), in_.staff.absent.end(), shift.handler) == in_.staff.absent.end();
  }
  template <class Visit>
  void each_slot(Time from, Time to, Visit visit) const {
    for (std::size_t i = 0; i < in_.ahead.from.size(); ++i) {
      const Time begin = std::max(from, in_.ahead.from[i]), end = std::min(to, in_.ahead.from[i] + half_hour);
      if (end > begin) visit(i, hours(end - begin) / hours(half_hour));
    }
  }
  void add(std::vector<double>& missing, Time from, Time to, double sign) const {
    each_slot(from, to, [&](std::size_t i, double share) { missing[i] += sign * share; });
  }
  // Some half-hour of it lacks handlers still.
  bool wanted(const std::vector<double>& missing, Time from, Time to) const {
    bool any = false;
    each_slot(from, to, [&](std::size_t i, double) { any = any || missing[i] >= worth_an_option; });
    return any;
  }
  bool is_spare(const std::vector<double>& missing, Time from, Time to) const {
    bool all = true;
    each_slot(from, to, [&](std::size_t i, double share) { all = all && missing[i] + share <= 0; });
    return all;
  }
  void move_one(DayOption& option, PlannedShift& shift, std::vector<double>& missing) const {
    for (std::size_t which = 0; which < shift.breaks.size(); ++which) {
      const Interval old = shift.breaks[which];
      const bool within = old.from >= soonest_ && old.from < option.during.to && old.to > option.during.from;
      if (!within || !wanted(missing, old.from, old.to)) continue;
      const auto* pattern = pattern_of(in_.plan, shift.pattern);
      for (const auto& breaks : pattern ? alternatives(*pattern, shift) : moved(shift, which)) {
        if (!fits(breaks, shift, missing)) continue;
        for (const auto& b : shift.breaks) add(missing, b.from, b.to, -1);
        for (const auto& b : breaks) add(missing, b.from, b.to, 1);
        option.handlers.push_back(shift.handler);
        option.changes.push_back(shift.handler + " " + clock(in_.plan, breaks[which].from) + " instead of " +
                                 clock(in_.plan, old.from));
        shift.breaks = breaks;
        return;
      }
      if (pattern && pattern->breaks.size() == 1)
        option.forbidden.push_back(
            {shift.handler, "pattern " + pattern->name + " has no other breaks than " + breaks_text(pattern->breaks[0])});
    }
  }
  // Those of the pattern with as many breaks, of which none that has begun would move.
  std::vector<std::vector<Interval>> alternatives(const ShiftPattern& pattern, const PlannedShift& shift) const {
    std::vector<std::vector<Interval>> out;
    for (const auto& breaks : pattern.breaks) {
      auto one = at(shift, breaks);
      bool good = one != shift.breaks && one.size() == shift.breaks.size();
      for (std::size_t i = 0; good && i < one.size(); ++i)
        good = one[i] == shift.breaks[i] || (shift.breaks[i].from >= soonest_ && one[i].from >= soonest_);
      if (good) out.push_back(std::move(one));
    }
    return out;
  }
  // With the old breaks given back, each new one lies where handlers are to spare.
  bool fits(const std::vector<Interval>& breaks, const PlannedShift& shift, std::vector<double> missing) const {
    for (const auto& b : shift.breaks) add(missing, b.from, b.to, -1);
    return std::all_of(breaks.begin(), breaks.end(), [&](const Interval& b) {
      const bool unchanged = std::find(shift.breaks.begin(), shift.breaks.end(), b) != shift.breaks.end();
      return unchanged || (b.from >= soonest_ && b.to <= in_.ahead.end && is_spare(missing, b.from, b.to));
    });
  }

  const OptionsInput& in_;
  Time soonest_;
  std::vector<double> missing_;
};

// Runs of half-hours for which `in` holds.
template <class In>
std::vector<Block> blocks(const HandlerGaps& gaps, In in) {
  std::vector<Block> out;
  bool open = false;
  for (std::size_t i = 0; i < gaps.half_hours.size(); ++i) {
    const auto& gap = gaps.half_hours[i];
    if (!in(gap.missing)) {
      open = false;
      continue;
    }
    if (!open) out.push_back({i, i, gap.missing, 0, gap.classes});
    open = true;
    Block& block = out.back();
    block.last = i;
    block.sum += gap.missing;
    if (gap.missing > block.most) block.most = gap.missing, block.classes = gap.classes;
  }
  return out;
}

}  // namespace

std::vector<Block> short_blocks(const HandlerGaps& gaps) {
  auto out = blocks(gaps, [](double missing) { return missing >= worth_an_option; });
  std::stable_sort(out.begin(), out.end(), [](const Block& a, const Block& b) { return a.sum > b.sum; });
  if (out.size() > most_blocks) out.resize(most_blocks);
  return out;
}

std::optional<Block> spare_block(const HandlerGaps& gaps) {
  const auto all = blocks(gaps, [](double missing) { return missing <= -1; });
  const auto best = std::min_element(all.begin(), all.end(), [](const Block& a, const Block& b) { return a.sum < b.sum; });
  return best == all.end() ? std::nullopt : std::optional(*best);
}

std::optional<std::string> overtime_refusal(const PlannedDay& plan, const PlannedShift& shift, Time to) {
  const auto* handler = handler_of(plan, shift.handler);
  if (plan.rules && !handler) return "handlers.csv has no handler of that name, so that no contract is known";
  if (auto refusal = rest_refusal(plan, shift, to, handler)) return refusal;
  return handler ? week_refusal(plan, shift, to, *handler) : std::nullopt;
}

std::vector<DayOption> day_options(const OptionsInput& input) {
  const Candidates candidates{input};
  std::vector<DayOption> out;
  const auto add = [&](DayOption option) {
    if (!option.handlers.empty() || !option.forbidden.empty() || option.other.handlers > 0) out.push_back(std::move(option));
  };
  for (const Block& block : short_blocks(input.gaps)) {
    add(candidates.move_breaks(block));
    add(candidates.overtime(block));
    add(candidates.another_centre(block));
  }
  if (const auto block = spare_block(input.gaps)) add(candidates.time_off(*block));
  return out;
}

}  // namespace pledge::workforce
