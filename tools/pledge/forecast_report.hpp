#pragma once
// Forecasts and evaluations as text, JSON and pages.
#include <string>
#include <vector>

#include "tools/pledge/demand_files.hpp"
#include "workforce/intraday.hpp"
#include "workforce/plot.hpp"

namespace pledge {

struct ClassForecast {
  LoadedDemand series;
  std::vector<workforce::DayForecast> days;
  workforce::HandlingForecast handling;  // of these days; level 0: not known
};

void print_forecast(const ClassForecast& forecast, bool json);
std::string forecast_page(const std::vector<ClassForecast>& classes);

struct Window {
  std::string file;
  workforce::Day from{}, to{};
  unsigned lead = 1;
};

// The table of methods; beside them the reference figures, where the file and the window have published ones.
void print_evaluation(const std::string& name, const workforce::Evaluation& evaluation, const Window& window,
                      bool json);
void print_intraday(const std::string& name, const std::string& at, const workforce::IntradayEvaluation& evaluation,
                    bool json);
void add_evaluation(const workforce::RollingForecast& rolling, const workforce::Evaluation& evaluation,
                    const Window& window, std::vector<workforce::PageTable>& tables,
                    std::vector<workforce::Plot>& plots);

}  // namespace pledge
