// `pledge explain` and `pledge trace`: why a call went where it went, and all that happened to it.
#include <fmt/format.h>

#include <ctime>

#include "tools/pledge/client.hpp"
#include "tools/pledge/command.hpp"
#include "tools/pledge/terminal.hpp"
#include "tools/pledge/view/ladder.hpp"

namespace pledge {
namespace {

struct Options {
  std::string contact, from, to, at, trunk, priority, service, place;
  bool trusted = false;
};

// A contact's number, or anything else: the SIP Call-ID.
template <class Request>
void name_call(Request& request, const std::string& given) {
  const bool number = !given.empty() && given.find_first_not_of("0123456789") == std::string::npos && given.size() < 20;
  if (number) request.set_contact(std::stoull(given));
  else request.set_sip_call_id(given);
}

// "2026-03-02T18:00", local time; seconds may follow.
std::optional<core::Time> read_time(const std::string& text) {
  for (const auto* format : {"%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M"}) {
    std::tm parts{};
    parts.tm_isdst = -1;
    const char* end = strptime(text.c_str(), format, &parts);
    if (end && *end == '\0') return core::Time{static_cast<std::int64_t>(std::mktime(&parts)) * 1'000'000'000};
  }
  return std::nullopt;
}

bool fill(v1::WhatIf& call, const Options& options) {
  call.set_caller(options.from);
  call.set_dialled(options.to);
  call.set_trunk(options.trunk);
  call.set_trusted(options.trusted);
  call.set_resource_priority(options.priority);
  call.set_service_urn(options.service);
  call.set_place(options.place);
  if (options.at.empty()) return true;
  const auto at = read_time(options.at);
  if (at) *call.mutable_at() = view::timestamp_of(*at);
  return at.has_value();
}

int explain(const Program& program, const Options& options) {
  v1::ExplainRequest request;
  if (!options.contact.empty()) name_call(request, options.contact);
  else if (options.to.empty())
    return fmt::print(stderr, "pledge explain: name a call, or --to NUMBER for one that did not happen\n"), exit_usage;
  else if (!fill(*request.mutable_what_if(), options))
    return fmt::print(stderr, "pledge explain: --at {}: not a time such as 2026-03-02T18:00\n", options.at), exit_usage;
  const Client client(program.server);
  v1::ExplainResponse answer;
  const auto status = call(*client.operations, &v1::OperationsService::Stub::Explain, request, answer);
  if (!status.ok()) return report(status, client.server, program.json);
  if (program.json) fmt::print("{}\n", to_json(answer));
  else
    for (const auto& line : answer.lines()) fmt::print("{}\n", line);
  return exit_done;
}

std::size_t columns() {
  constexpr std::size_t of_a_page = 120;
  return output_is_terminal() ? static_cast<std::size_t>(terminal_size().columns) : of_a_page;
}

int trace(const Program& program, const Options& options) {
  v1::GetContactTraceRequest request;
  name_call(request, options.contact);
  const Client client(program.server);
  v1::GetContactTraceResponse answer;
  const auto status = call(*client.operations, &v1::OperationsService::Stub::GetContactTrace, request, answer);
  if (!status.ok()) return report(status, client.server, program.json);
  if (program.json) fmt::print("{}\n", to_json(answer));
  else
    for (const auto& line : view::draw_ladder(answer, columns())) fmt::print("{}\n", line);
  return exit_done;
}

}  // namespace

void add_explain(CLI::App& app, Program& program) {
  auto* command = app.add_subcommand("explain", "why a call went where it went, or how one would be routed now");
  auto options = std::make_shared<Options>();
  command->add_option("contact", options->contact, "a call: its number in the engine, or its SIP Call-ID");
  command->add_option("--from", options->from, "what if: the caller's number (none: withheld)");
  command->add_option("--to", options->to, "what if: the number dialled");
  command->add_option("--at", options->at, "what if: local time, such as 2026-03-02T18:00 (default: now)");
  command->add_option("--trunk", options->trunk, "what if: the trunk it comes by");
  command->add_flag("--trusted", options->trusted, "what if: the trunk is trusted");
  command->add_option("--priority", options->priority, "what if: its Resource-Priority, such as esnet.1");
  command->add_option("--service", options->service, "what if: its service URN, such as urn:service:sos.police");
  command->add_option("--place", options->place, "what if: the place known for the caller");
  command->footer(
      "Examples:\n"
      "  pledge explain 1042\n"
      "  pledge explain --from +447700900123 --to 999\n"
      "  pledge explain --from +442079460123 --to 101 --at 2026-12-25T03:00");
  command->callback([options, &program] { program.exit = explain(program, *options); });
}

void add_trace(CLI::App& app, Program& program) {
  auto* command = app.add_subcommand("trace", "one call from its first packet to its last: SIP messages and decisions");
  auto options = std::make_shared<Options>();
  command->add_option("contact", options->contact, "a call: its number in the engine, or its SIP Call-ID")->required();
  command->footer(
      "A ladder with the caller left of Pledge and the phones right of it. Each arrow is one SIP message on the wire;\n"
      "behind it stand whose phone, CSeq, session description (address:port codecs), and \"(again)\" for a message that\n"
      "was there before (a retransmission, or a 180 repeated each minute). Between the arrows:\n"
      "  ■ the call's state   ◆ an offer to a handler and its end   · a decision and its reasons   ● recording\n"
      "The engine keeps this for live calls and for the latest that ended (service.ended_contacts). `pledge watch --json`\n"
      "names the calls that are live.\n\n"
      "Examples:\n  pledge trace 1042\n  pledge trace 'a84b4c76e66710@192.0.2.1' | less -S\n  pledge trace 1042 --json");
  command->callback([options, &program] { program.exit = trace(program, *options); });
}

}  // namespace pledge
