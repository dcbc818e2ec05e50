// Media over the loopback: talking calls relayed, conferences mixed, and waiting callers hearing an announcement. Phones are real sockets; a
// packet carries the time at which it was sent, and the kernel stamps its arrival, so that the latency printed is
// the engine's (with both passages through the loopback) and not this program's own.
//
//   bench_media [--calls 500] [--waiting 1000] [--seconds 10] [--recordings FOLDER]
//
// Recordings are written to a folder of the system's for temporary files, unless another is named: what is measured is the
// disk's too.
//
// One JSON object a line: {"name", "value", "unit"}.
#include <fmt/core.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "runtime/clock.hpp"
#include "sip/media/engine.hpp"
#include "sip/media/recorder.hpp"
#include "sip/media/rtp.hpp"
#include "sip/media/sockets.hpp"
#include "sip/media/sound.hpp"
#include "sip/media/ticker.hpp"

using namespace pledge;
using namespace pledge::media;
using namespace std::chrono_literals;
using Nanoseconds = std::int64_t;

namespace {

constexpr const char* loopback = "127.0.0.1";
constexpr std::size_t message_seconds = 8;
constexpr std::size_t phases = 20;  // phones are spread over the 20 ms between their packets, one group each ms

struct Arguments {
  std::size_t calls = 500, waiting = 1000;
  int seconds = 10;
  std::string recordings;
};

Nanoseconds wall() { return std::chrono::system_clock::now().time_since_epoch() / 1ns; }

void print(const std::string& name, double value, const char* unit) {
  fmt::print("{{\"name\": \"{}\", \"value\": {:.6g}, \"unit\": \"{}\"}}\n", name, value, unit);
}

// The value below which `share` of the values lie; reorders them.
double quantile(std::vector<Nanoseconds>& values, double share) {
  if (values.empty()) return 0;
  const auto at = values.begin() + static_cast<long>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return static_cast<double>(*at);
}

// CPU time of one of the engine's threads, by its name.
Nanoseconds thread_time(const char* wanted) {
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    std::string name;
    std::ifstream(task.path() / "comm") >> name;
    Nanoseconds time = 0;
    if (name == wanted && std::ifstream(task.path() / "schedstat") >> time) return time;
  }
  return 0;
}

struct Phone {
  Descriptor socket;
  SocketAddress engine;
  std::uint16_t sequence = 0;
  Nanoseconds last_arrival = 0;
};

