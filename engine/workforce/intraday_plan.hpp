#pragma once
// The rest of the day in one answer: calls, handlers needed and there, the simulated share within target by half-hour, and what can
// be done, each option simulated on the same days as the roster as it is and ranked by what it gains. Pure.
#include <functional>

#include "workforce/intraday_options.hpp"
#include "workforce/estimate.hpp"

namespace pledge::workforce {

struct IntradayPlanOptions {
  AheadOptions ahead;
  std::uint32_t days = 60;  // simulated, of each option
  std::uint64_t seed = 1;
};
inline constexpr std::uint32_t most_intraday_days = 1000;

struct JudgedOption {
  DayOption option;
  bool simulated = false;            // false: rules forbid everybody
  std::vector<Estimate> difference;  // by class: share within target, with the option less without, over days
  Estimate calls;                    // answered within their target more, of all classes, from now to the day's end
};

struct IntradayPlan {
  DayAhead ahead;
  HandlerGaps gaps;
  StaffAhead staff;
  std::vector<std::vector<double>> shares;  // by class and half-hour, as the roster is; NaN where no call came
  std::vector<Estimate> levels;             // by class, from now to the day's end
  std::vector<JudgedOption> options;        // the most calls gained first; those that save hours after them; the forbidden last
  std::vector<std::string> remarks;         // what was assumed, for a person
};

struct IntradayInput {
  core::Time now;
  const PlannedDay& plan;
  const core::Options& options;  // in force
  const SeenDay& seen;
};

struct IntradayOutcome {
  std::vector<std::string> faults;  // if any, there is no plan
  bool stopped = false;             // likewise
  IntradayPlan plan;
};
// `stop` is asked between simulated days.
IntradayOutcome plan_intraday(const IntradayInput& input, const IntradayPlanOptions& options, const std::function<bool()>& stop);

// A page with plots and tables. Times are of the local clock.
std::string intraday_page(const IntradayPlan& plan, const std::vector<core::UtcOffset>& offsets);

// "14:30" of the local clock.
std::string clock_of(core::Time at, const std::vector<core::UtcOffset>& offsets);
// "14:30 to 16:00: overtime for 999, 3 handlers"
std::string to_text(const DayOption& option, const DayAhead& ahead, const std::vector<core::UtcOffset>& offsets);

}  // namespace pledge::workforce
