#pragma once
// The phones of the media benchmark: real sockets on the loopback, all served by one thread, and time that passes for them.
#include <fmt/core.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "sip/media/rtp.hpp"
#include "sip/media/sockets.hpp"
#include "sip/media/sound.hpp"
#include "sip/media/ticker.hpp"

namespace pledge::media::bench {

using namespace std::chrono_literals;
using Nanoseconds = std::int64_t;

constexpr const char* loopback = "127.0.0.1";
constexpr std::size_t phases = 20;  // phones are spread over the 20 ms between their packets, one group each ms

constexpr std::uint8_t event_payload_type = 101;

inline Nanoseconds wall() { return std::chrono::system_clock::now().time_since_epoch() / 1ns; }

inline void print(const std::string& name, double value, const char* unit) {
  fmt::print("{{\"name\": \"{}\", \"value\": {:.6g}, \"unit\": \"{}\"}}\n", name, value, unit);
}

// The value below which `share` of the values lie; reorders them.
inline double quantile(std::vector<Nanoseconds>& values, double share) {
  if (values.empty()) return 0;
  const auto at = values.begin() + static_cast<long>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return static_cast<double>(*at);
}

// CPU time of one of the engine's threads, by its name.
inline Nanoseconds thread_time(const char* wanted) {
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
  std::uint64_t received = 0;
};

// CPU time of the whole process.
inline Nanoseconds process_time() {
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

  // Presses a key and holds it (RFC 4733, the first packet of it).
  void press(std::size_t i, std::uint8_t key) {
    std::array<std::uint8_t, rtp_header_size + 4> packet{};
    Phone& phone = phones_[i];
    const auto number = phone.sequence++;
    write_rtp_header({event_payload_type, true, number, number * packet_samples, static_cast<std::uint32_t>(i)},
                     std::span(packet).first<rtp_header_size>());
    packet[rtp_header_size] = key;
    packet[rtp_header_size + 3] = packet_samples;
    send_to(phone.socket, packet, phone.engine);
  }

  // When the phone last heard a packet since forget(); 0: none.
  Nanoseconds last_arrival(std::size_t phone) const { return phones_[phone].last_arrival; }

  std::uint64_t received_by(std::size_t phone) const { return phones_[phone].received; }
  const Phone& operator[](std::size_t phone) const { return phones_[phone]; }

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
    for (Phone& phone : phones_) phone.last_arrival = 0, phone.received = 0;
  }

  std::uint64_t sent = 0, received = 0;
  std::vector<Nanoseconds> latencies;  // from a phone's send to the other's arrival
  std::vector<Nanoseconds> gaps;       // how far two arrivals are from 20 ms apart

 private:
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
    ++phone.received;
    Nanoseconds departure;
    std::memcpy(&departure, payload, sizeof departure);
    latencies.push_back(arrival - departure);
    if (phone.last_arrival != 0) gaps.push_back(std::abs(arrival - phone.last_arrival - Nanoseconds{20'000'000}));
    phone.last_arrival = arrival;
  }

  std::vector<Phone> phones_;
  Descriptor epoll_, reports_ = bind_free_port();
};

enum class Flood { none, stranger, wrong_source, malformed };
inline const char* name(Flood kind) {
  constexpr const char* names[] = {"none", "stranger", "wrong_source", "malformed"};
  return names[static_cast<std::size_t>(kind)];
}

// Packets at a rate towards the port that the engine has for a phone, from a thread of its own: of a stranger; from the phone's own address but
// of another source (SSRC) each; or from there and no RTP.
class Flooder {
 public:
  Flooder(const Phone& victim, Flood kind, std::size_t per_second) {
    thread_ = std::jthread([this, &victim, kind, per_second](const std::stop_token& stop) {
      Ticker tick(1ms);
      tick.run(true);
      for (std::size_t due = 0; !stop.stop_requested(); wait_for_tick(tick))
        for (due += tick.passed() * per_second / 1000; due > 0; --due) send(victim, kind);
    });
  }
  std::uint64_t sent() const { return sent_; }

 private:
  static void wait_for_tick(const Ticker& tick) {
    pollfd waiting{tick.descriptor(), POLLIN, 0};
    ::poll(&waiting, 1, -1);
  }
  void send(const Phone& victim, Flood kind) {
    std::array<std::uint8_t, rtp_header_size + packet_samples> packet{};
    const auto number = static_cast<std::uint16_t>(sent_);
    const auto source = kind == Flood::stranger ? 4711u : static_cast<std::uint32_t>(1'000'000 + sent_);
    write_rtp_header({8, false, number, number * packet_samples, source}, std::span(packet).first<rtp_header_size>());
    if (kind == Flood::malformed) packet[0] = static_cast<std::uint8_t>(sent_ & 0x7f);  // version 0 or 1
    const Nanoseconds now = wall();
    std::memcpy(packet.data() + rtp_header_size, &now, sizeof now);
    sent_ += send_to(kind == Flood::stranger ? socket_ : victim.socket, packet, victim.engine);
  }
  Descriptor socket_ = Phones::bind_free_port();
  std::atomic<std::uint64_t> sent_ = 0;
  std::jthread thread_;
};

// Arrivals meanwhile wait in their sockets, already stamped.
inline void wait_for(const Ticker& tick) {
  pollfd waiting{tick.descriptor(), POLLIN, 0};
  ::poll(&waiting, 1, -1);
}

// Lets time pass; returns the cores that the thread used.
inline double drive(Phones& phones, const char* thread, int seconds, bool sending) {
  phones.receive(sending ? 50 : 0);
  phones.forget();
  Ticker tick(20ms / phases);
  tick.run(true);
  const Nanoseconds cpu_before = thread_time(thread), before = wall();
  const std::uint64_t ticks = static_cast<std::uint64_t>(seconds) * 50 * phases;
  for (std::uint64_t now = 0, due = 0; now < ticks;) {
    for (due += tick.passed(); now < due && now < ticks; ++now) {
      if (sending) phones.send(now % phases);
    }
    phones.receive(0);
    wait_for(tick);
  }
  const double cores = static_cast<double>(thread_time(thread) - cpu_before) / static_cast<double>(wall() - before);
  if (sending) phones.receive(200);  // the last ones still under way
  return cores;
}

inline void print_relayed(const std::string& name, double cores, int seconds, Phones& phones) {
  print(name + ".cores", cores, "cores");
  print(name + ".cpu_per_packet", cores * 1e6 * seconds / static_cast<double>(phones.received), "us");
  print(name + ".latency_p50", quantile(phones.latencies, 0.5) / 1e6, "ms");
  print(name + ".latency_p99", quantile(phones.latencies, 0.99) / 1e6, "ms");
}

inline void print_heard(const std::string& name, double cores, int seconds, Phones& phones) {
  print(name + ".cores", cores, "cores");
  print(name + ".cpu_per_packet", cores * 1e6 * seconds / static_cast<double>(phones.received), "us");
  print(name + ".packets_per_second", static_cast<double>(phones.received) / seconds, "1/s");
  print(name + ".timing_error_p99", quantile(phones.gaps, 0.99) / 1e6, "ms");
}

}  // namespace pledge::media::bench
