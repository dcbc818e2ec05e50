// `pledge location`: tells the engine where a caller is, after the call came.
#include <fmt/format.h>

#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>

#include "tools/pledge/client.hpp"
#include "tools/pledge/command.hpp"
#include "tools/pledge/view/caller_facts.hpp"

namespace pledge {
namespace {

struct Options {
  std::string caller, file, actor = "location";
  std::uint64_t contact = 0;
  bool by_call = false;  // `caller` is the number of the call
};

std::optional<std::string> document_of(const std::string& path) {
  if (path == "-") return std::string{std::istreambuf_iterator<char>(std::cin), {}};
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  return std::string{std::istreambuf_iterator<char>(file), {}};
}

void print(const v1::ReportResponse& taken) {
  for (const auto& location : taken.locations())
    for (const auto& line : view::lines_of(location)) fmt::print("{:<10} {}\n", line.label, line.text);
  fmt::print("{:<10} {}\n", "place", taken.place().empty() ? "none that is configured" : taken.place());
}

int tell(const Program& program, const Options& options) {
  const auto document = document_of(options.file);
  if (!document) {
    fmt::print(stderr, "pledge location: {} cannot be read: is it there? (- is standard input)\n", options.file);
    return exit_no;
  }
  v1::ReportRequest request;
  *request.mutable_mutation() = mutation_by(options.actor);
  if (options.contact != 0) request.set_contact(options.contact);
  else request.set_caller(options.caller);
  request.set_document(*document);
  const Client client(program.server);
  v1::ReportResponse answer;
  const auto status = call(*client.locations, &v1::LocationService::Stub::Report, request, answer);
  if (!status.ok()) return report(status, client.server, program.json);
  if (program.json) fmt::print("{}\n", to_json(answer));
  else print(answer);
  return exit_done;
}

}  // namespace

void add_location(CLI::App& app, Program& program) {
  auto* command = app.add_subcommand("location", "tell the engine where a caller is, after the call came");
  auto options = std::make_shared<Options>();
  command->add_option("caller", options->caller, "the caller's number, or with --call the call's own")->required();
  command->add_option("file", options->file, "a PIDF-LO document (RFC 4119, RFC 5491); - is standard input")->required();
  command->add_flag("--call", options->by_call, "`caller` is the number of the call, as pledge watch shows it");
  command->add_option("--as", options->actor, "who tells it; kept with the call")->capture_default_str();
  command->callback([options, &program] {
    const auto& text = options->caller;
    const bool number = !text.empty() && text.size() < 19 && text.find_first_not_of("0123456789") == std::string::npos;
    if (options->by_call && !number) {
      fmt::print(stderr, "pledge location: {} is not the number of a call\n", text);
      program.exit = exit_usage;
      return;
    }
    if (options->by_call) options->contact = std::stoull(text);
    program.exit = tell(program, *options);
  });
  command->footer("The handler sees it at once; while the call waits, triage looks at its place again. What is printed is what was\n"
                  "understood. Exit code 1: no call of that number is in progress or to be rung back, or the document cannot be read.\n\n"
                  "Examples:\n  pledge location +447700900123 location.xml\n  pledge location --call 1042 - < location.xml");
}

}  // namespace pledge
