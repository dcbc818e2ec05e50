#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "workforce/forecast_method.hpp"

namespace pledge::workforce {

namespace {

// The newest known day with the weekday of `target`.
std::size_t same_weekday_before(std::size_t known, std::size_t target) {
  return target - 7 * ((target - known) / 7 + 1);
}

class WeeklyMean : public ForecastMethod {
 public:
  explicit WeeklyMean(unsigned weeks) : weeks_(weeks) {}
  std::string name() const override {
    return weeks_ == 1 ? "seasonal naive, 7 d" : "mean of " + std::to_string(weeks_) + " same weekdays";
  }
  std::size_t least_days() const override { return 7; }  // the weeks there are
  void learn(const Past&) override {}
  DayCounts forecast(const Past& past, std::size_t target) override {
    DayCounts sum(past.slots), known(past.slots);
    std::size_t day = same_weekday_before(past.counts.size(), target) + 7;
    for (unsigned week = 0; week < weeks_ && day >= 7; ++week) {
      day -= 7;
      for (unsigned s = 0; s < past.slots; ++s) {
        if (std::isnan(past.counts[day][s])) continue;
        sum[s] += past.counts[day][s];
        known[s] += 1;
      }
    }
    for (unsigned s = 0; s < past.slots; ++s) sum[s] = known[s] > 0 ? sum[s] / known[s] : 0;
    return sum;
  }

 private:
  unsigned weeks_;
};

// The total of a day, its unknown slots taken in proportion; NaN if more than half are unknown.
double total(const DayCounts& counts) {
  double sum = 0, known = 0;
  for (const double c : counts)
    if (!std::isnan(c)) sum += c, known += 1;
  return 2 * known < static_cast<double>(counts.size()) ? std::nan("")
                                                        : sum * static_cast<double>(counts.size()) / known;
}

class WeeklyMedian : public ForecastMethod {
 public:
  std::string name() const override { return "weekly medians"; }
  std::size_t least_days() const override { return 28; }
  void learn(const Past& past) override { totals_.push_back(total(past.counts.back())); }
  DayCounts forecast(const Past& past, std::size_t target) override {
    DayCounts counts(past.slots);
    const double now = level(totals_.size());
    std::vector<double> ratios;
    for (unsigned s = 0; s < past.slots; ++s) {
      ratios.clear();
      std::size_t day = same_weekday_before(past.counts.size(), target) + 7;
      for (int week = 0; week < 8 && day >= 7; ++week) {
        day -= 7;
        const double then = level(day + 1);
        if (!std::isnan(past.counts[day][s]) && then > 0) ratios.push_back(past.counts[day][s] / then);
      }
      counts[s] = ratios.empty() ? 0 : now * median(ratios);
    }
    return counts;
  }

 private:
  static double median(std::vector<double>& values) {
    std::sort(values.begin(), values.end());
    const auto middle = values.size() / 2;
    return values.size() % 2 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
  }
  // Median total of the three weeks that end before day `end`.
  double level(std::size_t end) const {
    std::vector<double> known;
    for (std::size_t day = end - std::min<std::size_t>(end, 21); day < end; ++day)
      if (!std::isnan(totals_[day])) known.push_back(totals_[day]);
    return known.empty() ? 0 : median(known);
  }
  std::vector<double> totals_;
};

class Smoothing : public ForecastMethod {
 public:
  std::string name() const override { return "profile smoothing"; }
  std::size_t least_days() const override { return 28; }
  void learn(const Past& past) override {
    const auto& counts = past.counts.back();
    const double sum = total(counts);
    if (past.counts.size() == 1) profile_.fill(DayCounts(past.slots));
    auto& profile = profile_[weekday_of(past.day(past.counts.size() - 1))];
    if (std::isnan(sum)) return;
    if (level_ <= 0) level_ = sum;
    const double usual = std::accumulate(profile.begin(), profile.end(), 0.0);  // of a day of this weekday, in levels
    if (usual > 0) {
      const double before = level_;
      level_ = std::max((level_ + damping * trend_) * (1 - level_gain) + sum / usual * level_gain, 1e-9);
      trend_ = damping * trend_ * (1 - trend_gain) + (level_ - before) * trend_gain;
    }
    for (unsigned s = 0; s < past.slots; ++s) {
      if (std::isnan(counts[s])) continue;
      const double ratio = counts[s] / level_;
      profile[s] = usual > 0 ? profile[s] + profile_gain * (ratio - profile[s]) : ratio;
    }
  }
  DayCounts forecast(const Past& past, std::size_t target) override {
    const double ahead = static_cast<double>(target - past.counts.size() + 1);
    const double level = std::max(0.0, level_ + trend_ * damping * (1 - std::pow(damping, ahead)) / (1 - damping));
    DayCounts counts = profile_[weekday_of(past.day(target))];
    for (double& c : counts) c *= level;
    return counts;
  }

 private:
  // Gains a day (level, trend) and a week (profile), usual in the literature for daily series.
  static constexpr double level_gain = 0.12, trend_gain = 0.02, profile_gain = 0.12, damping = 0.95;
  double level_ = 0, trend_ = 0;
  std::array<DayCounts, 7> profile_;
};

}  // namespace

std::unique_ptr<ForecastMethod> weekly_mean(unsigned weeks) { return std::make_unique<WeeklyMean>(weeks); }
std::unique_ptr<ForecastMethod> weekly_median() { return std::make_unique<WeeklyMedian>(); }
std::unique_ptr<ForecastMethod> smoothing() { return std::make_unique<Smoothing>(); }

}  // namespace pledge::workforce
