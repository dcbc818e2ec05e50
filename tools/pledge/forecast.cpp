// `pledge forecast`: what will come, and how well it would have been known.
#include <fmt/format.h>

#include <cmath>

#include "tools/pledge/command.hpp"
#include "tools/pledge/demand_files.hpp"
#include "tools/pledge/forecast_demand.hpp"
#include "tools/pledge/forecast_report.hpp"
#include "tools/pledge/planning.hpp"

namespace pledge {
namespace {

using workforce::Day;

struct Request {
  DemandFiles files;
  std::string evaluate, from, to, at, html;
  unsigned lead = 1, days = 7;
  DemandOf demand;
};

// The day and those after it; the first is re-forecast if part of it is counted.
std::vector<workforce::DayForecast> forecast_of(const LoadedDemand& series, const workforce::DemandCalendar& calendar,
                                                unsigned days) {
  auto forecast = workforce::forecast_days(series.demand, calendar, days);
  if (!series.today.empty() && series.seen > 0) {
    workforce::RollingForecast rolling(series.demand, calendar, 1);
    rolling.advance(series.demand.end());
    forecast.front() = workforce::reforecast(rolling, forecast.front(), series.today, series.seen);
  }
  return forecast;
}

void tell_outliers(const LoadedDemand& series, const workforce::DemandCalendar& calendar) {
  constexpr std::size_t most_told = 5;
  workforce::RollingForecast rolling(series.demand, calendar, 1);
  rolling.advance(series.demand.end());
  const auto found = workforce::outliers(rolling, series.demand.end() - std::chrono::days{365});
  if (found.empty()) return;
  fmt::print(
      stderr,
      "class {}: {} counts of the last year were so unlike their forecast that they are learned from only in part:",
      series.demand.name, found.size());
  for (std::size_t i = 0; i < std::min(most_told, found.size()); ++i)
    fmt::print(stderr, " {} {:g} (forecast {:.1f})", stamp(found[i].day, found[i].slot, series.demand.slots),
               found[i].count, found[i].forecast);
  fmt::print(stderr, "{}\n", found.size() > most_told ? " ..." : "");
}

int forecast(const Program& program, const Request& request) {
  const auto files = load(request.files);
  if (!files) return exit_no;
  tell_gaps(*files);
  std::vector<ClassForecast> classes;
  for (const auto& series : files->series) {
    tell_outliers(series, files->calendar);
    classes.push_back({series, forecast_of(series, files->calendar, request.days), workforce::forecast_handling(series.handled, series.demand.end())});
  }
  if (!program.json) fmt::print("class,timestamp,forecast,low,high,method,handling_s\n");
  for (const auto& one : classes) print_forecast(one, program.json);
  if (!request.html.empty() && !write_file(request.html, forecast_page(classes))) return exit_no;
  return exit_done;
}

// A date of the command line.
std::optional<Day> date_of(const char* option, const std::string& text) {
  const auto day = workforce::parse_day(text);
  if (!day) fmt::print(stderr, "{} \"{}\": not a date; write it as 2026-11-25\n", option, text);
  return day;
}

// That day alone, of each class.
std::optional<std::vector<ClassForecast>> forecast_of_day(const LoadedFiles& files, Day day) {
  std::vector<ClassForecast> classes;
  for (const auto& series : files.series) {
    const Day first = series.demand.end(), last = first + std::chrono::days{workforce::most_lead - 1};
    if (day < first || day > last) {
      fmt::print(stderr, "--demand-of {}: the counts of class {} allow a forecast from {} to {}\n", workforce::to_text(day),
                 series.demand.name, workforce::to_text(first), workforce::to_text(last));
      return std::nullopt;
    }
    auto days = forecast_of(series, files.calendar, static_cast<unsigned>((day - first).count()) + 1);
    classes.push_back({series, {std::move(days.back())}, workforce::forecast_handling(series.handled, first)});
  }
  return classes;
}

int print_demand(const Request& request) {
  const auto day = date_of("--demand-of", request.demand.day);
  if (!day) return exit_usage;
  const auto files = load(request.files);
  if (!files) return exit_no;
  tell_gaps(*files);
  const auto classes = forecast_of_day(*files, *day);
  const auto text = classes ? demand_of(*classes, files->calendar, request.demand) : std::nullopt;
  if (!text) return exit_usage;
  fmt::print("{}", *text);
  return exit_done;
}

std::optional<unsigned> slot_of(const std::string& text, unsigned slots) {
  for (unsigned s = 1; s < slots; ++s)
    if (workforce::time_of(s, slots) == text) return s;
  fmt::print(stderr, "--at \"{}\": not the start of an interval within the day; write it as 12:00\n", text);
  return std::nullopt;
}

bool inside(const workforce::Demand& demand, Day from, Day to, unsigned lead) {
  const Day first = demand.first + std::chrono::days{workforce::least_history + lead};
  if (first <= from && from <= to && to < demand.end()) return true;
  fmt::print(stderr, "class {}: --from {} --to {}: with lead {} its counts allow an evaluation from {} to {}\n",
             demand.name, workforce::to_text(from), workforce::to_text(to), lead, workforce::to_text(first),
             workforce::to_text(demand.end() - std::chrono::days{1}));
  return false;
}

int evaluate(const Program& program, const Request& request) {
  const auto from = date_of("--from", request.from), to = date_of("--to", request.to);
  if (!from || !to) return exit_usage;
  DemandFiles wanted = request.files;
  wanted.counts = request.evaluate;
  const auto files = load(wanted);
  if (!files) return exit_no;
  tell_gaps(*files);
  std::vector<workforce::Plot> plots;
  std::vector<workforce::PageTable> tables;
  for (const auto& series : files->series) {
    if (!inside(series.demand, *from, *to, request.lead)) return exit_usage;
    const Window window{request.evaluate, *from, *to, request.lead};
    workforce::RollingForecast rolling(series.demand, files->calendar, request.lead);
    if (!request.at.empty()) {
      const auto seen = slot_of(request.at, series.demand.slots);
      if (!seen) return exit_usage;
      print_intraday(series.demand.name, request.at, workforce::evaluate_intraday(rolling, *from, *to, *seen),
                     program.json);
      continue;
    }
    const auto evaluation = workforce::evaluate(rolling, *from, *to);
    print_evaluation(series.demand.name, evaluation, window, program.json);
    add_evaluation(rolling, evaluation, window, tables, plots);
  }
  const std::string title = fmt::format("Forecast against counts, {} to {}", request.from, request.to);
  if (!request.html.empty() && !write_file(request.html, workforce::page(title, {}, tables, plots))) return exit_no;
  return exit_done;
}

int run(const Program& program, const Request& request) {
  if (request.evaluate.empty() && request.files.counts.empty()) {
    fmt::print(stderr,
               "pledge forecast: name a file of counts, or --evaluate FILE --from DATE --to DATE; see --help\n");
    return exit_usage;
  }
  if (!request.demand.day.empty()) return print_demand(request);
  return request.evaluate.empty() ? forecast(program, request) : evaluate(program, request);
}

}  // namespace

void add_forecast(CLI::App& app, Program& program) {
  auto* command =
      app.add_subcommand("forecast", "what will come, interval by interval, and how well that would have been known");
  auto request = std::make_shared<Request>();
  command->add_option("counts", request->files.counts, "counts: timestamp,count[,class][,handled,handling_s], local clock, 15, 30 or 60 min")
      ->type_name("FILE");
  add_demand_options(*command, request->files);
  command->add_option("--days", request->days, "days to forecast (default 7)")
      ->check(CLI::Range(1u, workforce::most_lead));
  command->add_option("--html", request->html, "also write a page with plots and tables")->type_name("FILE");
  command->add_option("--evaluate", request->evaluate, "roll the forecast through the past of these counts")
      ->type_name("FILE");
  command->add_option("--from", request->from, "first day evaluated")->type_name("DATE");
  command->add_option("--to", request->to, "last day evaluated")->type_name("DATE");
  command->add_option("--lead", request->lead, "days ahead, when evaluating (default 1)")
      ->check(CLI::Range(1u, workforce::most_lead));
  command->add_option("--at", request->at, "evaluate the re-forecast of the rest of each day, made at this time")
      ->type_name("HH:MM");
  add_demand_of_options(*command, request->demand);
  for (const char* other : {"--evaluate", "--html"}) command->get_option("--demand-of")->excludes(command->get_option(other));
  command->footer(
      "Methods are chosen, or combined, by their errors over the last 84 days, each forecast made from what was known "
      "then; the\n"
      "band holds 80 % of counts. If the last day of the file is not over, its rest is re-forecast from the part "
      "seen.\n"
      "Prints class,timestamp,forecast,low,high,method,handling_s; with --json an object a day. Handling is known where the counts have\n"
      "handled (calls) and handling_s (their mean): its level, the hour's and the weekday's profile. --demand-of prints what simulate --demand\n"
      "reads: hour,class,calls,handling_s,handling_cv,patience_s, classes in the order in which --handling names them (without it, the forecast\n"
      "handling of that day). Gaps and outliers are told on "
      "standard\n"
      "error. 0: done; 1: the files cannot be used; 2: the command line is wrong.\n\n"
      "Examples:\n"
      "  pledge forecast counts.csv --days 28 --zone Europe/London --calendar calendar.csv --html forecast.html\n"
      "  pledge forecast counts.csv --demand-of 2026-11-07 --handling 999=210 101=350 --patience 180 >demand.csv\n"
      "  pledge forecast --evaluate counts.csv --from 2026-01-01 --to 2026-10-31 --lead 7\n"
      "  pledge forecast --evaluate counts.csv --from 2026-01-01 --to 2026-10-31 --at 12:00 --json");
  command->callback([request, &program] { program.exit = run(program, *request); });
}

}  // namespace pledge
