// Media over the loopback: talking calls relayed, conferences mixed, and waiting callers hearing an announcement. Phones are real sockets; a
// packet carries the time at which it was sent, and the kernel stamps its arrival, so that the latency printed is
// the engine's (with both passages through the loopback) and not this program's own. Beside the engine stands the machine's floor.
//
//   bench_media [--calls 500] [--waiting 1000] [--seconds 10] [--flood 20000] [--recordings FOLDER]
//
// Recordings are written to a folder of the system's for temporary files, unless another is named: what is measured is the
// disk's too.
//
// One JSON object a line: {"name", "value", "unit"}.
#include <fmt/core.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "media_phones.hpp"
#include "runtime/clock.hpp"
#include "sip/media/engine.hpp"
#include "sip/media/recorder.hpp"
#include "sip/media/sound.hpp"

using namespace pledge;
using namespace pledge::media;
using namespace pledge::media::bench;

namespace {

constexpr std::size_t message_seconds = 8;

struct Arguments {
  std::size_t calls = 500, waiting = 1000, flood = 20'000;  // packets a second
  int seconds = 10;
  std::string recordings;
};

// The floor beneath the engine's figures: what the system takes for the same packets when nothing is looked at. With a socket a
// leg and a system call a packet, no engine is cheaper.
class Floor {
 public:
  // Relays, if `relay`: each packet read from its leg's socket is sent to the other phone. Else each phone is sent one every 20 ms.
  Floor(std::size_t legs, bool relay) : phones_(legs), epoll_(::epoll_create1(0)), sockets_(legs) {
    for (std::size_t i = 0; i < legs; ++i) {
      sockets_[i] = Phones::bind_free_port();
      phones_.talk_to(i, Phones::port_of(sockets_[i]));
      to_.push_back(*SocketAddress::parse(loopback, phones_.port(relay ? i ^ 1 : i)));
      epoll_event event{};
      event.events = EPOLLIN;
      event.data.u64 = i;
      ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, sockets_[i].get(), &event);
    }
    thread_ = std::jthread([this, relay](const std::stop_token& stop) {
      ::pthread_setname_np(::pthread_self(), thread_name);
      const sched_param priority{1};  // as the media thread asks for
      (void)::pthread_setschedparam(::pthread_self(), SCHED_RR, &priority);
      relay ? run_relay(stop) : run_sender(stop);
    });
  }
  void relaying(int seconds) {
    drive(phones_, thread_name, 1, true);
    print_relayed(fmt::format("media.floor_talking_{}", to_.size() / 2), drive(phones_, thread_name, seconds, true), seconds, phones_);
  }
  void sending(int seconds) {
    drive(phones_, thread_name, 1, false);
    print_heard(fmt::format("media.floor_waiting_{}", to_.size()), drive(phones_, thread_name, seconds, false), seconds, phones_);
  }

 private:
  static constexpr const char* thread_name = "floor";
  void run_relay(const std::stop_token& stop) {
    std::array<epoll_event, 64> events;
    std::array<std::uint8_t, 2048> buffer;
    while (!stop.stop_requested()) {
      const int ready = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), 100);
      for (int i = 0; i < ready; ++i) {
        const auto leg = events[static_cast<std::size_t>(i)].data.u64;
        SocketAddress from;
        if (const auto datagram = receive_from(sockets_[leg], buffer, from)) send_to(sockets_[leg ^ 1], *datagram, to_[leg]);
      }
    }
  }
  void run_sender(const std::stop_token& stop) {
    const std::array<std::uint8_t, rtp_header_size + packet_samples> packet{};
    Ticker tick(20ms / phases);
    tick.run(true);
    for (std::size_t group = 0; !stop.stop_requested(); wait_for(tick)) {
      for (auto due = tick.passed(); due > 0; --due, group = (group + 1) % phases)
        for (std::size_t i = group; i < to_.size(); i += phases) send_to(sockets_[i], packet, to_[i]);
    }
  }
  Phones phones_;
  Descriptor epoll_;
  std::vector<Descriptor> sockets_;
  std::vector<SocketAddress> to_;
  std::jthread thread_;
};

