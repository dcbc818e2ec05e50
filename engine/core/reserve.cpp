#include "core/reserve.hpp"

#include <algorithm>
#include <cmath>

namespace pledge::core {

namespace {
constexpr double negligible = 1e-12;
constexpr int steps = 20;              // of a reserve, per handler
constexpr double highest_load = 0.98;  // λE ÷ nμ beyond this would let the reserve grow without bound
// engine/core/reserve.md has where each of these comes from, and what it does to vary it.
// Shares of the most that is kept back: against a young call; against late ones, which at night would want all of it.
constexpr double young_share = 0.5, late_share_of_most = 0.74;
constexpr double at_target_share = 0.3;  // of what is kept back against late ones
// Of the target: from when to when a late call's reserve falls by one handler; how far ahead a surge is reckoned.
constexpr double eased_from = 2, eased_by = 4, surge_ahead = 2;
constexpr double chance = 3.5;  // standard deviations of a count that are not taken for a surge
// Ages of the oldest call waiting, in targets: by eighths until the reserve changes no more, by whole ones until few wait longer.
constexpr int ages_a_target = 8, oldest = 20;
constexpr double forever = 1e9;  // seconds
constexpr double aim = 0.91;     // of the lateness allowed over a day: the model takes it for up to a tenth less than it is
// In other calls late for a first-class call saved: at least so much of what their promises allow, one over the other; beyond the
// highest a reserve is as good as all there may be.
constexpr double price_of_promises = 0.4, lowest_price = 1e-3, highest_price = 1e6;

double most_of(const ReserveInput& in) { return std::max(0.0, std::min(in.most, in.handlers - 1)); }

struct Load {
  double handling, emergency;  // mean of the mix, seconds; λE ÷ nμ
  double drain;                // of the queue of the others while all are busy: nμ − λE, calls a second
  double within_target;        // e^{−(nμ−λE)·T}
};
Load load_of(const ReserveInput& in) {
  const double rate = in.emergency_rate + in.other_rate;
  const double handling = (in.emergency_rate * in.emergency_handling + in.other_rate * in.other_handling) / rate;
  const double service_rate = in.handlers / handling, drain = service_rate - in.emergency_rate;
  return {handling, std::min(highest_load, in.emergency_rate / service_rate), drain, std::exp(-std::max(0.0, drain * in.target))};
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
  // In an overload the weights grow before they fall: far beyond `below` the chance is 1, and the sum would leave the range of doubles.
  for (double waiting = 1; weight > negligible * (below + above) && above * negligible < below && waiting < 100'000; ++waiting) {
    weight *= rate / (n / handling + waiting * leave);
    above += weight;
  }
  return (1 + above) / (below + above);
}

namespace {

// The model at one moment. What costs a walk over all handlers or over all ages is computed when first asked for, and kept.
class Moment {
 public:
  explicit Moment(const ReserveInput& in) : in_(in), load_(in.emergency_rate > 0 && in.handlers >= 1 ? load_of(in) : Load{}) {}

  bool empty() const { return in_.emergency_rate <= 0 || in_.handlers < 1; }
  double rate() const { return in_.emergency_rate; }

  double late(double kept) {
    if (empty()) return 0;
    const double whole = std::floor(kept), part = kept - whole;
    const double from = busy(static_cast<std::size_t>(whole)), to = part > 0 ? busy(static_cast<std::size_t>(whole) + 1) : from;
    return (from + (to - from) * part) * std::pow(load_.emergency, kept) * load_.within_target;
  }
  // As the others age, each age weighed by how often a first-class call meets it. Idle handlers are whole: a call is let through while
  // more than r are idle, which leaves ⌊r⌋.
  double late(const WaitReserve& reserve) {
    if (empty() || reserve.young <= 0) return late(0.0);
    weigh_ages(reserve);
    double sum = 0;
    for (const Age& age : ages_) sum += age.weight * late_whole(static_cast<std::size_t>(age.kept));
    return std::min(sum, late_whole(0));
  }

  // The share of the others who have to wait that miss their target, under strict priority: the virtual wait beyond the target, and
  // those who give up before it is over.
  double late_of_delayed() {
    if (late_of_delayed_) return *late_of_delayed_;
    if (empty()) return 0;
    weigh_ages({});
    double late = 0;
    for (const Age& age : ages_) late += age.weight * (age.seconds >= in_.other_target ? 1 : -std::expm1(-age.seconds / patience()));
    late_of_delayed_ = late;
    return late;
  }

  // The least reserve, in steps, that `enough` is content with; else the most.
  template <class Enough>
  double least(double most, Enough enough) {
    for (int step = 0; !empty(); ++step) {
      const double kept = static_cast<double>(step) / steps;
      if (kept >= most) return most;
      if (enough(kept)) return kept;
    }
    return 0;
  }
  // Where the next step makes more of the others late than its saved calls are worth.
  double priced(double price, double most) {
    return least(most, [&](double kept) {
      constexpr double step = 1.0 / steps;
      const auto whole = static_cast<std::size_t>(kept);
      const double delayed = (busy(whole + 1) - busy(whole)) * step;
      return in_.other_rate * delayed * late_of_delayed() > price * in_.emergency_rate * (late(kept) - late(kept + step));
    });
  }

