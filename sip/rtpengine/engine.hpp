#pragma once
// The media engine with rtpengine before it: runtime::MediaPort over another one, whose endpoints it puts behind ports of
// rtpengine as long as there are any (calls.hpp says how). Whoever is called by the embedded engine (recorder, keys, silence) is
// not concerned: legs have the same ids in both.
//
//   pledge::rtpengine::Engine media(io, options.media.rtpengine, embedded, name, [](core::Alarm alarm) { ... });
//
// All functions are called on the loop's thread and never block. The loop and the other engine must outlive it.
#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "runtime/lazy_alarm.hpp"
#include "runtime/media_options.hpp"
#include "runtime/media_port.hpp"
#include "sip/rtpengine/calls.hpp"
#include "sip/rtpengine/exchange.hpp"

namespace pledge::rtpengine {

struct Counters {
  bool up = false;
  std::size_t ready = 0, legs = 0;  // now
  std::uint64_t taken = 0;          // legs that got ports of rtpengine
  std::uint64_t not_taken = 0;      // legs that got ports of the engine, as none was ready
  std::uint64_t moved = 0;          // legs that lost theirs in mid-call
};

class Engine final : public runtime::MediaPort {
 public:
  // `name`: of cookies and call-ids, unlike any before (a random text). Throws std::system_error if the system has no
  // descriptors left or the address of rtpengine is none that it can reach.
  Engine(boost::asio::io_context& loop, const runtime::RtpengineOptions& options, runtime::MediaPort& embedded, std::string name,
         std::function<void(core::Alarm)> alarm);
  ~Engine();

  // A leg on an IPv6 address has a port of the engine.
  tl::expected<runtime::MediaLocal, std::error_code> open(core::LegId leg, const std::string& local_ip) override;
  void set_format(core::LegId leg, const runtime::MediaFormat& format) override;
  void connect(core::LegId a, core::LegId b) override { embedded_.connect(a, b); }
  void disconnect(core::LegId a, core::LegId b) override { embedded_.disconnect(a, b); }
  void mix(core::LegId leg, std::span<const core::LegId> sources, core::Duration tone_every) override {
    embedded_.mix(leg, sources, tone_every);
  }
  void listen_for_speech(core::LegId leg) override { embedded_.listen_for_speech(leg); }
  void play(const core::PlayToLeg& what) override { embedded_.play(what); }
  void close(core::LegId leg, std::function<void(runtime::MediaCounters)> last) override;
  void on_moved(std::function<void(core::LegId, runtime::MediaLocal)> moved) override { moved_ = std::move(moved); }

  Counters counters() const;

 private:
  struct Leg {
    runtime::MediaLocal own;  // the engine's port behind rtpengine's
    std::optional<runtime::MediaFormat> format;
  };
  Calls::Ports ports(std::function<void(core::Alarm)> alarm);
  void connect();
  void receive();
  void drain();
  void rang();
  void settle();
  void move(core::LegId leg);

  const runtime::RtpengineOptions options_;
  runtime::MediaPort& embedded_;
  Exchange exchange_;
  Calls calls_;
  std::map<core::LegId, Leg> legs_;  // in rtpengine
  std::vector<core::LegId> lost_;    // by rtpengine, and not yet moved
  std::function<void(core::LegId, runtime::MediaLocal)> moved_;
  std::uint64_t taken_ = 0, not_taken_ = 0, moves_ = 0;
  boost::asio::ip::udp::socket socket_;
  runtime::LazyAlarm timer_;
  Instant next_watch_{};
  std::array<char, 65'536> buffer_;  // the largest datagram
  std::shared_ptr<Engine*> self_;    // emptied at destruction: a datagram already handed over finds nothing
};

}  // namespace pledge::rtpengine
