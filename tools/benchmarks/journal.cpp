// What the journal costs the loop: microseconds per append and bytes per call, on a real directory.
// Usage: bench_journal [DIRECTORY]   (default: the present one; a directory is made in it and removed)
#include "journal/journal.hpp"

#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <vector>

#include "core/render.hpp"

namespace {

using namespace pledge;
using Clock = std::chrono::steady_clock;

// The events of one call that is queued, offered, answered and wrapped up, as signalling and consoles send them.
std::vector<core::Event> one_call() {
  core::CallFacts facts;
  facts.trunk = {"emergency-1"};
  facts.trusted = true;
  facts.caller = "+447700900123";
  facts.provenance = core::Provenance::asserted;
  facts.from_user = "07700900123";
  facts.dialled = "999";
  facts.resource_priority = "esnet.1";
  facts.service_urn = "urn:service:sos.police";
  facts.network_handover = core::Time{1'700'000'000'000'000'000};
  facts.sip_call_id = "3c26701f7a1b4d2e9c@192.0.2.17";
  facts.source = "192.0.2.17:5060/udp";
  return {core::CallArrived{{1002}, facts}, core::LegRinging{{1003}}, core::LegAnswered{{1003}}, core::AnswerSent{{1002}},
          core::LegEnded{{1002}, core::LegEnd::hung_up},
          core::FinishWrapUp{{{77}, "handler-0042", 0}, {"handler-0042"}}};
}

// About what the core answers to each of them, encoded.
std::string actions_of_a_step() {
  core::ContactChanged change;
  change.contact = {17};
  change.queue = {"emergency"};
  core::Decision decision;
  decision.contact = {17};
  decision.rule = "999";
  std::string bytes;
  encode(bytes, core::Actions{change, decision, core::AlertLeg{{1002}}, core::WakeAt{}});
  return bytes;
}

}  // namespace

int main(int argc, char** argv) {
  const auto directory = std::filesystem::path(argc > 1 ? argv[1] : ".") / "bench-journal";
  std::filesystem::remove_all(directory);
  runtime::JournalOptions options;
  options.directory = directory;
  auto journal = journal::Journal::open(options, core::Time{1}, {[](auto) {}, [](core::Alarm) {}});
  if (!journal) return fmt::print(stderr, "{}\n", journal.error()), 1;

  const auto events = one_call();
  const auto actions = actions_of_a_step();
  constexpr int calls = 100'000;
  const auto start = Clock::now();
  for (int call = 0; call < calls; ++call)
    for (const auto& event : events) (*journal)->append(core::Time{call}, event, actions);
  const double us = std::chrono::duration<double, std::micro>(Clock::now() - start).count();
  const auto counters = (*journal)->counters();
  fmt::print("{:.2f} us per append, {:.2f} us per call of {} events, {} bytes per call\n",
             us / static_cast<double>(counters.records), us / calls, events.size(), counters.bytes / calls);
  journal->reset();
  std::filesystem::remove_all(directory);
  return 0;
}
