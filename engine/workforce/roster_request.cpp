#include "workforce/roster_request.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>

#include "workforce/handler_gaps.hpp"
#include "workforce/local_clock.hpp"
#include "workforce/roster_changes.hpp"

namespace pledge::workforce {

namespace {

constexpr std::size_t faults_told = 5;

// A shift on the local clock, in minutes from the beginning of its day.
struct LocalShift {
  Day day;
  unsigned start, end;
  std::vector<Break> breaks;
};
LocalShift local(const PlannedShift& shift, const std::vector<core::UtcOffset>& offsets) {
  const Day day = local_day(shift.from, offsets);
  const auto minute = [&](core::Time at) {
    return static_cast<unsigned>((clock_seconds(at, offsets) - std::chrono::seconds{day.time_since_epoch()}.count()) / 60);
  };
  LocalShift out{day, minute(shift.from), minute(shift.to), {}};
  for (const auto& pause : shift.breaks) {
    const unsigned begin = minute(pause.from);
    out.breaks.push_back({begin - out.start, minute(pause.to) - begin});
  }
  return out;
}

class Asked {
 public:
  Asked(const AskedInput& input, const std::function<bool()>& stop) : in_(input), stop_(stop), rules_(*input.plan.rules) {
    rules_.offsets = in_.plan.offsets;
    types_ = shift_types(rules_);
    RosterNeed& need = rules_.need;
    need.handlers.assign(need.groups.size(), std::vector<unsigned>(need.slots()));
  }

  AskedAnswer judge(const AskedChange& asked) {
    if (rules_.need.groups.empty() || rules_.need.groups.size() > most_groups)
      fault("a change is judged for 1 to " + std::to_string(most_groups) + " classes; the counts have " + std::to_string(rules_.need.groups.size()));
    read_roster();
    const auto days = std::visit([this](const auto& change) { return days_of(change); }, asked);
    if (!out_.faults.empty() || !expect(days)) return out_;
    const auto change = std::visit([this](const auto& wanted) { return make(wanted); }, asked);
    out_.reasons = change.reasons;
    return out_;
  }

 private:
  void fault(std::string text) {
    if (out_.faults.size() < faults_told) out_.faults.push_back(std::move(text));
  }

  std::optional<std::size_t> type_of(const PlannedShift& shift, const LocalShift& at) const {
    for (std::size_t i = 0; i < types_.size(); ++i) {
      const ShiftType& type = types_[i];
      const ShiftPattern& pattern = rules_.patterns[type.pattern];
      if (type.start == at.start && type.end == at.end && pattern.breaks[type.breaks] == at.breaks &&
          (shift.pattern.empty() || shift.pattern == pattern.name))
        return i;
    }
    return std::nullopt;
  }
  std::optional<std::size_t> handler_of(const std::string& name) const {
    for (std::size_t h = 0; h < rules_.handlers.size(); ++h)
      if (rules_.handlers[h].name == name) return h;
    return std::nullopt;
  }

  void read_roster() {
    for (const PlannedShift& shift : in_.plan.roster) {
      const LocalShift at = local(shift, in_.plan.offsets);
      const auto handler = handler_of(shift.handler);
      const auto type = type_of(shift, at);
      if (!handler) fault("the roster has a shift of " + shift.handler + ", who is not in handlers.csv");
      else if (!type)
        fault("the shift of " + shift.handler + " at " + stamp_text(at.day, at.start) + " is of no pattern in shifts.csv: correct one of them");
      else roster_.push_back({*handler, static_cast<unsigned>((at.day - rules_.need.first).count()), *type});
    }
    std::sort(roster_.begin(), roster_.end());
  }

