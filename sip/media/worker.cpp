#include "sip/media/worker.hpp"

#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>

#include <algorithm>
#include <cerrno>

namespace pledge::media {
namespace {

using namespace std::chrono_literals;

constexpr int events_a_round = 64;   // descriptors served between two looks at the clock
constexpr auto step = 100ms;         // RTCP reports go out spread over the interval, in steps of this
constexpr int steps_to_silence = 2;  // and silent legs are looked for so often

std::chrono::nanoseconds tick_period(const runtime::MediaOptions& options) {
  return std::chrono::nanoseconds(std::chrono::milliseconds(packet_ms)) /
         std::clamp<std::uint32_t>(options.tick_groups, 1, packet_ms);
}

core::Event event_of(const Heard& heard, core::LegId leg) {
  switch (heard.what) {
    case Heard::What::key:
      return core::KeyPressed{leg, heard.key};
    case Heard::What::end:
      return core::SoundFinished{leg, heard.turn};
    case Heard::What::speech:
      return core::SpeechHeard{leg};
    case Heard::What::loss:
      break;
  }
  return core::MediaTimeout{leg};
}

}  // namespace

Worker::Worker(const runtime::MediaOptions& options, Reports reports)
    : options_(options),
      told_(std::move(reports)),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      tick_(tick_period(options)),
      step_(step),
      relay_(options) {
  const bool ready = epoll_ && watch(mailbox_.descriptor(), Wake::mailbox) && watch(tick_.descriptor(), Wake::tick) &&
                     watch(step_.descriptor(), Wake::step);
  if (!ready) throw std::system_error(errno, std::system_category(), "epoll");
  start_thread();
}

// The process's signals are for the loop: the new thread inherits a mask that blocks them all.
void Worker::start_thread() {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  thread_ = std::thread([this] { run(); });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

Worker::~Worker() {
  post(Stop{}, Urgency::now);
  thread_.join();
}

bool Worker::watch(int descriptor, Wake wake, Slot slot) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = std::uint64_t{static_cast<std::uint32_t>(wake)} << 32 | slot;
  return ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, descriptor, &event) == 0;
}

void Worker::run() {
  ::pthread_setname_np(::pthread_self(), "media");
  if (options_.realtime_priority > 0 && std::thread::hardware_concurrency() > 1) {
    const sched_param priority{static_cast<int>(options_.realtime_priority)};
    (void)::pthread_setschedparam(::pthread_self(), SCHED_RR, &priority);
  }
  std::array<epoll_event, events_a_round> events;
  while (!stopping_) {
    const int ready = ::epoll_wait(epoll_.get(), events.data(), events_a_round, -1);
    const Instant now = std::chrono::steady_clock::now();
    for (int i = 0; i < ready; ++i) {
      const std::uint64_t key = events[static_cast<std::size_t>(i)].data.u64;
      serve(static_cast<Wake>(key >> 32), static_cast<Slot>(key), now);
    }
  }
}

void Worker::serve(Wake wake, Slot slot, Instant now) {
  switch (wake) {
    case Wake::rtp:
      return serve_rtp(slot, now);
    case Wake::rtcp:
      return serve_rtcp(slot, now);
    case Wake::mailbox:
      mailbox_.clear_wake_up();
      return serve_mailbox(now);
    case Wake::tick:
      return serve_tick(now);
    case Wake::step:
      return serve_step(now);
  }
}

// ---- packets ------------------------------------------------------------------------------------------------------

// A leg closed earlier in the same round has no socket any more; its slot is not reused before the loop was told.
void Worker::serve_rtp(Slot slot, Instant now) {
  SocketAddress from;
  const auto datagram = receive_from(sockets_[slot].rtp, buffer_, from);
  if (!datagram) return;
  const auto out = relay_.receive(slot, from, *datagram, now);
  if (out && send_to(sockets_[out->slot].rtp, out->bytes, out->to)) relay_.count_sent(*out);
  tell_heard();
}

