#include "tools/pledge/demo_run.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>

#include "core/triage.hpp"
#include "tools/load/audit.hpp"
#include "tools/load/room.hpp"
#include "tools/pledge/command.hpp"
#include "tools/pledge/demo_report.hpp"
#include "tools/pledge/demo_site.hpp"
#include "tools/pledge/engine_process.hpp"
#include "tools/pledge/floor_watch.hpp"
#include "tools/pledge/terminal.hpp"

namespace pledge {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds look_every{200};
constexpr std::chrono::seconds progress_every{5}, start_within{20}, sign_on_within{15}, settle_within{3};
constexpr std::chrono::seconds end_within{120};     // calls in progress end by themselves; then they are hung up
constexpr std::chrono::seconds hang_up_within{40};  // a lost BYE is given up after 32 s
constexpr std::chrono::seconds engine_end_within{10};
constexpr double busy_share = 0.85;  // of the handlers' time: nearly what the room can bear
constexpr core::Duration ring_least = std::chrono::milliseconds{800}, ring_spread = std::chrono::milliseconds{1200};
constexpr core::Duration talk_least = std::chrono::seconds{2};
constexpr double silent_share = 0.1;  // of the callers in a menu: they press nothing, and reach a human by that
constexpr core::Duration key_gap_least = std::chrono::milliseconds{800}, key_gap_mean = std::chrono::milliseconds{1500};
constexpr std::uint32_t page_size = 500;
constexpr std::size_t log_lines = 15;

core::Duration seconds(double value) { return core::Duration{static_cast<std::int64_t>(value * 1e9)}; }

struct MenuWay {
  std::string queue;
  std::vector<core::Key> keys;
};

// Of a checked configuration, whose menus do not go round.
std::vector<MenuWay> ways_through(const core::Options& options, const std::string& menu) {
  std::vector<MenuWay> ways;
  for (const auto& at : options.menus) {
    if (at.id != menu) continue;
    for (const auto& choice : at.choices) {
      if (!choice.queue.empty()) ways.push_back({choice.queue.value, {choice.key}});
      for (auto& further : choice.menu.empty() ? std::vector<MenuWay>{} : ways_through(options, choice.menu)) {
        further.keys.insert(further.keys.begin(), choice.key);
        ways.push_back(std::move(further));
      }
    }
  }
  return ways;
}

class Demo {
 public:
  Demo(const DemoOptions& options, DemoSite site) : options_(options), site_(std::move(site)), client_(site_.grpc) {}

  int run() {
    EngineProcess engine({"serve", site_.configuration}, site_.work.string(), log());
    if (!engine_ready(engine)) return trouble("the engine did not start");
    auto room = load::Room::open(room_options(), client_.channel);
    if (!room) return fail(room.error());
    (*room)->sign_on();
    if (!handlers_ready(**room))
      return trouble(fmt::format("the handlers did not sign on: {}", (*room)->counts().last_refusal));
    announce();
    (*room)->begin_calls();
    began_ = Clock::now();
    attend(**room, engine);
    if (!engine.running()) return trouble("the engine has ended by itself");
    (*room)->end_calls();
    let_calls_end(**room);
    const auto audit = compare(**room);
    (*room)->sign_off();
    const auto counts = (*room)->counts();
    room->reset();
    const int engine_exit = engine.stop(engine_end_within);
    print_report(audit, counts, {options_.json, std::chrono::duration<double>(Clock::now() - began_).count()});
    if (engine_exit != 0) return trouble(fmt::format("the engine left with {}", engine_exit));
    return audit.good() && counts.failed == 0 ? exit_done : trouble("the figures do not agree");
  }

 private:
  std::string log() const { return (site_.work / "engine.log").string(); }

  int fail(const std::string& what) const {
    fmt::print(stderr, "pledge demo: {}\n", what);
    return exit_no;
  }
  int trouble(const std::string& what) {
    kept_ = true;
    fmt::print(stderr, "pledge demo: {}; the end of {}:\n{}", what, log(), last_lines(log(), log_lines));
    return exit_no;
  }

