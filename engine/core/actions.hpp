#pragma once
// What the core wants done. Actions are returned by step() in order, after its state is consistent; the driver
// carries them out only after the event is in the journal.
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/events.hpp"

namespace pledge::core {

// ---- to signalling ------------------------------------------------------------------------------------------
struct AlertLeg {  // 180 to the caller, repeated each minute by signalling until answered (RFC 3261 §13.3.1.1)
  LegId leg;
  PLEDGE_FIELDS(AlertLeg, leg)
};
struct AnswerLeg {  // 200 to the caller; leaves only when the journal is on disk
  LegId leg;
  PLEDGE_FIELDS(AnswerLeg, leg)
};
struct WithdrawAnswer {  // a 200 asked for and not yet told as sent must not leave: the caller goes on waiting
  LegId leg;
  PLEDGE_FIELDS(WithdrawAnswer, leg)
};
struct RejectLeg {  // final non-2xx to a caller not yet answered; the leg no longer exists
  LegId leg;
  std::uint32_t status = 480;
  std::string reason;
  PLEDGE_FIELDS(RejectLeg, leg, status, reason)
};
struct RingPhone {  // INVITE to the handler's phone on a new leg
  LegId leg;         // odd
  ContactId contact;
  LegId caller_leg;  // whose facts and From user are copied; none for a nailed-up leg at sign-on
  HandlerId handler;
  std::string phone;       // static contact URI; empty = the registered binding
  bool auto_answer = false;  // Answer-Mode: Auto (RFC 5373)
  PLEDGE_FIELDS(RingPhone, leg, contact, caller_leg, handler, phone, auto_answer)
};
struct DialOut {  // INVITE to an outside number by way of a trunk, on a new leg
  LegId leg;
  ContactId contact;
  LegId caller_leg;   // whose facts and From user are copied; none: a call of the centre's own
  std::string number;
  std::string shown;  // number shown by a call of the centre's own; empty = the trunk's
  PLEDGE_FIELDS(DialOut, leg, contact, caller_leg, number, shown)
};
struct ReleaseLeg {  // CANCEL, BYE or a final response, whichever its state asks for; the leg no longer exists
  LegId leg;
  std::string reason;
  PLEDGE_FIELDS(ReleaseLeg, leg, reason)
};
struct ConnectLegs {  // media flows between the two, whatever played before is cut
  LegId a, b;
  PLEDGE_FIELDS(ConnectLegs, a, b)
};
struct DisconnectLegs {  // media between them stops; both go on
  LegId a, b;
  PLEDGE_FIELDS(DisconnectLegs, a, b)
};
// The leg hears the sum of these legs from now on, instead of whatever it heard; none: silence. What the others hear is
// theirs. (ConnectLegs is this for two legs both ways.)
struct MixToLeg {
  LegId leg;
  std::vector<LegId> sources;  // ascending, without the leg itself
  Duration tone_every{};       // a supervisor listens: and a short tone, at once and then so often; 0 = none
  PLEDGE_FIELDS(MixToLeg, leg, sources, tone_every)
};
// SpeechHeard is told once, at the first speech of this leg's peer from now on; until then KeyPressed too, whatever it hears.
struct ListenForSpeech {
  LegId leg;
  PLEDGE_FIELDS(ListenForSpeech, leg)
};
struct PlayToLeg {  // "ringback", an announcement's name, or empty for silence, until connected or told otherwise
  LegId leg;
  std::string sound;
  // Not 0: a turn of a dialogue. The end of the sound is reported with this number, unless the leg is connected or told otherwise
  // before; an announcement that is not known ends at once. 0: nobody wants to know.
  std::uint32_t turn = 0;
  // What the announcement tells where it has room for it. 0: that part is left out.
  std::uint32_t position = 0;      // 1 = served next
  std::uint32_t wait_minutes = 0;  // until the answer, at most
  bool keys = false;               // with a turn: the leg's key-presses are reported as long
  PLEDGE_FIELDS(PlayToLeg, leg, sound, turn, position, wait_minutes, keys)
};

// ---- to the clock ---------------------------------------------------------------------------------------------
struct WakeAt {  // replaces the former wish; `never` = none
  Time due = never;
  PLEDGE_FIELDS(WakeAt, due)
};

// ---- to consoles and statistics ------------------------------------------------------------------------------
// menu: answered by the engine, which has asked for a key; in no queue yet. calling: a handler is on the line, and the
// number is being called (an outgoing call). unreached: a call to ring back that nobody answered; another try follows, or a
// person closes it.
enum class ContactState : std::uint8_t { arrived, waiting, offered, dialling_out, talking, outside, ended, menu, calling, unreached };
constexpr std::string_view name(ContactState s) {
  constexpr std::string_view names[] = {"arrived", "waiting", "offered", "dialling_out", "talking", "outside", "ended", "menu",
                                        "calling", "unreached"};
  return names[static_cast<std::size_t>(s)];
}
// informed: what a menu told was the last that the caller wanted. unreached: an outgoing call that nobody answered. call_back:
// the caller asked for it, and an outgoing call has taken the place.
enum class ContactEnd : std::uint8_t { none, completed, abandoned, overflowed, withdrawn, rejected, tested, informed, unreached,
                                         call_back };
constexpr std::string_view name(ContactEnd e) {
  constexpr std::string_view names[] = {"none", "completed", "abandoned", "overflowed", "withdrawn", "rejected", "tested", "informed",
                                        "unreached", "call_back"};
  return names[static_cast<std::size_t>(e)];
}
// The contact as it now is. Sent at every change of state, queue or handler.
struct ContactChanged {
  ContactId contact;
  std::uint64_t version = 0;
  ContactState state = ContactState::arrived;
  QueueId queue;
  HandlerId handler;
  Grade grade = Grade::none;
  Time handed_over;        // network hand-over where known, else arrival of the INVITE
  Time arrived;            // arrival of the INVITE
  Time queued;             // entry of the present queue
  Time answered = never;   // when the caller could hear the handler (or the outside number): never before its 200 left
  ContactEnd end = ContactEnd::none;
  bool outgoing = false;   // called from here (a call-out, a call to ring back), or a consultation: of no queue's service level
  bool ring_back = false;  // and it is a caller who abandoned, or asked to be called back
  ContactId continues;     // the ended call whose place it took: a caller to ring back, or the same call presented again
  bool operator_present = false;  // the network's operator is on the caller's line
  Time operator_left = never;     // when the operator left it
  ContactId consults;             // it asks one of its queue's handlers into this call, and is outgoing: nobody's wait
  HandlerId consulted_by;         // for whom
  PLEDGE_FIELDS(ContactChanged, contact, version, state, queue, handler, grade, handed_over, arrived, queued, answered, end, outgoing,
                ring_back, continues, operator_present, operator_left, consults, consulted_by)
};
// The caller's part is Contact's own; these are the others'.
enum class PartyRole : std::uint8_t { handler, consulted, joined, monitor };
constexpr std::string_view name(PartyRole r) {
  constexpr std::string_view names[] = {"handler", "consulted", "joined", "monitor"};
  return names[static_cast<std::size_t>(r)];
}
struct PartyView {
  LegId leg;
  PartyRole role = PartyRole::handler;
  HandlerId handler;      // or
  std::string number;
  bool answered = false;
  MonitorMode mode = MonitorMode::off;  // of a monitor
  QueueId queue;               // consulted, and none of its handlers has answered yet
  ContactId waits_as;          // what waits there
  std::uint32_t position = 0;  // of that, when told: 1 = served next; 0 = a handler is being called
  PLEDGE_FIELDS(PartyView, leg, role, handler, number, answered, mode, queue, waits_as, position)
};
// Who takes part in a call beside its caller, and how: sent at every change after a first use of call control.
struct PartiesChanged {
  ContactId contact;
  bool held = false, muted = false;   // the caller; the handler
  std::vector<PartyView> parties;     // the handler's first
  PLEDGE_FIELDS(PartiesChanged, contact, held, muted, parties)
};
// What was done to the call, for those who want to know why: kept in the journal with the event.
struct CallNote {
  ContactId contact;
  std::string text;    // for a person
  std::string actor;   // empty: the engine
  PLEDGE_FIELDS(CallNote, contact, text, actor)
};
// More is known of the caller than before (a location, the same call by another route): look at the contact again.
struct FactsChanged {
  ContactId contact;
  std::string sip_call_id;  // of the further leg by which the call came again; empty: it has not
  PLEDGE_FIELDS(FactsChanged, contact, sip_call_id)
};
enum class HandlerState : std::uint8_t { signed_off, not_ready, ready, offered, talking, wrap_up };
constexpr std::string_view name(HandlerState s) {
  constexpr std::string_view names[] = {"signed_off", "not_ready", "ready", "offered", "talking", "wrap_up"};
  return names[static_cast<std::size_t>(s)];
}
struct HandlerChanged {
  HandlerId handler;
  std::uint64_t version = 0;
  HandlerState state = HandlerState::signed_off;
  std::string reason;      // of not_ready
  ContactId contact;       // offered, talking, wrap_up
  Time since;              // entry of the present state
  Time wrap_up_ends = never;
  ContactId monitors;      // a supervisor who is not ready: the call listened to, or to be when the phone is answered
  PLEDGE_FIELDS(HandlerChanged, handler, version, state, reason, contact, since, wrap_up_ends, monitors)
};
struct OfferMade {
  OfferId offer;
  ContactId contact;
  HandlerId handler;
  QueueId queue;
  PhoneMode mode = PhoneMode::ring;  // ring: the console cannot accept, the phone does
  Time expires;
  PLEDGE_FIELDS(OfferMade, offer, contact, handler, queue, mode, expires)
};
enum class OfferEnd : std::uint8_t { accepted, no_answer, declined, busy, unreachable, withdrawn };
constexpr std::string_view name(OfferEnd e) {
  constexpr std::string_view names[] = {"accepted", "no_answer", "declined", "busy", "unreachable", "withdrawn"};
  return names[static_cast<std::size_t>(e)];
}
struct OfferEnded {
  OfferId offer;
  ContactId contact;
  HandlerId handler;
  OfferEnd end = OfferEnd::accepted;
  PLEDGE_FIELDS(OfferEnded, offer, contact, handler, end)
};

// One decision and its reasons. Counts are what the indices hold at that moment.
enum class DecisionKind : std::uint8_t { triaged, offered, waits, held_back, overflowed, returned, moved, ended, menu, re_presented,
                                         graded };
constexpr std::string_view name(DecisionKind k) {
  constexpr std::string_view names[] = {"triaged", "offered", "waits", "held_back", "overflowed", "returned", "moved", "ended", "menu",
                                        "re_presented", "graded"};
  return names[static_cast<std::size_t>(k)];
}
struct Decision {
  ContactId contact;
  DecisionKind kind = DecisionKind::triaged;
  std::string rule;                  // triage rule, way through a menu, overflow rule, supervisor's reason, or cause of the end
  QueueId queue;
  HandlerId handler;                 // offered: who
  std::optional<Grade> grade;        // graded: its grade from now on
  std::string actor;                 // moved, graded: the supervisor; empty = the engine
  std::uint32_t waiting_ahead = 0;   // calls of the same queue served first
  std::uint32_t waiting = 0;         // all waiting calls at that moment
  std::uint32_t eligible_signed_on = 0;  // handlers signed on who could serve it
  std::uint32_t eligible_idle = 0;   // of these, free (offered: including the chosen one)
  double reserve = 0;                // held back for the first class in the chosen handler's pool
  std::uint32_t pool_idle = 0;       // idle handlers of that pool able to serve the first class
  Duration waited{};
  Duration handler_idle{};           // offered: how long the chosen handler had been idle
  PLEDGE_FIELDS(Decision, contact, kind, rule, queue, handler, grade, actor, waiting_ahead, waiting, eligible_signed_on, eligible_idle,
                reserve, pool_idle, waited, handler_idle)
};

enum class Refusal : std::uint8_t {
  none, unknown_handler, unknown_contact, unknown_queue, unknown_role, role_not_allowed, already_signed_on, not_signed_on,
  wrong_state, offer_gone, accept_at_phone, stale_version, phone_not_registered, reason_required, unknown_reason,
  not_waiting, not_in_call, queue_full, unknown_service_state, console_not_attached, bad_target, number_not_allowed,
  handler_not_free, too_many_parties
};
constexpr std::string_view name(Refusal r) {
  constexpr std::string_view names[] = {
      "NONE", "UNKNOWN_HANDLER", "UNKNOWN_CONTACT", "UNKNOWN_QUEUE", "UNKNOWN_ROLE", "ROLE_NOT_ALLOWED",
      "ALREADY_SIGNED_ON", "NOT_SIGNED_ON", "WRONG_STATE", "OFFER_GONE", "ACCEPT_AT_PHONE", "STALE_VERSION",
      "PHONE_NOT_REGISTERED", "REASON_REQUIRED", "UNKNOWN_REASON", "NOT_WAITING", "NOT_IN_CALL", "QUEUE_FULL",
      "UNKNOWN_SERVICE_STATE", "CONSOLE_NOT_ATTACHED", "BAD_TARGET", "NUMBER_NOT_ALLOWED", "HANDLER_NOT_FREE",
      "TOO_MANY_PARTIES"};
  return names[static_cast<std::size_t>(r)];
}
// The one answer to a Request.
struct Replied {
  RequestId request;
  Refusal refusal = Refusal::none;
  std::string detail;            // for a person: what, and what to do
  std::uint64_t version = 0;     // of the handler or contact after it
  PLEDGE_FIELDS(Replied, request, refusal, detail, version)
};
// Something an operator should look at. `kind` is stable and counted; `text` is for a person.
struct Alarm {
  std::string kind;
  std::string text;
  PLEDGE_FIELDS(Alarm, kind, text)
};
struct ServiceStateChanged {
  std::string state;
  bool draining = false;
  PLEDGE_FIELDS(ServiceStateChanged, state, draining)
};

// ---- to the recorder, and who wants to know of it --------------------------------------------------------------
struct StartRecording {
  RecordingId recording;
  ContactId contact;
  LegId caller_leg, handler_leg;  // of the handler, or of the number: the one voice on the right until RecordLegs says otherwise
  QueueId queue;
  HandlerId handler;              // none: the call was transferred to `number`
  std::string sip_call_id;
  std::string number;
  PLEDGE_FIELDS(StartRecording, recording, contact, caller_leg, handler_leg, queue, handler, sip_call_id, number)
};
struct SilenceRecording {  // from now on silence is recorded; with `on` false, the voices again
  RecordingId recording;
  bool on = true;
  std::string reason;
  PLEDGE_FIELDS(SilenceRecording, recording, on, reason)
};
struct StopRecording {
  RecordingId recording;
  PLEDGE_FIELDS(StopRecording, recording)
};
enum class RecordingState : std::uint8_t { none, on, paused, stopped, kept, failed };
constexpr std::string_view name(RecordingState s) {
  constexpr std::string_view names[] = {"none", "on", "paused", "stopped", "kept", "failed"};
  return names[static_cast<std::size_t>(s)];
}
// The recording as it now is. `kept` and `failed` come when the file is complete, most often after the contact's end.
struct RecordingChanged {
  RecordingId recording;
  ContactId contact;
  RecordingState state = RecordingState::none;
  std::string reason;  // of a pause, of the end of one, or of a failure
  std::string actor;   // who paused or resumed; empty: the engine
  PLEDGE_FIELDS(RecordingChanged, recording, contact, state, reason, actor)
};

// From now on the right channel has the sum of these voices: of all whom the caller hears. None: the caller hears nobody.
struct RecordLegs {
  RecordingId recording;
  std::vector<LegId> legs;  // ascending
  PLEDGE_FIELDS(RecordLegs, recording, legs)
};

using Action = std::variant<AlertLeg, AnswerLeg, RejectLeg, RingPhone, DialOut, ReleaseLeg, ConnectLegs, DisconnectLegs,
                            PlayToLeg, WakeAt, ContactChanged, HandlerChanged, OfferMade, OfferEnded, Decision, Replied,
                            Alarm, ServiceStateChanged, WithdrawAnswer, StartRecording, SilenceRecording, StopRecording,
                            RecordingChanged, MixToLeg, ListenForSpeech, PartiesChanged, CallNote, FactsChanged,
                            RecordLegs>;
using Actions = std::vector<Action>;

}  // namespace pledge::core
