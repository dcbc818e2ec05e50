#pragma once
// What the core is configured with: plain data, expanded by `settings` from the TOML files. Calendars and time
// zones arrive as UTC intervals; the core knows no zone database.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/fields.hpp"
#include "core/types.hpp"

namespace pledge::core {

using namespace std::chrono_literals;

// National grades of response: immediate, significant (prompt), extended, resolution without attendance.
// The order is the order of service within a class.
enum class Grade : std::uint8_t { none, immediate, significant, extended, resolution };
constexpr std::string_view name(Grade g) {
  constexpr std::string_view names[] = {"none", "I", "S", "E", "R"};
  return names[static_cast<std::size_t>(g)];
}

struct Requirement {
  SkillId skill;
  std::uint32_t level = 1;  // least level that serves; 1 to 9
  PLEDGE_FIELDS(Requirement, skill, level)
};

// After `after` in the queue the call needs these skills instead.
struct Widening {
  Duration after{};
  std::vector<Requirement> skills;
  PLEDGE_FIELDS(Widening, after, skills)
};

enum class OverflowKind : std::uint8_t { wait, queue, number, announcement, reject };
constexpr std::string_view name(OverflowKind k) {
  constexpr std::string_view names[] = {"wait", "queue", "number", "announcement", "reject"};
  return names[static_cast<std::size_t>(k)];
}
struct Overflow {
  OverflowKind kind = OverflowKind::wait;
  std::string target;                 // queue name, telephone number or announcement name, by kind
  std::uint32_t status = 480;         // SIP status of a reject
  PLEDGE_FIELDS(Overflow, kind, target, status)
};

// alert: 180 until the handler answers. answer: 200 at entry, ring tone generated.
enum class Waiting : std::uint8_t { alert, answer };
constexpr std::string_view name(Waiting w) { return w == Waiting::alert ? "alert" : "answer"; }

enum class Choice : std::uint8_t { longest_idle, least_occupied };
constexpr std::string_view name(Choice c) { return c == Choice::longest_idle ? "longest_idle" : "least_occupied"; }

// A key of a telephone, in the order of the event codes of RFC 4733 §3.2.
enum class Key : std::uint8_t {
  zero, one, two, three, four, five, six, seven, eight, nine, star, hash, a, b, c, d
};
constexpr std::string_view name(Key k) {
  constexpr std::string_view names[] = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "#", "A", "B", "C", "D"};
  return names[static_cast<std::size_t>(k)];
}

// What a key does for a caller who waits: exactly one of queue, call_back and repeat.
struct WaitingChoice {
  Key key = Key::zero;
  std::string says;                   // what the announcement calls it; appears in the explanation
  QueueId queue;                      // to another service, at the place held
  bool call_back = false;             // hangs up and is called back, at the place and with the clock held
  bool repeat = false;                // what is heard begins again
  PLEDGE_FIELDS(WaitingChoice, key, says, queue, call_back, repeat)
};

struct Interval {
  Time from, to;  // [from, to)
  PLEDGE_FIELDS(Interval, from, to)
};

// When a rule or a wording holds: inside one of the windows, or at any time if not `timed`; and in one of the service states, or in
// any if none is named.
struct Moments {
  bool timed = false;
  std::vector<Interval> windows;      // ascending, disjoint
  std::vector<std::string> service_states;
  PLEDGE_FIELDS(Moments, timed, windows, service_states)
};

// What the callers of a queue hear instead of its own sounds. The first wording that holds is heard, by those who wait already as
// well. A sound that it does not name (empty) stays the queue's own.
struct QueueWording : Moments {
  std::string waiting_sound, call_back_sound, key_refused_sound;
  PLEDGE_FIELDS(QueueWording, waiting_sound, call_back_sound, key_refused_sound, timed, windows, service_states)
};

