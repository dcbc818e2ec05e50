// `pledge adherence`: what handlers did, from a journal or a running engine, against what a roster planned.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <set>

#include "journal/reader.hpp"
#include "journal/replay.hpp"
#include "pledge/v1/workforce.grpc.pb.h"
#include "settings/calendar.hpp"
#include "tools/pledge/client.hpp"
#include "tools/pledge/command.hpp"
#include "tools/pledge/json.hpp"
#include "tools/pledge/planning.hpp"
#include "workforce/adherence.hpp"
#include "workforce/local_clock.hpp"

namespace pledge {
namespace {

using workforce::AdherenceSlot;
using workforce::Episode;

struct Request {
  std::vector<std::string> journal;
  std::string roster, zone = "Europe/London";
  double shortest = 60;
  bool totals = false, live = false;
};

constexpr std::chrono::seconds live_deadline{30};
constexpr core::Time zones_from{0};
constexpr core::Time zones_to{4'102'444'800'000'000'000};  // 2100

// What a journal tells of handlers, and the time that it tells of.
struct Actual {
  std::vector<workforce::StateChange> changes;
  core::Interval known{core::never, core::Time{0}};
  std::uint64_t undecided = 0;  // records of runs without their first file
  core::Time run;               // when the present one started
  std::set<std::string> on;     // signed on in it
};

// With the end of a run of the engine nobody is signed on any more, and no action says so.
void begin_run(Actual& actual, core::Time started) {
  if (actual.run == started) return;
  for (const auto& handler : actual.on)
    actual.changes.push_back({handler, actual.known.to, core::HandlerState::signed_off, "the engine ended"});
  actual.on.clear();
  actual.run = started;
}

void take(Actual& actual, const journal::Replayed& step) {
  begin_run(actual, step.header.run_started);
  if (step.actions == nullptr) {  // nothing is known of this time
    actual.undecided += std::holds_alternative<core::Event>(step.record.content) && !step.record.restated;
    return;
  }
  actual.known.from = std::min(actual.known.from, step.record.time);
  actual.known.to = std::max(actual.known.to, step.record.time);
  for (const auto& action : *step.actions)
    if (const auto* change = std::get_if<core::HandlerChanged>(&action)) {
      if (change->state == core::HandlerState::signed_off) actual.on.erase(change->handler.value);
      else actual.on.insert(change->handler.value);
      actual.changes.push_back({change->handler.value, step.record.time, change->state, change->reason});
    }
}

std::optional<Actual> read_journal(const std::vector<std::string>& paths) {
  const auto files = journal::find_files(paths);
  if (!files) return fmt::print(stderr, "{}\n", files.error()), std::nullopt;
  Actual actual;
  const auto outcome = journal::replay(*files, journal::new_core, [&](const journal::Replayed& step) { return take(actual, step), true; });
  for (const auto& remark : outcome.remarks) fmt::print(stderr, "{}\n", remark);
  if (outcome.records == 0) return fmt::print(stderr, "the journal has no records\n"), std::nullopt;
  if (actual.undecided > 0)
    fmt::print(stderr, "{} events follow a file that is not there: handlers' states are not known from them; name the run's files "
                       "from its first on\n", actual.undecided);
  return actual;
}

std::string clock_of(core::Time time, const std::vector<core::UtcOffset>& offsets, bool seconds) {
  const auto at = workforce::clock_seconds(time, offsets);
  const auto day = std::chrono::floor<std::chrono::days>(std::chrono::sys_seconds{std::chrono::seconds{at}});
  const auto rest = static_cast<unsigned>(at - std::chrono::seconds{day.time_since_epoch()}.count());
  const auto text = workforce::stamp_text(day, rest / 60);
  return seconds ? fmt::format("{}:{:02}", text, rest % 60) : text;
}

// "" instead of a share of nothing.
std::string share(double value, bool defined) { return defined ? fmt::format("{:.4f}", value) : ""; }

void print(const AdherenceSlot& slot, const std::string& from, bool json) {
  const bool planned = slot.planned > 0, scheduled = planned || slot.breaks > 0;
  const auto minutes = fmt::format("{:.2f},{:.2f},{:.2f},{:.2f}", slot.planned / 60, slot.breaks / 60, slot.worked / 60,
                                   slot.adherent / 60);
  if (!json) {
    fmt::print("{},{},{},{},{}\n", slot.handler, from, minutes, share(slot.adherence(), scheduled),
               share(slot.conformance(), planned));
    return;
  }
  fmt::print(R"({{"handler":{},"from":"{}","planned_min":{:.2f},"break_min":{:.2f},"worked_min":{:.2f},"adherent_min":{:.2f},"adherence":{},"conformance":{}}})"
             "\n",
             json_quoted(slot.handler), from, slot.planned / 60, slot.breaks / 60, slot.worked / 60, slot.adherent / 60,
             scheduled ? share(slot.adherence(), true) : "null", planned ? share(slot.conformance(), true) : "null");
}

void print(const Episode& e, const std::vector<core::UtcOffset>& offsets, bool json) {
  const auto from = clock_of(e.from, offsets, true), to = clock_of(e.to, offsets, true);
  const double minutes = std::chrono::duration<double>(e.to - e.from).count() / 60;
  const auto planned = e.break_planned ? "break" : "work";
  if (json)
    fmt::print(R"({{"episode":{{"handler":{},"from":"{}","to":"{}","min":{:.2f},"planned":"{}","state":"{}","reason":{}}}}})" "\n",
               json_quoted(e.handler), from, to, minutes, planned, core::name(e.state), json_quoted(e.reason));
  else
    fmt::print(stderr, "{} from {} to {} ({:.1f} min): {} planned, was {}{}\n", e.handler, from, to.substr(11), minutes, planned,
               core::name(e.state), e.reason.empty() ? "" : " (" + e.reason + ")");
}

void tell_total(const std::vector<AdherenceSlot>& handlers) {
  AdherenceSlot all;
  for (const auto& h : handlers) {
    all.planned += h.planned;
    all.breaks += h.breaks;
    all.worked += h.worked;
    all.adherent += h.adherent;
  }
  fmt::print(stderr, "{} handlers: adherence {:.1f} %, conformance {:.1f} %\n", handlers.size(), 100 * all.adherence(),
             100 * all.conformance());
}

struct Judged {
  std::vector<AdherenceSlot> slots;
  std::vector<Episode> episodes;
};

int print(const Judged& judged, const std::vector<AdherenceSlot>& handlers, const Program& program,
          const std::vector<core::UtcOffset>& offsets) {
  if (!program.json) fmt::print("handler,from,planned_min,break_min,worked_min,adherent_min,adherence,conformance\n");
  for (const auto& slot : judged.slots) print(slot, clock_of(slot.from, offsets, false), program.json);
  for (const auto& episode : judged.episodes) print(episode, offsets, program.json);
  if (!program.json) tell_total(handlers);
  return exit_done;
}

core::Time time_of(const google::protobuf::Timestamp& at) { return {at.seconds() * 1'000'000'000 + at.nanos()}; }

// What the running engine has seen, against the roster of its own [workforce].
int ask_engine(const Program& program, const Request& request, const std::vector<core::UtcOffset>& offsets) {
  Client client(program.server);
  const auto stub = v1::WorkforceService::NewStub(client.channel);
  v1::GetAdherenceRequest wanted;
  wanted.set_totals(request.totals);
  v1::GetAdherenceResponse answer;
  const auto status = call(*stub, &v1::WorkforceService::Stub::GetAdherence, wanted, answer, live_deadline);
  if (!status.ok()) return report(status, program.server, program.json);
  Judged judged;
  for (const auto& s : answer.intervals())
    judged.slots.push_back({s.handler(), time_of(s.from()), s.planned_s(), s.breaks_s(), s.worked_s(), s.adherent_s()});
  for (const auto& e : answer.episodes()) {
    const auto state = static_cast<core::HandlerState>(std::max(0, e.state() - 1));  // the wire begins with "unspecified"
    judged.episodes.push_back({e.handler(), time_of(e.from()), time_of(e.to()), e.break_planned(), state, e.reason()});
  }
  return print(judged, workforce::by_handler(judged.slots), program, offsets);
}

int run(const Program& program, const Request& request) {
  if (!known_zone(request.zone)) return exit_usage;
  const auto offsets = settings::utc_offsets(request.zone, {zones_from, zones_to});
  if (request.live) return ask_engine(program, request, offsets);
  if (request.journal.empty() || request.roster.empty())
    return fmt::print(stderr, "pledge adherence: name --journal and --roster, or --live; see --help\n"), exit_usage;
  const auto text = read_file(request.roster);
  if (!text) return exit_no;
  std::vector<workforce::TextFault> faults;
  const auto plan = workforce::read_planned_shifts(workforce::parse_table(*text, faults), offsets, faults);
  if (print_faults(request.roster, faults)) return exit_no;
  const auto actual = read_journal(request.journal);
  if (!actual) return exit_no;
  const core::Duration shortest{static_cast<std::int64_t>(request.shortest * 1e9)};
  const auto judged = workforce::adherence(plan, actual->changes, actual->known, shortest);
  const auto handlers = workforce::by_handler(judged.slots);
  return print({request.totals ? handlers : judged.slots, judged.episodes}, handlers, program, offsets);
}

}  // namespace

void add_adherence(CLI::App& app, Program& program) {
  auto* command = app.add_subcommand("adherence", "what handlers did, from a journal, against what a roster planned");
  auto request = std::make_shared<Request>();
  command->add_option("--journal", request->journal, "a journal's file or folder; may be repeated")
      ->allow_extra_args(false)
      ->type_name("PATH");
  command->add_option("--roster", request->roster, "handler,start,end,breaks: as `pledge roster` writes it")->type_name("FILE");
  command->add_option("--zone", request->zone, "zone of the roster's local clock (default Europe/London)");
  command->add_option("--shortest", request->shortest, "list no episode shorter than this, s (default 60)")
      ->check(CLI::Range(0.0, 86400.0));
  command->add_flag("--totals", request->totals, "one row a handler instead of one a half-hour");
  auto* live = command->add_flag("--live", request->live, "ask the engine at --server: today, against the roster of its [workforce]");
  for (const char* other : {"--journal", "--roster", "--shortest"}) live->excludes(command->get_option(other));
  command->footer(
      "Minutes a handler and half-hour: work and breaks planned, worked (ready, offered, talking, wrap-up), in adherence (working\n"
      "when work is planned, not working when a break is). adherence = in adherence / planned with breaks; conformance = worked /\n"
      "planned. Then, on standard error, each stretch out of adherence with what was done instead. Only the time that the journal\n"
      "covers is judged, so that during a day the rest of it is not missed yet.\n\n"
      "Examples:\n"
      "  pledge adherence --journal journal/ --roster roster.csv\n"
      "  pledge adherence --journal journal/ --roster roster.csv --totals --json | jq .\n"
      "  pledge adherence --live --totals");
  command->callback([request, &program] { program.exit = run(program, *request); });
}

}  // namespace pledge