  // Days from the need's first; a fault for one that has begun or is beyond the roster.
  unsigned index_of(Day day) {
    const auto index = (day - rules_.need.first).count();
    if (day <= local_day(in_.now, in_.plan.offsets)) fault(to_text(day) + " has begun: name a day after today");
    else if (index < 0 || index >= static_cast<long>(rules_.need.days)) fault(to_text(day) + " is no day of the roster");
    else return static_cast<unsigned>(index);
    return 0;
  }
  void known(const std::string& handler) {
    if (!handler_of(handler)) fault("no handler \"" + handler + "\" in handlers.csv");
  }
  std::set<unsigned> days_of(const AskedSwap& swap) {
    known(swap.one.handler), known(swap.other.handler);
    return {index_of(swap.one.day), index_of(swap.other.day)};
  }
  std::set<unsigned> days_of(const AskedLeave& leave) {
    known(leave.handler);
    if (leave.to < leave.from) fault("the leave ends before it begins");
    else if ((leave.to - leave.from).count() >= static_cast<long>(most_days_asked))
      fault("a leave of at most " + std::to_string(most_days_asked) + " days is judged at a time: ask for the weeks one after the other");
    const unsigned from = index_of(leave.from), to = index_of(leave.to);
    std::set<unsigned> days;
    for (unsigned day = from; out_.faults.empty() && day <= to; ++day) days.insert(day);
    return days;
  }

  // The need of these days and of each next one, into which shifts reach. False: stopped, or a fault.
  bool expect(std::set<unsigned> days) {
    for (const unsigned day : std::set<unsigned>(days))
      if (day + 1 < rules_.need.days) days.insert(day + 1);
    std::set<std::string> unreachable;
    for (const unsigned day : days) {
      if (stop_()) return out_.stopped = true, false;
      const auto midnight = time_of_clock(rules_.need.first + std::chrono::days{day}, 0, in_.plan.offsets);
      const auto looked = look_ahead(midnight, in_.plan, in_.options, {}, in_.ahead);
      for (const auto& text : looked.faults) fault(text);
      if (!out_.faults.empty()) return false;
      const auto gaps = gaps_of(looked.ahead, {}, {}, {}, {in_.ahead.shrinkage});
      unreachable.insert(gaps.unreachable.begin(), gaps.unreachable.end());
      for (const HandlerGap& gap : gaps.half_hours) need_of(looked.ahead, gap);
    }
    for (const std::string& name : unreachable) out_.remarks.push_back("class " + name + ": no number of handlers keeps its target; its need is not judged");
    return true;
  }
  // To be rostered, so that after shrinkage as many are there as are needed. An hour that comes twice needs the more of both.
  void need_of(const DayAhead& ahead, const HandlerGap& gap) {
    const auto first = std::chrono::seconds{rules_.need.first.time_since_epoch()}.count();
    const auto slot = static_cast<std::size_t>((clock_seconds(gap.from, in_.plan.offsets) - first) / (half_hour_minutes * 60));
    for (std::size_t c = 0; c < ahead.classes.size(); ++c) {
      const auto group = std::find(rules_.need.groups.begin(), rules_.need.groups.end(), ahead.classes[c].name);
      if (group == rules_.need.groups.end()) continue;
      auto& handlers = rules_.need.handlers[static_cast<std::size_t>(group - rules_.need.groups.begin())];
      const auto rostered = static_cast<unsigned>(std::ceil(gap.needed[c] / (1 - in_.ahead.shrinkage)));
      if (slot < handlers.size()) handlers[slot] = std::max(handlers[slot], rostered);
    }
  }

  ShiftOf shift_of(const AskedShift& asked) { return {*handler_of(asked.handler), index_of(asked.day)}; }
  RosterChange make(const AskedSwap& swap) { return swap_shifts(rules_, types_, roster_, shift_of(swap.one), shift_of(swap.other)); }
  RosterChange make(const AskedLeave& leave) {
    return take_leave(rules_, types_, roster_, *handler_of(leave.handler), {index_of(leave.from), index_of(leave.to)});
  }

  const AskedInput& in_;
  const std::function<bool()>& stop_;
  RosterRules rules_;
  std::vector<ShiftType> types_;
  Roster roster_;
  AskedAnswer out_;
};

}  // namespace

AskedAnswer judge_change(const AskedInput& input, const AskedChange& asked, const std::function<bool()>& stop) {
  return Asked{input, stop}.judge(asked);
}

std::vector<ShiftText> shifts_between(const PlannedDay& plan, Day from, Day to) {
  std::vector<ShiftText> out;
  for (const PlannedShift& shift : plan.roster) {
    const LocalShift at = local(shift, plan.offsets);
    if (at.day < from || at.day >= to) continue;
    out.push_back({shift.handler, stamp_text(at.day, at.start), stamp_text(at.day, at.end), shift.pattern, breaks_text(at.breaks)});
  }
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return std::tie(a.start, a.handler) < std::tie(b.start, b.handler); });
  return out;
}

}  // namespace pledge::workforce
