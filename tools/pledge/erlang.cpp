// `pledge erlang`: Erlang's models for one load, or for every row of a file.
#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "tools/pledge/command.hpp"
#include "tools/pledge/json.hpp"
#include "tools/pledge/planning.hpp"
#include "workforce/erlang_table.hpp"

namespace pledge {
namespace {

struct Request {
  std::string csv;
  double calls_per_hour = 0, handling = 0;
  double patience = workforce::without_patience_limit;
  std::uint32_t handlers = 0;
  workforce::ErlangTarget target;
};

std::string number(double value) { return fmt::format("{:.17g}", value); }

std::string csv_quoted(const std::string& text) {
  if (text.find_first_of(",\"") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + '"';
}

// Text in JSON as it stands in the file: numbers bare, all else quoted.
std::string json_cell(const std::string& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty()) return "null";
  return error == std::errc{} && std::isfinite(value) && end == text.data() + text.size() ? fmt::format("{:.17g}", value) : json_quoted(text);
}

void print_row(const workforce::Table& table, const workforce::Row& row, const workforce::ErlangCase& one, bool json) {
  std::string line;
  for (std::size_t i = 0; i < table.names.size(); ++i) {
    const auto& name = table.names[i].text;
    const auto figure = workforce::erlang_figure(name);
    const auto& text = row.cells[i].text;
    if (i) line += ',';
    if (json) line += json_quoted(name) + ":" + (figure ? number(one.figures.*figure) : json_cell(text));
    else line += figure ? number(one.figures.*figure) : csv_quoted(text);
  }
  fmt::print("{}\n", json ? "{" + line + "}" : line);
}

int from_file(const Program& program, const std::string& path) {
  const auto text = read_file(path);
  if (!text) return exit_usage;
  std::vector<workforce::TextFault> faults;
  const auto table = workforce::parse_table(*text, faults);
  const auto cases = workforce::erlang_cases(table, faults);
  if (!program.json && !table.names.empty()) {
    std::string header;
    for (const auto& name : table.names) header += (header.empty() ? "" : ",") + csv_quoted(name.text);
    fmt::print("{}\n", header);
  }
  auto next = cases.begin();
  for (const auto& row : table.rows)
    if (next != cases.end() && next->line == row.line) print_row(table, row, *next++, program.json);
  return print_faults(path, faults) ? exit_no : exit_done;
}

void print_figures(const workforce::ErlangFigures& f, std::uint32_t handlers, double within, bool json) {
  if (json) {
    fmt::print(R"({{"handlers":{},"service_level":{},"asa_s":{},"abandon_prob":{},"occupancy":{},"prob_wait":{}}})"
               "\n",
               handlers, number(f.service_level), number(f.answered_wait), number(f.abandoned), number(f.occupancy),
               number(f.wait_share));
    return;
  }
  fmt::print("handlers                  {}\nanswered within {:g} s      {:.2f} %\nmean wait of answered     {:.2f} s\n",
             handlers, within, 100 * f.service_level, f.answered_wait);
  fmt::print("abandoned                 {:.2f} %\noccupancy                 {:.2f} %\n", 100 * f.abandoned,
             100 * f.occupancy);
}

int refuse(const std::string& what) {
  fmt::print(stderr, "{}\n", what);
  return exit_no;
}

// Erlang A where a patience is given, else Erlang C.
int one_load(const Program& program, const Request& request) {
  const bool patient = request.patience == workforce::without_patience_limit;
  const auto model = patient ? workforce::ErlangModel::c : workforce::ErlangModel::a;
  const workforce::ErlangLoad load{request.calls_per_hour / 3600, request.handling, request.patience};
  if (!patient && !workforce::erlang_a_is_bounded(load))
    return refuse("--patience: too long to sum over; leave it out for callers who wait for ever");
  auto handlers = request.handlers;
  if (handlers == 0) {
    const auto fewest = workforce::fewest_handlers(model, load, request.target);
    if (!fewest) return refuse("no number of handlers keeps this target; relax --service-level");
    handlers = *fewest;
  }
  const auto figures = patient ? workforce::erlang_c(load, handlers, request.target.within)
                               : std::optional(workforce::erlang_a(load, handlers, request.target.within));
  if (!figures)
    return refuse(
        fmt::format("--handlers {}: no more than the load of {:.2f} erlangs, the queue would grow without bound; "
                    "give more, or the callers' --patience",
                    handlers, load.offered()));
  print_figures(*figures, handlers, request.target.within, program.json);
  return exit_done;
}

int run(const Program& program, const Request& request) {
  if (!request.csv.empty()) return from_file(program, request.csv);
  if (request.calls_per_hour <= 0 || request.handling <= 0) {
    fmt::print(stderr, "pledge erlang: give --csv FILE, or --calls and --handling; see --help\n");
    return exit_usage;
  }
  return one_load(program, request);
}

}  // namespace

void add_erlang(CLI::App& app, Program& program) {
  auto* command = app.add_subcommand("erlang", "service level, waits and handlers needed by Erlang B, C and A");
  auto request = std::make_shared<Request>();
  request->target = {.within = 10, .service_level = 0.9};
  command->add_option("--csv", request->csv, "compute every row of a file: its columns, its figures computed")
      ->type_name("FILE");
  command->add_option("--calls", request->calls_per_hour, "calls per hour")->check(CLI::Range(1e-6, 1e9));
  command->add_option("--handling", request->handling, "mean handling time, s")->check(CLI::Range(1e-3, 1e6));
  command->add_option("--patience", request->patience, "mean patience, s: Erlang A; without it Erlang C")
      ->check(CLI::Range(1e-6, 1e9));
  command->add_option("--within", request->target.within, "answer target, s (default 10)")->check(CLI::Range(0.0, 1e6));
  command->add_option("--service-level", request->target.service_level, "share to answer within it (default 0.9)")
      ->check(CLI::Range(0.0, 1.0));
  command->add_option("--abandoned", request->target.abandoned, "share that may abandon (default: any)")
      ->check(CLI::Range(0.0, 1.0));
  command
      ->add_option("--handlers", request->handlers, "figures for this many, instead of the fewest that keep the target")
      ->check(CLI::Range(1u, workforce::most_erlang_handlers));
  command->footer(
      "A file has the columns model (ErlangB, ErlangC, ErlangA), lambda_per_s, aht_s, agents, patience_s, target_s; of "
      "the\n"
      "others, prob_wait, asa_s, service_level, abandon_prob, occupancy are computed, the rest is copied. A row with "
      "a\n"
      "fault is left out and told on standard error as file:line:col. 0: every row computed; 1: some could not be.\n\n"
      "Examples:\n"
      "  pledge erlang --calls 400 --handling 210 --patience 60 --service-level 0.9 --within 10\n"
      "  pledge erlang --calls 600 --handling 360 --handlers 68 --within 30\n"
      "  pledge erlang --csv cases.csv --json");
  command->callback([request, &program] { program.exit = run(program, *request); });
}

}  // namespace pledge
