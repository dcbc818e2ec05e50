#pragma once
// One call at a handler's simulated phone: rings, answers, talks, hangs up. A user agent server of RFC 3261 on a Wire.
#include <functional>
#include <string>

#include "tools/load/audio.hpp"
#include "tools/load/resender.hpp"
#include "tools/load/sip_text.hpp"

namespace pledge::load {

// What the phone does with one call.
struct PhonePlan {
  int final_status = 200;     // otherwise the phone refuses with it
  bool answers = true;        // false: it rings until the caller gives up
  core::Duration ring{};      // 180 until then
  core::Duration handling{};  // 0 = the far end hangs up
};

struct PhoneRecord {
  std::string user;       // the handler
  std::string from_user;  // the caller's number, as the engine copied it
  core::Time invited = core::never, answered = core::never, ended = core::never;
  bool cancelled = false;
  std::string fault;
  AudioPort::Counts packets;
};

class PhoneCall {
 public:
  struct Place {
    Wire& wire;
    AudioPort* audio = nullptr;
  };
  struct Events {
    std::function<void(const PhoneRecord&)> answered;  // 200 sent
    std::function<void(const PhoneRecord&)> over;      // told once; the call still answers repetitions while it lives
  };
  PhoneCall(const Place& place, const PhonePlan& plan, Events events);

  void receive(const SipMessage& message, const Address& from);
  void hang_up();
  const PhoneRecord& record() const { return record_; }

 private:
  enum class Phase : std::uint8_t { fresh, ringing, answered, talking, ending, refused, over };
  void take_invite(const SipMessage& message, const Address& from);
  void repeat_invite(const SipMessage& message, const Address& from);
  void take_ack();
  void take_cancel(const SipMessage& message, const Address& from);
  void take_bye(const SipMessage& message, const Address& from);
  void answer();
  void refuse(int status);
  void bye();
  void finish(std::string fault = {});

  Place place_;
  PhonePlan plan_;
  Events events_;
  PhoneRecord record_;
  Phase phase_ = Phase::fresh;
  std::string invite_head_;  // what each response to the INVITE repeats
  std::string local_sdp_;
  Dialog dialog_;
  Address peer_;    // where our requests go
  Address source_;  // where our responses go
  std::uint32_t remote_cseq_ = 0;
  AudioPort::Stream stream_ = 0;
  Resender resender_;
  Schedule::Ticket ring_, handling_;
};

}  // namespace pledge::load