class Bench {
 public:
  explicit Bench(std::size_t legs) : media_(loop_.get_executor(), {}, 1), phones_(legs) {
    for (std::size_t i = 0; i < legs; ++i) {
      const auto local = media_.open(leg(i), loopback);
      if (!local) {
        fmt::print(stderr, "cannot open leg {}: {}\n", i, local.error().message());
        std::exit(1);
      }
      runtime::MediaFormat format;
      format.remote = {loopback, phones_.port(i), phones_.report_port()};
      format.event_payload_type = event_payload_type;
      media_.set_format(leg(i), format);
      phones_.talk_to(i, local->rtp_port);
    }
  }

  void talking(std::size_t calls, int seconds) {
    for (std::size_t i = 0; i < calls; ++i) media_.connect(leg(2 * i), leg(2 * i + 1));
    drive(1, true);  // sources are believed, caches warm
    const double cores = drive(seconds, true);
    const std::string name = fmt::format("media.talking_{}", calls);
    print_relayed(name, cores, seconds, phones_);
    print(name + ".sent", static_cast<double>(phones_.sent), "packets");
    print(name + ".lost", static_cast<double>(phones_.sent) - static_cast<double>(phones_.received), "packets");
  }

  // The same, while one phone's port is flooded. What is lost is counted without its call.
  void flooded(std::size_t calls, int seconds, std::size_t per_second) {
    for (std::size_t i = 0; i < calls; ++i) media_.connect(leg(2 * i), leg(2 * i + 1));
    double quiet = 0;
    for (const Flood kind : {Flood::none, Flood::stranger, Flood::wrong_source, Flood::malformed}) {
      const Flooder flooder(phones_[0], kind, kind == Flood::none ? 0 : per_second);
      drive(1, true);
      const std::uint64_t before = flooder.sent();
      const double cores = drive(seconds, true);
      const auto flood = static_cast<double>(flooder.sent() - before);
      const auto one = static_cast<double>(phones_.sent) / static_cast<double>(2 * calls);
      const std::uint64_t victims = phones_.received_by(0) + phones_.received_by(1);
      const std::string name = fmt::format("media.flood_{}", bench::name(kind));
      if (kind == Flood::none) quiet = cores;
      else print(name + ".cpu_per_packet", (cores - quiet) * 1e6 * seconds / flood, "us");
      print(name + ".latency_p99", quantile(phones_.latencies, 0.99) / 1e6, "ms");
      print(name + ".lost", static_cast<double>(phones_.sent) - 2 * one - static_cast<double>(phones_.received - victims), "packets");
      if (kind == Flood::none) continue;
      print(name + ".per_second", flood / seconds, "1/s");
      print(name + ".victim", static_cast<double>(phones_.received_by(1)) / one, "×");
    }
  }

  // All legs, in conferences of so many.
  void conferring(std::size_t legs, std::size_t members, int seconds) {
    for (std::size_t i = 0; i < legs; ++i) {
      std::vector<core::LegId> others;
      for (std::size_t j = i - i % members; j < i - i % members + members; ++j)
        if (j != i) others.push_back(leg(j));
      media_.mix(leg(i), others, {});
    }
    drive(1, true);
    const double cores = drive(seconds, true);
    const std::string name = fmt::format("media.conference_{}", members);
    const double conferences = static_cast<double>(legs / members), frames = 50.0 * seconds;
    print(fmt::format("{}x{}.cpu_per_frame", name, legs / members), cores * 20 / conferences, "ms");
    print(fmt::format("{}x{}.packets_per_leg", name, legs / members),
          static_cast<double>(phones_.received) / static_cast<double>(legs) / frames, "per 20 ms");
  }

