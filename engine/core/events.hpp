#pragma once
// Everything that can happen to the core. Each event is stamped once, by the driver, with the time it arrived.
#include <memory>
#include <variant>

#include "core/control_events.hpp"
#include "core/facts.hpp"
#include "core/options.hpp"
#include "core/request.hpp"

namespace pledge::core {

// ---- from the engine itself --------------------------------------------------------------------------------
// The first event of every journal file and of every reload. Never changes a handler's state, a live call or a
// waiting call's place; what was removed takes effect.
struct Configured {
  std::shared_ptr<const Options> options;
  std::string actor;  // who asked for it; empty = the start
  PLEDGE_FIELDS(Configured, options, actor)
};
// The time asked for by the last WakeAt has come. At most one due timer is served per event; WakeAt asks again.
struct TimerDue {
  PLEDGE_FIELDS(TimerDue)
};

// ---- from signalling ---------------------------------------------------------------------------------------
struct CallArrived {
  LegId leg;  // even
  CallFacts facts;
  PLEDGE_FIELDS(CallArrived, leg, facts)
};
struct LegRinging {
  LegId leg;
  PLEDGE_FIELDS(LegRinging, leg)
};
struct LegAnswered {
  LegId leg;
  PLEDGE_FIELDS(LegAnswered, leg)
};
enum class LegFailure : std::uint8_t { no_answer, declined, busy, unreachable, rejected, no_port };
constexpr std::string_view name(LegFailure f) {
  constexpr std::string_view names[] = {"no_answer", "declined", "busy", "unreachable", "rejected", "no_port"};
  return names[static_cast<std::size_t>(f)];
}
// An outgoing leg ended without having been answered, and no longer exists.
struct LegFailed {
  LegId leg;
  LegFailure cause = LegFailure::unreachable;
  std::uint32_t sip_status = 0;  // 0 where there was no response
  PLEDGE_FIELDS(LegFailed, leg, cause, sip_status)
};
enum class LegEnd : std::uint8_t { hung_up, cancelled, lost };
constexpr std::string_view name(LegEnd e) {
  constexpr std::string_view names[] = {"hung_up", "cancelled", "lost"};
  return names[static_cast<std::size_t>(e)];
}
// The peer hung up (BYE), cancelled (CANCEL), or was lost (no ACK, session timer, transport); the leg no longer exists.
struct LegEnded {
  LegId leg;
  LegEnd cause = LegEnd::hung_up;
  PLEDGE_FIELDS(LegEnded, leg, cause)
};
// The 200 asked for by AnswerLeg has left, with the journal on disk: from here on the caller hears the other end. Told by
// the driver; not told of a leg that ended before.
struct AnswerSent {
  LegId leg;
  PLEDGE_FIELDS(AnswerSent, leg)
};
// The peer put the leg on hold (sendonly/inactive) or took it back. Information for screens.
struct LegHeld {
  LegId leg;
  bool held = false;
  PLEDGE_FIELDS(LegHeld, leg, held)
};
// A handler's phone registered (first binding) or lost its last binding.
struct PhoneBound {
  HandlerId handler;
  PLEDGE_FIELDS(PhoneBound, handler)
};
struct PhoneUnbound {
  HandlerId handler;
  PLEDGE_FIELDS(PhoneUnbound, handler)
};

// ---- from consoles: every mutation names its actor -----------------------------------------------------------
struct SignOn {
  Request request;
  HandlerId handler;
  RoleId role;           // empty: the handler's first configured role
  std::string session;   // identifies the console; a second session needs takeover
  bool takeover = false;
  PLEDGE_FIELDS(SignOn, request, handler, role, session, takeover)
};
// Asked for by the handler or by a supervisor. During a call it takes effect when the call has ended.
struct SignOff {
  Request request;
  HandlerId handler;
  std::string reason;
  PLEDGE_FIELDS(SignOff, request, handler, reason)
};
struct GoReady {
  Request request;
  HandlerId handler;
  PLEDGE_FIELDS(GoReady, request, handler)
};
// During a call or wrap-up it takes effect afterwards; during an offer it declines the offer.
struct GoNotReady {
  Request request;
  HandlerId handler;
  std::string reason;
  PLEDGE_FIELDS(GoNotReady, request, handler, reason)
};
struct AcceptOffer {
  Request request;
  HandlerId handler;
  OfferId offer;
  PLEDGE_FIELDS(AcceptOffer, request, handler, offer)
};
struct DeclineOffer {
  Request request;
  HandlerId handler;
  OfferId offer;
  PLEDGE_FIELDS(DeclineOffer, request, handler, offer)
};
struct ReleaseCall {
  Request request;
  HandlerId handler;
  ContactId contact;
  PLEDGE_FIELDS(ReleaseCall, request, handler, contact)
};
struct ExtendWrapUp {
  Request request;
  HandlerId handler;
  Duration by{};
  PLEDGE_FIELDS(ExtendWrapUp, request, handler, by)
};
struct FinishWrapUp {
  Request request;
  HandlerId handler;
  PLEDGE_FIELDS(FinishWrapUp, request, handler)
};
// A console stream opened or broke for the session. After a loss the grace time runs.
struct ConsoleAttached {
  HandlerId handler;
  std::string session;
  PLEDGE_FIELDS(ConsoleAttached, handler, session)
};
struct ConsoleLost {
  HandlerId handler;
  std::string session;
  PLEDGE_FIELDS(ConsoleLost, handler, session)
};

// ---- from supervisors and operators ----------------------------------------------------------------------------
struct Reprioritise {
  Request request;
  ContactId contact;
  Grade grade = Grade::none;
  std::string reason;
  PLEDGE_FIELDS(Reprioritise, request, contact, grade, reason)
};
struct MoveContact {
  Request request;
  ContactId contact;
  QueueId queue;
  std::string reason;
  PLEDGE_FIELDS(MoveContact, request, contact, queue, reason)
};
struct WithdrawContact {
  Request request;
  ContactId contact;
  std::string reason;
  PLEDGE_FIELDS(WithdrawContact, request, contact, reason)
};
// Which queues a signed-on handler serves from now on; empty restores the role's queues.
struct AssignHandler {
  Request request;
  HandlerId handler;
  std::vector<QueueId> queues;
  std::string reason;
  PLEDGE_FIELDS(AssignHandler, request, handler, queues, reason)
};
struct SetServiceState {
  Request request;
  std::string state;
  std::string reason;
  PLEDGE_FIELDS(SetServiceState, request, state, reason)
};
// Draining: new calls are sent to their queue's overflow or refused with 503; calls in progress go on.
struct Drain {
  Request request;
  bool on = true;
  PLEDGE_FIELDS(Drain, request, on)
};

// ---- from media: of a leg whose last PlayToLeg named a turn, or that ListenForSpeech named ------------------------------------------------------
// A key of the leg's phone went down (RFC 4733 events, or tones where the peer has no such events).
struct KeyPressed {
  LegId leg;
  Key key = Key::zero;
  PLEDGE_FIELDS(KeyPressed, leg, key)
};
// What PlayToLeg of this turn asked for was heard to its end.
struct SoundFinished {
  LegId leg;
  std::uint32_t turn = 0;
  PLEDGE_FIELDS(SoundFinished, leg, turn)
};

// ---- recording -------------------------------------------------------------------------------------------------
// No voice is recorded from now on, e.g. while a card number is said. Asked for by the call's handler or a supervisor; ends
// with ResumeRecording, or by itself after RecordingOptions::pause_at_most.
struct PauseRecording {
  Request request;  // expected_version: of the contact
  ContactId contact;
  std::string reason;
  PLEDGE_FIELDS(PauseRecording, request, contact, reason)
};
struct ResumeRecording {
  Request request;
  ContactId contact;
  PLEDGE_FIELDS(ResumeRecording, request, contact)
};
// Told by the recorder, once for each StartRecording: the file is complete, or what there is of it was given up.
struct RecordingFinished {
  RecordingId recording;
  ContactId contact;
  std::string file;          // relative to the directory of recordings; empty: there is none
  std::string digest;        // SHA-256 of the file, in lower-case hexadecimal (FIPS 180-4)
  Duration length{};
  std::uint64_t lost = 0;    // RTP packets that the network or the engine lost
  std::string failure;       // what went wrong, for a person; empty: nothing
  PLEDGE_FIELDS(RecordingFinished, recording, contact, file, digest, length, lost, failure)
};
// A supervisor wants to listen. Being an event it is in the journal, with the answer, before any audio is given out.
struct HearRecording {
  Request request;
  RecordingId recording;
  std::string reason;
  PLEDGE_FIELDS(HearRecording, request, recording, reason)
};

// ---- from media ---------------------------------------------------------------------------------------------------
// Nothing came from this leg's peer for MediaOptions::lost_after, though it should send, and the other end is heard.
struct MediaTimeout {
  LegId leg;
  PLEDGE_FIELDS(MediaTimeout, leg)
};
// The first speech of a leg since ListenForSpeech.
struct SpeechHeard {
  LegId leg;
  PLEDGE_FIELDS(SpeechHeard, leg)
};

// ---- emergency calls -----------------------------------------------------------------------------------------------
// The network has marked that its operator has left the line of this leg: the caller stays.
struct OperatorLeft {
  LegId leg;
  PLEDGE_FIELDS(OperatorLeft, leg)
};
// The same, told by the handler who has the call.
struct HandedOver {
  Request request;
  HandlerId handler;
  ContactId contact;
  PLEDGE_FIELDS(HandedOver, request, handler, contact)
};
// Where a caller is, known after the call came. Of a call that has ended it is for the one that goes on in its place (to ring
// the caller back, or presented again).
struct LocationArrived {
  Request request;
  ContactId contact;                // or
  std::string caller;               // number: the caller's latest call
  std::vector<Location> locations;  // at least one, the one to prefer first
  std::string place;                // that they tell; empty: none
  PLEDGE_FIELDS(LocationArrived, request, contact, caller, locations, place)
};
// By the handler of a call to ring back: who answered is not the caller (an answering machine, another person). It is another
// try that reached nobody.
struct NotReached {
  Request request;
  HandlerId handler;
  ContactId contact;
  PLEDGE_FIELDS(NotReached, request, handler, contact)
};

using Event = std::variant<Configured, TimerDue, CallArrived, LegRinging, LegAnswered, LegFailed, LegEnded, LegHeld,
                           AnswerSent, PhoneBound, PhoneUnbound, SignOn, SignOff, GoReady, GoNotReady, AcceptOffer,
                           DeclineOffer, ReleaseCall, ExtendWrapUp, FinishWrapUp, ConsoleAttached, ConsoleLost, Reprioritise,
                           MoveContact, WithdrawContact, AssignHandler, SetServiceState, Drain, KeyPressed, SoundFinished,
                           PauseRecording, ResumeRecording, RecordingFinished, HearRecording, HoldCall, MuteCall, ConsultCall,
                           TransferCall, JoinCall, DropParty, MonitorCall, CallOut, CloseTask, MarkWrongUse, AskForKeys,
                           MediaTimeout, SpeechHeard, OperatorLeft, HandedOver, LocationArrived, NotReached>;

}  // namespace pledge::core