struct QueueOptions {
  QueueId id;
  ClassId service_class;              // one of Options::classes
  double target_share = 0.9;          // share of calls to answer within target_within, 0..1
  Duration target_within = 10s;
  std::vector<Requirement> skills;    // what a call here needs from the start
  std::vector<Widening> widening;     // ascending `after`
  std::uint32_t bound = 10'000;       // most calls waiting
  Overflow full{OverflowKind::reject, {}, 503};  // what happens to a call beyond the bound
  Overflow nobody;                    // what happens when no handler who could ever serve it is signed on
  Duration overflow_after{};          // 0 = never: a call that waited this long takes `late`
  Overflow late;
  Waiting waiting = Waiting::alert;
  std::string waiting_sound = "ringback";  // to callers answered at entry; empty = silence
  Choice choice = Choice::longest_idle;
  Duration offer_timeout = 20s;       // a ringing offer not taken by then goes on to the next handler
  Duration wrap_up = 0s;              // after-call work; 0 = none
  bool wrap_up_until_done = false;    // wrap-up ends only when the handler says so
  Duration short_abandon = 5s;        // abandons sooner than this are also counted as short
  Duration redial_keeps_place = 0s;   // a caller who abandoned and redials within this keeps the place; 0 = off
  bool record = false;                // calls handed over from here are recorded
  bool ring_back = false;             // a caller with a number who abandons here is rung back, in the same order of service
  std::vector<WaitingChoice> choices; // of callers who wait and hear waiting_sound
  std::string call_back_sound;        // heard by who is to be called back, before the end; empty = nothing
  std::string shown_number;           // to those who are called from here (E.164); empty = the trunk's
  std::string key_refused_sound;      // to a caller whose key cannot be served now, before waiting_sound; empty = nothing
  std::vector<QueueWording> wordings; // of waiting_sound, call_back_sound and key_refused_sound
  PLEDGE_FIELDS(QueueOptions, id, service_class, target_share, target_within, skills, widening, bound, full, nobody,
                overflow_after, late, waiting, waiting_sound, choice, offer_timeout, wrap_up, wrap_up_until_done, short_abandon,
                redial_keeps_place, record, ring_back, choices, call_back_sound, shown_number, key_refused_sound,
                wordings)
};

// Order of service between classes is their order in Options::classes; the first is served strictly before the
// second, and so on. Handlers are reserved for the first class only.
struct ClassOptions {
  ClassId id;
  Duration starvation_bound{};  // 0 = none: a call that waited this long is not held back by the reserve any more
  PLEDGE_FIELDS(ClassOptions, id, starvation_bound)
};

// What one key of a menu leads to: exactly one of queue, menu, announcement and repeat.
struct MenuChoice {
  Key key = Key::zero;
  std::string says;                   // what the prompt calls it; appears in the explanation
  QueueId queue;                      // a human
  std::string menu;                   // a further menu
  std::string announcement;           // an answer by the engine; then the menu is heard again
  bool repeat = false;                // the menu is heard again
  Grade grade = Grade::none;          // given to the call, unless none
  std::vector<Requirement> skills;    // added to the queue's
  std::vector<std::string> labels;    // added to the call's
  PLEDGE_FIELDS(MenuChoice, key, says, queue, menu, announcement, repeat, grade, skills, labels)
};

// Another wording of the same menu; the first that holds is heard.
struct MenuWording : Moments {
  std::string announcement;
  PLEDGE_FIELDS(MenuWording, announcement, timed, windows, service_states)
};

struct MenuOptions {
  std::string id;
  std::string announcement;           // what is heard where no wording holds
  std::vector<MenuWording> wordings;
  std::vector<MenuChoice> choices;
  QueueId escape;                     // the humans for whoever presses no key, or none that leads anywhere
  Duration wait_for_key = 5s;         // after the end of the announcement
  Duration heard_at_most = 60s;       // an announcement whose end is not told by then has ended
  std::uint32_t presentations = 2;    // that fail, before the call goes to `escape`
  PLEDGE_FIELDS(MenuOptions, id, announcement, wordings, choices, escape, wait_for_key, heard_at_most, presentations)
};