  // The same as talking, and each call is recorded.
  void recorded(std::size_t calls, int seconds, const std::string& folder) {
    std::size_t finished = 0, failed = 0;
    std::uint64_t lost = 0;
    runtime::SystemClock clock;
    runtime::RecordingOptions options;
    options.directory = folder;
    Recorder recorder(loop_.get_executor(), media_, clock, options,
                      {[&](const core::RecordingFinished& one) {
                         ++finished;
                         failed += !one.failure.empty();
                         lost += one.lost;
                       },
                       [](const core::Alarm& alarm) { fmt::print(stderr, "{}: {}\n", alarm.kind, alarm.text); }});
    for (std::size_t i = 0; i < calls; ++i) {
      media_.connect(leg(2 * i), leg(2 * i + 1));
      recorder.perform(core::StartRecording{name_of(i), {i}, leg(2 * i), leg(2 * i + 1), {}, {}, {}, {}});
    }
    drive(1, true);
    const Nanoseconds writer_before = thread_time("recorder"), before = wall();
    const double cores = drive(seconds, true);
    const double writer = static_cast<double>(thread_time("recorder") - writer_before) / static_cast<double>(wall() - before);
    for (std::size_t i = 0; i < calls; ++i) recorder.perform(core::StopRecording{name_of(i)});
    const auto work = boost::asio::make_work_guard(loop_);
    while (finished < calls) loop_.restart(), loop_.run_one_for(1s);
    const std::string name = fmt::format("media.recorded_{}", calls);
    print(name + ".cores", cores + writer, "cores");
    print(name + ".latency_p99", quantile(phones_.latencies, 0.99) / 1e6, "ms");
    print(name + ".lost", static_cast<double>(phones_.sent) - static_cast<double>(phones_.received), "packets");
    print(name + ".not_recorded", static_cast<double>(lost), "packets");
    print(name + ".failed", static_cast<double>(failed), "recordings");
  }

  // Each hears a message of `message_seconds`, then ring tone, again and again.
  void waiting(std::size_t callers, int seconds) {
    const auto file = std::filesystem::temp_directory_path() / fmt::format("bench-media-{}.alaw", ::getpid());
    std::ofstream(file) << std::string(message_seconds * sample_rate, '\x2a');
    const auto used = media_.use({{"message", {file.string()}, "ringback", 2s}});
    std::filesystem::remove(file);
    if (!used) fmt::print(stderr, "{}\n", used.error()), std::exit(1);
    const std::size_t late = std::min<std::size_t>(50, callers / 10);
    for (std::size_t i = late; i < callers; ++i) media_.play({leg(i), "message", 0});
    drive(1, false);
    start(late);
    const double cores = drive(seconds, false);
    const std::string name = fmt::format("media.waiting_{}", callers);
    print_heard(name, cores, seconds, phones_);
    const std::size_t pairs = callers / 4;
    cut(pairs);
    press(2 * pairs, callers);
  }

