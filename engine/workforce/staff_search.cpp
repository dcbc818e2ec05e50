#include "workforce/staff_search.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>

#include "workforce/staff_exchange.hpp"

namespace pledge::workforce {

namespace {

constexpr double level_step = 0.5, least_level = -6, most_level = 12;  // δ
constexpr double level_within = 0.005;                                 // of the hours
constexpr double finest_level = 0.02;                                  // δ: cells that are alike change all at once
constexpr double taken_share = 0.04;                                   // of a cell's handlers, to measure its worth
constexpr double round_saves = 0.001;                                  // of the cost
constexpr int most_rounds = 8, most_repairs = 2, most_corrections = 5;
constexpr std::size_t parts = 4;                                       // of the days; the first tells what is far from the targets
constexpr std::size_t trials_a_measure = 8;                            // that many of all days, or as much of fewer days

// Thrown nowhere else than from a trial to find_staff.
struct TimeIsUp {};

// Of all days; or of the first part of them, and the calls in time reckoned from that.
struct Trial {
  StaffGrid staff;
  CallsInTime calls;
  std::vector<DayFigures> figures;
  bool kept = false;
};

class Search {
 public:
  Search(const StaffSearch& in, const RunStaff& run) : in_(in), run_(run), exchange_(in), few_(std::max<std::size_t>(1, in.days / parts)) {}

  StaffFound find() {
    const StaffGrid analytic = analytic_staff(in_);
    best_.staff = analytic;
    found_.analytic_hours = hours_of(analytic);
    try {
      if (level()) exchange();
      else found_.end = SearchEnd::impossible;
    } catch (const TimeIsUp&) {
      found_.end = SearchEnd::out_of_time;
    }
    found_.kept = best_.kept;
    found_.figures = best_.figures;
    try {
      if (found_.kept) check();
    } catch (const TimeIsUp&) {
      found_.end = SearchEnd::out_of_time;
    }
    found_.staff = best_.staff;
    return std::move(found_);
  }

 private:
  std::vector<DayFigures> figures(const StaffGrid& staff, std::size_t first, std::size_t days) const {
    auto figures = run_(staff, first, days);
    if (!figures) throw TimeIsUp{};
    return std::move(*figures);
  }
  std::vector<DayFigures> first_of_best(std::size_t days) const {
    return {best_.figures.begin(), best_.figures.begin() + static_cast<std::ptrdiff_t>(days)};
  }
  // Most staffings are far from the best so far, or from the targets, and a part of the days tells so: what the best has on all days,
  // and the difference on that part (a control variate). `whole`: where the part says that the targets are kept, the rest of the
  // days is simulated too.
  Trial trial(const StaffGrid& staff, bool whole) {
    const bool compares = !best_.figures.empty() && few_ < in_.days;
    Trial out{staff, {}, figures(staff, 0, compares ? few_ : in_.days), false};
    ++found_.trials;
    if (compares) {
      const auto before = first_of_best(few_);
      out.calls = plus_difference(best_.calls, calls_in_time(out.figures), calls_in_time(before));
      const Verdict verdict = exchange_.verdict(out.calls, out.figures, before, in_.days);
      out.kept = verdict == Verdict::kept;
      if (verdict == Verdict::missed || (verdict == Verdict::kept && !whole)) return out;
      auto rest = figures(staff, few_, in_.days - few_);
      std::move(rest.begin(), rest.end(), std::back_inserter(out.figures));
    }
    out.calls = calls_in_time(out.figures);
    out.kept = exchange_.kept(out.calls);
    return out;
  }
  bool is_whole(const Trial& made) const { return made.figures.size() == in_.days; }

  // The last whole trial that keeps the targets is the best so far; before there is one, the last whole trial is.
  bool keeps(double level, bool whole) {
    Trial made = trial(analytic_staff(in_, level), whole);
    const bool kept = made.kept;
    if (is_whole(made) && (kept || !best_.kept)) best_ = std::move(made);
    return kept;
  }
  bool level() {
    double missed = 0, kept = 0;
    if (keeps(0, true)) {
      for (missed -= level_step; missed > least_level && keeps(missed, false); missed -= level_step) kept = missed;
    } else {
      for (kept += level_step; !keeps(kept, false); kept += level_step) {
        if (kept >= most_level || analytic_staff(in_, kept) == analytic_staff(in_, missed)) return false;
        missed = kept;
      }
    }
    while (kept - missed > finest_level && level_hours(kept) - level_hours(missed) > level_within * level_hours(kept)) {
      const double middle = (missed + kept) / 2;
      (keeps(middle, false) ? kept : missed) = middle;
    }
    // The parts are right but for chance.
    for (; best_.staff != analytic_staff(in_, kept) && !keeps(kept, true); kept += finest_level)
      if (kept > most_level) return false;
    found_.level_hours = hours_of(best_.staff);
    return best_.kept;
  }
  double level_hours(double level) const { return hours_of(analytic_staff(in_, level)); }

  void exchange() {
    for (int round = 0; round < most_rounds; ++round) {
      const double before = exchange_.cost(best_.staff);
      measure();
      steps();
      if (before - exchange_.cost(best_.staff) < round_saves * before) return;
    }
  }
  void measure() {
    const std::size_t trials = in_.room.groups.size() * worth_window;
    const std::size_t days = std::clamp(in_.days * trials_a_measure / trials, few_, in_.days);
    std::vector<Loss> losses;
    for (std::size_t g = 0; g < in_.room.groups.size(); ++g)
      for (std::size_t from = 0; from < worth_window; ++from) {
        const StaffGrid changed = exchange_.changed(best_.staff, {g, from}, taken_share);
        if (changed != best_.staff) losses.push_back({{g, from}, changed, calls_in_time(figures(changed, 0, days))}), ++found_.trials;
      }
    exchange_.learn(best_.staff, calls_in_time(first_of_best(days)), losses);
  }
  void steps() {
    std::size_t most = in_.room.groups.size() * half_hours_a_day;
    while (most > 0) {
      const auto step = exchange_.step(best_.staff, best_.calls, most);
      if (!step) return;
      if (!taken(step->staff)) most = std::min(step->lose, most) / 2;
    }
  }
  bool taken(StaffGrid staff) {
    for (int repairs = 0; repairs <= most_repairs; ++repairs) {
      Trial made = trial(staff, true);
      if (made.kept) return best_ = std::move(made), true;
      const auto repaired = exchange_.repaired(staff, exchange_.spare(made.calls));
      if (!repaired || exchange_.cost(*repaired) >= exchange_.cost(best_.staff)) return false;
      staff = *repaired;
    }
    return false;
  }

  void check() {
    StaffGrid staff = best_.staff;
    for (int corrections = 0;; ++corrections) {
      found_.figures = figures(staff, in_.days, in_.check_days);
      found_.checked = true;
      found_.hours_interval = exchange_.hours_interval(staff, found_.figures);
      best_.staff = staff;
      if (corrections == most_corrections) return;
      Spare spare = exchange_.spare_of_day(calls_in_time(found_.figures));
      for (double& calls : spare)
        if (calls < 0) calls *= 1 + corrections;  // the former brought less than was reckoned
      const auto repaired = exchange_.repaired(staff, spare);
      if (!repaired || *repaired == staff) return;
      staff = *repaired;
    }
  }

  const StaffSearch& in_;
  const RunStaff& run_;
  Exchange exchange_;
  std::size_t few_;        // days of the first part
  Trial best_;             // whole
  StaffFound found_;
};

}  // namespace

StaffFound find_staff(const StaffSearch& search, const RunStaff& run) { return Search{search, run}.find(); }

}  // namespace pledge::workforce
