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
// rtpengine is watched by asking for a call that it must know: so a restart is noticed, which an answer to `ping` would hide.
// Legs that it has forgotten, or that it cannot be told of, are lost to it: `lost` has the owner give them other ports.
#include <deque>
#include <functional>
#include <map>
#include <optional>
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
  void stop();  // removes what is ready

  bool up() const { return state_ == State::up; }
  std::size_t ready() const { return ready_.size(); }
  std::size_t legs() const { return legs_.size(); }

 private:
  enum class State : std::uint8_t { unknown, up, down };
  struct Ready {
    std::string id;
    runtime::MediaAddress outside;
    Instant made;
  };
  struct Leg {
    std::string id;
    runtime::MediaAddress engine;                // where rtpengine sends what the peer says
    std::optional<runtime::MediaFormat> wanted;  // latest
    bool asking = false;                         // both ends are being told; one negotiation at a time
    bool closed = false;                         // to be deleted when that is over
  };

  Dictionary request(const std::string& command, const std::string& id) const;
  Dictionary description(const std::string& command, const std::string& id, std::string sdp) const;
  void refill();
  void make_ready();
  void renew(Instant now);
  void watched(const Answer& answer, bool known);
  void came_up();
  void went_down(const std::string& why);
  void restarted();
  void failed(core::LegId leg, const Failure& failure);
  void lose_all();
  void lose(std::vector<core::LegId> legs);
  void negotiate(core::LegId leg);
  void offered(core::LegId leg, const runtime::MediaFormat& format, const Answer& answer);
  void answered(core::LegId leg, runtime::MediaFormat format, const Answer& answer);
  void remove(const std::string& id);

  const runtime::RtpengineOptions options_;
  const std::string name_;
  const Ports ports_;
  State state_ = State::unknown;
  bool watching_ = false;
  Instant now_;  // of the last watch
  std::uint64_t made_ = 0;
  std::size_t being_made_ = 0;
  std::deque<Ready> ready_;             // the oldest first
  std::vector<std::string> forgotten_;  // calls that are of no use any more: removed when it answers again
  std::map<core::LegId, Leg> legs_;
};

}  // namespace pledge::rtpengine
