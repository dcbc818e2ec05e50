#pragma once
// A contact as the core keeps it, private to the core.
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/actions.hpp"
#include "core/match_index.hpp"
#include "core/timers.hpp"

namespace pledge::core {

// An announcement whose end is not told by then has ended. A menu's is configured.
inline constexpr Duration announcement_at_most = 60s;
inline constexpr auto queue_removed = "queue removed from the configuration";
// Of one call: queues that overflow into each other end here.
inline constexpr std::uint32_t most_overflows = 8;

// The caller's 200: not asked for; asked for by the queue (an announcement, a test call) or because the other end had
// answered; and sent, so that the caller hears what there is to hear.
enum class CallerAnswer : std::uint8_t { none, asked_while_waiting, asked_to_talk, sent };

// Nobody has the call yet, though a phone may ring.
inline bool waits(ContactState state) { return state == ContactState::waiting || state == ContactState::offered; }

// A caller's way through a menu. The configuration is that of the moment when the caller came in: a reload changes the
// menus of the next caller.
struct InMenu {
  enum class Step : std::uint8_t { answering, prompt, key, information };
  std::shared_ptr<const Options> options;
  const MenuOptions* at = nullptr;         // in `options`; none: not in a menu
  Step step = Step::answering;
  std::string path;                        // rule, menus and keys, for the explanation
  std::uint32_t keys = 0;                  // pressed
  std::uint32_t failed = 0;                // presentations of this menu
  bool informed = false;                   // an answer was heard, and no key pressed since
};

struct Recording {
  RecordingId id;                          // empty: the call is not recorded
  RecordingState state = RecordingState::none;
  std::uint32_t pauses = 0;
  TimerHandle resume_timer;
  std::vector<LegId> heard;                // the voices of its right channel
};

// One who takes part in a call beside its caller and its handler.
struct Party {
  LegId leg;
  PartyRole role = PartyRole::consulted;
  HandlerIndex handler = no_index;         // or
  std::string number;
  bool answered = false;
  MonitorMode mode = MonitorMode::off;
  ContactId waits_as;                      // a queue is consulted, and nobody of it has answered yet
};

// A CallTarget, looked up: one of the three.
struct Place {
  HandlerIndex handler = no_index;
  QueueIndex queue = no_index;
  std::string number;
};

// What a leg of a call under call control hears: a sound, or else the sum of other legs.
struct Hearing {
  LegId leg;
  std::string sound;
  std::uint32_t turn = 0;                  // of a sound whose end and keys are told
  std::vector<LegId> sources;
  Duration tone_every{};                   // in the sum: a supervisor listens
  friend bool operator==(const Hearing&, const Hearing&) = default;
};

// A leg of the caller, which way it came, and how far it is.
struct CallerLegState {
  LegId leg;
  TrunkId trunk;
  std::string dialled, sip_call_id;
  CallerAnswer answer = CallerAnswer::none;
  bool alerted = false;                    // 180 sent
  bool operator_present = false;           // the network's operator is on it
};

struct Contact {
  ContactId id;
  CallSlot slot = no_index;
  CallFacts facts;
  std::string rule;
  std::vector<std::string> labels;
  std::vector<Requirement> extra_skills;   // asked for by triage, beyond the queue's
  ContactState state = ContactState::arrived;
  std::uint64_t version = 0;
  QueueIndex queue = no_index;
  Grade grade = Grade::none;
  Time handed_over, arrived, queued, answered = never;
  Time place;                              // the clock that ranks it: kept over moves, offers, redials
  std::uint64_t order = 0;                 // of arrival
  std::uint32_t widened = 0;               // widening steps taken
  bool lifted = false;                     // starved: the reserve does not hold it back
  bool admitted = false;                   // has been in its present queue: a full queue or a drain concerns it no more
  bool late_taken = false;                 // the queue's rule for "waited too long" was applied in this queue
  bool nobody_checked = false;             // the queue's rule for "nobody signed on" was applied in this queue
  bool alerted = false;                    // 180 sent to the caller
  CallerAnswer caller_answer = CallerAnswer::none;
  std::string sound;                       // last played to the caller; empty: none
  bool hears_waiting_sound = false;        // that was its queue's, in whatever wording
  bool listened_to = false;                // and key-presses are reported meanwhile
  bool may_choose = false;                 // while waiting, as media was told
  bool told_first = false;                 // something, to its end, before what the queue lets be heard
  bool accepted = false;                   // by a menu: neither a drain nor a lack of room turns it away any more
  bool graded_by_hand = false;             // by a supervisor: no key changes that
  std::uint32_t turn = 0;                  // of the last PlayToLeg whose end is told
  std::uint32_t waiting_keys = 0;          // pressed while waiting
  std::optional<Key> pressed;              // while offered
  Time told_until;                         // the wait told last ends then; 0 = none was told
  InMenu menu;
  bool indexed = false;                    // in the match index
  KeyIndex key = no_index;
  CallRank rank;
  LegId caller_leg, other_leg;             // other: a handler's (ringing or talking) or an outside leg
  HandlerIndex handler = no_index;
  OfferId offer;
  std::uint32_t failed_offers = 0;
  std::uint32_t overflows = 0;
  DecisionKind said = DecisionKind::triaged;  // last of waits/held_back, so that only a change is explained again
  Recording recording;
  std::vector<Party> parties;
  bool held = false, muted = false;
  std::vector<Hearing> hearing;            // as told to media; empty: caller and other leg hear each other
  bool outgoing = false;                   // called from here: facts.caller is the number; or a consultation
  bool ring_back = false;                  // and it is a caller who abandoned
  bool superseded = false;                 // who has called again meanwhile
  std::string other_number;                // of an outside leg to which the call was transferred
  std::uint32_t tries = 0;                 // that nobody answered
  bool spoke = false;                      // the caller did, since ListenForSpeech
  bool voice_while_waiting = false;        // nobody listened to it, so that spoke stays as it is
  bool asked_for_keys = false;             // of a silent caller
  bool asked_before = false;               // and pressed none: the engine does not ask twice
  std::string keys;                        // the last ones since
  CallerLegState spare;                    // the call was presented again: the leg that is not in use
  std::uint32_t leg_changes = 0;           // because the one in use was silent
  Time served_before = never;              // by its other leg, until then
  Time presented;                          // when the last of the caller's legs came
  bool operator_present = false;           // on the leg in use
  Time operator_left = never;
  ContactId consults;                      // it asks one of its queue's handlers into that call, and has no legs of a caller
  ContactId continues;                     // the ended contact whose place it took
  ContactId older, newer;                  // live ones of the same number
  std::optional<Time> last_call;           // the caller's former call, when this one was triaged
  bool triage_due = false;                 // a location came while it was offered
  TimerHandle silent_timer, retry_timer;
  TimerHandle widen_timer, late_timer, starvation_timer, test_timer, menu_timer, message_timer;
};

// A leg belongs to a contact (as its caller's or other leg) or is a handler's nailed-up leg.
struct LegOwner {
  ContactId contact;
  HandlerIndex handler = no_index;         // of a nailed-up leg
};

// A caller who was told something before the release.
struct Farewell {
  TimerHandle timer;
  std::uint32_t turn = 0;                  // of what is said
  ContactId task;                          // the call from here that begins then
};

// A caller's number, and the last of its calls that nobody answered.
struct Remembered {
  Time last_call;
  Time abandoned = {0};                    // 0 = not
  Time place;
  std::uint64_t order = 0;
  QueueIndex queue = no_index;
  Time queued, handed_over;
  ContactId contact;
  TrunkId trunk;
  std::string dialled;
  bool trusted = false;
};

// ---- parties.cpp: of a call's parties, nullptr where there is none
Party* party(Contact& contact, LegId leg);
Party* party(Contact& contact, HandlerIndex handler);
Party* consulted(Contact& contact);
Party* joined(Contact& contact);           // one who could go on with the call
std::vector<LegId> heard_by_caller(const Contact& contact);

}  // namespace pledge::core
