// Erlang's models against the oracle (shared data beside the checkout, not part of it) and against the known errors of
// published calculators.
#include "workforce/erlang.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

using namespace pledge::workforce;

namespace {

std::vector<std::vector<std::string>> oracle(const std::string& name) {
  const auto path = std::filesystem::path(PLEDGE_SOURCE_DIR) / ".." / "shared" / "data" / "erlang" / name;
  std::ifstream in(path);
  if (!in) std::cerr << "skipped: the Erlang oracle " << path.lexically_normal() << " is not there\n";
  std::vector<std::vector<std::string>> rows;
  std::string line;
  std::getline(in, line);  // the header
  while (std::getline(in, line)) {
    std::istringstream cells(line);
    rows.emplace_back();
    for (std::string cell; std::getline(cells, cell, ',');) rows.back().push_back(cell);
  }
  return rows;
}

double number(const std::string& text) {
  const auto slash = text.find('/');
  return slash == std::string::npos ? std::stod(text)
                                    : std::stod(text.substr(0, slash)) / std::stod(text.substr(slash + 1));
}

void same(double figure, const std::string& expected, const char* what) {
  const double want = number(expected);
  INFO(what << ": " << figure << " against " << expected);
  CHECK(std::abs(figure - want) <= 1e-10 * std::abs(want));
}

ErlangFigures figures(const std::string& model, const ErlangLoad& load, std::uint32_t n, double target) {
  if (model == "ErlangB") return erlang_b(load, n);
  return model == "ErlangC" ? erlang_c(load, n, target).value() : erlang_a(load, n, target);
}

ErlangLoad load(double erlangs, double handling, double patience = without_patience_limit) {
  return {erlangs / handling, handling, patience};
}

// The number the definition gives: every one fewer tried.
std::uint32_t by_trial(ErlangModel model, const ErlangLoad& l, const ErlangTarget& target) {
  for (std::uint32_t n = 1;; ++n) {
    const auto c = erlang_c(l, n, target.within);
    if (model == ErlangModel::a   ? keeps(erlang_a(l, n, target.within), target)
        : model == ErlangModel::b ? keeps(erlang_b(l, n), target)
                                  : c && keeps(*c, target))
      return n;
  }
}

}  // namespace

TEST_CASE("the oracle's cases hold to 1e-10") {
  for (const auto& row : oracle("erlang_oracle.csv")) {
    INFO(row[0] << " lambda " << row[1] << " agents " << row[3]);
    const ErlangLoad l{number(row[1]), number(row[2]), row[4].empty() ? without_patience_limit : number(row[4])};
    const auto f = figures(row[0], l, static_cast<std::uint32_t>(number(row[3])), number(row[5]));
    same(f.wait_share, row[6], "prob_wait");
    same(f.answered_wait, row[7], "asa_s");
    same(f.service_level, row[8], "service_level");
    same(f.abandoned, row[9], "abandon_prob");
    same(f.occupancy, row[10], "occupancy");
  }
}

TEST_CASE("the oracle's further figures hold to 1e-10, small ones too") {
  for (const auto& row : oracle("erlang_oracle_ext.csv")) {
    INFO(row[0]);
    const ErlangLoad l{number(row[2]), number(row[3]), row[5].empty() ? without_patience_limit : number(row[5])};
    const auto f = figures(row[1], l, static_cast<std::uint32_t>(number(row[4])), number(row[6]));
    same(f.late_share, row[10], "one_minus_service_level");
    same(f.mean_wait, row[13], "mean_wait_all_s");
    same(f.service_level_answered, row[14], "sl_of_served");
    same(f.service_level_patient, row[15], "sl_excl_short_abandons");
  }
}

TEST_CASE("no power or factorial overflows, near 170 handlers, near 700 or at 5,000") {
  for (const std::uint32_t n : {169u, 170u, 171u, 172u, 699u, 700u, 710u, 720u, 5000u, 20000u}) {
    INFO(n);
    const double b = erlang_b_blocking(n, n), rough = std::sqrt(2 / (3.14159265358979 * n));
    CHECK(b == Approx(rough / (1 + rough * 2 / 3)).epsilon(2.0 / n));  // Jagerman's expansion at A = n
    const auto c = erlang_c(load(0.98 * n, 180), n, 10).value();
    CHECK((c.wait_share > 0 && c.wait_share < 1));
    const auto a = erlang_a(load(1.1 * n, 180, 200), n, 10);
    CHECK(a.abandoned == Approx(1 - 1 / 1.1).epsilon(0.05));
    CHECK((a.service_level > 0 && a.service_level < 1));
  }
}

