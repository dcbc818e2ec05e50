// `pledge staff`: handlers needed, half-hour by half-hour, for what is forecast.
#include <fmt/format.h>

#include <cmath>

#include "tools/pledge/command.hpp"
#include "tools/pledge/demand_files.hpp"
#include "tools/pledge/json.hpp"
#include "tools/pledge/planning.hpp"
#include "tools/pledge/staff_simulated.hpp"
#include "workforce/plot.hpp"
#include "workforce/staffing.hpp"

namespace pledge {
namespace {

using workforce::HalfHour;

struct Request {
  DemandFiles files;
  unsigned days = 7;
  std::string html;
  workforce::StaffingOptions options;
  bool least_given = false;
  SimulatedStaffRequest simulated;
};

constexpr unsigned half_hours = 48;

void print(const std::string& name, const HalfHour& h, bool json) {
  const auto when = stamp(h.day, h.half_hour, half_hours);
  if (json)
    fmt::print(
        R"({{"class":{},"timestamp":"{}","calls":{:.2f},"handlers":{},"rostered":{},"service_level":{:.4f},"asa_s":{:.2f},"abandoned":{:.4f},"occupancy":{:.4f},"calls_high":{:.2f},"handlers_high":{},"service_level_high":{:.4f}}})"
        "\n",
        json_quoted(name), when, h.calls, h.handlers, h.rostered, h.figures.service_level, h.figures.answered_wait,
        h.figures.abandoned, h.figures.occupancy, h.high, h.for_high, h.at_high.service_level);
  else
    fmt::print("{},{},{:.2f},{},{},{:.4f},{:.2f},{:.4f},{:.4f},{:.2f},{},{:.4f}\n", name, when, h.calls, h.handlers,
               h.rostered, h.figures.service_level, h.figures.answered_wait, h.figures.abandoned, h.figures.occupancy,
               h.high, h.for_high, h.at_high.service_level);
}

void add_positions(workforce::Plot& plot, const std::vector<HalfHour>& need) {
  for (std::size_t i = 0; i < need.size(); ++i) {
    plot.labels.push_back(stamp(need[i].day, need[i].half_hour, half_hours));
    if (need[i].half_hour != half_hours / 2) continue;
    plot.ticks.push_back(i);
    plot.tick_names.push_back(workforce::to_text(need[i].day).substr(5));
  }
}

workforce::Plot need_plot(const std::string& name, const std::vector<HalfHour>& need) {
  workforce::Plot plot;
  plot.title = fmt::format("Class {}: handlers needed", name);
  plot.unit = "handlers";
  plot.decimals = 0;
  add_positions(plot, need);
  plot.lines = {{"on calls", {}, workforce::LineStyle::steps},
                {"rostered", {}, workforce::LineStyle::steps},
                {"on calls, busy day", {}, workforce::LineStyle::dashed}};
  for (const auto& h : need) {
    plot.lines[0].values.push_back(h.handlers);
    plot.lines[1].values.push_back(h.rostered);
    plot.lines[2].values.push_back(h.for_high);
  }
  return plot;
}

workforce::Plot level_plot(const std::string& name, const std::vector<HalfHour>& need,
                           const workforce::ErlangTarget& target) {
  workforce::Plot plot;
  plot.title = fmt::format("Class {}: answered within {:g} s with the handlers needed", name, target.within);
  plot.unit = "%";
  add_positions(plot, need);
  plot.lines = {{"as forecast", {}, workforce::LineStyle::line}, {"target", {}, workforce::LineStyle::dashed}};
  plot.band_name = "down to a busy day's";
  for (const auto& h : need) {
    plot.lines[0].values.push_back(100 * h.figures.service_level);
    plot.lines[1].values.push_back(100 * target.service_level);
    plot.low.push_back(100 * h.at_high.service_level);
    plot.high.push_back(100 * h.figures.service_level);
  }
  return plot;
}

workforce::PageTable days_table(const std::string& name, const std::vector<HalfHour>& need) {
  workforce::PageTable table{fmt::format("Class {}: days", name),
                             {"day", "calls", "handler hours on calls", "rostered hours", "most at once"},
                             {}};
  for (std::size_t from = 0; from < need.size(); from += half_hours) {
    double calls = 0, hours = 0, rostered = 0;
    std::uint32_t most = 0;
    for (std::size_t i = from; i < from + half_hours; ++i) {
      calls += need[i].calls;
      hours += need[i].handlers / 2.0;
      rostered += need[i].rostered / 2.0;
      most = std::max(most, need[i].handlers);
    }
    table.rows.push_back({workforce::to_text(need[from].day), fmt::format("{:.0f}", calls),
                          fmt::format("{:.1f}", hours), fmt::format("{:.1f}", rostered), std::to_string(most)});
  }
  return table;
}

int run_simulated(const Program& program, Request request) {
  if (!request.files.counts.empty() || !request.html.empty())
    return fmt::print(stderr, "--simulate takes a demand instead of counts, and has no page: leave {} out\n",
                      request.files.counts.empty() ? "--html" : request.files.counts),
           exit_usage;
  request.simulated.shrinkage = request.options.shrinkage;
  if (request.least_given) request.simulated.least = request.options.least;
  return find_simulated_staff(program, request.simulated);
}

int run(const Program& program, const Request& request) {
  if (!request.simulated.demand.empty()) return run_simulated(program, request);
  if (request.files.counts.empty())
    return fmt::print(stderr, "give counts, or a demand with --simulate; see pledge staff --help\n"), exit_usage;
  const auto files = load(request.files);
  if (!files) return exit_no;
  tell_gaps(*files);
  if (!program.json)
    fmt::print(
        "class,timestamp,calls,handlers,rostered,service_level,asa_s,abandoned,occupancy,calls_high,handlers_high,"
        "service_level_high\n");
  std::vector<workforce::Plot> plots;
  std::vector<workforce::PageTable> tables;
  for (const auto& series : files->series) {
    const auto forecast = workforce::forecast_days(series.demand, files->calendar, request.days);
    auto options = request.options;
    if (options.handling <= 0) options.expected = workforce::forecast_handling(series.handled, series.demand.end());
    if (options.handling <= 0 && options.expected.level <= 0)
      return fmt::print(stderr, "class {}: how long do its calls take? add --handling SECONDS, or columns handled and handling_s to the counts\n",
                        series.demand.name), exit_usage;
    const auto need = workforce::handlers_needed(forecast, files->calendar, options);
    if (!need) {
      fmt::print(stderr, "class {}: no number of handlers keeps this target; relax --service-level\n",
                 series.demand.name);
      return exit_no;
    }
    for (const auto& h : *need) print(series.demand.name, h, program.json);
    tables.push_back(days_table(series.demand.name, *need));
    plots.push_back(need_plot(series.demand.name, *need));
    plots.push_back(level_plot(series.demand.name, *need, request.options.target));
  }
  const auto& o = request.options;
  const auto remark = fmt::format(
      "Handling {}, {}, target {:g} % within {:g} s, shrinkage {:g} %. A busy day is the upper end of the "
      "forecast's 80 % band.",
      o.handling > 0 ? fmt::format("{:g} s", o.handling) : "as forecast from the counts",
      std::isinf(o.patience) ? "callers wait for ever (Erlang C)"
                             : fmt::format("patience {:g} s (Erlang A)", o.patience),
      100 * o.target.service_level, o.target.within, 100 * o.shrinkage);
  if (!request.html.empty() && !write_file(request.html, workforce::page("Handlers needed", {remark}, tables, plots)))
    return exit_no;
  return exit_done;
}

}  // namespace

void add_staff(CLI::App& app, Program& program) {
  auto* command = app.add_subcommand("staff", "handlers needed, half-hour by half-hour, for what is forecast");
  auto request = std::make_shared<Request>();
  auto& o = request->options;
  o.handling = 0;  // to be given
  command->add_option("counts", request->files.counts, "counts: timestamp,count[,class], local clock")
      ->type_name("FILE");
  add_demand_options(*command, request->files);
  command->add_option("--days", request->days, "days ahead (default 7)")->check(CLI::Range(1u, workforce::most_lead));
  command->add_option("--handling", o.handling, "mean handling time, s (default: as forecast, by hour and weekday, where the counts have handled and handling_s)")->check(CLI::Range(1.0, 1e5));
  command->add_option("--patience", o.patience, "mean patience, s: Erlang A; without it Erlang C")
      ->check(CLI::Range(1.0, 1e5));
  command->add_option("--within", o.target.within, "answer target, s (default 10)")->check(CLI::Range(0.0, 1e5));
  command->add_option("--service-level", o.target.service_level, "share to answer within it (default 0.9)")
      ->check(CLI::Range(0.0, 1.0));
  command->add_option("--shrinkage", o.shrinkage, "share of rostered time not on calls (default 0.3)")
      ->check(CLI::Range(0.0, 0.95));
  command->add_option("--least", o.least, "handlers while open, however quiet (default 1)")
      ->check(CLI::Range(1u, 10000u));
  command->add_option("--html", request->html, "also write a page with plots and tables")->type_name("FILE");
  add_simulated_staff_options(*command, request->simulated);
  command->footer(
      "Each class by itself, each half-hour as a steady state; classes that share handlers need fewer than the sum. "
      "The columns\n"
      "ending in _high are for the upper end of the forecast's band with the handlers of the forecast.\n\n"
      "Example:\n"
      "  pledge staff counts.csv --class 999 --handling 210 --patience 120 --service-level 0.9 --within 10 --html "
      "staff.html\n\n"
      "With --simulate: the least staff by half-hour and group with which every class keeps its target of the day, by\n"
      "simulation with the core that runs live; classes share handlers, and any policy decides. Shares are those of days that\n"
      "the search did not see. engine/workforce/README.md has the method.\n\n"
      "  pledge staff --simulate demand.csv --target 999:10:0.9 101:30:0.8 --group all:999+101 new:101 --cost new=0.8 --output staff.csv\n"
      "  pledge staff --simulate demand.csv --config config/met --output staff.csv\n"
      "  pledge simulate --demand demand.csv --staff staff.csv --class 999:10:0.9 101:30:0.8 --group all:999+101 new:101");
  command->callback([request, command, &program] {
    request->least_given = command->count("--least") > 0;
    program.exit = run(program, *request);
  });
}

}  // namespace pledge