  bool engine_ready(EngineProcess& engine) {
    const auto limit = Clock::now() + start_within;
    while (engine.running() && Clock::now() < limit) {
      v1::ListQueuesResponse answer;
      if (call(*client_.supervision, &v1::SupervisionService::Stub::ListQueues, v1::ListQueuesRequest{}, answer,
               std::chrono::milliseconds{500})
              .ok())
        return true;
      wait_readable({}, look_every);
    }
    return false;
  }

  bool handlers_ready(load::Room& room) {
    const auto limit = Clock::now() + sign_on_within;
    while (room.counts().consoles_ready < site_.handlers.size()) {
      if (Clock::now() > limit) return false;
      wait_readable({}, look_every);
    }
    return true;
  }

  // What a call to this number would meet now, as the engine itself explains it.
  v1::Decision outcome_of(const std::string& dialled) {
    v1::ExplainRequest request;
    auto& what_if = *request.mutable_what_if();
    what_if.set_caller("+447700900000");
    what_if.set_dialled(dialled);
    if (!site_.settings.sip.trunks.empty()) what_if.set_trunk(site_.settings.sip.trunks.front().id.value);
    v1::ExplainResponse answer;
    const auto status = call(*client_.operations, &v1::OperationsService::Stub::Explain, request, answer);
    return status.ok() && answer.decisions_size() > 0 ? answer.decisions(0) : v1::Decision{};
  }

  // The ways through a menu: queues and the keys that lead there.
  std::vector<MenuWay> ways_of(const v1::Decision& outcome) {
    for (const auto& rule : site_.settings.core.triage)
      if (!rule.menu.empty() && core::way_to_menu(rule.id, rule.menu) == outcome.rule())
        return ways_through(site_.settings.core, rule.menu);
    return {{outcome.queue(), {}}};
  }

  // One number for each queue that has one, with the keys to press where a menu comes first.
  std::vector<load::CallKind> kinds() {
    std::vector<load::CallKind> out;
    for (const auto& rule : site_.settings.core.triage)
      for (const auto& number : rule.dialled) {
        if (number.empty() || number.back() == '*' || rule.kind != core::TriageKind::enqueue) continue;
        for (const auto& way : ways_of(outcome_of(number))) add_kind(out, number, way);
      }
    share_out(out);
    return out;
  }

  void add_kind(std::vector<load::CallKind>& kinds, const std::string& number, const MenuWay& way) const {
    const auto& queues = site_.settings.core.queues;
    const auto found = std::find_if(queues.begin(), queues.end(), [&](const auto& q) { return q.id.value == way.queue; });
    const bool known = std::any_of(kinds.begin(), kinds.end(), [&](const auto& k) { return k.queue == way.queue; });
    if (found == queues.end() || known) return;
    load::CallKind kind;
    kind.queue = way.queue;
    kind.dialled = number;
    kind.patience_mean = seconds(options_.patience_seconds);
    kind.answered_at_entry = found->waiting == core::Waiting::answer || !way.keys.empty();
    kind.keys = way.keys;
    kind.share_without_keys = silent_share;
    kind.key_gap_least = key_gap_least;
    kind.key_gap_mean = key_gap_mean;
    kinds.push_back(std::move(kind));
  }

  // 999 is about 40 % of a city's calls; the other queues, as configured, each have half of the one before.
  void share_out(std::vector<load::CallKind>& kinds) const {
    double rest = 1;
    for (const auto& queue : site_.settings.core.queues)
      for (auto& kind : kinds) {
        if (kind.queue != queue.id.value) continue;
        const bool first_class = queue.service_class == site_.settings.core.classes.front().id;
        kind.weight = first_class ? 1 : rest;
        if (!first_class) rest /= 2;
      }
  }

