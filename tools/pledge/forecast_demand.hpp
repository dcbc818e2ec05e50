#pragma once
// `pledge forecast --demand-of DATE`: one forecast day as the file that `pledge simulate --demand` draws days from.
#include <optional>
#include <string>
#include <vector>

#include "tools/pledge/forecast_report.hpp"

namespace CLI {
class App;
}

namespace pledge {

struct DemandOf {
  std::string day;                                // empty: not asked for
  std::vector<std::string> handling, cv, patience;  // "210", or "999=210" for a class
};
void add_demand_of_options(CLI::App& command, DemandOf& request);

// Of each class one forecast, of that day. None, with what is wrong with the request on standard error.
std::optional<std::string> demand_of(const std::vector<ClassForecast>& classes, const workforce::DemandCalendar& calendar,
                                     const DemandOf& request);

}  // namespace pledge
