// `pledge recording`: pausing the recording of a call, finding and hearing those that are complete.
#include <fmt/format.h>
#include <unistd.h>

#include <fstream>

#include "tools/pledge/client.hpp"
#include "tools/pledge/command.hpp"
#include "tools/pledge/view/text.hpp"

namespace pledge {
namespace {

using Stub = v1::RecordingService::Stub;

struct Options {
  std::uint64_t contact = 0;
  std::string actor, reason, name, file, day;
};

template <class Response, class Request, class Method>
int ask(const Program& program, const Options& options, Method method, Request request) {
  *request.mutable_mutation() = mutation_by(options.actor);
  request.set_contact(options.contact);
  const Client client(program.server);
  Response answer;
  const auto status = call(*client.recordings, method, request, answer);
  if (status.ok() && program.json) fmt::print("{}\n", to_json(answer));
  return status.ok() ? exit_done : report(status, client.server, program.json);
}

int pause(const Program& program, const Options& options) {
  v1::PauseRecordingRequest request;
  request.set_reason(options.reason);
  return ask<v1::PauseRecordingResponse>(program, options, &Stub::PauseRecording, request);
}

int resume(const Program& program, const Options& options) {
  return ask<v1::ResumeRecordingResponse>(program, options, &Stub::ResumeRecording, v1::ResumeRecordingRequest());
}

std::string line_of(const v1::Recording& one) {
  const auto length = std::chrono::duration<double>(view::duration_of(one.length())).count();
  std::string line = fmt::format("{:<28} {:>6} {:>9.1f} s  {:<16} {:<12}", one.name(), one.contact(), length, one.queue(),
                                 one.handler().empty() ? one.number() : one.handler());
  if (one.pauses_size() > 0) line += fmt::format("  {} pause{}", one.pauses_size(), one.pauses_size() == 1 ? "" : "s");
  if (one.packets_lost() > 0) line += fmt::format("  {} packets lost", one.packets_lost());
  if (!one.failure().empty()) line += "  FAILED: " + one.failure();
  return line;
}

int list(const Program& program, const Options& options) {
  const Client client(program.server);
  v1::ListRecordingsRequest request;
  request.set_day(options.day);
  v1::ListRecordingsResponse page;
  if (!program.json)
    fmt::print("{:<28} {:>6} {:>11}  {:<16} {:<12}\n", "NAME", "CALL", "LENGTH", "QUEUE", "HANDLER");
  do {
    const auto status = call(*client.recordings, &Stub::ListRecordings, request, page);
    if (!status.ok()) return report(status, client.server, program.json);
    for (const auto& one : page.recordings()) fmt::print("{}\n", program.json ? to_json(one) : line_of(one));
    request.set_page_token(page.next_page_token());
  } while (!page.next_page_token().empty());
  return exit_done;
}

int cannot_write(const Options& options) {
  fmt::print(stderr, "pledge recording hear: {} cannot be written: is the folder there, and is there room?\n", options.file);
  return exit_no;
}

int hear(const Program& program, const Options& options) {
  const Client client(program.server);
  grpc::ClientContext context;
  v1::HearRecordingRequest request;
  *request.mutable_mutation() = mutation_by(options.actor);
  request.set_name(options.name);
  request.set_reason(options.reason);
  const auto reader = client.recordings->HearRecording(&context, request);
  const bool piped = options.file == "-";
  std::ofstream file;
  v1::Recording recording;
  for (v1::HearRecordingResponse part; reader->Read(&part);) {
    if (part.has_recording()) recording = part.recording();
    else if (piped) std::fwrite(part.audio().data(), 1, part.audio().size(), stdout);
    else file.write(part.audio().data(), static_cast<std::streamsize>(part.audio().size()));
    if (part.has_recording() && !piped) file.open(options.file, std::ios::binary | std::ios::trunc);
    if (piped ? std::ferror(stdout) != 0 : !file) {
      context.TryCancel();
      return cannot_write(options);
    }
  }
  const auto status = reader->Finish();
  if (!status.ok()) return report(status, client.server, program.json);
  file.close();
  if (!piped && !file) return cannot_write(options);
  if (!piped) fmt::print("{}\n", program.json ? to_json(recording) : line_of(recording));
  return exit_done;
}

using Run = int (*)(const Program&, const Options&);
std::pair<CLI::App*, std::shared_ptr<Options>> add(CLI::App& app, Program& program, const std::string& name,
                                                   const std::string& what, Run run) {
  auto* command = app.add_subcommand(name, what);
  auto options = std::make_shared<Options>();
  command->callback([options, run, &program] { program.exit = run(program, *options); });
  return {command, options};
}

void add_pauses(CLI::App& app, Program& program) {
  constexpr const char* who = "who asks: the call's own handler or a supervisor";
  const auto [paused, pausing] = add(app, program, "pause", "record silence, e.g. while a card number is said", pause);
  paused->add_option("call", pausing->contact, "the call's number (pledge watch shows it)")->required();
  paused->add_option("--reason", pausing->reason, "why; one of recording.pause_reasons where there are any")->required();
  paused->add_option("--as", pausing->actor, who)->required();
  paused->footer("It ends with `resume`, or by itself after recording.pause_at_most.\n\n"
                 "Example:\n  pledge recording pause 1042 --reason 'card number' --as a0001");
  const auto [resumed, resuming] = add(app, program, "resume", "record the voices again", resume);
  resumed->add_option("call", resuming->contact, "the call's number")->required();
  resumed->add_option("--as", resuming->actor, who)->required();
  resumed->footer("Example:\n  pledge recording resume 1042 --as a0001");
}

}  // namespace

void add_recording(CLI::App& app, Program& program) {
  auto* command = app.add_subcommand("recording", "pause the recording of a call; list and hear recordings");
  command->require_subcommand(1);
  const auto [listed, listing] = add(*command, program, "list", "recordings that are complete, oldest first", list);
  listed->add_option("--day", listing->day, "only those begun on this day (UTC), such as 2026-11-26");
  listed->footer("Examples:\n  pledge recording list --day 2026-11-26\n"
                 "  pledge recording list --json | jq -r 'select(.pauses != []) | .name'");
  add_pauses(*command, program);
  const auto [heard, hearing] = add(*command, program, "hear", "fetch a recording; who did, and why, is kept in the journal", hear);
  heard->add_option("name", hearing->name, "its name, as in the list")->required();
  heard->add_option("file", hearing->file, "where to write the WAV; - is standard output")->required();
  heard->add_option("--reason", hearing->reason, "why you listen")->required();
  heard->add_option("--as", hearing->actor, "who listens: a supervisor")->required();
  heard->footer("Stereo: the caller left, all whom the caller hears right.\n\n"
                "Examples:\n  pledge recording hear 20261126-172356123-17 call.wav --reason 'complaint 17' --as s01\n"
                "  pledge recording hear 20261126-172356123-17 - --reason 'quality review' --as s01 | play -t wav -");
  command->footer("Calls of a queue with record = true are recorded from the answer to the end (`pledge options`, [recording]).\n\n"
                  "Examples:\n  pledge recording list\n  pledge recording pause 1042 --reason 'card number' --as a0001");
}

}  // namespace pledge