TEST_CASE("Erlang C is not Erlang B: it has the factor n / (n - A)") {
  const auto c = erlang_c(load(10, 180), 14, 20).value();
  const double b = erlang_b_blocking(10, 14);
  CHECK(c.wait_share == Approx(14 * b / (14 - 10 * (1 - b))).epsilon(1e-13));
  CHECK(c.wait_share > 2 * b);
}

TEST_CASE("Erlang A has its own probability of waiting, between Erlang B's and Erlang C's") {
  const double a = erlang_a(load(10, 180, 300), 14, 20).wait_share;
  CHECK(a > erlang_b_blocking(10, 14) * 1.5);
  CHECK(a < erlang_c(load(10, 180), 14, 20)->wait_share * 0.9);
  // Patience as long as the handling: M/M/infinity, Poisson(A) in the system. One handler: 1 - 1/e.
  CHECK(erlang_a(load(1, 100, 100), 1, 60).wait_share == Approx(1 - std::exp(-1.0)).epsilon(1e-13));
}

TEST_CASE("Erlang A tends to C with endless patience and to B with none") {
  const auto patient = erlang_a(load(10, 180, 1e8), 14, 20), hasty = erlang_a(load(10, 180, 1e-6), 14, 20);
  CHECK(patient.service_level == Approx(erlang_c(load(10, 180), 14, 20)->service_level).epsilon(1e-5));
  CHECK(hasty.abandoned == Approx(erlang_b_blocking(10, 14)).epsilon(1e-5));
}

TEST_CASE("exp(-rate t) may underflow: a long target is kept by all but those who abandon") {
  const ErlangLoad l{25.0 / 3, 6, 300};
  for (const double target : {96.0, 745.0, 5000.0, 1e6}) {
    const auto f = erlang_a(l, 54, target);
    CHECK(f.service_level == Approx(1 - f.abandoned).epsilon(1e-12));
  }
}

TEST_CASE("an overload that no double can sum still has its figures") {
  const auto f = erlang_a(load(20000, 240, 3600), 5000, 20);
  CHECK(f.wait_share == 1);
  CHECK(f.abandoned == Approx(0.75).epsilon(1e-9));
  CHECK(f.occupancy == Approx(1).epsilon(1e-12));
  CHECK(f.answered_wait == Approx(3600 * std::log(4)).epsilon(1e-2));  // the fluid limit
  CHECK(f.service_level < 1e-9);
}

TEST_CASE("the share answered late grows with the load and falls with every handler") {
  double before = 1;
  for (std::uint32_t n = 1; n < 60; ++n) {
    const auto f = erlang_a(load(30, 300, 120), n, 20);
    CHECK(f.late_share <= before);
    CHECK(f.service_level + f.late_share == Approx(1).epsilon(1e-12));
    before = f.late_share;
  }
}

TEST_CASE("the fewest handlers are the fewest, also below the load") {
  for (const auto model : {ErlangModel::b, ErlangModel::c, ErlangModel::a}) {
    for (const double erlangs : {0.01, 0.5, 3.7, 23.3333, 60.0}) {
      for (const double share : {0.0, 0.02, 0.3, 0.8, 0.9, 0.99, 0.99999}) {
        const ErlangLoad l = load(erlangs, 210, 90);
        const ErlangTarget target{.within = 10, .service_level = share};
        INFO(static_cast<int>(model) << " " << erlangs << " " << share);
        CHECK(fewest_handlers(model, l, target) == by_trial(model, l, target));
      }
    }
  }
  // A search that starts at A + 1 would say 61.
  CHECK(fewest_handlers(ErlangModel::a, load(60, 360, 180), {.within = 30, .service_level = 0.5}).value() < 60);
}

TEST_CASE("abandonment, average speed of answer and occupancy can be the target") {
  const ErlangLoad l = load(23.3333, 210, 60);
  for (const ErlangTarget target :
       {ErlangTarget{.abandoned = 0.03}, ErlangTarget{.answered_wait = 2}, ErlangTarget{.occupancy = 0.8}}) {
    const auto n = fewest_handlers(ErlangModel::a, l, target).value();
    CHECK(keeps(erlang_a(l, n, 0), target));
    CHECK_FALSE(keeps(erlang_a(l, n - 1, 0), target));
  }
}

TEST_CASE("what cannot be kept has no number") {
  CHECK_FALSE(erlang_c(load(10, 100), 10, 20));
  CHECK_FALSE(fewest_handlers(ErlangModel::c, load(10, 100), {.service_level = 1.01}));
  CHECK_FALSE(erlang_a_is_bounded({10, 100, 1e9}));
}
