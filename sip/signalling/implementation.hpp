#pragma once
// The adapter's inside: the agent, the legs, the registrar, the trunks, and what comes outside of any dialog.
#include <array>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "sip/signalling/caller_leg.hpp"
#include "sip/signalling/identity.hpp"
#include "sip/signalling/legs.hpp"
#include "sip/signalling/multipart.hpp"
#include "sip/signalling/peers.hpp"
#include "sip/signalling/phone_leg.hpp"
#include "sip/signalling/phones.hpp"
#include "sip/signalling/sip_adapter.hpp"
#include "sip/signalling/standing_delay.hpp"
#include "sip/signalling/trunks.hpp"

namespace pledge::signalling {

struct SipAdapter::Implementation final : RequestTarget {
  Implementation(boost::asio::io_context& io, const runtime::SignallingOptions& options, runtime::EventSink& events,
                 runtime::MediaPort& media, const runtime::Clock& clock, AlarmSink alarm);
  ~Implementation();

  tl::expected<void, std::string> start();
  tl::expected<void, std::string> reload(const runtime::SignallingOptions& options);

  // ---- requests outside of a dialog (requests.cpp)
  int on_request(nta_incoming_t* request, const sip_t* sip) override;
  int answer_request(nta_incoming_t* request, const sip_t* sip);
  int on_invite(nta_incoming_t* request, const sip_t* sip);
  int on_options(nta_incoming_t* request, const sip_t* sip);
  // A reason to refuse any request, before anything else is looked at; true: the response is sent.
  bool refused(nta_incoming_t* request, const sip_t* sip);
  bool invite_refused(nta_incoming_t* request, const sip_t* sip);
  // Overload: messages come faster than they are read.
  enum class Load { normal, late, too_late };
  Load load(nta_incoming_t* request);
  bool taken_though_late(const core::CallFacts& facts);
  bool looped(nta_incoming_t* request, const sip_t* sip) const;
  tl::expected<Body, int> read_body(nta_incoming_t* request, const sip_t* sip);
  struct Invite {
    nta_incoming_t* request;
    const sip_t* sip;
    const runtime::TrunkOptions* trunk;  // null: a phone's
  };
  int begin_call(const Invite& invite, const std::optional<std::string>& offer, core::CallFacts facts);
  core::CallFacts facts_of(const Invite& invite, std::vector<core::BodyPart> parts);
  int overloaded(nta_incoming_t* request, const char* why);

  // ---- outgoing legs (outgoing.cpp)
  void ring(const core::RingPhone& action);
  void dial(const core::DialOut& action);
  void begin_leg(core::LegId leg, OutgoingCall call);
  void copy_caller(core::LegId caller, OutgoingCall& call) const;
  void fail(core::LegId leg, core::LegFailure cause);

  void housekeeping();
  void tell_malformed();
  void arm_housekeeping();
  SignallingCounters read_counters() const;

  boost::asio::io_context& io;
  runtime::SignallingOptions options;
  SignallingCounters counters;
  std::array<std::uint64_t, 16> requests_by_method{};
  Agent agent;
  LegDeadlines deadlines;
  LegTable legs;  // before the deadlines at destruction: a leg clears its own
  Shell shell;
  std::optional<Peers> peers;
  Numbers numbers;
  Phones phones;
  Trunks trunks;
  StandingDelay late_reading, too_late_reading;
  TakesInOverload takes_in_overload;
  std::uint64_t next_leg = 2;  // legs received have even ids
  std::uint64_t malformed_seen = 0;
  boost::asio::steady_timer housekeeper;
  std::shared_ptr<Implementation*> self;
};

// `"Display" <uri>`, as it was sent.
std::string name_addr_text(const char* display, const url_t* url);

}  // namespace pledge::signalling
