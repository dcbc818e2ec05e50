// `pledge demo`: an engine, callers who are nearly too many, handlers, and one free seat.
#include <fmt/format.h>

#include <filesystem>
#include <optional>

#include "tools/pledge/command.hpp"
#include "tools/pledge/demo_run.hpp"
#include "tools/pledge/engine_process.hpp"

namespace pledge {
namespace {

// "30s", "5m", "2h" or plain seconds; nothing if it is none of these.
std::optional<std::chrono::seconds> read_span(const std::string& text) {
  char* end = nullptr;
  const auto value = std::strtod(text.c_str(), &end);
  const std::string unit{end};
  const double factor = unit.empty() || unit == "s" ? 1 : unit == "m" ? 60 : unit == "h" ? 3600 : 0;
  if (end == text.c_str() || value <= 0 || factor == 0) return std::nullopt;
  return std::chrono::seconds{static_cast<std::int64_t>(value * factor)};
}

// From the top of a clone, or from wherever the program was built.
std::string find_configuration() {
  namespace fs = std::filesystem;
  std::error_code error;
  const auto beside = fs::path(own_path()).parent_path().parent_path() / "config" / "demo";
  return fs::is_directory("config/demo", error) || !fs::is_directory(beside, error) ? "config/demo" : beside.string();
}

}  // namespace

void add_demo(CLI::App& app, Program& program) {
  auto* command =
      app.add_subcommand("demo", "an engine with simulated callers and handlers, and one free seat for you");
  auto options = std::make_shared<DemoOptions>();
  auto span = std::make_shared<std::string>();
  command->add_option("--for", *span, "run so long unattended, such as 30s or 10m, then compare the figures");
  command->add_option("--rate", options->rate, "calls a second (default: what keeps the handlers 85 % busy)");
  command->add_option("--config", options->configuration, "the configuration's folder (default: config/demo)");
  command->add_option("--talk", options->talk_seconds, "mean talk time, seconds")->capture_default_str();
  command->add_option("--patience", options->patience_seconds, "mean patience of callers, seconds; 0: without limit")
      ->capture_default_str();
  command->add_option("--seed", options->seed, "of the callers' randomness")->capture_default_str();
  command->add_flag("--own-ports", options->own_ports, "take free ports even where the configured ones are free");
  command->add_flag("!--no-audio", options->audio, "no RTP packets from callers and phones");
  command->add_flag("!--no-guest-phone", options->guest_phone,
                    "do not register a phone for the free seat: bring your own");
  command->add_flag("--keep", options->keep, "keep the engine's log and journal");
  command->footer(
      "Starts an engine on this machine only, places real SIP calls, answers them at simulated desks, and shows the\n"
      "floor. q, Ctrl-C or the end of --for stops the callers; the calls in progress end; then every call is compared\n"
      "with the engine's own record. 0: every call is accounted for and all figures agree; 1: they do not.\n\n"
      "Examples:\n"
      "  pledge demo\n"
      "  pledge console guest            (in another terminal: take the free seat)\n"
      "  pledge demo --for 30s --json");
  command->callback([options, span, &program] {
    if (options->configuration.empty()) options->configuration = find_configuration();
    options->json = program.json;
    const auto time = span->empty() ? std::optional{std::chrono::seconds{0}} : read_span(*span);
    if (!time) {
      fmt::print(stderr, "pledge demo: --for {}: say it as 30s, 10m or 1h\n", *span);
      program.exit = exit_usage;
      return;
    }
    options->time = *time;
    program.exit = run_demo(*options);
  });
}

}  // namespace pledge
