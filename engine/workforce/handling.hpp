#pragma once
// How long calls took, as counted, and how long they are to be expected to take. Pure.
//
//   seconds(day, hour) = level × weekday's factor × hour's factor
//
// level: the mean over all calls, each weighed by ½ for every 28 days of its age. A factor is what calls of that hour (weekday) took
// over what level (and hour's factor) say they take, over the last 84 days, as if 100 calls more had taken exactly that: with a
// coefficient of variation of 1 the mean of 100 calls is known to 10 %, as much as hours differ (empirical Bayes: Efron & Morris 1973),
// so that few calls move it little.
#include <array>
#include <map>
#include <string>
#include <vector>

#include "workforce/demand_table.hpp"

namespace pledge::workforce {

struct HandledInterval {
  Stamp at;
  double handled = 0, mean = 0;  // calls whose handling ended in it; talk and wrap-up, seconds
};
using HandlingHistory = std::map<std::string, std::vector<HandledInterval>>;  // by class, in the order of the table

// The columns handled and handling_s of a table of counts (demand_table.hpp). Empty where it has neither.
HandlingHistory read_handling(const Table& table, std::vector<TextFault>& faults);

struct HandlingForecast {
  double level = 0;  // seconds; 0: nothing is known
  std::array<double, 7> weekday{};  // factors; 0 = Sunday
  std::array<double, 24> hour{};
  double calls = 0;  // of the last 84 days: what it was learned from

  double at(Day day, unsigned hour_of_day) const { return level * weekday[weekday_of(day)] * hour[hour_of_day]; }
  // The mean of a day whose calls come like that; level × weekday's factor where none comes.
  double of_day(Day day, const std::array<double, 24>& calls_by_hour) const;
};

// From what was known before `day`.
HandlingForecast forecast_handling(const std::vector<HandledInterval>& history, Day day);

}  // namespace pledge::workforce