enum class TriageKind : std::uint8_t { enqueue, test, reject };
constexpr std::string_view name(TriageKind k) {
  constexpr std::string_view names[] = {"enqueue", "test", "reject"};
  return names[static_cast<std::size_t>(k)];
}

// Conditions are and-ed; an empty list means "any". First match wins.
struct TriageRule : Moments {
  std::string id;                            // appears in the explanation
  std::vector<TrunkId> trunks;
  std::vector<std::string> dialled;          // numbers; a trailing '*' matches a prefix
  std::vector<std::string> callers;          // likewise
  bool withheld_only = false;
  std::vector<std::string> priorities;       // Resource-Priority values of trusted trunks
  std::vector<std::string> service_urns;     // prefix match by label: "urn:service:sos" matches "urn:service:sos.police"
  std::vector<std::string> places;
  Duration repeat_within{};                  // > 0: only if the same caller called within this
  TriageKind kind = TriageKind::enqueue;
  QueueId queue;
  Grade grade = Grade::none;
  std::vector<Requirement> skills;           // added to the queue's
  std::vector<std::string> labels;
  std::uint32_t status = 404;                // SIP status of a reject
  std::string menu;                          // instead of a queue: asks the caller
  std::vector<std::string> data;             // "NAME=TEXT" of CallFacts::additional_items, in letters of any size
  PLEDGE_FIELDS(TriageRule, id, trunks, dialled, callers, withheld_only, priorities, service_urns, timed, windows, places,
                repeat_within, service_states, kind, queue, grade, skills, labels, status, menu, data)
};

// ring: answering the phone accepts. accept_first: the phone is called after the console accepts. nailed_up: one leg
// is held for the whole shift, and the console accepts.
enum class PhoneMode : std::uint8_t { ring, accept_first, nailed_up };
constexpr std::string_view name(PhoneMode m) {
  constexpr std::string_view names[] = {"ring", "accept_first", "nailed_up"};
  return names[static_cast<std::size_t>(m)];
}

struct RoleOptions {
  RoleId id;
  std::vector<QueueId> queues;
  bool supervisor = false;
  PLEDGE_FIELDS(RoleOptions, id, queues, supervisor)
};

struct HandlerOptions {
  HandlerId id;
  CentreId centre;
  PoolId pool;
  std::vector<RoleId> roles;          // allowed at sign-on; the first is the default
  std::vector<Requirement> skills;    // level = the handler's own level
  PhoneMode phone_mode = PhoneMode::ring;
  std::string phone;                  // static contact URI; empty = the phone registers
  PLEDGE_FIELDS(HandlerOptions, id, centre, pool, roles, skills, phone_mode, phone)
};

// fixed: so many, always. computed: by the moment's rates and staff. by_wait: computed, and larger while the call that it
// holds back is young, smaller as its answer target nears.
enum class ReserveKind : std::uint8_t { off, fixed, computed, by_wait };
constexpr std::string_view name(ReserveKind k) {
  constexpr std::string_view names[] = {"off", "fixed", "computed", "by_wait"};
  return names[static_cast<std::size_t>(k)];
}
enum class RateSource : std::uint8_t { configured, measured };
constexpr std::string_view name(RateSource s) { return s == RateSource::configured ? "configured" : "measured"; }

