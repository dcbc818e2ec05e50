// `pledge handler`: what a console does, from a script, for one handler or thousands.
#include <fmt/format.h>

#include <chrono>

#include "tools/pledge/command.hpp"
#include "tools/pledge/handler_batch.hpp"

namespace pledge {
namespace {

struct Options {
  std::vector<std::string> handlers;
  std::string reason, role, session = "script";
  bool takeover = false;
  long seconds = 30;
};

int run(const Program& program, HandlerAction action, const Options& options) {
  const auto handlers = expand_ranges(options.handlers);
  if (!handlers) {
    fmt::print(stderr, "pledge handler: {}\n", handlers.error());
    return exit_usage;
  }
  const Client client(program.server);
  const auto began = std::chrono::steady_clock::now();
  const auto outcomes = run_batch(
      client,
      {action, options.reason, options.role, options.session, options.takeover, std::chrono::seconds{options.seconds}},
      *handlers);
  const auto took = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  std::size_t refused = 0, unreached = 0;
  int worst = exit_done;
  const grpc::Status* nobody = nullptr;
  for (const auto& outcome : outcomes) {
    const bool reached = exit_code_of(outcome.status) != exit_unreachable;
    if (!reached) ++unreached, nobody = &outcome.status, worst = exit_unreachable;
    if (!reached) continue;  // one engine, one message
    if (program.json) {
      fmt::print("{{\"handler\":{},\"ok\":{},\"version\":{},\"reason\":{},\"detail\":{}}}\n",
                 json_quoted(outcome.handler), outcome.status.ok(), outcome.version,
                 json_quoted(reason_of(outcome.status)),
                 json_quoted(outcome.status.ok() ? "" : text_of(outcome.status, client.server)));
    } else if (!outcome.status.ok()) {
      fmt::print(stderr, "pledge handler: {}: {}\n", outcome.handler, text_of(outcome.status, client.server));
    }
    refused += !outcome.status.ok();
    worst = std::max(worst, exit_code_of(outcome.status));
  }
  if (!program.json && outcomes.size() > 1 && unreached < outcomes.size())
    fmt::print("{} done, {} refused, {} not asked, {:.2f} s\n", outcomes.size() - refused - unreached, refused,
               unreached, took);
  if (nobody) report(*nobody, client.server, program.json);
  return worst;
}

void add_action(CLI::App& parent, Program& program, HandlerAction action, const std::string& name,
                const std::string& what) {
  auto* command = parent.add_subcommand(name, what);
  auto options = std::make_shared<Options>();
  command->add_option("handlers", options->handlers, "ids, or ranges such as a0001-a2000")->required();
  if (action == HandlerAction::sign_on) {
    command->add_option("--role", options->role, "default: the handler's first");
    command->add_option("--session", options->session, "names the console")->capture_default_str();
    command->add_flag("--takeover", options->takeover, "end another console's session");
  }
  if (action == HandlerAction::not_ready || action == HandlerAction::sign_off)
    command->add_option("--reason", options->reason, "why");
  if (action == HandlerAction::extend) command->add_option("--by", options->seconds, "seconds")->capture_default_str();
  command->callback([options, action, &program] { program.exit = run(program, action, *options); });
}

}  // namespace

void add_handler(CLI::App& app, Program& program) {
  auto* command = app.add_subcommand("handler", "do what a handler's console does, from a script");
  command->require_subcommand(1);
  add_action(*command, program, HandlerAction::sign_on, "sign-on", "sign on");
  add_action(*command, program, HandlerAction::ready, "ready", "go ready");
  add_action(*command, program, HandlerAction::not_ready, "not-ready", "go not-ready, with a reason");
  add_action(*command, program, HandlerAction::accept, "accept", "accept the offered call (where the console accepts)");
  add_action(*command, program, HandlerAction::decline, "decline", "decline the offered call");
  add_action(*command, program, HandlerAction::release, "release", "end the call");
  add_action(*command, program, HandlerAction::finish, "finish", "finish wrap-up");
  add_action(*command, program, HandlerAction::extend, "extend", "extend wrap-up");
  add_action(*command, program, HandlerAction::sign_off, "sign-off", "sign off");
  command->footer(
      "Several handlers are done at the same time. The exit code is 1 if any was refused, each refusal is said; 3 if no\n"
      "engine answers, which is said once.\n\n"
      "Examples:\n"
      "  pledge handler sign-on a0001-a2000 && pledge handler ready a0001-a2000\n"
      "  pledge handler not-ready a0007 --reason break\n"
      "  pledge handler sign-off a0001-a2000 --json");
}

}  // namespace pledge
