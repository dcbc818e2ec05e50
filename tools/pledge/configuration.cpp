// `pledge check` and `pledge options`: the configuration by itself, without an engine.
#include <fmt/format.h>

#include <algorithm>

#include "main/operations.hpp"
#include "settings/settings.hpp"
#include "tools/pledge/client.hpp"
#include "tools/pledge/command.hpp"
#include "tools/pledge/terminal.hpp"

namespace pledge {
namespace {

std::string fault_json(const settings::Fault& fault) {
  return fmt::format(R"({{"severity":"{}","file":{},"line":{},"column":{},"what":{},"why":{},"remedy":{}}})",
                     fault.severity == settings::Severity::error ? "error" : "warning", json_quoted(fault.at.file),
                     fault.at.line, fault.at.column, json_quoted(fault.what), json_quoted(fault.why),
                     json_quoted(fault.remedy));
}

void print(const Program& program, const std::vector<settings::Fault>& faults) {
  for (const auto& fault : faults) fmt::print("{}\n", program.json ? fault_json(fault) : settings::to_text(fault));
}

// "0 errors, 2 warnings".
std::string counted(const std::vector<settings::Fault>& faults) {
  const auto errors = std::count_if(faults.begin(), faults.end(),
                                    [](const auto& f) { return f.severity == settings::Severity::error; });
  const auto warnings = std::ssize(faults) - errors;
  const auto count = [](std::ptrdiff_t n, std::string_view what) { return fmt::format("{} {}{}", n, what, n == 1 ? "" : "s"); };
  return count(errors, "error") + ", " + count(warnings, "warning");
}

int check(const Program& program, const std::string& directory) {
  const auto loaded = settings::load(directory, environment(wall_now()));
  if (!loaded) {
    print(program, loaded.error());
    if (!program.json) fmt::print(stderr, "{}: {}\n", directory, counted(loaded.error()));
    return exit_no;
  }
  print(program, loaded->warnings);
  if (!program.json)
    fmt::print("{}: good: {} ({} queues, {} rules, {} handlers; needs up to {} descriptors)\n", directory,
               counted(loaded->warnings), loaded->core.queues.size(), loaded->core.triage.size(),
               loaded->core.handlers.size(), loaded->descriptors_needed);
  return exit_done;
}

}  // namespace

void add_configuration(CLI::App& app, Program& program) {
  auto* command = app.add_subcommand("check", "read a configuration and say everything that is wrong with it");
  auto directory = std::make_shared<std::string>();
  command->add_option("directory", *directory, "the configuration's folder")->required();
  command->footer(
      "Each fault is a line \"file:line:col: what: why; what to do\". No engine is needed. 0: good (there may be\n"
      "warnings); 1: the engine would refuse it. With --json one fault a line, nothing when there is none.\n\n"
      "Example:\n  pledge check config/demo");
  command->callback([directory, &program] { program.exit = check(program, *directory); });

  auto* options = app.add_subcommand("options", "every option: type, unit, default, range and what it is for");
  options->footer("Examples:\n  pledge options\n  pledge options --json");
  options->callback(
      [&program] { fmt::print("{}\n", program.json ? settings::options_json() : settings::options_text()); });
}

}  // namespace pledge