// Idle handlers held back for the first class (routing benchmark: time-varying reserve).
struct ReserveOptions {
  ReserveKind kind = ReserveKind::computed;
  double handlers = 0;                       // fixed: how many (a fraction is randomised)
  double most = 8;                           // cap of a computed reserve
  RateSource source = RateSource::measured;
  std::vector<double> emergency_per_hour;    // configured: 24 rates by local hour, linear between hour mid-points
  std::vector<double> other_per_hour;        // likewise, the other classes
  Duration mean_handling_emergency = 210s;   // used until enough calls were measured, and with configured rates
  Duration mean_handling_other = 350s;
  Duration mean_patience = 240s;             // 0 = callers never give up
  Duration measured_over = 15min;            // time constant of the measured rates
  std::vector<double> handlers_per_hour;     // by_wait: 24 planned numbers; with them the promise is kept over the day
  // computed, in simulation only: the chance that all are busy, instead of Erlang A's; 0 = Erlang A's. With 0.5 it is the routing
  // benchmark's time-varying reserve.
  double all_busy = 0;
  PLEDGE_FIELDS(ReserveOptions, kind, handlers, most, source, emergency_per_hour, other_per_hour,
                mean_handling_emergency, mean_handling_other, mean_patience, measured_over, handlers_per_hour, all_busy)
};
struct PoolOptions {
  PoolId id;
  ReserveOptions reserve;
  PLEDGE_FIELDS(PoolOptions, id, reserve)
};

// After an unsuccessful offer the handler is passed over for the back-off of its cause; after `not_ready_after`
// unsuccessful offers in a row the handler becomes not-ready.
struct OfferOptions {
  Duration backoff_no_answer = 10s;
  Duration backoff_declined = 30s;
  Duration backoff_busy = 15s;
  Duration backoff_unreachable = 30s;
  std::uint32_t not_ready_after = 3;
  Duration console_grace = 15s;
  Duration registration_grace = 15s;
  PLEDGE_FIELDS(OfferOptions, backoff_no_answer, backoff_declined, backoff_busy, backoff_unreachable, not_ready_after,
                console_grace, registration_grace)
};

// Which waiting call a free handler takes. strict: by class, then by grade and deadline. The others are known rules to
// compare with, in simulation only: the configuration has no key for them, so that `serve` never runs one.
enum class Order : std::uint8_t { strict, first_come, head_start, deadline, wait_over_target };
constexpr std::string_view name(Order o) {
  constexpr std::string_view names[] = {"strict", "first_come", "head_start", "deadline", "wait_over_target"};
  return names[static_cast<std::size_t>(o)];
}
// first_come: longest wait. head_start: wait plus `head_start` for the first class. deadline: earliest end of its target.
// wait_over_target: largest wait ÷ target (accumulating priority; Kleinrock 1964). None of them keeps a reserve.
struct SelectionOptions {
  Order order = Order::strict;
  Duration head_start{};
  PLEDGE_FIELDS(SelectionOptions, order, head_start)
};

// An announcement to waiting callers that tells of the queue, and is composed anew each time it is heard.
struct WaitMessage {
  std::string announcement;
  bool position = false;      // how many are served before
  bool wait = false;          // how long it will take, once enough calls were answered to know
  Duration repeat_after{};    // between its end and its next beginning; 0 = heard once
  PLEDGE_FIELDS(WaitMessage, announcement, position, wait, repeat_after)
};

// How calls of the queues that say `record` are recorded.
struct RecordingOptions {
  std::vector<std::string> pause_reasons;  // allowed for a pause; empty = any non-empty text
  Duration pause_at_most = 5min;           // a pause then ends by itself: one forgotten must not cost the rest of the call
  std::uint32_t pauses_at_most = 50;       // of one call; beyond it a pause is refused
  PLEDGE_FIELDS(RecordingOptions, pause_reasons, pause_at_most, pauses_at_most)
};

// Who hears a tone while a supervisor listens to a call or whispers in it. all: callers and handlers.
enum class MonitorTone : std::uint8_t { none, handler, all };
constexpr std::string_view name(MonitorTone t) {
  constexpr std::string_view names[] = {"none", "handler", "all"};
  return names[static_cast<std::size_t>(t)];
}

// What handlers and supervisors may do with a call.
struct CallControlOptions {
  std::vector<std::string> numbers;     // that may be called, consulted and transferred to; a trailing '*' matches a prefix
  std::string hold_sound = "hold";      // to a caller on hold; empty = silence
  std::uint32_t parties_at_most = 8;    // beside the caller
  std::uint32_t ring_back_tries = 2;    // of a caller who abandoned
  Duration ring_back_pause = 2min;      // between them
  MonitorTone monitor_tone = MonitorTone::none;
  Duration monitor_tone_every = 15s;    // between the beginnings of two tones
  std::string returned_sound;           // to a caller who was talking and is back in the queue, before the waiting sound; empty = nothing
  PLEDGE_FIELDS(CallControlOptions, numbers, hold_sound, parties_at_most, ring_back_tries, ring_back_pause, monitor_tone,
                monitor_tone_every, returned_sound)
};

