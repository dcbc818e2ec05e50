#include "workforce/forecast.hpp"

#include <algorithm>
#include <cmath>

#include "workforce/forecast_errors.hpp"

namespace pledge::workforce {

// The errors of one day's forecasts, on the scale of square roots.
struct RollingForecast::Score {
  std::vector<double> absolute;  // by method, Σ|count - forecast|
  std::vector<double> products;  // of methods i and j, Σ over slots of the errors' products; without the combination
  DayCounts chosen;              // by slot, the error of the forecast given out; NaN where nothing was counted
};

RollingForecast::RollingForecast(const Demand& demand, const DemandCalendar& calendar, unsigned lead,
                                 const ForecastOptions& options)
    : demand_(demand), calendar_(calendar), lead_(lead), options_(options), past_{demand.first, demand.slots, {}} {
  methods_.push_back(weekly_mean(1));
  methods_.push_back(weekly_mean(4));
  methods_.push_back(weekly_mean(8));
  methods_.push_back(weekly_median());
  methods_.push_back(smoothing());
  methods_.push_back(regression(calendar));
  for (const auto& method : methods_) names_.push_back(method->name());
  names_.emplace_back("combination");
  made_.resize(demand.counts.size());
}

RollingForecast::~RollingForecast() = default;

DayCounts learnable(const Demand& demand, const DemandCalendar& calendar, std::size_t day) {
  const Day date = demand.first + std::chrono::days{day};
  DayCounts counts = demand.counts[day];
  const bool event = calendar.events.contains(date);
  for (unsigned s = 0; s < demand.slots; ++s) {
    const double length = calendar.length(date, s);
    counts[s] = event || length <= 0 ? std::nan("") : counts[s] / length;
  }
  return counts;
}

void RollingForecast::advance(Day day) {
  const auto known = std::min(day, demand_.end());
  while (past_.first + std::chrono::days{past_.counts.size()} < known) learn_next();
}

void RollingForecast::learn_next() {
  const auto day = past_.counts.size();
  past_.counts.push_back(learnable(demand_, calendar_, day));
  for (const auto& method : methods_) method->learn(past_);
  if (made_[day]) score(day);
  const auto target = day + lead_;
  if (target < made_.size() && past_.counts.size() >= least_history - 7) made_[target] = forecast(past_.day(target));
}

const DayForecast* RollingForecast::made(Day day) const {
  const auto index = (day - demand_.first).count();
  if (index < 0 || index >= static_cast<std::int64_t>(made_.size())) return nullptr;
  const auto& found = made_[static_cast<std::size_t>(index)];
  return found ? &*found : nullptr;
}

DayForecast RollingForecast::forecast(Day day) {
  const auto target = static_cast<std::size_t>((day - demand_.first).count());
  DayForecast out;
  out.day = day;
  for (const auto& method : methods_) {
    // Until a method has seen enough, the mean of four weeks stands in for it.
    auto counts = past_.counts.size() >= method->least_days() ? method->forecast(past_, target) : out.all[1];
    for (double& c : counts) c = std::max(0.0, c);
    out.all.push_back(std::move(counts));
  }
  const auto weight = weights();
  DayCounts combined(past_.slots);
  for (unsigned s = 0; s < past_.slots; ++s) {
    double root = 0;
    for (std::size_t m = 0; m < methods_.size(); ++m) root += weight[m] * error_root(out.all[m][s]);
    combined[s] = error_count(root);
  }
  out.all.push_back(std::move(combined));
  const auto chosen = choose();
  out.method = names_[chosen];
  out.counts = out.all[chosen];
  add_band(out);
  const auto event = calendar_.events.find(day);
  const double factor = event == calendar_.events.end() ? 1 : event->second;
  for (unsigned s = 0; s < past_.slots; ++s) {
    const double scale = factor * calendar_.length(day, s);
    for (auto& counts : out.all) counts[s] *= scale;
    for (auto* counts : {&out.counts, &out.low, &out.high})
      if (!counts->empty()) (*counts)[s] *= scale;
  }
  return out;
}

void RollingForecast::score(std::size_t day) {
  const auto& forecast = *made_[day];
  const auto& counts = past_.counts[day];
  const auto methods = methods_.size();
  Score score{std::vector<double>(methods + 1), std::vector<double>(methods * methods),
              DayCounts(past_.slots, std::nan(""))};
  std::vector<double> errors(methods);
  for (unsigned s = 0; s < past_.slots; ++s) {
    if (std::isnan(counts[s])) continue;
    const double length = calendar_.length(past_.day(day), s);
    for (std::size_t m = 0; m <= methods; ++m) score.absolute[m] += std::abs(counts[s] * length - forecast.all[m][s]);
    for (std::size_t m = 0; m < methods; ++m)
      errors[m] = error_root(counts[s]) - error_root(forecast.all[m][s] / length);
    for (std::size_t i = 0; i < methods; ++i)
      for (std::size_t j = 0; j < methods; ++j) score.products[i * methods + j] += errors[i] * errors[j];
    score.chosen[s] = error_root(counts[s]) - error_root(forecast.counts[s] / length);
  }
  scores_.push_back(std::move(score));
}

std::vector<double> RollingForecast::weights() const {
  const auto methods = methods_.size();
  std::vector<double> products(methods * methods);
  for (std::size_t back = 1; back <= std::min<std::size_t>(scores_.size(), options_.choose_over); ++back)
    for (std::size_t i = 0; i < products.size(); ++i) products[i] += scores_[scores_.size() - back].products[i];
  return least_error_weights(products, methods);
}

std::size_t RollingForecast::choose() const {
  const auto known = std::min<std::size_t>(scores_.size(), options_.choose_over);
  if (known < 7) return 1;  // nothing to choose by yet: the mean of four weeks
  std::vector<double> sums(names_.size());
  for (std::size_t back = 1; back <= known; ++back)
    for (std::size_t m = 0; m < sums.size(); ++m) sums[m] += scores_[scores_.size() - back].absolute[m];
  return static_cast<std::size_t>(std::min_element(sums.begin(), sums.end()) - sums.begin());
}

void RollingForecast::add_band(DayForecast& out) const {
  ErrorBand band(past_.slots, options_.band);
  for (std::size_t back = 1; back <= std::min<std::size_t>(scores_.size(), options_.band_over); ++back)
    band.add(scores_[scores_.size() - back].chosen);
  band.apply(out.counts, out.low, out.high);
}

std::vector<DayForecast> forecast_days(const Demand& demand, const DemandCalendar& calendar, unsigned days,
                                       const ForecastOptions& options) {
  constexpr unsigned leads[] = {1, 2, 4, 7, 14, 28, 56, most_lead};
  std::vector<DayForecast> out;
  for (const unsigned lead : leads) {
    if (out.size() >= days) break;
    RollingForecast rolling(demand, calendar, lead, options);
    rolling.advance(demand.end());
    while (out.size() < std::min(lead, days))
      out.push_back(rolling.forecast(demand.end() + std::chrono::days{out.size()}));
  }
  return out;
}

}  // namespace pledge::workforce
