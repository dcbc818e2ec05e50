// Every rule looked up once more, shift by shift, without the search that made the roster: what a person changed is held to
// the same rules, and the search is tested against them.
#include <algorithm>

#include "workforce/roster.hpp"

namespace pledge::workforce {

namespace {

class HandlerCheck {
 public:
  HandlerCheck(const RosterRules& rules, const std::vector<ShiftType>& types, std::size_t handler, std::vector<RosterBreach>& out)
      : rules_(rules), types_(types), handler_(handler), contract_(rules.contracts[rules.handlers[handler].contract]), out_(out) {}

  void run(std::vector<RosterShift> shifts) {
    std::sort(shifts.begin(), shifts.end());
    for (const auto& shift : shifts) single(shift);
    for (std::size_t i = 1; i < shifts.size(); ++i) rest(shifts[i - 1], shifts[i]);
    for (unsigned week = 0; week < rules_.need.days / days_a_week; ++week) hours(shifts, week);
  }

 private:
  void breach(unsigned day, const std::string& what) {
    out_.push_back({handler_, day, "handler " + rules_.handlers[handler_].name + ", " + date(day) + ": " + what});
  }
  std::string date(unsigned day) const { return to_text(rules_.need.first + std::chrono::days{day}); }

  void single(const RosterShift& shift) {
    const std::size_t pattern = types_[shift.type].pattern;
    if (std::find(contract_.patterns.begin(), contract_.patterns.end(), pattern) == contract_.patterns.end())
      breach(shift.day, "contract " + contract_.name + " does not allow pattern " + rules_.patterns[pattern].name);
    if (rules_.handlers[handler_].leave[shift.day]) breach(shift.day, "is on leave");
  }
  void rest(const RosterShift& before, const RosterShift& shift) {
    in_row_ = shift.day == before.day + 1 ? in_row_ + 1 : 1;
    if (in_row_ == contract_.days_in_row + 1)
      breach(shift.day, "works more than " + std::to_string(contract_.days_in_row) + " days in a row (contract " +
                            contract_.name + ")");
    if (before.day == shift.day) return breach(shift.day, "begins two shifts on one day");
    const unsigned rested = minutes_between(rules_, before.day * minutes_a_day + types_[before.type].end,
                                            shift.day * minutes_a_day + types_[shift.type].start);
    const bool day_off = shift.day > before.day + 1;
    const unsigned wanted = day_off ? contract_.week_rest : contract_.rest;
    if (rested < wanted)
      breach(shift.day, "rests " + hours_text(rested) + " h after the shift of " + date(before.day) + "; contract " + contract_.name +
                            " wants " + hours_text(wanted) + " h" + (day_off ? " around a day off" : ""));
  }
  void hours(const std::vector<RosterShift>& shifts, unsigned week) {
    unsigned paid = 0, worked = 0;
    for (const auto& shift : shifts) {
      if (shift.day / days_a_week != week) continue;
      paid += types_[shift.type].paid;
      ++worked;
    }
    const auto wanted = week_hours(rules_, rules_.handlers[handler_], week);
    if (paid < wanted.least || paid > wanted.most)
      breach(week * days_a_week, "works " + hours_text(paid) + " h in the week from this day; contract " + contract_.name +
                                     (wanted.least == contract_.week_least ? " wants " : " and leave want ") +
                                     hours_text(wanted.least) + " to " + hours_text(wanted.most) + " h");
    if (worked + contract_.days_off > days_a_week)
      breach(week * days_a_week, "has " + std::to_string(days_a_week - std::min(worked, days_a_week)) +
                                     " days off in the week from this day; contract " + contract_.name + " wants " +
                                     std::to_string(contract_.days_off));
  }

  const RosterRules& rules_;
  const std::vector<ShiftType>& types_;
  std::size_t handler_;
  const Contract& contract_;
  std::vector<RosterBreach>& out_;
  unsigned in_row_ = 1;
};

}  // namespace

std::vector<RosterBreach> breaches(const RosterRules& rules, const std::vector<ShiftType>& types, const Roster& roster) {
  std::vector<std::vector<RosterShift>> of(rules.handlers.size());
  for (const auto& shift : roster) of[shift.handler].push_back(shift);
  std::vector<RosterBreach> all;
  for (std::size_t handler = 0; handler < of.size(); ++handler)
    HandlerCheck{rules, types, handler, all}.run(std::move(of[handler]));
  return all;
}

}  // namespace pledge::workforce