// Who asks a caller without speech for the keys: the handler alone; or the engine, once the caller is known to be silent,
// callers with mobile telephones (whoever picks up a landline by mistake hangs up again), or all.
enum class AskSilent : std::uint8_t { by_hand, mobiles, all };
constexpr std::string_view name(AskSilent a) {
  constexpr std::string_view names[] = {"by_hand", "mobiles", "all"};
  return names[static_cast<std::size_t>(a)];
}

// Callers of the emergency number who do not speak although somebody has spoken to them: a handler who has answered, or the
// operator of a hand-over trunk who has left a call that waits. If the engine is to ask its caller such a call is answered
// (200), because nothing is heard of a leg before; without speech for `after` from then on its caller is asked while waiting,
// and goes on waiting. A handler who answers cuts that. The keys give the highest grade, at the place held; without them a
// handler listens, and the engine does not ask again.
struct SilentOptions {
  std::string announcement;               // asks for the keys; empty = none does
  std::string keys = "55";
  Duration wait_for_keys = 10s;           // after the end of the announcement
  Duration after{};                       // a caller of the first class without speech for so long is labelled; 0 = none is
  AskSilent ask = AskSilent::by_hand;
  PLEDGE_FIELDS(SilentOptions, announcement, keys, wait_for_keys, after, ask)
};

// Calls of the first class, as networks and their operators present them.
struct EmergencyOptions {
  // A caller's call that comes again by another trunk or to another number within this is the same call; 0 = never is. It is
  // known by the number: where many share one, two callers would be taken for one.
  Duration re_presented_within{};
  PLEDGE_FIELDS(EmergencyOptions, re_presented_within)
};

// Most of each thing the core holds. At a bound there is a decision, never growth.
struct Limits {
  std::uint32_t contacts = 50'000;
  std::uint32_t remembered_callers = 100'000;
  std::uint32_t ring_backs = 5'000;  // callers who are to be rung or called back
  PLEDGE_FIELDS(Limits, contacts, remembered_callers, ring_backs)
};

struct UtcOffset {
  Time from;
  std::int32_t seconds = 0;  // local = UTC + seconds from then on
  PLEDGE_FIELDS(UtcOffset, from, seconds)
};

struct Options {
  std::string version;                       // names the configuration (digest of its files)
  std::vector<ClassOptions> classes;
  std::vector<QueueOptions> queues;
  std::vector<TriageRule> triage;
  std::vector<RoleOptions> roles;
  std::vector<HandlerOptions> handlers;
  std::vector<PoolOptions> pools;
  std::vector<std::string> not_ready_reasons;  // allowed from consoles; empty = any non-empty text
  std::vector<std::string> service_states{"normal"};  // the first is in force at start
  OfferOptions offers;
  Limits limits;
  std::vector<UtcOffset> utc_offsets;        // ascending
  std::uint64_t seed = 1;                    // of the generator that randomises a fractional reserve
  Duration reserve_recomputed_every = 10s;
  SelectionOptions selection;
  std::vector<MenuOptions> menus;
  RecordingOptions recording;
  std::vector<WaitMessage> wait_messages;
  CallControlOptions call_control;
  SilentOptions silent;
  EmergencyOptions emergency;
  PLEDGE_FIELDS(Options, version, classes, queues, triage, roles, handlers, pools, not_ready_reasons, service_states,
                offers, limits, utc_offsets, seed, reserve_recomputed_every, selection, menus, recording,
                wait_messages, call_control, silent, emergency)
};

}  // namespace pledge::core
