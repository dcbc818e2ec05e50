// Intervals over days: few days know little, busy days weigh more.
#include "workforce/estimate.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "workforce/workload.hpp"

using namespace pledge::workforce;

TEST_CASE("an interval is by Student's t for the days there are") {
  // Two-sided 95 % critical values as printed in tables of the distribution.
  for (const auto& [degrees, t] : {std::pair{1u, 12.706}, {2u, 4.303}, {3u, 3.182}, {4u, 2.776}, {5u, 2.571}, {6u, 2.447}, {9u, 2.262},
                                   {10u, 2.228}, {19u, 2.093}, {30u, 2.042}, {60u, 2.000}, {120u, 1.980}, {100'000u, 1.960}})
    CHECK(student_95(degrees) == Approx(t).margin(0.0008));
  const auto three = estimate({1, 2, 3});
  CHECK(three.mean == Approx(2));
  CHECK(three.interval.value() == Approx(4.3027 / std::sqrt(3)));
  CHECK_FALSE(estimate({0.5}).interval);
}

TEST_CASE("a 95 % interval from three days holds the mean of 19 in 20 samples") {
  Random random{7};
  int held = 0;
  constexpr int samples = 4000;
  for (int i = 0; i < samples; ++i) {
    std::vector<double> days;
    for (int d = 0; d < 3; ++d) days.push_back(std::log(random.log_normal(1, 1)) + 0.5 * std::log(2));  // normal, mean 0
    const auto made = estimate(days);
    held += std::abs(made.mean) <= *made.interval;
  }
  CHECK(held / double(samples) == Approx(0.95).margin(3.3 * std::sqrt(0.95 * 0.05 / samples)));  // 1.96 would hold 81 %
}

TEST_CASE("a share over days is the ratio of the sums: a busy day weighs as much as its calls, a day without any not at all") {
  const std::vector<double> kept{1, 90, 0}, offered{10, 90, 0};
  const auto by_day = shares_by_day(kept, offered);
  const auto share = estimate(by_day);
  CHECK(share.mean == Approx(0.91));
  // sqrt(Σ(y - R x)² ÷ (n - 1) ÷ n) ÷ x̄, by hand: residuals -8.1, 8.1, 0; x̄ 100/3.
  CHECK(share.interval.value() == Approx(4.3027 * std::sqrt(2 * 8.1 * 8.1 / 2 / 3) / (100.0 / 3)));
  CHECK(difference(by_day, by_day).interval.value() == 0);
  const auto nothing = estimate(shares_by_day({0, 0}, {0, 0}));
  CHECK(std::isnan(nothing.mean));
  CHECK_FALSE(nothing.interval);
}

TEST_CASE("alike days of unlike volume: the interval of the share holds the chance it was drawn from") {
  Random random{11};
  int held = 0;
  constexpr int samples = 1000, days = 20;
  for (int i = 0; i < samples; ++i) {
    std::vector<double> kept, offered;
    for (int d = 0; d < days; ++d) {
      offered.push_back(std::floor(random.gamma(40, 0.8)));
      kept.push_back(0);
      for (double n = 0; n < offered.back(); ++n) kept.back() += random.uniform() < 0.9;
    }
    const auto share = estimate(shares_by_day(kept, offered));
    held += std::abs(share.mean - 0.9) <= *share.interval;
  }
  CHECK(held / double(samples) > 0.92);
  CHECK(held / double(samples) < 0.97);
}
