// What an operator does to a running engine: diff, reload, state, drain, shutdown.
#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>

#include "tools/pledge/client.hpp"
#include "tools/pledge/command.hpp"
#include "tools/pledge/whatif.hpp"

namespace pledge {
namespace {

using Stub = v1::OperationsService::Stub;

struct Options {
  std::string directory, reason, state, actor = "operator";
  std::vector<std::string> journal;
  bool off = false;
};

// The engine reads the directory itself: it must not depend on where this program was started.
std::string absolute(const std::string& directory) {
  std::error_code error;
  const auto path = std::filesystem::absolute(directory, error);
  return error ? directory : path.lexically_normal().string();
}

template <class Response>
int print_lines(const Program& program, const Response& answer) {
  if (program.json) fmt::print("{}\n", to_json(answer));
  else
    for (const auto& line : answer.lines()) fmt::print("{}\n", line);
  return answer.ok() ? exit_done : exit_no;
}

template <class Request, class Response>
int ask(const Program& program, grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
        const Request& request, int (*print)(const Program&, const Response&)) {
  const Client client(program.server);
  Response answer;
  const auto status = call(*client.operations, method, request, answer);
  return status.ok() ? print(program, answer) : report(status, client.server, program.json);
}

int diff(const Program& program, const Options& options) {
  v1::DiffRequest request;
  request.set_directory(absolute(options.directory));
  const int answer = ask<v1::DiffRequest, v1::DiffResponse>(program, &Stub::Diff, request, print_lines<v1::DiffResponse>);
  if (answer != exit_done || options.journal.empty()) return answer;
  if (!program.json) fmt::print("\n");
  WhatIfRequest what_if;
  what_if.journal = options.journal;
  what_if.configuration = options.directory;
  what_if.calls = 0;  // the summary alone
  return run_what_if(program, what_if);
}

int reload(const Program& program, const Options& options) {
  v1::ReloadRequest request;
  *request.mutable_mutation() = mutation_by(options.actor);
  request.set_directory(absolute(options.directory));
  return ask<v1::ReloadRequest, v1::ReloadResponse>(program, &Stub::Reload, request, print_lines<v1::ReloadResponse>);
}

int print_state(const Program& program, const v1::SetServiceStateResponse& answer) {
  if (program.json) fmt::print("{}\n", to_json(answer));
  else fmt::print("service state: {}\n", answer.service_state().state());
  return exit_done;
}

int show_state(const Program& program) {
  const Client client(program.server);
  v1::ListQueuesRequest request;
  request.set_page_size(1);
  v1::ListQueuesResponse answer;
  const auto status = call(*client.supervision, &v1::SupervisionService::Stub::ListQueues, request, answer);
  if (!status.ok()) return report(status, client.server, program.json);
  if (program.json) fmt::print("{}\n", to_json(answer.service_state()));
  else
    fmt::print("service state: {}{}\n", answer.service_state().state(),
               answer.service_state().draining() ? "; draining" : "");
  return exit_done;
}

int set_state(const Program& program, const Options& options) {
  if (options.state.empty()) return show_state(program);
  v1::SetServiceStateRequest request;
  *request.mutable_mutation() = mutation_by(options.actor);
  request.set_state(options.state);
  request.set_reason(options.reason);
  return ask<v1::SetServiceStateRequest, v1::SetServiceStateResponse>(program, &Stub::SetServiceState, request,
                                                                      print_state);
}

int print_drain(const Program& program, const v1::DrainResponse& answer) {
  if (program.json) fmt::print("{}\n", to_json(answer));
  else
    fmt::print("{}; {} calls in progress\n", answer.service_state().draining() ? "draining" : "taking calls",
               answer.contacts_live());
  return exit_done;
}
int drain(const Program& program, const Options& options) {
  v1::DrainRequest request;
  *request.mutable_mutation() = mutation_by(options.actor);
  request.set_off(options.off);
  return ask<v1::DrainRequest, v1::DrainResponse>(program, &Stub::Drain, request, print_drain);
}

int print_nothing(const Program& program, const v1::ShutdownResponse& answer) {
  if (program.json) fmt::print("{}\n", to_json(answer));
  return exit_done;
}
int shut_down(const Program& program, const Options& options) {
  v1::ShutdownRequest request;
  *request.mutable_mutation() = mutation_by(options.actor);
  return ask<v1::ShutdownRequest, v1::ShutdownResponse>(program, &Stub::Shutdown, request, print_nothing);
}

using Run = int (*)(const Program&, const Options&);
struct Command {
  CLI::App* app;
  std::shared_ptr<Options> options;
};
Command add(CLI::App& app, Program& program, const std::string& name, const std::string& what, Run run) {
  auto* command = app.add_subcommand(name, what);
  auto options = std::make_shared<Options>();
  command->add_option("--as", options->actor, "who asks; recorded with the change")->capture_default_str();
  command->callback([options, run, &program] { program.exit = run(program, *options); });
  return {command, options};
}

void add_changes(CLI::App& app, Program& program) {
  const auto with = add(app, program, "diff", "what a configuration would change in the running engine", diff);
  with.app->add_option("directory", with.options->directory, "the configuration's folder")->required();
  with.app->add_option("--journal", with.options->journal, "end with what a recorded day would have been, as `pledge whatif` tells; may be repeated")
      ->allow_extra_args(false)
      ->type_name("PATH");
  with.app->footer(
      "Prints each change in words, with the waiting calls it affects; nothing changes. 1: it has faults.\n\n"
      "Examples:\n  pledge diff config/met\n  pledge diff config/met --journal journal/");
  const auto taken = add(app, program, "reload", "take a configuration into force", reload);
  taken.app->add_option("directory", taken.options->directory, "the configuration's folder")->required();
  taken.app->footer(
      "Live calls, waiting calls' places and handlers' states stay as they are. With any fault nothing\n"
      "changes, and the exit code is 1.\n\nExample:\n  pledge check config/met && pledge diff config/met && pledge "
      "reload config/met");
}

}  // namespace

void add_operations(CLI::App& app, Program& program) {
  add_changes(app, program);
  const auto state = add(app, program, "state", "show or set the service state (normal, major incident …)", set_state);
  state.app->add_option("state", state.options->state, "one of the configured service states; none: show which it is");
  state.app->add_option("--reason", state.options->reason, "why");
  state.app->footer(
      "Triage rules that name a service state hold while it is in force, from the next call on.\n\n"
      "Examples:\n  pledge state\n  pledge state \"major incident\" --reason \"gas leak, High Street\" --as supervisor1");
  const auto drained = add(app, program, "drain", "refuse or divert new calls; those in progress go on", drain);
  drained.app->add_flag("--off", drained.options->off, "take calls again");
  drained.app->footer("Example:\n  pledge drain && pledge watch --once && pledge shutdown");
  const auto down = add(app, program, "shutdown", "end the engine in an orderly way (drain first)", shut_down);
  down.app->footer(
      "New calls are refused, those in progress may go on for a while (`pledge serve --drain-for`), then the engine ends.\n\n"
      "Example:\n  pledge drain && pledge watch --once && pledge shutdown --as operator1");
}

}  // namespace pledge
