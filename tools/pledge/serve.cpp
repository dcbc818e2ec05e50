// `pledge serve`: the daemon.
#include "main.hpp"
#include "tools/pledge/command.hpp"

namespace pledge {

void add_serve(CLI::App& app, Program& program) {
  auto* command = app.add_subcommand("serve", "run the engine on a configuration");
  struct Options {
    ServeArguments serve;
    double drain_for_seconds = std::chrono::duration<double>(ServeArguments{}.drain_for).count();
  };
  auto options = std::make_shared<Options>();
  command->add_option("directory", options->serve.directory, "the configuration's folder")->required();
  command->add_option("--log-level", options->serve.log_level, "trace, debug, info, warning, error, critical or off")
      ->capture_default_str();
  command
      ->add_option("--drain-for", options->drain_for_seconds, "seconds that calls in progress may go on after SIGTERM")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command->footer(
      "One line on the standard output says that calls can come, and where (--json: one object); the log goes to the standard\n"
      "error.\n"
      "SIGHUP reloads the folder, SIGTERM and SIGINT stop: new calls are refused, those in progress may end; a second\n"
      "signal ends them. Exit codes: 0 stopped as told; 1 it could not start, and says why.\n\n"
      "Example:\n  pledge serve config/demo");
  command->callback([options, &program] {
    options->serve.drain_for =
        std::chrono::duration_cast<core::Duration>(std::chrono::duration<double>(options->drain_for_seconds));
    options->serve.json = program.json;
    program.exit = serve(options->serve);
  });
}

}  // namespace pledge
