#pragma once
// The real outside: one Asio loop, a monotonic clock set to UTC once, and sockets on it. All calls on one thread.

// <utility> must come first (g++ 12, Boost 1.74).
// clang-format off
#include <utility>
#include <boost/asio.hpp>
// clang-format on

#include <array>
#include <functional>
#include <memory>
#include <system_error>
#include <tl/expected.hpp>
#include <vector>

#include "tools/load/audio.hpp"
#include "tools/load/wire.hpp"

namespace pledge::load {

class Loop {
 public:
  Loop();
  boost::asio::io_context& io() { return io_; }
  Schedule& schedule() { return schedule_; }
  core::Time now() const;
  void run() { io_.run(); }
  void stop() { io_.stop(); }

 private:
  void arm(core::Time due);

  boost::asio::io_context io_;
  core::Time origin_;
  std::chrono::steady_clock::time_point steady_origin_;
  Schedule schedule_;
  boost::asio::steady_timer timer_;
  std::uint64_t generation_ = 0;
};

class UdpWire final : public Wire {
 public:
  using Receive = std::function<void(std::string_view datagram, const Address& from)>;
  // Binds at once; a port of 0 takes a free one.
  static tl::expected<std::unique_ptr<UdpWire>, std::error_code> open(Loop& loop, const Address& local);

  void on_receive(Receive receive) { receive_ = std::move(receive); }
  core::Time now() const override { return loop_.now(); }
  Schedule& schedule() override { return loop_.schedule(); }
  Address local() const override { return local_; }
  void send(const Address& to, std::string_view datagram) override;
  std::uint64_t send_failures() const { return send_failures_; }

 private:
  UdpWire(Loop& loop, boost::asio::ip::udp::socket socket);
  void wait();
  void drain();

  Loop& loop_;
  boost::asio::ip::udp::socket socket_;
  Address local_;
  Receive receive_;
  std::uint64_t send_failures_ = 0;
  std::array<char, 65536> buffer_;
};

// A socket for each stream; one 20 ms tick feeds them all.
class UdpAudio final : public AudioPort {
 public:
  UdpAudio(Loop& loop, boost::asio::ip::address ip);
  ~UdpAudio();
  Stream open() override;
  std::uint16_t port(Stream stream) const override;
  void start(Stream stream, const Address& remote) override;
  void press(Stream stream, std::uint8_t event) override;
  Counts close(Stream stream) override;
  Counts total() const;  // closed and open streams

 private:
  struct Line;
  void tick();
  void send(Line& line);

  Loop& loop_;
  boost::asio::ip::address ip_;
  std::map<Stream, std::shared_ptr<Line>> lines_;
  Stream last_ = 0;
  Counts closed_;
  Schedule::Ticket tick_;
};

}  // namespace pledge::load