// CPU time of the whole process.
Nanoseconds process_time() {
  timespec time;
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return time.tv_sec * Nanoseconds{1'000'000'000} + time.tv_nsec;
}

// Phones on the loopback, all served by this thread.
class Phones {
 public:
  explicit Phones(std::size_t count) : phones_(count), epoll_(::epoll_create1(0)) {
    for (std::size_t i = 0; i < count; ++i) open(i);
  }

  std::uint16_t port(std::size_t phone) const { return port_of(phones_[phone].socket); }
  std::uint16_t report_port() const { return port_of(reports_); }  // RTCP for all of them: nobody reads it
  void talk_to(std::size_t phone, std::uint16_t port) { phones_[phone].engine = *SocketAddress::parse(loopback, port); }

  // Every phone of this group sends one packet.
  void send(std::size_t group) {
    std::array<std::uint8_t, rtp_header_size + packet_samples> packet{};
    for (std::size_t i = group; i < phones_.size(); i += phases) {
      Phone& phone = phones_[i];
      const auto number = phone.sequence++;
      write_rtp_header({8, false, number, number * packet_samples, static_cast<std::uint32_t>(i)},
                       std::span(packet).first<rtp_header_size>());
      const Nanoseconds now = wall();
      std::memcpy(packet.data() + rtp_header_size, &now, sizeof now);
      sent += send_to(phone.socket, packet, phone.engine);
    }
  }

  // Takes what arrives within so many ms. A mix never ends by itself: no waiting for silence here.
  void receive(int time) {
    std::array<epoll_event, 256> events;
    const auto end = std::chrono::steady_clock::now() + time * 1ms;
    for (int rest = time, ready; (ready = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), rest)) > 0;) {
      for (int i = 0; i < ready; ++i) take(phones_[events[static_cast<std::size_t>(i)].data.u64]);
      rest = std::max(0, static_cast<int>((end - std::chrono::steady_clock::now()) / 1ms));
    }
  }

  void forget() {
    sent = received = 0;
    latencies.clear();
    gaps.clear();
    for (Phone& phone : phones_) phone.last_arrival = 0;
  }

  std::uint64_t sent = 0, received = 0;
  std::vector<Nanoseconds> latencies;  // from a phone's send to the other's arrival
  std::vector<Nanoseconds> gaps;       // how far two arrivals are from 20 ms apart

 private:
  static std::uint16_t port_of(const Descriptor& socket) {
    SocketAddress local;
    socklen_t size = SocketAddress::capacity();
    ::getsockname(socket.get(), local.data(), &size);
    return local.port();
  }

  static Descriptor bind_free_port() {
    auto socket = bind_socket(*SocketAddress::parse(loopback, 0), {});
    if (socket) return std::move(*socket);
    fmt::print(stderr, "cannot open a phone: {}\n", socket.error().message());
    std::exit(1);
  }

  void open(std::size_t i) {
    Descriptor socket = bind_free_port();
    const int on = 1;
    ::setsockopt(socket.get(), SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = i;
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, socket.get(), &event);
    phones_[i].socket = std::move(socket);
  }

  void take(Phone& phone) {
    std::array<std::uint8_t, 2048> packet;
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(timespec))> control;
    iovec part{packet.data(), packet.size()};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    if (::recvmsg(phone.socket.get(), &message, 0) < 0) return;
    const cmsghdr* stamp = CMSG_FIRSTHDR(&message);
    if (!stamp) return;
    timespec at;
    std::memcpy(&at, CMSG_DATA(stamp), sizeof at);
    count(phone, at.tv_sec * Nanoseconds{1'000'000'000} + at.tv_nsec, packet.data() + rtp_header_size);
  }

  void count(Phone& phone, Nanoseconds arrival, const std::uint8_t* payload) {
    ++received;
    Nanoseconds departure;
    std::memcpy(&departure, payload, sizeof departure);
    latencies.push_back(arrival - departure);
    if (phone.last_arrival != 0) gaps.push_back(std::abs(arrival - phone.last_arrival - Nanoseconds{20'000'000}));
    phone.last_arrival = arrival;
  }

  std::vector<Phone> phones_;
  Descriptor epoll_, reports_ = bind_free_port();
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
      media_.set_format(leg(i), format);
      phones_.talk_to(i, local->rtp_port);
    }
  }

  void talking(std::size_t calls, int seconds) {
    for (std::size_t i = 0; i < calls; ++i) media_.connect(leg(2 * i), leg(2 * i + 1));
    drive(1, true);  // sources are believed, caches warm
    const double cores = drive(seconds, true);
    const std::string name = fmt::format("media.talking_{}", calls);
    print(name + ".cores", cores, "cores");
    print(name + ".cpu_per_packet", cores * 1e6 * seconds / static_cast<double>(phones_.received), "us");
    print(name + ".latency_p50", quantile(phones_.latencies, 0.5) / 1e6, "ms");
    print(name + ".latency_p99", quantile(phones_.latencies, 0.99) / 1e6, "ms");
    print(name + ".sent", static_cast<double>(phones_.sent), "packets");
    print(name + ".lost", static_cast<double>(phones_.sent) - static_cast<double>(phones_.received), "packets");
  }

  // All legs, in conferences of so many.
  void conferring(std::size_t legs, std::size_t members, int seconds) {
    for (std::size_t i = 0; i < legs; ++i) {
      std::vector<core::LegId> others;
      for (std::size_t j = i - i % members; j < i - i % members + members; ++j)
        if (j != i) others.push_back(leg(j));
      media_.mix(leg(i), others);
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
      recorder.perform(core::StartRecording{name_of(i), {i}, leg(2 * i), leg(2 * i + 1), {}, {}, {}});
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
    for (std::size_t i = 0; i < callers; ++i) media_.play({leg(i), "message", 0});
    drive(1, false);
    const double cores = drive(seconds, false);
    const std::string name = fmt::format("media.waiting_{}", callers);
    print(name + ".cores", cores, "cores");
    print(name + ".cpu_per_packet", cores * 1e6 * seconds / static_cast<double>(phones_.received), "us");
    print(name + ".packets_per_second", static_cast<double>(phones_.received) / seconds, "1/s");
    print(name + ".timing_error_p99", quantile(phones_.gaps, 0.99) / 1e6, "ms");
  }

 private:
  static core::LegId leg(std::size_t i) { return {i + 1}; }
  static core::RecordingId name_of(std::size_t call) { return {fmt::format("20261126-000000000-{}", call)}; }

  // Lets time pass; returns the cores that the media thread used.
  double drive(int seconds, bool sending) {
    phones_.receive(sending ? 50 : 0);
    phones_.forget();
    Ticker tick(20ms / phases);
    tick.run(true);
    const Nanoseconds cpu_before = thread_time("media"), before = wall();
    const std::uint64_t ticks = static_cast<std::uint64_t>(seconds) * 50 * phases;
    for (std::uint64_t now = 0, due = 0; now < ticks;) {
      for (due += tick.passed(); now < due && now < ticks; ++now) {
        if (sending) phones_.send(now % phases);
      }
      phones_.receive(0);
      wait_for(tick);
    }
    const double cores = static_cast<double>(thread_time("media") - cpu_before) / static_cast<double>(wall() - before);
    if (sending) phones_.receive(200);  // the last ones still under way
    return cores;
  }

  // Arrivals meanwhile wait in their sockets, already stamped.
  static void wait_for(const Ticker& tick) {
    pollfd waiting{tick.descriptor(), POLLIN, 0};
    ::poll(&waiting, 1, -1);
  }

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
  if (arguments.calls > 0) record(arguments);
  for (const std::size_t conferences : {1, 100}) Bench(5 * conferences).conferring(5 * conferences, 5, arguments.seconds);
  if (arguments.waiting > 0) Bench(arguments.waiting).waiting(arguments.waiting, arguments.seconds);
}
