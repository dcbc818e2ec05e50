// `pledge`: one program, its sub-commands.
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "tools/pledge/command.hpp"
#include "tools/pledge/intraday.hpp"
#include "tools/pledge/whatif.hpp"

namespace {

constexpr const char* description =
    "Pledge: the engine of a police contact centre. SIP calls in, triaged against answer targets, rung at the right\n"
    "handler, seen over gRPC.\n\n"
    "Exit codes: 0 done; 1 the answer is no (faults found, a request refused, figures that disagree); 2 the command\n"
    "line is wrong; 3 no engine at --server; 130 interrupted.";

void add_shared_options(CLI::App& app, pledge::Program& program) {
  app.add_option("--server", program.server, "the engine's gRPC address (default: $PLEDGE_SERVER, else 127.0.0.1:9090)")
      ->envname("PLEDGE_SERVER")
      ->type_name("ADDRESS:PORT");
  app.add_flag("--json", program.json, "print data as JSON, one document a line where it goes on");
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{description, "pledge"};
  pledge::Program program;
  app.require_subcommand(1);
  app.fallthrough();  // --server and --json may follow the sub-command's name
  add_shared_options(app, program);
  pledge::add_serve(app, program);
  pledge::add_watch(app, program);
  pledge::add_console(app, program);
  pledge::add_handler(app, program);
  pledge::add_explain(app, program);
  pledge::add_trace(app, program);
  pledge::add_configuration(app, program);
  pledge::add_replay(app, program);
  pledge::add_simulate(app, program);
  pledge::add_whatif(app, program);
  pledge::add_demo(app, program);
  pledge::add_erlang(app, program);
  pledge::add_counts(app, program);
  pledge::add_forecast(app, program);
  pledge::add_staff(app, program);
  pledge::add_roster(app, program);
  pledge::add_adherence(app, program);
  pledge::add_intraday(app, program);
  pledge::add_recording(app, program);
  pledge::add_location(app, program);
  pledge::add_supervise(app, program);
  pledge::add_operations(app, program);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? pledge::exit_done : pledge::exit_usage;
  }
  if (app.got_subcommand("serve")) return program.exit;
  const bool written = std::fflush(stdout) == 0 && !std::ferror(stdout);
  if (!written) std::fprintf(stderr, "pledge: standard output cannot be written: %s\n", std::strerror(errno));
  // gRPC's client leaves threads of its own behind. They use locks of abseil whose library exit() takes apart, and about one
  // command in a hundred was aborted after its answer. What is printed is all that is left to do.
  std::fflush(nullptr);
  _exit(written || program.exit != pledge::exit_done ? program.exit : pledge::exit_no);
}
