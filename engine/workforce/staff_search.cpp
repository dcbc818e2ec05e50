#include "workforce/staff_search.hpp"

#include <algorithm>
#include <cmath>
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

// Thrown nowhere else than from a trial to find_staff.
struct TimeIsUp {};

struct Trial {
  StaffGrid staff;
  CallsInTime calls;
  std::vector<DayFigures> figures;
};

class Search {
 public:
  Search(const StaffSearch& in, const RunStaff& run) : in_(in), run_(run), exchange_(in) {}

  StaffFound find() {
    const StaffGrid analytic = analytic_staff(in_);
    best_.staff = analytic;
    found_.analytic_hours = hours_of(analytic);
    try {
      if (level(analytic)) exchange();
      else found_.end = SearchEnd::impossible;
    } catch (const TimeIsUp&) {
      found_.end = SearchEnd::out_of_time;
    }
    found_.kept = !best_.figures.empty() && exchange_.kept(best_.calls);
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
  Trial trial(const StaffGrid& staff) {
    Trial out{staff, {}, figures(staff, 0, in_.days)};
    out.calls = calls_in_time(out.figures);
    ++found_.trials;
    return out;
  }
  StaffGrid at_level(const StaffGrid& analytic, double level) const {
    StaffGrid staff = analytic;
    for (std::size_t g = 0; g < staff.size(); ++g)
      for (std::uint32_t& n : staff[g])
        n = static_cast<std::uint32_t>(std::clamp(std::ceil(n + level * std::sqrt(n)), double(in_.limits[g].least), double(in_.limits[g].most)));
    return staff;
  }
  // The last trial that keeps the targets is the best so far; before there is one, the last trial is.
  bool keeps(const StaffGrid& staff) {
    Trial made = trial(staff);
    const bool kept = exchange_.kept(made.calls);
    if (kept || best_.figures.empty() || !exchange_.kept(best_.calls)) best_ = std::move(made);
    return kept;
  }
  bool level(const StaffGrid& analytic) {
    double missed = 0, kept = 0;
    if (keeps(analytic)) {
      for (missed -= level_step; missed > least_level && keeps(at_level(analytic, missed)); missed -= level_step) kept = missed;
    } else {
      for (kept += level_step; kept <= most_level && !keeps(at_level(analytic, kept)); kept += level_step) missed = kept;
    }
    if (kept > most_level) return false;
    while (kept - missed > finest_level &&
           hours_of(at_level(analytic, kept)) - hours_of(at_level(analytic, missed)) > level_within * hours_of(best_.staff)) {
      const double middle = (missed + kept) / 2;
      (keeps(at_level(analytic, middle)) ? kept : missed) = middle;
    }
    found_.level_hours = hours_of(best_.staff);
    return true;
  }

  void exchange() {
    for (int round = 0; round < most_rounds; ++round) {
      const double before = exchange_.cost(best_.staff);
      measure();
      steps();
      if (before - exchange_.cost(best_.staff) < round_saves * before) return;
    }
  }
  void measure() {
    std::vector<Loss> losses;
    for (std::size_t g = 0; g < in_.room.groups.size(); ++g)
      for (std::size_t from = 0; from < worth_window; ++from) {
        const StaffGrid fewer = exchange_.fewer(best_.staff, {g, from}, taken_share);
        if (fewer != best_.staff) losses.push_back({{g, from}, fewer, calls_in_time(figures(fewer, 0, in_.days))}), ++found_.trials;
      }
    exchange_.learn(best_.staff, best_.calls, losses);
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
      Trial made = trial(staff);
      if (exchange_.kept(made.calls)) return best_ = std::move(made), true;
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
  Trial best_;
  StaffFound found_;
};

}  // namespace

StaffFound find_staff(const StaffSearch& search, const RunStaff& run) { return Search{search, run}.find(); }

}  // namespace pledge::workforce
