#pragma once
// SIP over UDP and TCP: legs to and from callers, handlers' phones and trunks, each its own dialog with the engine;
// the registrar; offer and answer. Messages become events, actions become messages; nothing is decided here.
// Everything is called on the loop's thread. The SIP library's types stay behind the adapter's door.
// clang-format off
#include <utility>  // before Asio: g++ 12 with C++20 needs it
// clang-format on
#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "runtime/media_port.hpp"
#include "runtime/ports.hpp"
#include "runtime/signalling_options.hpp"
#include "runtime/sip_trace.hpp"
#include "sip/signalling/counters.hpp"

namespace pledge::signalling {

struct BoundListener {
  runtime::Transport transport = runtime::Transport::udp;
  std::string address;
  std::uint16_t port = 0;  // the actual one
};

struct TrunkHealth {
  core::TrunkId trunk;
  bool up = true;            // also while nothing was asked yet
  std::uint32_t missed = 0;  // OPTIONS unanswered in a row
};

// Something an operator should look at; `kind` is stable. Every one is told: who shows them to people bounds
// how many (runtime/alarm_limit.hpp).
using AlarmSink = std::function<void(const std::string& kind, const std::string& text)>;

// Whether a call is taken on while calls are read late (SignallingLimits::late).
using TakesInOverload = std::function<bool(const core::CallFacts& facts)>;

class SipAdapter final : public runtime::SignallingPort, public runtime::LocationReader, public runtime::CallReader {
 public:
  SipAdapter(boost::asio::io_context& io, const runtime::SignallingOptions& options, runtime::EventSink& events,
             runtime::MediaPort& media, const runtime::Clock& clock, AlarmSink alarm);
  // Ends every leg on the wire without waiting for answers.
  ~SipAdapter();

  // Binds the listeners. The error says which one, why, and what to do.
  tl::expected<void, std::string> start();
  // Trunks, phones, places, timers, limits and header fields change; legs and bindings go on. `resolv_conf` is read at start
  // only. So are listeners: the error says so if they differ, or why the system does not allow the limits; then nothing has
  // changed.
  tl::expected<void, std::string> reload(const runtime::SignallingOptions& options);

  // Asks it of each call that is read late, before anything is spent on the call; null: every call is taken on.
  void ask_in_overload(TakesInOverload takes);
  // Keeps there what a successor needs of each leg, from its first message to its end (leg_record.hpp); null: nowhere.
  void keep_legs_in(runtime::LegStatePort* records);
  // Shows it every message from now on; null: nobody any more.
  void trace_to(runtime::SipTrace* trace);

  std::vector<BoundListener> bound() const;
  std::vector<TrunkHealth> trunks() const;
  SignallingCounters counters() const;

  Reading read_location(std::string_view pidf_lo) const override;
  std::string normal_number(std::string_view as_written) const override;
  tl::expected<core::CallFacts, std::string> facts_of(const runtime::ImaginedCall& call) const override;

  void perform(const core::AlertLeg& action) override;
  void perform(const core::AnswerLeg& action) override;
  void perform(const core::RejectLeg& action) override;
  void perform(const core::RingPhone& action) override;
  void perform(const core::DialOut& action) override;
  void perform(const core::ReleaseLeg& action) override;
  void perform(const core::ConnectLegs& action) override;
  void perform(const core::DisconnectLegs& action) override;
  void perform(const core::PlayToLeg& action) override;
  void perform(const core::MixToLeg& action) override;
  void perform(const core::ListenForSpeech& action) override;

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace pledge::signalling