  WaitReserve by_promise() {
    if (empty() || late(0.0) <= in_.allowed_late) return {};
    return by_wait_of(keeping(most_late()));
  }
  WaitReserve by_price(double price) {
    const double late = priced(price, most_late());
    return late > 0 ? by_wait_of(late) : WaitReserve{};
  }

 private:
  struct Age {
    double seconds, kept, weight;  // kept: handlers held back against a call of that age; the weights are 1 in all
  };

  WaitReserve by_wait_of(double late) const {
    WaitReserve reserve;
    reserve.most = most_of(in_);
    reserve.young = reserve.most * young_share;
    reserve.late = late;
    reserve.at_target = std::round(late * at_target_share * steps) / steps;
    return reserve;
  }

  double most_late() const { return late_share_of_most * most_of(in_); }

  // The least late part with which the promise is kept at this moment, in steps; the most if none does.
  double keeping(double most) {
    int missed = -1, kept = static_cast<int>(std::floor(most * steps));
    while (kept - missed > 1) {
      const int middle = missed + (kept - missed) / 2;
      (late(by_wait_of(static_cast<double>(middle) / steps)) <= in_.allowed_late ? kept : missed) = middle;
    }
    return static_cast<double>(kept) / steps;
  }

  double late_whole(std::size_t kept) {
    while (late_.size() <= kept) late_.push_back(late(static_cast<double>(late_.size())));
    return late_[kept];
  }

  double busy(std::size_t kept) {
    if (in_.all_busy > 0) return in_.all_busy;
    while (busy_.size() <= kept)
      busy_.push_back(probability_all_busy(in_.handlers - static_cast<double>(busy_.size()), in_.emergency_rate + in_.other_rate,
                                           load_.handling, in_.patience));
    return busy_[kept];
  }

  double patience() const { return in_.patience > 0 ? in_.patience : forever; }

  // How long the oldest of the others has waited while some wait: the virtual wait of a queue with impatient customers (Baccelli &
  // Hebuterne 1981), whose density at x is as exp(∫₀ˣ λ·e^{−u÷patience} − drain(u) du), drained by what the first class leaves of the
  // service. Of r handlers kept back r − ρ÷(1−ρ) are idle on average, ρ = λE÷nμ: they drain nothing.
  void weigh_ages(const WaitReserve& reserve) {
    const double in_use = load_.emergency / (1 - load_.emergency);
    double power = 0, highest = -forever;
    ages_.clear();
    const auto add = [&](double from, double to) {  // targets
      const double width = (to - from) * in_.other_target, age = (from + to) / 2 * in_.other_target;
      const double kept = reserve.against(age, in_.other_target);
      const double drain = load_.drain - std::max(0.0, kept - in_use) / load_.handling;
      const double grows = in_.other_rate * std::exp(-age / patience()) - drain;
      ages_.push_back({age, kept, power + grows * width / 2 + std::log(to - from)});
      highest = std::max(highest, ages_.back().weight);
      power += grows * width;
    };
    constexpr int until_eased = static_cast<int>(eased_by);
    for (int i = 0; i < ages_a_target * until_eased; ++i)
      add(static_cast<double>(i) / ages_a_target, static_cast<double>(i + 1) / ages_a_target);
    for (int i = until_eased; i < oldest; ++i) add(i, i + 1);
    double sum = 0;
    for (Age& age : ages_) sum += age.weight = std::exp(age.weight - highest);
    for (Age& age : ages_) age.weight /= sum;
  }

  ReserveInput in_;
  Load load_;
  std::vector<double> busy_;      // by handlers kept back: the chance that all others are busy
  std::vector<double> late_;      // likewise: late()
  std::vector<Age> ages_;
  std::optional<double> late_of_delayed_;
};

}  // namespace

double late_share(const ReserveInput& in, double kept) { return Moment{in}.late(kept); }

double late_share(const ReserveInput& in, const WaitReserve& reserve) { return Moment{in}.late(reserve); }

double late_share_of_delayed(const ReserveInput& in) { return Moment{in}.late_of_delayed(); }

double computed_reserve(const ReserveInput& in) {
  Moment moment{in};
  return moment.least(most_of(in), [&](double kept) { return moment.late(kept) <= in.allowed_late; });
}

double priced_reserve(const ReserveInput& in, double price) { return Moment{in}.priced(price, most_of(in)); }

WaitReserve reserve_by_wait(const ReserveInput& in) { return Moment{in}.by_promise(); }

WaitReserve reserve_by_wait(const ReserveInput& in, double price) { return Moment{in}.by_price(price); }

double price_for_day(const std::vector<ReserveInput>& day, double allowed) {
  std::vector<Moment> moments(day.begin(), day.end());
  double calls = 0, strict = 0;
  for (Moment& moment : moments) {
    calls += moment.rate();
    strict += moment.rate() * moment.late(0.0);
  }
  if (strict <= calls * allowed) return 0;
  const auto late = [&](double price) {
    double sum = 0;
    for (Moment& moment : moments) sum += moment.rate() * moment.late(moment.by_price(price));
    return sum / calls;
  };
  const double least = price_of_promises * day.front().other_allowed_late / std::max(allowed, negligible);
  double missed = std::log(std::clamp(least, lowest_price, highest_price)), kept = std::log(highest_price);
  for (int halving = 0; halving < 30; ++halving) {
    const double middle = (kept + missed) / 2;
    (late(std::exp(middle)) > aim * allowed ? missed : kept) = middle;
  }
  return std::exp(kept);
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
