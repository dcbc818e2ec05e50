#include "workforce/hours.hpp"

#include <algorithm>

namespace pledge::workforce {

namespace {

std::vector<double> by_day(const HoursTrial& trial, std::size_t of_class) {
  return shares_by_day(trial.on_time[of_class], trial.offered[of_class]);
}

double share_of(const HoursTrial& trial, std::size_t of_class) { return estimate(by_day(trial, of_class)).mean; }

bool enough(const HoursTrial& trial, const std::vector<double>& targets) {
  for (std::size_t c = 0; c < targets.size(); ++c)
    if (share_of(trial, c) < targets[c]) return false;
  return true;
}

// Where between the two the class's share meets its target: 0 = at `few`, which may be enough for this class; so it is for one
// without calls.
double part_for(const HoursTrial& few, const HoursTrial& many, std::size_t of_class, double target) {
  const double from = share_of(few, of_class), to = share_of(many, of_class);
  return from < target ? (target - from) / (to - from) : 0;
}

HoursNeeded between(const HoursTrial& few, const HoursTrial& many, const std::vector<double>& targets) {
  HoursNeeded needed;
  double part = -1;
  for (std::size_t c = 0; c < targets.size(); ++c) {
    const double wanted = part_for(few, many, c, targets[c]);
    if (wanted <= part) continue;
    part = wanted;
    needed.binding = c;
  }
  const double more = many.hours - few.hours;
  needed.hours = few.hours + part * more;
  for (std::size_t c = 0; c < targets.size(); ++c)
    needed.on_time.push_back(share_of(few, c) + part * (share_of(many, c) - share_of(few, c)));
  const auto at_few = by_day(few, needed.binding), at_many = by_day(many, needed.binding);
  const double slope = (share_of(many, needed.binding) - share_of(few, needed.binding)) / more;
  for (std::size_t day = 0; day < at_few.size(); ++day) {
    const double share = at_few[day] + part * (at_many[day] - at_few[day]);
    needed.by_day.push_back(needed.hours - (share - targets[needed.binding]) / slope);
  }
  return needed;
}

}  // namespace

std::optional<HoursNeeded> hours_needed(const RunAt& run, const std::vector<double>& targets, double least, double most,
                                        double within) {
  constexpr int most_halvings = 40;  // staff are whole: below one handler's half-hour nothing changes any more
  HoursTrial few = run(least), many = run(most);
  if (enough(few, targets) || !enough(many, targets)) return std::nullopt;
  for (int i = 0; i < most_halvings && many.hours - few.hours > within * many.hours; ++i) {
    const double middle = (least + most) / 2;
    HoursTrial trial = run(middle);
    const bool kept = enough(trial, targets);
    (kept ? most : least) = middle;
    (kept ? many : few) = std::move(trial);
  }
  return between(few, many, targets);
}

}  // namespace pledge::workforce