  double rate() const {
    if (options_.rate > 0) return options_.rate;
    core::Duration wrap_up{};
    for (const auto& queue : site_.settings.core.queues) wrap_up = std::max(wrap_up, queue.wrap_up);
    const auto cycle = ring_least + ring_spread / 2 + seconds(options_.talk_seconds) + wrap_up;
    return busy_share * static_cast<double>(site_.handlers.size()) / std::chrono::duration<double>(cycle).count();
  }

  load::RoomOptions room_options() {
    load::RoomOptions out;
    out.callers.engine = site_.sip;
    out.callers.rate = rate_ = rate();
    out.callers.seed = options_.seed;
    out.callers.kinds = kinds();
    out.phones.ring_least = ring_least;
    out.phones.ring_spread = ring_spread;
    out.phones.handling_least = std::min(talk_least, seconds(options_.talk_seconds));
    out.phones.handling_mean = seconds(options_.talk_seconds) - out.phones.handling_least;
    out.phones_at = site_.phones;
    out.consoles.handlers = site_.handlers;
    out.audio = options_.audio;
    if (options_.guest_phone) out.guest = site_.guest, out.guest_secret = site_.guest_secret;
    return out;
  }

  // What a person must type to join.
  std::string seat() const {
    if (site_.guest.empty()) return "no free seat in this configuration";
    std::error_code error;
    const auto path = std::filesystem::relative(own_path(), error).string();
    const auto program = error || path.starts_with("..") ? own_path() : path;
    const auto server = site_.grpc == default_server ? "" : fmt::format(" --server {}", site_.grpc);
    return fmt::format("{} console {}{}", program, site_.guest, server);
  }

  void announce() const {
    if (options_.json) return;
    fmt::print("engine at {} (SIP), {} (gRPC); {} handlers; {:.2f} calls a second\n", load::host_port(site_.sip),
               site_.grpc, site_.handlers.size(), rate_);
    fmt::print("the free seat, in another terminal:  {}\n", seat());
    std::fflush(stdout);
  }

  // Until the time is up, the person has had enough, or the engine is gone.
  void attend(load::Room& room, EngineProcess& engine) {
    Signals signals;
    if (output_is_terminal() && !options_.json) show(room, engine, signals);
    else report_progress(room, engine, signals);
  }

  bool time_up() const { return options_.time.count() > 0 && Clock::now() - began_ >= options_.time; }

  void show(load::Room& room, EngineProcess& engine, Signals& signals) {
    FloorWatch watch(client_);
    FiguresPoll figures(client_);
    Screen screen;
    while (!time_up() && engine.running() && !signals.stop_wanted()) {
      wait_readable({signals.fd(), STDIN_FILENO}, look_every);
      while (const auto key = screen.key())
        if (*key == 'q' || *key == key_interrupt) return;
      watch.take();
      auto size = terminal_size();
      const auto foot = foot_lines(room.counts());
      size.rows -= static_cast<int>(foot.size());
      auto frame = view::draw(watch.floor(), figures.latest(), {wall_now(), size, {colours_wanted(false)}, remaining(), {}});
      frame.resize(static_cast<std::size_t>(std::max(size.rows, 0)));
      for (const auto& line : foot) frame.push_back(view::fitted(line, static_cast<std::size_t>(size.columns)));
      screen.show(frame);
    }
  }

  std::string remaining() const {
    const auto gone = std::chrono::duration_cast<core::Duration>(Clock::now() - began_);
    if (options_.time.count() == 0) return "demo " + view::span_text(gone);
    return fmt::format("demo, {} left", view::span_text(options_.time - gone));
  }

  view::Frame foot_lines(const load::Room::Counts& counts) const {
    const view::Paint paint;
    return {paint(view::Colour::dim,
                  fmt::format(" callers: {} placed, {} in progress, {} answered, {} gave up, {} refused, {} failed   "
                              "RTP {} sent, {} heard",
                              counts.offered, counts.in_progress, counts.answered, counts.abandoned, counts.refused,
                              counts.failed, counts.caller_packets.sent, counts.caller_packets.received)),
            " take the free seat, in another terminal:  " + paint(view::Colour::bold, seat()) +
                paint(view::Colour::dim, "     q ends the demo")};
  }

