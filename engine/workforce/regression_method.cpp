#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numbers>
#include <optional>

#include "workforce/forecast_method.hpp"
#include "workforce/ridge.hpp"

namespace pledge::workforce {

namespace {

constexpr std::size_t climate_from = 35;  // days of history before the calendar's part forecasts
constexpr std::size_t recent_from = 84;   // and before the recent past's part does: the longest span it looks at
constexpr unsigned year_waves = 4, weekend_waves = 2;
constexpr double climate_half_life = 900, recent_half_life = 1000;  // days

// F. J. Anscombe 1948: the square root of a Poisson count has a variance of about 1/4 whatever its mean.
double root(double count) { return std::sqrt(count + 0.375); }
double count_of(double root) { return root <= 0 ? 0 : std::max(0.0, root * root - 0.125); }

// Sums of what was left over on days that are alike.
struct Alike {
  double days = 0, day_sum = 0;
  std::vector<double> sums;  // by slot
};

class Regression : public ForecastMethod {
 public:
  explicit Regression(const DemandCalendar& calendar) : calendar_(calendar) {}
  std::string name() const override { return "calendar regression"; }
  std::size_t least_days() const override { return climate_from; }
  void learn(const Past& past) override;
  DayCounts forecast(const Past& past, std::size_t target) override;

 private:
  using Kinds = std::array<const Alike*, 3>;
  struct Target {
    DayCounts climate;
    std::vector<std::vector<double>> features;  // by slot; empty before recent_from
  };
  static std::vector<double> calendar_features(const Past& past, std::size_t day);
  std::vector<double> calendar_penalty(std::size_t days) const;
  DayCounts climate(const Past& past, std::size_t day) const;
  void learn_climate(const Past& past, const std::vector<double>& roots);
  void learn_recent(std::size_t day, const std::vector<double>& roots);
  std::vector<std::string> alike_keys(Day day) const;
  Kinds alike(Day day) const;
  void remember_alike(Day day, std::size_t index);
  double effect(const Alike* alike, std::optional<unsigned> slot) const;
  std::vector<double> common_features(const Past& past, std::size_t target, const Kinds& kinds) const;
  std::vector<double> slot_features(const Past& past, std::size_t target, unsigned slot, const Kinds& kinds) const;
  double smoothed(std::size_t day, unsigned slot) const;
  double mean_day(std::size_t newest, std::size_t oldest) const;  // days back from now, 1 = the last

