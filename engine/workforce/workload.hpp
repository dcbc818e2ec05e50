#pragma once
// Generated days of calls: arrival rates that vary over the day, over-dispersion, surges, handling times, patience. Seeded,
// with a generator of its own, so that a day repeats exactly and every policy sees the same calls.
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "workforce/half_hours.hpp"
#include "workforce/simulation.hpp"

namespace pledge::workforce {

inline constexpr std::size_t hours_a_day = 24;
inline constexpr double seconds_an_hour = 3600, seconds_a_day = 86'400;

// xoshiro256** (Blackman & Vigna 2018), seeded by splitmix64.
class Random {
 public:
  explicit Random(std::uint64_t seed);
  std::uint64_t next();
  double uniform();                             // in (0, 1)
  double exponential(double mean);
  double log_normal(double mean, double cv);    // cv: coefficient of variation; 0 = constant
  double gamma(double mean, double cv);         // Marsaglia & Tsang 2000

 private:
  double normal();
  std::array<std::uint64_t, 4> state_{};
};

// The seed of a numbered day: no two of (seed, day) in use have the same, so that the days of one seed are not those of the next.
std::uint64_t seed_of_day(std::uint64_t seed, std::uint64_t day);

struct DemandClass {
  std::string name;
  std::array<double, hours_a_day> calls{};      // an hour; the rate is linear between the hours' mid-points
  double handling = 300, handling_cv = 1;       // log-normal, seconds
  double patience = 240;                        // exponential, seconds; 0 = infinite
};

// Calls beyond the forecast: `calls` of them, front-loaded (exponential of mean `decay`, cut at `lasts`).
struct Surge {
  std::size_t demand_class = 0;
  double from = 0, calls = 0, decay = 900, lasts = 2400;  // seconds of the day
  double handling = 150, handling_cv = 0.7;
};

struct DemandOfDay {
  std::vector<DemandClass> classes;             // in order of priority
  double dispersion = 0;                        // cv of a factor common to a day's rates (gamma); 0 = Poisson
  std::vector<Surge> surges;
};

// A counted day from 00:00, with what comes before it (so that it does not begin empty) and after it.
inline constexpr double pre_roll = 2 * seconds_an_hour, run_out = seconds_an_hour;

// Calls an hour at a second of the day (any number; days are alike).
double calls_an_hour(const DemandClass& demand, double second);
// Ascending; `at` counts from the start of the pre-roll; `dialled` is the class's name.
std::vector<SimulatedCall> generate_calls(const DemandOfDay& demand, std::uint64_t seed);

// Handlers for each half-hour from the start of the pre-roll to the end of the run-out: n = ⌈R + β√R⌉, R the offered load
// lagged by E[S²]÷2E[S] of the last class (Jennings, Mandelbaum, Massey & Whitt 1996).
std::vector<std::uint32_t> square_root_staffing(const DemandOfDay& demand, double beta);

}  // namespace pledge::workforce