  void report_progress(load::Room& room, EngineProcess& engine, Signals& signals) {
    auto next = began_ + progress_every;
    while (!time_up() && engine.running() && !signals.stop_wanted()) {
      wait_readable({signals.fd()}, look_every);
      if (options_.json || Clock::now() < next) continue;
      next += progress_every;
      print_progress(room.counts());
    }
  }

  void print_progress(const load::Room::Counts& counts) const {
    const auto gone = std::chrono::duration_cast<std::chrono::seconds>(Clock::now() - began_).count();
    fmt::print("{:5} s  {} placed, {} in progress, {} answered, {} gave up, {} refused, {} failed\n", gone,
               counts.offered, counts.in_progress, counts.answered, counts.abandoned, counts.refused, counts.failed);
    std::fflush(stdout);
  }

  bool wait_idle(load::Room& room, std::chrono::seconds longest, Signals& signals) {
    const auto limit = Clock::now() + longest;
    while (room.counts().in_progress > 0) {
      if (Clock::now() > limit || signals.stop_wanted()) return false;
      wait_readable({signals.fd()}, look_every);
    }
    return true;
  }

  void let_calls_end(load::Room& room) {
    Signals signals;
    if (!options_.json)
      fmt::print("no more callers; {} calls in progress end (Ctrl-C hangs up)\n", room.counts().in_progress);
    std::fflush(stdout);
    if (wait_idle(room, end_within, signals)) return;
    room.hang_up_all();
    wait_idle(room, hang_up_within, signals);
  }

  std::vector<v1::Contact> ended_calls(std::size_t wanted) {
    std::vector<v1::Contact> out;
    v1::ListEndedCallsRequest request;
    request.set_page_size(page_size);
    const auto limit = Clock::now() + settle_within;
    while (true) {
      v1::ListEndedCallsResponse page;
      if (!call(*client_.statistics, &v1::StatisticsService::Stub::ListEndedCalls, request, page).ok()) return out;
      out.insert(out.end(), page.calls().begin(), page.calls().end());
      request.set_page_token(page.next_page_token());
      if (page.calls_size() > 0) continue;
      if (out.size() >= wanted || Clock::now() > limit) return out;
      wait_readable({}, look_every);
    }
  }

  load::Audit compare(load::Room& room) {
    load::AuditInput input;
    input.calls = room.records();
    input.ended = ended_calls(input.calls.size());
    v1::GetQueueStatisticsRequest request;
    request.set_interval(v1::INTERVAL_KIND_QUARTER_HOUR);
    do {
      v1::GetQueueStatisticsResponse page;
      if (!call(*client_.statistics, &v1::StatisticsService::Stub::GetQueueStatistics, request, page).ok()) break;
      input.statistics.MergeFrom(page);
      request.set_page_token(page.next_page_token());
    } while (!request.page_token().empty());
    input.heard_handlers.insert(site_.handlers.begin(), site_.handlers.end());
    return load::audit(input);
  }

 public:
  ~Demo() {
    std::error_code ignored;
    if (!kept_ && !options_.keep) std::filesystem::remove_all(site_.work, ignored);
    else fmt::print(stderr, "the engine's log and journal: {}\n", site_.work.string());
  }

 private:
  const DemoOptions& options_;
  DemoSite site_;
  const Client client_;
  Clock::time_point began_{};
  double rate_ = 0;
  bool kept_ = false;
};

}  // namespace

int run_demo(const DemoOptions& options) {
  auto site = prepare_site(options.configuration, options.own_ports);
  if (!site) {
    fmt::print(stderr, "pledge demo: {}\n", site.error());
    return exit_no;
  }
  return Demo(options, std::move(*site)).run();
}

}  // namespace pledge