  const DemandCalendar& calendar_;
  std::optional<Ridge> climate_;
  std::vector<Ridge> recent_;              // one a slot
  std::vector<std::vector<double>> left_;  // by day and slot: root minus yesterday's climate
  std::vector<double> left_day_;           // mean over the day
  std::map<std::size_t, Target> targets_;  // forecast, not yet learned
  std::map<std::string, Alike> alike_;
  double day_variance_ = 0.1, slot_variance_ = 0.4;
  bool solved_ = false, recent_solved_ = false;
};

std::vector<double> Regression::calendar_features(const Past& past, std::size_t day) {
  const Day date = past.day(day);
  const unsigned weekday = weekday_of(date);
  std::vector<double> x(7);
  x[weekday] = 1;
  const double phase = 2 * std::numbers::pi * static_cast<double>(date.time_since_epoch().count()) / 365.2425;
  const double weekend = weekday == 0 || weekday == 6 ? 0.7 : -0.3;
  for (unsigned k = 1; k <= year_waves; ++k) {
    x.push_back(std::cos(k * phase));
    x.push_back(std::sin(k * phase));
    if (k > weekend_waves) continue;
    x.push_back(weekend * std::cos(k * phase));
    x.push_back(weekend * std::sin(k * phase));
  }
  x.push_back(1);
  x.push_back(static_cast<double>(day) / 365.25);
  return x;
}

// A time of year seen less than once is no season yet, and a short trend no trend: held near zero.
std::vector<double> Regression::calendar_penalty(std::size_t days) const {
  std::vector<double> penalty(7 + 2 * (year_waves + weekend_waves) + 2, days < 400 ? 300 : 3);
  std::fill_n(penalty.begin(), 7, 1);
  penalty[penalty.size() - 2] = 1e-6;  // the mean
  penalty.back() = days < 400 ? 300 : 30;
  return penalty;
}

DayCounts Regression::climate(const Past& past, std::size_t day) const {
  const auto x = calendar_features(past, day);
  DayCounts roots(past.slots);
  for (unsigned s = 0; s < past.slots; ++s) roots[s] = std::max(0.0, climate_->predict(x, s));
  return roots;
}

void Regression::learn(const Past& past) {
  const auto day = past.counts.size() - 1;
  std::vector<double> roots(past.slots);
  for (unsigned s = 0; s < past.slots; ++s) roots[s] = root(past.counts[day][s]);  // NaN stays NaN
  if (!climate_) climate_.emplace(calendar_features(past, day).size(), past.slots, climate_half_life);
  learn_climate(past, roots);
  learn_recent(day, roots);
  solved_ = recent_solved_ = false;
}

// What is left over is measured against the climate as it was known the day before.
void Regression::learn_climate(const Past& past, const std::vector<double>& roots) {
  const auto day = past.counts.size() - 1;
  std::vector<double> left(past.slots), taken = roots;
  if (day >= climate_from) {
    climate_->solve(calendar_penalty(day));
    const auto usual = climate(past, day);
    const double most = 4 * std::sqrt(slot_variance_);
    for (unsigned s = 0; s < past.slots; ++s) {
      if (!std::isnan(roots[s])) left[s] = roots[s] - usual[s];
      taken[s] = usual[s] + std::clamp(left[s], -most, most);
    }
  } else {
    // Too early for a climate: what is not known is taken as the same slot a week before, or as none.
    for (unsigned s = 0; s < past.slots; ++s)
      if (std::isnan(taken[s])) taken[s] = day >= 7 ? root(std::max(0.0, past.counts[day - 7][s])) : 0;
    for (double& t : taken)
      if (std::isnan(t)) t = 0;
  }
  climate_->learn(calendar_features(past, day), taken);
  double mean = 0;
  for (const double l : left) mean += l / past.slots;
  left_.push_back(std::move(left));
  left_day_.push_back(mean);
  if (day >= climate_from) remember_alike(past.day(day), day);
}

void Regression::learn_recent(std::size_t day, const std::vector<double>& roots) {
  const auto target = targets_.find(day);
  if (target != targets_.end() && !target->second.features.empty()) {
    const double most = 5 * std::sqrt(slot_variance_);
    for (std::size_t s = 0; s < roots.size(); ++s) {
      if (std::isnan(roots[s])) continue;
      recent_[s].learn(target->second.features[s], {std::clamp(roots[s] - target->second.climate[s], -most, most)});
    }
  }
  targets_.erase(targets_.begin(), targets_.upper_bound(day));
}

// The same date, the same weekday of the month, and the same holiday of other years.
std::vector<std::string> Regression::alike_keys(Day day) const {
  const std::chrono::year_month_day date{day};
  const auto month = std::to_string(static_cast<unsigned>(date.month()));
  const auto of_month = static_cast<unsigned>(date.day());
  std::vector<std::string> keys = {
      "date " + month + "-" + std::to_string(of_month),
      "nth " + month + "-" + std::to_string((of_month - 1) / 7) + "-" + std::to_string(weekday_of(day))};
  const auto holiday = calendar_.holidays.find(day);
  if (holiday != calendar_.holidays.end()) keys.push_back("holiday " + holiday->second);
  return keys;
}

// Always three, so that each has its own coefficient.
Regression::Kinds Regression::alike(Day day) const {
  Kinds found{};
  const auto keys = alike_keys(day);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const auto known = alike_.find(keys[i]);
    if (known != alike_.end()) found[i] = &known->second;
  }
  return found;
}

void Regression::remember_alike(Day day, std::size_t index) {
  constexpr double slow = 0.01;
  const auto& left = left_[index];
  const double bound = 16 * day_variance_;
  day_variance_ += slow * (std::min(left_day_[index] * left_day_[index], bound) - day_variance_);
  double square = 0;
  for (const double l : left) square += std::min(l * l, 16 * slot_variance_) / static_cast<double>(left.size());
  slot_variance_ += slow * (square - slot_variance_);

  for (const auto& key : alike_keys(day)) {
    auto& sums = alike_[key];
    sums.sums.resize(left.size());
    sums.days += 1;
    sums.day_sum += left_day_[index];
    for (std::size_t s = 0; s < left.size(); ++s) sums.sums[s] += left[s];
  }
}

// The mean, shrunk by what chance alone would make of it (W. James, C. Stein 1961).
double Regression::effect(const Alike* alike, std::optional<unsigned> slot) const {
  if (!alike || alike->days < 2) return 0;
  const double mean = (slot ? alike->sums[*slot] : alike->day_sum) / alike->days;
  const double chance = 2 * (slot ? slot_variance_ : day_variance_) / alike->days;
  return mean * std::max(0.0, 1 - chance / (mean * mean + 1e-12));
}

double Regression::mean_day(std::size_t newest, std::size_t oldest) const {
  double sum = 0;
  for (std::size_t back = newest; back <= oldest; ++back) sum += left_day_[left_day_.size() - back];
  return sum / static_cast<double>(oldest - newest + 1);
}

std::vector<double> Regression::common_features(const Past& past, std::size_t target, const Kinds& kinds) const {
  std::vector<double> x = {mean_day(1, 1),  mean_day(2, 3),   mean_day(4, 7),
                           mean_day(8, 14), mean_day(15, 28), mean_day(29, 56)};
  const auto weekday = target - 7 * ((target - past.counts.size()) / 7 + 1);
  x.push_back(left_day_[weekday]);
  x.push_back((left_day_[weekday] + left_day_[weekday - 7] + left_day_[weekday - 14] + left_day_[weekday - 21]) / 4);
  for (const auto* days : kinds) x.push_back(effect(days, std::nullopt));
  return x;
}

// A slot with its two neighbours on either side, weighted 1 2 3 2 1; those of a day not yet known are left out.
double Regression::smoothed(std::size_t day, unsigned slot) const {
  const auto slots = static_cast<int>(left_.front().size());
  double sum = 0, weights = 0;
  for (int k = -2; k <= 2; ++k) {
    const int at = static_cast<int>(day) * slots + static_cast<int>(slot) + k;
    if (at < 0 || at >= static_cast<int>(left_.size()) * slots) continue;
    const double weight = 3 - std::abs(k);
    sum += weight * left_[static_cast<std::size_t>(at / slots)][static_cast<std::size_t>(at % slots)];
    weights += weight;
  }
  return sum / weights;
}

std::vector<double> Regression::slot_features(const Past& past, std::size_t target, unsigned slot,
                                              const Kinds& kinds) const {
  const auto now = past.counts.size();
  const auto weekday = target - 7 * ((target - now) / 7 + 1);
  double week = 0, month = 0, weekdays = 0, quarter = 0;
  for (std::size_t back = 1; back <= 28; ++back) {
    const double one = smoothed(now - back, slot);
    month += one / 28;
    if (back <= 7) week += one / 7;
  }
  for (std::size_t k = 0; k < 8; ++k) weekdays += smoothed(weekday - 7 * k, slot) / 8;
  for (std::size_t back = 1; back <= 84; ++back) quarter += left_[now - back][slot] / 84;
  std::vector<double> x = {week, month, weekdays, quarter};
  for (const auto* days : kinds) {
    double sum = 0;
    for (int k = -1; k <= 1; ++k)
      sum +=
          effect(days,
                 static_cast<unsigned>(std::clamp(static_cast<int>(slot) + k, 0, static_cast<int>(past.slots) - 1))) /
          3;
    x.push_back(sum);
  }
  return x;
}

DayCounts Regression::forecast(const Past& past, std::size_t target) {
  const auto now = past.counts.size();
  if (!solved_) climate_->solve(calendar_penalty(now));
  solved_ = true;
  auto& made = targets_[target];
  made.climate = climate(past, target);
  DayCounts counts(past.slots);
  // The longest look back: 8 same weekdays, and two weeks more when the target is far ahead.
  if (now < recent_from + climate_from) {
    for (unsigned s = 0; s < past.slots; ++s) counts[s] = count_of(made.climate[s]);
    return counts;
  }
  const auto kinds = alike(past.day(target));
  auto common = common_features(past, target, kinds);
  double evening = 0;
  const unsigned quarter = past.slots / 4;
  for (unsigned s = past.slots - quarter; s < past.slots; ++s) evening += left_[now - 1][s] / quarter;
  common.push_back(evening);
  common.push_back(1);
  made.features.resize(past.slots);
  for (unsigned s = 0; s < past.slots; ++s) {
    made.features[s] = common;
    const auto own = slot_features(past, target, s, kinds);
    made.features[s].insert(made.features[s].end(), own.begin(), own.end());
  }
  const auto size = made.features.front().size();
  if (recent_.empty()) recent_.assign(past.slots, Ridge(size, 1, recent_half_life));
  const std::vector<double> penalty(size, 6);
  for (unsigned s = 0; s < past.slots; ++s) {
    if (!recent_solved_) recent_[s].solve(penalty);
    counts[s] = count_of(made.climate[s] + recent_[s].predict(made.features[s], 0));
  }
  recent_solved_ = true;
  return counts;
}

}  // namespace

std::unique_ptr<ForecastMethod> regression(const DemandCalendar& calendar) {
  return std::make_unique<Regression>(calendar);
}

}  // namespace pledge::workforce