 private:
  // One after the other begins to hear the message, while all others hear it on.
  void start(std::size_t late) {
    std::vector<Nanoseconds> silent;
    phones_.forget();
    for (std::size_t i = 0; i < late; ++i) {
      const Nanoseconds asked = wall();
      media_.play({leg(i), "message", 0});
      while (phones_.last_arrival(i) == 0 && wall() - asked < 1'000'000'000) phones_.receive(1);
      silent.push_back((phones_.last_arrival(i) == 0 ? wall() : phones_.last_arrival(i)) - asked);
    }
    print("media.start.p99", quantile(silent, 0.99) / 1e6, "ms");
  }

  // Callers who hear the message are put through, a few at a time, while all others hear it on.
  void cut(std::size_t pairs) {
    constexpr std::size_t at_a_time = 10;
    std::vector<Nanoseconds> heard_on;
    for (std::size_t first = 0; first + at_a_time <= pairs; first += at_a_time) {
      std::array<Nanoseconds, at_a_time> answered{};
      phones_.forget();
      for (std::size_t i = 0; i < at_a_time; ++i) {
        answered[i] = wall();
        media_.connect(leg(2 * (first + i)), leg(2 * (first + i) + 1));
        phones_.receive(1);
      }
      phones_.receive(50);
      for (std::size_t i = 0; i < at_a_time; ++i)
        heard_on.push_back(std::max<Nanoseconds>(0, phones_.last_arrival(2 * (first + i)) - answered[i]));
    }
    print("media.cut.p99", quantile(heard_on, 0.99) / 1e6, "ms");
  }

  // Each caller of [from, to) presses a key in a dialogue; what is measured ends where the loop is told.
  void press(std::size_t from, std::size_t to) {
    std::size_t told = 0;
    media_.on_event([&](const core::Event& event) { told += std::holds_alternative<core::KeyPressed>(event); });
    for (std::size_t i = from; i < to; ++i) media_.play({leg(i), "message", 1, 0, 0, true});
    drive(1, true);  // sources are believed
    std::vector<Nanoseconds> latencies;
    const auto work = boost::asio::make_work_guard(loop_);
    for (std::size_t i = from; i < to; ++i) {
      const Nanoseconds pressed = wall();
      const std::size_t before = told;
      phones_.press(i, 5);
      while (told == before && wall() - pressed < 1'000'000'000) loop_.restart(), loop_.run_one_for(100ms);
      latencies.push_back(wall() - pressed);
      phones_.receive(0);
    }
    media_.on_event({});
    print("media.key.p50", quantile(latencies, 0.5) / 1e6, "ms");
    print("media.key.p99", quantile(latencies, 0.99) / 1e6, "ms");
    print("media.key.lost", static_cast<double>(to - from - told), "keys");
  }

  static core::LegId leg(std::size_t i) { return {i + 1}; }
  static core::RecordingId name_of(std::size_t call) { return {fmt::format("20261126-000000000-{}", call)}; }

  double drive(int seconds, bool sending) { return ::drive(phones_, "media", seconds, sending); }

  boost::asio::io_context loop_;
  MediaEngine media_;
  Phones phones_;
};

// What media costs a call that comes and goes: each leg opened, negotiated, connected and closed.
void set_up(std::size_t calls) {
  boost::asio::io_context loop;
  MediaEngine media(loop.get_executor(), {}, 1);
  std::size_t closed = 0;
  const Nanoseconds before = process_time();
  for (std::uint64_t call = 0; call < calls; ++call) {
    const core::LegId legs[] = {{2 * call + 2}, {2 * call + 1}};
    for (const core::LegId leg : legs) {
      if (!media.open(leg, loopback)) std::exit(1);
      runtime::MediaFormat format;
      format.remote = {loopback, 9, 0};
      media.set_format(leg, format);
    }
    media.connect(legs[0], legs[1]);
    for (const core::LegId leg : legs) media.close(leg, [&](runtime::MediaCounters) { ++closed; });
    while (closed < 2 * (call + 1)) loop.restart(), loop.poll();
  }
  print("media.set_up.cpu_per_call", static_cast<double>(process_time() - before) / 1e3 / static_cast<double>(calls),
        "us");
}

Arguments parse(int argc, char** argv) {
  Arguments arguments;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string name = argv[i];
    const long value = std::atol(argv[i + 1]);
    if (name == "--recordings") arguments.recordings = argv[i + 1];
    if (name == "--calls") arguments.calls = static_cast<std::size_t>(value);
    else if (name == "--waiting") arguments.waiting = static_cast<std::size_t>(value);
    else if (name == "--flood") arguments.flood = static_cast<std::size_t>(value);
    else if (name == "--seconds") arguments.seconds = static_cast<int>(value);
  }
  return arguments;
}

// In a folder of its own, which is removed afterwards.
void record(const Arguments& arguments) {
  namespace fs = std::filesystem;
  const fs::path above = arguments.recordings.empty() ? fs::temp_directory_path() : fs::path(arguments.recordings);
  const fs::path folder = above / fmt::format("bench-recordings-{}", ::getpid());
  Bench(2 * arguments.calls).recorded(arguments.calls, arguments.seconds, folder.string());
  fs::remove_all(folder);
}

}  // namespace

int main(int argc, char** argv) {
  const Arguments arguments = parse(argc, argv);
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
  set_up(10'000);
  if (arguments.calls > 0) Bench(2 * arguments.calls).talking(arguments.calls, arguments.seconds);
  if (arguments.calls > 0) Floor(2 * arguments.calls, true).relaying(arguments.seconds);
  if (arguments.calls > 0) record(arguments);
  if (arguments.flood > 0) Bench(200).flooded(100, arguments.seconds, arguments.flood);
  for (const std::size_t conferences : {1, 100}) Bench(5 * conferences).conferring(5 * conferences, 5, arguments.seconds);
  if (arguments.waiting > 0) Bench(arguments.waiting).waiting(arguments.waiting, arguments.seconds);
  if (arguments.waiting > 0) Floor(arguments.waiting, false).sending(arguments.seconds);
}