void Worker::serve_rtcp(Slot slot, Instant now) {
  SocketAddress from;
  if (const auto datagram = receive_from(sockets_[slot].rtcp, buffer_, from)) {
    relay_.receive_rtcp(slot, from, *datagram, now);
  }
}

// ---- timers -------------------------------------------------------------------------------------------------------

// After a stall, each leg gets at most one packet: what is older than 20 ms is passed over, not sent in a burst.
void Worker::serve_tick(Instant now) {
  const std::uint64_t passed = tick_.passed();
  const std::uint64_t groups = std::clamp<std::uint32_t>(options_.tick_groups, 1, packet_ms);
  if (passed > groups) relay_.miss(passed - groups);
  for (std::uint64_t tick = 0; tick < std::min(passed, groups); ++tick) {
    for (const Slot slot : relay_.tick()) {
      const auto out = relay_.next_packet(slot, now);
      if (out && send_to(sockets_[slot].rtp, out->bytes, out->to)) relay_.count_sent(*out);
    }
  }
  tell_heard();
}

void Worker::tell_heard() {
  keys_beyond_bound_.store(relay_.keys_beyond_bound(), std::memory_order_relaxed);
  std::vector<core::Event> events;
  for (const Heard& heard : relay_.take_heard()) events.push_back(event_of(heard, ids_[heard.slot]));
  if (!events.empty()) told_.events(std::move(events));
}

void Worker::serve_step(Instant now) {
  if (step_.passed() == 0) return;
  serve_mailbox(now);
  if (options_.rtcp_interval > 0ms) send_reports(now);
  if (++steps_ % steps_to_silence != 0) return;
  std::vector<runtime::LegSilence> changed;
  for (const auto& one : relay_.check_silence(now))
    changed.push_back({ids_[one.slot], ids_[one.peer], one.over, one.peer_heard, one.refused});
  if (!changed.empty()) told_.silence(std::move(changed));
  tell_heard();
}

// Serves the share of the slots whose turn it is, so that each has its report once an interval.
void Worker::send_reports(Instant now) {
  const auto steps = std::max<std::int64_t>(options_.rtcp_interval / step, 1);
  const WallClock wall = std::chrono::system_clock::now();
  const Slot share = static_cast<Slot>(relay_.slots() / steps + 1);
  for (Slot done = 0; done < share && done < relay_.slots(); ++done) {
    next_report_ = (next_report_ + 1) % relay_.slots();
    const auto out = relay_.report(next_report_, wall, now);
    if (out) (void)send_to(sockets_[next_report_].rtcp, out->bytes, out->to);
  }
}

// An idle engine has no timers running. Steps also serve the messages that did not wake the thread.
void Worker::adjust_tickers() {
  tick_.run(relay_.any_timed());
  step_.run(relay_.open_legs() > 0);
}

// ---- messages -----------------------------------------------------------------------------------------------------

void Worker::serve_mailbox(Instant now) {
  for (Message& message : mailbox_.take()) {
    std::visit([&](auto& m) { apply(m, now); }, message);
  }
  adjust_tickers();
  if (!closed_.empty()) told_.closed(std::exchange(closed_, {}));
}

void Worker::apply(OpenLeg& message, Instant now) {
  const Slot slot = message.slot;
  if (slot >= sockets_.size()) sockets_.resize(slot + 1), ids_.resize(slot + 1);
  ids_[slot] = message.leg;
  relay_.open(slot, message.start, now);
  if (!message.sockets) return;
  sockets_[slot] = std::move(*message.sockets);
  // Fails only when the kernel is out of memory: the leg is then deaf, the call itself goes on.
  (void)watch(sockets_[slot].rtp.get(), Wake::rtp, slot);
  (void)watch(sockets_[slot].rtcp.get(), Wake::rtcp, slot);
}

void Worker::apply(CloseLeg& message, Instant) {
  const auto counters = relay_.close(message.slot);
  if (!message.park) sockets_[message.slot] = SocketPair{};
  if (!message.park || message.ticket != 0) closed_.push_back({message.slot, message.park, message.ticket, counters});
}

}  // namespace pledge::media
