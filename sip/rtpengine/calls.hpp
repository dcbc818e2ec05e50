#pragma once
// What rtpengine is asked to do for legs, and what is believed of it. Pure: instants and answers come in, requests go out.
//
// A leg whose ports are in rtpengine is one call there with two tags: "engine", the engine's own RTP port, and "peer", the
// phone or trunk:
//
//   peer  <->  rtpengine (its address and port are in our SDP)  <->  embedded media engine  <->  ... the other leg, likewise
//
// rtpengine is where the network reaches media: its addresses, its port range, its learning of sources. All that is heard is
// made behind it by the embedded engine as for any leg: prompts, keys, mixing, recording, the detection of speech and of
// lost audio. So there is nothing that a leg in rtpengine cannot do, and connecting two legs asks rtpengine nothing.
//
// SDP must name a port at once, and rtpengine is across a network. Therefore calls are made ahead, by an `offer` that has an
// outside port but knows neither end yet (`ready`); a leg takes one. When its format is known both ends are told, by another
// offer and an answer, and the outside port stays ("port-latching"). No call is ready, or rtpengine does not answer: the leg
// has the engine's own port, as without rtpengine. Nothing ever waits for it.
//
// Who may send there is told with each end: its own address alone, or, of a peer behind NAT, what rtpengine learns.
//
// rtpengine is watched by asking for calls that it must know: so a restart is noticed, which an answer to `ping` would hide. A
// leg that it has forgotten, or that it cannot be told of, is lost to it: `lost` has the owner give it other ports. As it ends
// calls without packets by itself (--timeout), a leg that is silent, as while a caller hears its own telephone ring, is offered
// again in time.
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/actions.hpp"
#include "runtime/media_options.hpp"
#include "runtime/media_port.hpp"
#include "sip/rtpengine/exchange.hpp"

namespace pledge::rtpengine {

class Calls {
 public:
  struct Ports {
    std::function<void(const Dictionary&, Done)> ask;
    std::function<void(const Dictionary&)> tell;  // sent once, no answer is awaited
    std::function<void(core::LegId, runtime::MediaFormat)> joined;  // with the inside port as its remote address
    std::function<void(std::vector<core::LegId>)> lost;            // they are in rtpengine no more
    std::function<void(core::Alarm)> alarm;
  };
  // `name`: makes call-ids unlike those of any other client of the same rtpengine.
  Calls(const runtime::RtpengineOptions& options, std::string name, Ports ports)
      : options_(options), name_(std::move(name)), ports_(std::move(ports)) {}

  void watch(Instant now);  // to be called every RtpengineOptions::watch_every

  // A ready call's outside address, IPv4; nullopt: none is at hand. `engine`: the embedded engine's port of the leg.
  std::optional<runtime::MediaAddress> take(core::LegId leg, const runtime::MediaAddress& engine);
  bool has(core::LegId leg) const;
  // These two of legs that it has.
  void set_format(core::LegId leg, const runtime::MediaFormat& format);
  void close(core::LegId leg);
  void stop();  // removes all that it has there; nothing is to follow

  bool up() const { return state_ == State::up; }
  std::size_t ready() const { return ready_.size(); }
  std::size_t legs() const { return legs_.size(); }

 private:
  enum class State : std::uint8_t { unknown, up, down };
  using Number = std::uint64_t;  // of a call, in the order in which they were made
  struct Ready {
    Number call;
    runtime::MediaAddress outside;
    Instant made;
  };
  struct Leg {
    Number call;
    runtime::MediaAddress outside;               // as the peer was told
    runtime::MediaAddress engine;                // where rtpengine sends what the peer says
    std::optional<runtime::MediaFormat> wanted;  // latest
    std::optional<runtime::MediaFormat> told;    // last, to both ends
    std::int64_t packets = 0;                    // that have passed when it was last looked at
    bool asking = false;                         // rtpengine is being told; one thing at a time
    bool closed = false;                         // to be deleted when that is over
  };
  struct Look {
    core::LegId leg;
    Number call;
    Instant due;
  };

  // ---- requests
  std::string id(Number call) const;
  Dictionary request(const std::string& command, Number call) const;
  Dictionary deletion(Number call) const;
  Dictionary offer(Number call, std::string sdp) const;
  Dictionary answer(Number call, const runtime::MediaFormat& format) const;
  std::size_t share() const { return options_.requests_open / 4; }  // of one purpose, so that legs always find room

  // ---- calls made ahead, and their end
  void refill();
  void make_ready();
  void made(Number call, const Answer& answer);
  void made_none(const std::string& why);
  void renew(Instant now);
  void forget(Number call);
  void remove(Number call);
  void sweep();
  void delete_one();

  // ---- whether it is there (watch.cpp)
  void probe();
  void doubt(Number unknown);
  std::optional<Number> witness(Number unknown) const;
  void hurry();
  void watched(const Answer& answer);
  void came_up();
  void went_down(const std::string& why);
  void restarted();
  void drop(Number unknown);
  void look_after_legs();
  void looked(const Look& look, const Answer& answer);

  // ---- legs
  void lose_all();
  void lose(std::vector<core::LegId> legs);
  void negotiate(core::LegId leg);
  void keep(core::LegId leg);
  bool took(core::LegId leg, const Answer& answer);
  void offered(core::LegId leg, const runtime::MediaFormat& format, const Answer& answer);
  void answered(core::LegId leg, runtime::MediaFormat format, const Answer& answer);
  void settled(core::LegId leg);
  void failed(core::LegId leg, const Failure& failure);
  void retry();
  void alarm(const std::string& what) const;

  const runtime::RtpengineOptions options_;
  const std::string name_;
  const Ports ports_;
  State state_ = State::unknown;
  bool watching_ = false;
  bool makes_none_ = false;  // it refuses to make calls: one is tried at each watch
  Instant now_;              // of the last watch
  Number made_ = 0;
  std::set<Number> making_;
  std::deque<Ready> ready_;
  std::map<core::LegId, Leg> legs_;
  std::map<Number, std::optional<core::LegId>> known_;  // what rtpengine must know, the oldest first: of a leg, or ready
  std::deque<Look> looks_;                              // one of each leg, by time; of those that have ended too
  std::vector<core::LegId> postponed_;                  // to be told at the next watch: too much was being asked
  std::deque<Number> forgotten_;                        // calls that are of no use any more, to be deleted
  std::size_t deleting_ = 0;
};

}  // namespace pledge::rtpengine
