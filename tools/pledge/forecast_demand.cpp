#include "tools/pledge/forecast_demand.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>

#include "workforce/forecast_demand.hpp"

namespace pledge {

namespace {

using workforce::DemandClass;

// What one option says: a number for all classes, numbers for some.
struct Said {
  std::optional<double> all;
  std::map<std::string, double> of;
  std::vector<std::string> order;  // classes as they are named
};

struct Range {
  const char* option;
  double least = 0, most = 0;
};

bool known(const std::vector<ClassForecast>& classes, const std::string& name) {
  return std::any_of(classes.begin(), classes.end(), [&](const auto& one) { return one.series.demand.name == name; });
}

std::optional<Said> read(const std::vector<std::string>& texts, const Range& range, const std::vector<ClassForecast>& classes) {
  Said said;
  for (const std::string& text : texts) {
    const auto equals = text.rfind('=');
    const std::string name = equals == std::string::npos ? "" : text.substr(0, equals), number = text.substr(equals + 1);
    char* end = nullptr;
    const double value = std::strtod(number.c_str(), &end);
    if (number.empty() || *end != '\0' || !(value >= range.least && value <= range.most))
      return fmt::print(stderr, "{} {}: write a number from {:g} to {:g}, or CLASS=NUMBER\n", range.option, text, range.least, range.most),
             std::nullopt;
    if (equals == std::string::npos) {
      said.all = value;
      continue;
    }
    if (!known(classes, name)) return fmt::print(stderr, "{} {}: the counts have no class {}\n", range.option, text, name), std::nullopt;
    said.of[name] = value;
    said.order.push_back(name);
  }
  return said;
}

std::optional<double> value_of(const Said& said, const std::string& name) {
  const auto found = said.of.find(name);
  return found == said.of.end() ? said.all : std::optional(found->second);
}

}  // namespace

void add_demand_of_options(CLI::App& command, DemandOf& request) {
  auto* day = command.add_option("--demand-of", request.day, "write this day as a demand for `pledge simulate`, instead of the forecast")
                  ->type_name("DATE");
  const auto add = [&](const char* name, std::vector<std::string>& value, const char* what) {
    command.add_option(name, value, what)->needs(day)->type_name("[CLASS=]NUMBER");
  };
  add("--handling", request.handling, "mean handling, s, of all classes or of each: 999=210 101=350, first the first to be served (default: as forecast from the counts)");
  add("--handling-cv", request.cv, "its coefficient of variation (default 1)");
  add("--patience", request.patience, "mean patience, s (default 0: nobody gives up)");
}

std::optional<std::string> demand_of(const std::vector<ClassForecast>& classes, const workforce::DemandCalendar& calendar,
                                     const DemandOf& request) {
  const auto handling = read(request.handling, {"--handling", 1, 1e5}, classes);
  const auto cv = read(request.cv, {"--handling-cv", 0, 10}, classes);
  const auto patience = read(request.patience, {"--patience", 0, 1e5}, classes);
  if (!handling || !cv || !patience) return std::nullopt;
  std::vector<DemandClass> demand;
  for (const auto& one : classes) {
    const std::string& name = one.series.demand.name;
    const auto calls = workforce::calls_by_hour(one.days.front(), calendar);
    const auto expected = one.handling.of_day(one.days.front().day, calls);
    const auto seconds = value_of(*handling, name).value_or(expected);
    if (seconds <= 0)
      return fmt::print(stderr, "class {}: how long do its calls take? add --handling {}=SECONDS, or columns handled and handling_s to the counts\n",
                        name, name), std::nullopt;
    demand.push_back({name, calls, seconds, value_of(*cv, name).value_or(1), value_of(*patience, name).value_or(0)});
  }
  const auto rank = [&](const DemandClass& one) { return std::find(handling->order.begin(), handling->order.end(), one.name); };
  std::stable_sort(demand.begin(), demand.end(), [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
  return workforce::demand_text(demand);
}

}  // namespace pledge
