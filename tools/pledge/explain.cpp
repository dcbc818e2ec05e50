// `pledge explain` and `pledge trace`: why a call went where it went, and all that happened to it.
#include <fmt/format.h>

#include "tools/pledge/client.hpp"
#include "tools/pledge/command.hpp"
#include "tools/pledge/past_call.hpp"
#include "tools/pledge/terminal.hpp"
#include "tools/pledge/view/ladder.hpp"

namespace pledge {
namespace {

struct Options {
  std::string contact, from, to, at, trunk, priority, service, place;
  std::vector<std::string> journal;
};

template <class Request>
void name_call(Request& request, const std::string& given) {
  const auto name = call_named(given);
  if (name.contact) request.set_contact(name.contact.value);
  else request.set_sip_call_id(name.sip_call_id);
}

void fill(v1::WhatIf& call, const Options& options, std::optional<core::Time> at) {
  call.set_caller(options.from);
  call.set_dialled(options.to);
  call.set_trunk(options.trunk);
  call.set_resource_priority(options.priority);
  call.set_service_urn(options.service);
  call.set_place(options.place);
  if (at) *call.mutable_at() = view::timestamp_of(*at);
}

// What is wrong with the command line; empty: nothing.
std::string misused(const Options& options, std::optional<core::Time> at) {
  if (!options.at.empty() && !at) return fmt::format("--at {}: not a time such as 2026-03-02T18:00", options.at);
  if (!options.journal.empty() && options.contact.empty()) return "--journal tells of a call that happened: name it";
  if (options.contact.empty() && options.to.empty()) return "name a call, or --to NUMBER for one that did not happen";
  if (!options.contact.empty() && options.journal.empty() && at) return "--at is of a call that did not happen, or of a --journal";
  return {};
}

int print_explained(const Program& program, const v1::ExplainResponse& answer) {
  if (program.json) return fmt::print("{}\n", to_json(answer)), exit_done;
  for (const auto& line : answer.lines()) fmt::print("{}\n", line);
  return exit_done;
}

int explain(const Program& program, const Options& options) {
  const auto at = read_local_time(options.at);
  if (const auto fault = misused(options, at); !fault.empty()) return fmt::print(stderr, "pledge explain: {}\n", fault), exit_usage;
  if (!options.journal.empty()) {
    const auto past = past_call(program, options.journal, options.contact, at);
    if (!past) return past.error();
    if (!program.json) fmt::print("of the engine's run that began {}:\n", local_time_text(past->run_started));
    return print_explained(program, past->explained);
  }
  v1::ExplainRequest request;
  if (!options.contact.empty()) name_call(request, options.contact);
  else fill(*request.mutable_what_if(), options, at);
  const Client client(program.server);
  v1::ExplainResponse answer;
  const auto status = call(*client.operations, &v1::OperationsService::Stub::Explain, request, answer);
  return status.ok() ? print_explained(program, answer) : report(status, client.server, program.json);
}

std::size_t columns() {
  constexpr std::size_t of_a_page = 120;
  return output_is_terminal() ? static_cast<std::size_t>(terminal_size().columns) : of_a_page;
}

int print_traced(const Program& program, const v1::GetContactTraceResponse& answer) {
  if (program.json) return fmt::print("{}\n", to_json(answer)), exit_done;
  for (const auto& line : view::draw_ladder(answer, columns())) fmt::print("{}\n", line);
  return exit_done;
}

int trace(const Program& program, const Options& options) {
  const auto at = read_local_time(options.at);
  if (!options.at.empty() && !at) return fmt::print(stderr, "pledge trace: --at {}: not a time such as 2026-03-02T18:00\n", options.at), exit_usage;
  if (!options.journal.empty()) {
    const auto past = past_call(program, options.journal, options.contact, at);
    if (!past) return past.error();
    if (!program.json)
      fmt::print("of the engine's run that began {}; a journal keeps no SIP messages\n", local_time_text(past->run_started));
    return print_traced(program, past->traced);
  }
  v1::GetContactTraceRequest request;
  name_call(request, options.contact);
  const Client client(program.server);
  v1::GetContactTraceResponse answer;
  const auto status = call(*client.operations, &v1::OperationsService::Stub::GetContactTrace, request, answer);
  return status.ok() ? print_traced(program, answer) : report(status, client.server, program.json);
}

void add_journal(CLI::App& command, Options& options) {
  command.add_option("--journal", options.journal, "of a call that the engine has forgotten: the journal's folder, or its files; may be repeated")
      ->allow_extra_args(false)
      ->type_name("PATH");
}

}  // namespace

void add_explain(CLI::App& app, Program& program) {
  auto* command = app.add_subcommand("explain", "why a call went where it went, or how one would be routed now");
  auto options = std::make_shared<Options>();
  command->add_option("contact", options->contact, "a call: its number in the engine, or its SIP Call-ID");
  command->add_option("--from", options->from, "what if: the caller's number (none: withheld)");
  command->add_option("--to", options->to, "what if: the number dialled");
  command->add_option("--at", options->at, "local time, such as 2026-03-02T18:00. What if: of the call (default: now). With --journal: when the engine's run was on");
  command->add_option("--trunk", options->trunk, "what if: the trunk it comes by (default: the only one; of several none)");
  command->add_option("--priority", options->priority, "what if: its Resource-Priority, such as esnet.1; counts by a trusted trunk only");
  command->add_option("--service", options->service, "what if: its service URN, such as urn:service:sos.police");
  command->add_option("--place", options->place, "what if: the place that its location tells (default: as the caller's number tells)");
  add_journal(*command, *options);
  command->footer(
      "A call that did not happen is read as one that comes: numbers in any form, trust by its trunk, the place by the caller's\n"
      "number. It is judged by the rules of its time, and by the queues and handlers as they are now.\n"
      "Calls are numbered anew in each run of the engine: where a journal holds several runs, --at says which.\n\n"
      "Examples:\n"
      "  pledge explain 1042\n"
      "  pledge explain 1042 --journal journal/ --at 2026-03-02T18:00\n"
      "  pledge explain --from +447700900123 --to 999\n"
      "  pledge explain --from +442079460123 --to 101 --at 2026-12-25T03:00");
  command->callback([options, &program] { program.exit = explain(program, *options); });
}

void add_trace(CLI::App& app, Program& program) {
  auto* command = app.add_subcommand("trace", "one call from its first packet to its last: SIP messages and decisions");
  auto options = std::make_shared<Options>();
  command->add_option("contact", options->contact, "a call: its number in the engine, or its SIP Call-ID")->required();
  add_journal(*command, *options);
  command->add_option("--at", options->at, "with --journal: local time, such as 2026-03-02T18:00, when the engine's run was on");
  command->footer(
      "A ladder with the caller left of Pledge and the phones right of it. Each arrow is one SIP message on the wire;\n"
      "behind it stand whose phone, CSeq, session description (address:port codecs), and \"(again)\" for a message that\n"
      "was there before (a retransmission, or a 180 repeated each minute). Between the arrows:\n"
      "  ■ the call's state   ◆ an offer to a handler and its end   · a decision and its reasons   ● recording\n"
      "The engine keeps this for live calls and for the latest that ended (service.ended_contacts). `pledge watch --json`\n"
      "names the calls that are live. Of older ones the journal tells, all but the SIP messages (--journal).\n\n"
      "Examples:\n  pledge trace 1042\n  pledge trace 'a84b4c76e66710@192.0.2.1' | less -S\n  pledge trace 1042 --json");
  command->callback([options, &program] { program.exit = trace(program, *options); });
}

}  // namespace pledge
