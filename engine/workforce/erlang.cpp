#include "workforce/erlang.hpp"

#include <algorithm>
#include <cmath>

namespace pledge::workforce {

namespace {

constexpr double most_patient = 1e8;  // callers who would wait at most: half a second of summing

// Sums over k = 1, 2, ... callers waiting, of t(k) = Π_{i<=k} λ / (n/h + i/p), the probability of n + k callers in the
// system relative to that of n. The sums are to be multiplied by 2^exponent: overloaded, they exceed any double.
struct Waiting {
  double sum = 0;      // Σ t(k)
  double callers = 0;  // Σ k t(k)
  double served = 0;   // Σ t(k) Σ_{i<=k} 1 / (n/h + i/p): wait of those answered (Riordan 1962)
  int exponent = 0;
};

Waiting waiting(double arrivals, double service, double leaving) {
  constexpr double large = 0x1p+600;
  constexpr double epsilon = 1e-18;
  Waiting w;
  double term = 1, wait = 0;
  for (double k = 1;; ++k) {
    const double rate = service + k * leaving;
    term *= arrivals / rate;
    wait += 1 / rate;
    w.sum += term;
    w.callers += k * term;
    w.served += term * wait;
    if (term > large) {
      for (double* x : {&term, &w.sum, &w.callers, &w.served}) *x /= large;
      w.exponent += 600;
    }
    // From here on the terms fall faster than geometrically with this ratio; bound what is left of the slowest sum.
    const double ratio = arrivals / (rate + leaving);
    if (ratio < 1 && term * (k + 1 / (1 - ratio)) / (1 - ratio) <= epsilon * std::min(w.callers, w.sum * k)) return w;
    if (term == 0) return w;
  }
}

// λ H(t) - (n/h) t with H(t) = p (1 - exp(-t/p)), the logarithm of the density of the offered wait (Zeltyn and
// Mandelbaum 2005, "Call centers with impatient customers"). As (λ - n/h) t - λ (t - H(t)): no large terms cancel.
double log_offered_wait(double arrivals, double service, double leaving, double t) {
  const double x = leaving * t;
  double lag = x + std::expm1(-x);  // x - (1 - e^-x)
  if (x < 0.1) {
    lag = 0;
    double term = x * x / 2;
    for (int k = 3; k < 16; ++k) {
      lag += term;
      term *= -x / k;
    }
  }
  return (arrivals - service) * t - arrivals * lag / leaving;
}

ErlangFigures lost(const ErlangLoad& load, std::uint32_t handlers, double blocking) {
  ErlangFigures f;
  f.wait_share = f.abandoned = f.late_share = blocking;
  f.service_level = 1 - blocking;
  f.service_level_answered = f.service_level_patient = 1;
  f.occupancy = handlers == 0 ? 0 : load.offered() * (1 - blocking) / handlers;
  return f;
}

}  // namespace

// B(n) = A B(n-1) / (n + A B(n-1)), B(0) = 1 (D. L. Jagerman, "Some properties of the Erlang loss function", 1974).
// Every step is positive and contracts the error of the one before it.
double erlang_b_blocking(double offered, std::uint32_t handlers) {
  double blocking = 1;
  for (std::uint32_t n = 1; n <= handlers && blocking > 0; ++n)
    blocking = offered * blocking / (n + offered * blocking);
  return blocking;
}

ErlangFigures erlang_b(const ErlangLoad& load, std::uint32_t handlers) {
  return lost(load, handlers, erlang_b_blocking(load.offered(), handlers));
}

// C = n B / (n - A (1 - B)); the wait of those who wait is exponential with rate (n - A) / h.
std::optional<ErlangFigures> erlang_c(const ErlangLoad& load, std::uint32_t handlers, double target) {
  const double a = load.offered(), n = handlers;
  if (!(a < n)) return std::nullopt;
  const double b = erlang_b_blocking(a, handlers);
  ErlangFigures f;
  f.wait_share = n * b / ((n - a) + a * b);
  f.mean_wait = f.answered_wait = f.wait_share * load.handling / (n - a);
  f.late_share = f.wait_share * std::exp(-(n - a) * target / load.handling);
  f.service_level = f.service_level_answered = f.service_level_patient = 1 - f.late_share;
  f.occupancy = a / n;
  return f;
}

bool erlang_a_is_bounded(const ErlangLoad& load) { return load.arrivals * load.patience <= most_patient; }

// In units of the probability of exactly n callers in the system: the states 0..n weigh 1/B(n), those above Σ t(k). Who
// is answered after more than T meets an offered wait whose density is carried to T by log_offered_wait() and continues
// as in a queue with arrival rate λ exp(-T/p). Multiplied by B(n), as 1/B(n) may exceed any double.
ErlangFigures erlang_a(const ErlangLoad& load, std::uint32_t handlers, double target) {
  const double a = load.offered(), n = handlers;
  const double service = n / load.handling, leaving = 1 / load.patience;
  const double b = erlang_b_blocking(a, handlers), before = erlang_b_blocking(a, handlers - 1);
  const Waiting all = waiting(load.arrivals, service, leaving);
  const double survive = std::exp(-leaving * target);
  const Waiting late = waiting(load.arrivals * survive, service, leaving);

  const auto scaled = [&](double x) { return std::ldexp(x, -all.exponent); };
  const double total = scaled(1) + b * all.sum;  // b (1/b + Σ t), scaled
  const double carried = std::exp(log_offered_wait(load.arrivals, service, leaving, target) +
                                  (late.exponent - all.exponent) * std::log(2.0));
  const double one_late = std::ldexp(1.0, -late.exponent);

  ErlangFigures f;
  f.wait_share = b * (scaled(1) + all.sum) / total;
  f.abandoned = leaving * (b * all.callers / total) / load.arrivals;
  f.mean_wait = b * all.callers / total / load.arrivals;
  const double found = scaled(n / (n + a * before)) / total;  // a free handler; n / (n + A B(n-1)) is 1 - B(n)
  const double answered = found + n / a * (b * all.sum) / total;
  f.answered_wait = n / a * (b * all.served) / total / answered;
  const double answered_late = n / a * b * carried * late.sum / total;
  const double waited_late = survive * b * carried * (one_late + late.sum) / total;  // answered or not
  f.late_share = std::min(1.0, f.abandoned + answered_late);
  f.service_level = f.late_share < 0.5 ? 1 - f.late_share : std::max(0.0, answered - answered_late);
  f.service_level_answered = f.service_level / answered;
  f.service_level_patient = f.service_level / (f.service_level + waited_late);
  f.occupancy = a / n * answered;
  return f;
}

bool keeps(const ErlangFigures& f, const ErlangTarget& target) {
  return f.service_level >= target.service_level && f.abandoned <= target.abandoned &&
         f.answered_wait <= target.answered_wait && f.occupancy <= target.occupancy;
}

namespace {

bool enough(ErlangModel model, const ErlangLoad& load, const ErlangTarget& target, std::uint32_t handlers) {
  switch (model) {
    case ErlangModel::b:
      return keeps(erlang_b(load, handlers), target);
    case ErlangModel::c: {
      const auto figures = erlang_c(load, handlers, target.within);
      return figures && keeps(*figures, target);
    }
    case ErlangModel::a:
      return keeps(erlang_a(load, handlers, target.within), target);
  }
  return false;
}

}  // namespace

std::optional<std::uint32_t> fewest_handlers(ErlangModel model, const ErlangLoad& load, const ErlangTarget& target) {
  // Not from the load: a modest target is kept by fewer handlers than erlangs when callers give up.
  std::uint32_t few = 0, many = 1;
  while (!enough(model, load, target, many)) {
    if (many >= most_erlang_handlers) return std::nullopt;
    few = many;
    many = std::min(most_erlang_handlers, 2 * many);
  }
  while (many - few > 1) {
    const std::uint32_t middle = few + (many - few) / 2;
    (enough(model, load, target, middle) ? many : few) = middle;
  }
  return many;
}

}  // namespace pledge::workforce
