// `pledge supervise`: what a supervisor may change on the floor while it runs, each with a reason that is kept.
#include <fmt/format.h>

#include <map>

#include "tools/pledge/client.hpp"
#include "tools/pledge/command.hpp"

namespace pledge {
namespace {

using Stub = v1::SupervisionService::Stub;

const std::map<std::string, v1::Grade> grades{{"none", v1::GRADE_UNSPECIFIED},
                                              {"immediate", v1::GRADE_IMMEDIATE},
                                              {"significant", v1::GRADE_SIGNIFICANT},
                                              {"extended", v1::GRADE_EXTENDED},
                                              {"resolution", v1::GRADE_RESOLUTION}};

struct Options {
  std::uint64_t contact = 0;
  std::string grade, queue, handler, reason, actor;
  std::vector<std::string> queues;
};

template <class Request>
Request request_of(const Options& options) {
  Request request;
  *request.mutable_mutation() = mutation_by(options.actor);
  request.set_reason(options.reason);
  return request;
}

template <class Response, class Request>
int ask(const Program& program, grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*), const Request& request) {
  const Client client(program.server);
  Response answer;
  const auto status = call(*client.supervision, method, request, answer);
  if (!status.ok()) return report(status, client.server, program.json);
  if (program.json) fmt::print("{}\n", to_json(answer));
  return exit_done;
}

int reprioritise(const Program& program, const Options& options) {
  auto request = request_of<v1::ReprioritiseRequest>(options);
  request.set_contact(options.contact);
  request.set_grade(grades.at(options.grade));
  return ask<v1::ReprioritiseResponse>(program, &Stub::Reprioritise, request);
}

int move(const Program& program, const Options& options) {
  auto request = request_of<v1::MoveRequest>(options);
  request.set_contact(options.contact);
  request.set_queue(options.queue);
  return ask<v1::MoveResponse>(program, &Stub::Move, request);
}

int withdraw(const Program& program, const Options& options) {
  auto request = request_of<v1::WithdrawRequest>(options);
  request.set_contact(options.contact);
  return ask<v1::WithdrawResponse>(program, &Stub::Withdraw, request);
}

int assign(const Program& program, const Options& options) {
  auto request = request_of<v1::AssignHandlerRequest>(options);
  request.set_handler(options.handler);
  for (const auto& queue : options.queues) request.add_queues(queue);
  return ask<v1::AssignHandlerResponse>(program, &Stub::AssignHandler, request);
}

int sign_off(const Program& program, const Options& options) {
  auto request = request_of<v1::SignOffHandlerRequest>(options);
  request.set_handler(options.handler);
  return ask<v1::SignOffHandlerResponse>(program, &Stub::SignOffHandler, request);
}

// The sub-command, and what it is done with; its own arguments are added to what is returned.
std::pair<CLI::App*, std::shared_ptr<Options>> add_action(CLI::App& parent, Program& program, const std::string& name,
                                                          const std::string& what, int (*action)(const Program&, const Options&)) {
  auto* command = parent.add_subcommand(name, what);
  auto options = std::make_shared<Options>();
  command->add_option("--reason", options->reason, "why; it is kept")->required();
  command->add_option("--as", options->actor, "who does it")->required();
  command->callback([options, action, &program] { program.exit = action(program, *options); });
  return {command, options};
}

}  // namespace

void add_supervise(CLI::App& app, Program& program) {
  auto* command = app.add_subcommand("supervise", "change what waits and who serves what, with a reason");
  command->require_subcommand(1);
  const auto call = [](const auto& action) { action.first->add_option("call", action.second->contact, "its number, as pledge watch shows it")->required(); };
  const auto handler = [](const auto& action) { action.first->add_option("handler", action.second->handler, "id")->required(); };

  const auto first = add_action(*command, program, "reprioritise", "give a waiting call another grade", reprioritise);
  call(first);
  first.first->add_option("grade", first.second->grade, "within its class, the most urgent first: immediate, significant, extended, resolution; none")
      ->required()
      ->check(CLI::IsMember(grades));
  const auto second = add_action(*command, program, "move", "move a waiting call to another queue", move);
  call(second);
  second.first->add_option("queue", second.second->queue, "name")->required();
  call(add_action(*command, program, "withdraw", "end a waiting call that needs nobody", withdraw));
  const auto fourth = add_action(*command, program, "assign", "let a handler serve these queues, or those of the role again", assign);
  handler(fourth);
  fourth.first->add_option("queues", fourth.second->queues, "names; none: those of the role");
  handler(add_action(*command, program, "sign-off", "sign a handler off; during a call, after it", sign_off));
  command->footer(
      "Nothing stalls: it is one event among the others. Exit code 1: refused, and why.\n\n"
      "Examples:\n"
      "  pledge supervise reprioritise 1042 immediate --reason \"caller's mother rang too\" --as s0001\n"
      "  pledge supervise move 1043 general --reason \"no emergency\" --as s0001\n"
      "  pledge supervise assign a0007 emergency --reason surge --as s0001");
}

}  // namespace pledge
