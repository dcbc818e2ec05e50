#include "core/reserve.hpp"

#include <algorithm>
#include <cmath>

namespace pledge::core {

namespace {
constexpr double negligible = 1e-12;
constexpr int steps = 20;              // of a reserve, per handler
constexpr double highest_load = 0.98;  // λE ÷ nμ beyond this would let the reserve grow without bound
// by_wait lets calls through near their target: for the same lateness over all waits it must be stricter after it, by
// (1 + (stake − 1) ÷ ln stake) ÷ 2 = 1.74 if calls within their target and late ones are met as often. engine/core/reserve.md has
// where each number comes from, and what it does to vary it.
constexpr double stake = 5;
constexpr double strictness = 1.65;
// Shares of the most that is kept back: against a young call; against late ones, which at night would want all of it.
constexpr double young_share = 0.5, late_share_of_most = 0.625;
// Of the target: from when to when a late call's reserve falls by one handler; how far ahead a surge is reckoned.
constexpr double eased_from = 2, eased_by = 4, surge_ahead = 2;
constexpr double chance = 2.5;  // standard deviations of a count that are not taken for a surge
// In other calls delayed: beyond them a reserve is as good as none or all.
constexpr double lowest_price = 1e-3, highest_price = 1e6;

double most_of(const ReserveInput& in) { return std::min(in.most, in.handlers - 1); }

struct Load {
  double handling, emergency;  // mean of the mix, seconds; λE ÷ nμ
  double within_target;        // e^{−(nμ−λE)·T}
};
Load load_of(const ReserveInput& in) {
  const double rate = in.emergency_rate + in.other_rate;
  const double handling = (in.emergency_rate * in.emergency_handling + in.other_rate * in.other_handling) / rate;
  const double service_rate = in.handlers / handling;
  const double slack = std::max(0.0, (service_rate - in.emergency_rate) * in.target);
  return {handling, std::min(highest_load, in.emergency_rate / service_rate), std::exp(-slack)};
}
}  // namespace

double probability_all_busy(double handlers, double rate, double handling, double patience) {
  const double n = std::max(1.0, std::floor(handlers));
  const double load = rate * handling;
  if (load <= 0) return 0;
  if (patience <= 0 && load >= n) return 1;
  double below = 1;  // 1/B(n): the weight of states 0..n in units of state n's
  for (double k = 1; k <= n; ++k) below = 1 + below * k / load;
  double above = 0, weight = 1;
  const double leave = patience > 0 ? 1 / patience : 0;
  for (double waiting = 1; weight > negligible * (below + above) && waiting < 100'000; ++waiting) {
    weight *= rate / (n / handling + waiting * leave);
    above += weight;
  }
  return (1 + above) / (below + above);
}

double late_share(const ReserveInput& in, double kept) {
  if (in.emergency_rate <= 0 || in.handlers < 1) return 0;
  const Load load = load_of(in);
  const double whole = std::floor(kept), part = kept - whole, rate = in.emergency_rate + in.other_rate;
  const auto busy = [&](double k) { return probability_all_busy(in.handlers - k, rate, load.handling, in.patience); };
  const double from = busy(whole), to = part > 0 ? busy(whole + 1) : from;
  return (from + (to - from) * part) * std::pow(load.emergency, kept) * load.within_target;
}

namespace {
// One step of a reserve: the share of late calls before and after it, and how many more of the others meet only busy handlers.
struct Step {
  double late, late_after, others_delayed;
};

// The least reserve whose step is `enough`; the most if none is.
template <class Enough>
double least_reserve(const ReserveInput& in, Enough enough) {
  if (in.emergency_rate <= 0 || in.handlers < 1) return 0;
  const double most = most_of(in), rate = in.emergency_rate + in.other_rate;
  const Load load = load_of(in);
  const auto busy = [&](double kept) { return probability_all_busy(in.handlers - kept, rate, load.handling, in.patience); };
  double from = busy(0), to = 0;
  for (int whole = 0; whole <= most; ++whole, from = to) {
    to = busy(whole + 1);
    const auto late = [&](int step) {
      const double part = static_cast<double>(step) / steps;
      return (from + (to - from) * part) * std::pow(load.emergency, whole + part) * load.within_target;
    };
    for (int step = 0; step < steps; ++step) {
      const double kept = whole + static_cast<double>(step) / steps;
      if (kept >= most || enough(Step{late(step), late(step + 1), (to - from) / steps})) return std::min(kept, most);
    }
  }
  return most;
}

ReserveInput against_late_ones(ReserveInput in) {
  in.allowed_late /= strictness;
  in.most = most_of(in) * late_share_of_most;
  return in;
}

WaitReserve by_wait(const ReserveInput& in, double late) {
  WaitReserve reserve;
  reserve.most = most_of(in);
  reserve.young = reserve.most * young_share;
  reserve.late = late;
  const double handlers_a_stake = std::log(stake) / -std::log(load_of(in).emergency);
  reserve.at_target = std::max(0.0, late - std::round(handlers_a_stake * steps) / steps);
  return reserve;
}
}  // namespace

double computed_reserve(const ReserveInput& in) {
  return least_reserve(in, [&](const Step& step) { return step.late <= in.allowed_late; });
}

double priced_reserve(const ReserveInput& in, double price) {
  return least_reserve(in, [&](const Step& step) {
    return in.other_rate * step.others_delayed > price * in.emergency_rate * (step.late - step.late_after);
  });
}

double price_for_day(const std::vector<ReserveInput>& day, double allowed) {
  double calls = 0, strict = 0;
  std::vector<double> without;  // a reserve: the late share at each hour
  for (const ReserveInput& at : day) {
    without.push_back(late_share(at, 0));
    calls += at.emergency_rate;
    strict += at.emergency_rate * without.back();
  }
  if (strict <= calls * allowed) return 0;
  const auto late = [&](double price) {
    double sum = 0;
    for (std::size_t i = 0; i < day.size(); ++i) {
      const ReserveInput missed = against_late_ones(day[i]);
      sum += missed.emergency_rate * std::min(without[i], strictness * late_share(missed, priced_reserve(missed, price)));
    }
    return sum / calls;
  };
  double missed = std::log(lowest_price), kept = std::log(highest_price);
  for (int halving = 0; halving < 30; ++halving) {
    const double middle = (kept + missed) / 2;
    (late(std::exp(middle)) > allowed ? missed : kept) = middle;
  }
  return std::exp(kept);
}

WaitReserve reserve_by_wait(const ReserveInput& in) {
  if (in.emergency_rate <= 0 || in.handlers < 1 || late_share(in, 0) <= in.allowed_late) return {};
  return by_wait(in, computed_reserve(against_late_ones(in)));
}

WaitReserve reserve_by_wait(const ReserveInput& in, double price) {
  if (in.emergency_rate <= 0 || in.handlers < 1) return {};
  const double late = priced_reserve(against_late_ones(in), price);
  return late > 0 ? by_wait(in, late) : WaitReserve{};
}

double WaitReserve::against(double waited, double target) const {
  double kept = late;
  if (waited < target) kept = young + (at_target - young) * waited / target;
  else if (waited > eased_from * target)
    kept = std::max(0.0, late - std::min(1.0, (waited / target - eased_from) / (eased_by - eased_from)));
  return surge > 0 && young > 0 ? std::max(kept, std::min(most, kept + surge * surge_ahead * target)) : kept;
}

std::optional<double> WaitReserve::lets_go_at(double idle, double target) const {
  const double beside_surge = idle - surge * surge_ahead * target;
  if (idle < 1 || at_target >= young || beside_surge <= at_target) return std::nullopt;
  return std::max(0.0, target * (young - beside_surge) / (young - at_target));
}

double surge_rate(double counted, double rate, double over) {
  const double expected = rate * over;
  return std::max(0.0, counted - 0.5 - expected - chance * std::sqrt(expected)) / over;
}

void RateMeter::roll(Time now, Duration window) {
  if (window != window_) *this = RateMeter{};
  window_ = window;
  const std::int64_t width = std::max<std::int64_t>(1, window.count() / static_cast<std::int64_t>(buckets));
  const std::int64_t bucket = now.ns / width;
  if (first_ < 0) first_ = current_ = bucket;
  const std::int64_t steps = std::min<std::int64_t>(bucket - current_, buckets);
  for (std::int64_t i = 1; i <= steps; ++i) ring_[static_cast<std::size_t>(current_ + i) % buckets] = {};
  if (steps == static_cast<std::int64_t>(buckets)) ring_.fill({});
  current_ = std::max(current_, bucket);
}

void RateMeter::count(Time now, Duration window, Duration handling) {
  roll(now, window);
  Bucket& bucket = ring_[static_cast<std::size_t>(current_) % buckets];
  ++bucket.count;
  bucket.handling_ns += handling.count();
}

std::uint64_t RateMeter::counted() const {
  std::uint64_t count = 0;
  for (const Bucket& bucket : ring_) count += bucket.count;
  return count;
}

double RateMeter::per_second(Duration window) const {
  if (first_ < 0 || window.count() <= 0) return 0;
  const double seen = static_cast<double>(std::min<std::int64_t>(current_ - first_ + 1, buckets));
  return static_cast<double>(counted()) * buckets / (seen * static_cast<double>(window.count()) / 1e9);
}

std::optional<double> RateMeter::mean_handling(std::uint32_t least) const {
  std::uint64_t count = 0;
  std::int64_t sum = 0;
  for (const Bucket& bucket : ring_) {
    count += bucket.count;
    sum += bucket.handling_ns;
  }
  if (count < least || count == 0) return std::nullopt;
  return static_cast<double>(sum) / static_cast<double>(count) / 1e9;
}

double RateMeter::surge(double rate, double share, Time now, Duration window) const {
  if (first_ < 0) return 0;
  const std::int64_t width = std::max<std::int64_t>(1, window.count() / static_cast<std::int64_t>(buckets));
  double most = 0, counted = 0, over = seconds(Duration{now.ns - current_ * width});
  for (std::size_t back = 0, next = 1; back < buckets; ++back) {
    counted += ring_[static_cast<std::size_t>(current_ + static_cast<std::int64_t>(buckets - back)) % buckets].count;
    if (back == next || back + 1 == buckets) {
      most = std::max(most, surge_rate(share * counted, rate, over));
      next *= 2;
    }
    over += seconds(Duration{width});
  }
  return most;
}

double hourly_rate(const std::vector<double>& per_hour, Time now, const std::vector<UtcOffset>& offsets) {
  if (per_hour.size() != 24) return 0;
  const auto after = std::upper_bound(offsets.begin(), offsets.end(), now,
                                      [](Time t, const UtcOffset& offset) { return t < offset.from; });
  const std::int64_t shift = after == offsets.begin() ? 0 : std::prev(after)->seconds;
  constexpr std::int64_t day = 86'400;
  const std::int64_t local = (((now.ns / 1'000'000'000 + shift) % day) + day) % day;
  const double position = static_cast<double>(local) / 3600.0 + 23.5;  // hours since 00:30 of the day before, mod 24
  const auto hour = static_cast<std::size_t>(position);
  const double part = position - static_cast<double>(hour);
  return (per_hour[hour % 24] * (1 - part) + per_hour[(hour + 1) % 24] * part) / 3600.0;
}

}  // namespace pledge::core
