#pragma once
// The core's state and its transitions, private to the core. One file per theme: contacts.cpp (arrival, queueing, end),
// menus.cpp (the caller is asked), messages.cpp (the caller is told of the queue), wordings.cpp (in which words), offers.cpp (matching,
// offers, answer), handlers.cpp (sign-on to wrap-up), legs.cpp (what the wire reports), call_control.cpp (hold, consultation, transfer),
// consultations.cpp, parties.cpp (who hears whom), outgoing.cpp (calls from here), silent.cpp, re_presented.cpp (comes again),
// late_facts.cpp (what is known only later), supervision.cpp, recordings.cpp, reserves.cpp, configure.cpp, views.cpp, what_if.cpp.
#include <deque>
#include <unordered_map>

#include "core/closed.hpp"
#include "core/contact.hpp"
#include "core/core.hpp"
#include "core/directory.hpp"
#include "core/handler.hpp"
#include "core/pool.hpp"
#include "core/timers.hpp"
#include "core/waiting_queue.hpp"

namespace pledge::core {

struct Core::State {
  // ---- data
  Directory directory;
  MatchIndex index;
  Timers timers;
  Time now;
  Time announced_wake = never;
  Actions actions;
  std::string service_state = "normal";
  bool draining = false;
  bool explains = true;
  std::uint64_t random = 1;
  std::uint64_t next_contact = 1, next_offer = 1, next_leg = 1, next_order = 1;

  std::deque<Contact> contacts;            // by slot; references stay good
  std::vector<CallSlot> free_slots;
  std::unordered_map<ContactId, CallSlot> slot_of;
  std::vector<Handler> handlers;
  std::unordered_map<std::string, HandlerIndex> handler_of;
  std::unordered_map<LegId, LegOwner> legs;
  std::unordered_map<LegId, Farewell> farewells;         // callers who are told something before they are released
  std::vector<WaitingQueue> waiting;       // by queue
  WordingsInForce wordings;
  std::vector<Pool> pools;
  int placing = 0;                         // of a call, in progress: see place_first()
  std::vector<HandlerIndex> freed;         // meanwhile
  std::vector<char> held;                  // scratch: pools whose reserve holds
  TimerHandle reserve_timer;
  MeasuredRates rates;
  std::unordered_map<std::string, Remembered> callers;
  std::deque<std::pair<std::string, Time>> caller_age;   // for forgetting the oldest
  std::unordered_map<std::string, ContactId> ring_backs; // by number
  std::unordered_map<std::string, ContactId> newest_of;  // live contact, by the caller's number
  std::unordered_map<ContactId, ContactId> successors;   // of ended contacts: the live one that continues it

  // ---- core.cpp
  template <class A>
  void emit(A&& action) { actions.emplace_back(std::forward<A>(action)); }
  void reply(const Request& request, Refusal refusal, std::string detail = {}, std::uint64_t version = 0);
  void alarm(std::string kind, std::string text) { emit(Alarm{std::move(kind), std::move(text)}); }
  void serve_timer();
  std::uint64_t draw();                    // splitmix64 (Steele, Lea & Flood 2014)

  // ---- configure.cpp
  void on(const Configured& event);
  void load_handlers();
  void rebuild_index();
  void rejoin_handlers();
  void rearm_waiting_calls();
  void requeue(Contact& contact);                        // its queue is configured no more
  void play_waiting(Contact& contact);                   // what its queue lets be heard

  // ---- contacts.cpp
  void on(const CallArrived& event);
  Contact* find(ContactId id);
  const Contact* find(ContactId id) const;
  Contact& create(LegId leg, const CallFacts& facts);
  void triage(Contact& contact);
  void take_test_call(Contact& contact);
  void send_to(Contact& contact, QueueIndex queue);      // enter(), and counted as an arrival
  void enter(Contact& contact, QueueIndex queue);        // with its bound, drain and overflow rules
  void place_in_queue(Contact& contact);
  void wait(Contact& contact);                           // index it and look for a handler
  WaitingCall waiting_call(const Contact& contact) const { return {contact.place, contact.order, contact.slot}; }
  void index_call(Contact& contact);
  void unindex_call(Contact& contact);
  Need need_of(const Contact& contact, std::uint32_t widened);
  Need need_in(QueueIndex queue, const std::vector<SkillLevel>& extra_skills, std::uint32_t widened) const;
  void arm_waiting_timers(Contact& contact);             // and takes the widening steps whose time has passed
  void cancel_waiting_timers(Contact& contact);
  void overflow(Contact& contact, const Overflow& rule, std::string_view why);
  void overflow_to_queue(Contact& contact, const std::string& target, std::string_view why);
  void announce(Contact& contact, const std::string& sound, std::string_view why);
  void dial_out(Contact& contact, const std::string& number, std::string_view why);
  void dial_out_failed(Contact& contact, LegFailure cause);
  Closed closed_to(QueueIndex queue, bool taken_on) const;  // `taken_on`: somebody or something has answered the call
  bool is_full(QueueIndex queue) const { return waiting[queue].size - waiting[queue].tasks >= directory.queue(queue).options.bound; }
  void check_nobody(Contact& contact);
  void reject(Contact& contact, std::uint32_t status, std::string_view why, ContactEnd end);
  void abandon(Contact& contact, LegEnd cause);
  void release_caller(Contact& contact, std::string_view why);
  void answer_caller(Contact& contact, CallerAnswer why);
  void play(Contact& contact, const std::string& sound);
  void end(Contact& contact, ContactEnd how, std::string_view why);   // forgets it
  void changed(Contact& contact, ContactEnd end = ContactEnd::none);
  Decision decision(const Contact& contact, DecisionKind kind, std::string_view rule) const;
  void explain(const Contact& contact, DecisionKind kind, std::string_view rule, const std::string& actor = {});
  std::uint32_t ahead_of(const Contact& contact) const;
  void widen(Contact& contact);
  void lift(Contact& contact);
  void late(Contact& contact);
  void sweep(QueueIndex queue);
  void start_sweep(QueueIndex queue);
  void remember_call(const Contact& contact);
  void remember_abandon(const Contact& contact);
  void take_former_place(Contact& contact);              // of a redial, or of a call that the network lost and presents again
  void receive(Contact& contact);                        // 180 or 200 as its queue says, and what it lets be heard
  void link_caller(Contact& contact);                    // newest_of
  void unlink_caller(Contact& contact);
  void succeed(Contact& contact, ContactId former);      // it continues the ended one

  // ---- re_presented.cpp
  bool presents_again(const CallFacts& facts) const;     // it has a whole number, and may be a call that came before
  Contact* presented_before(const CallFacts& facts);     // and is this one, live
  bool is_first_class(Time at, const CallFacts& facts) const;  // by its triage rule
  bool is_re_presented(const Contact& contact, const Remembered& former) const;
  void present_again(Contact& contact, const CallArrived& event);
  void swap_legs(Contact& contact);                      // the spare one is in use, and the other spare
  void use_leg(Contact& contact);                        // the one that came into use so
  void go_on_with_spare(Contact& contact, std::string_view why);  // the leg in use is gone
  void return_spare(Contact& contact, std::string_view why);      // and the other end too: the caller's spare leg waits
  bool ends_with_served(const Contact& contact) const;   // unheard, but no caller was lost
  void spare_left(Contact& contact);
  void change_legs(Contact& contact, std::string_view why);       // neither is gone
  void attend(Contact& contact);                         // the caller's new leg hears the other end

  // ---- late_facts.cpp
  void operator_leaves(Contact& contact, const std::string& actor);
  Contact* located(const LocationArrived& event);
  void add_locations(Contact& contact, const std::vector<Location>& newest);
  void take_locations_of_former(Contact& contact);       // that is to be rung back
  void place_is_known(Contact& contact);                 // triaged again, now or when nobody takes the offer
  bool triage_again(Contact& contact);                   // true: it has been placed, and may have been taken or have ended
  void on(const OperatorLeft& event);
  void on(const HandedOver& event);
  void on(const LocationArrived& event);

  // ---- menus.cpp
  void enter_menu(Contact& contact, const std::string& menu);
  void present(Contact& contact);                        // the menu it is in
  void play_turn(Contact& contact, const std::string& sound, InMenu::Step step);
  void choose(Contact& contact, const MenuChoice& choice);
  void presentation_failed(Contact& contact, const std::string& why);
  void turn_over(Contact& contact);                      // the sound has ended
  void menu_timeout(Contact& contact);
  void leave_menu(Contact& contact, const QueueId& wanted);
  void close_menu(Contact& contact);
  QueueIndex queue_after_menu(const QueueId& wanted, const QueueId& escape) const;
  Contact* in_menu(LegId leg);
  void on(const KeyPressed& event);
  void on(const SoundFinished& event);

  // ---- messages.cpp
  void tell(Contact& contact, const WaitMessage& message);
  std::uint32_t position_of(const Contact& contact) const;
  std::uint32_t wait_to_tell(Contact& contact);          // in minutes; 0: not known
  enum class Keys : bool { no, yes };                    // may cut it
  void tell_first(Contact& contact, const std::string& sound, Keys keys);  // then what the queue lets be heard; nothing if empty
  void message_over(Contact& contact);
  void message_due(Contact& contact);
  void count_answer(const Contact& contact);

  // ---- wordings.cpp
  bool choose_wordings();                                // for this moment; true: others than before
  void tell_wordings();                                  // to those who wait, from now on
  void tell_more_wordings();
  const std::string& waiting_sound(QueueIndex queue) const;
  const std::string& worded(QueueIndex queue, std::string QueueWording::*sound, std::string QueueOptions::*own) const;

  // ---- waiting_keys.cpp
  bool has_choices(const Contact& contact) const;        // the caller hears what its queue lets be heard, and may choose
  void choose_waiting(Contact& contact, Key key);
  void press_while_offered(Contact& contact, Key key);
  void refuse_key(Contact& contact, const std::string& why);  // and the caller goes on waiting
  void ask_to_be_called_back(Contact& contact);
  bool may_be_called_back(const Contact& contact) const;
  bool asked_to_be_called_back(const Contact& contact) const;
  void give_way_to_call_back(Contact& contact);
  void say_farewell(LegId leg, std::uint32_t turn);      // what a caller was told before the end has ended
  void farewell_over(LegId leg, bool gone = false);

  // ---- offers.cpp
  void match_call(Contact& contact);
  void say_waiting(Contact& contact, DecisionKind kind, const Pool& pool);
  double measure_of(QueueIndex queue, const CallRank& rank) const;
  void match_handler(HandlerIndex handler);
  void match_pool(PoolIndex pool);
  bool serve_best_low_class(PoolIndex pool);
  double draw_reserve(const Pool& pool);                 // one draw for a fractional reserve; by_wait is not drawn
  double reserve_against(const Pool& pool, const Contact& contact) const;
  bool holds_back(const Pool& pool, double drawn, const Contact& contact) const;
  BestCall best_beside_reserve(GroupIndex group, std::uint32_t rank, const Pool& pool, double drawn);
  void hold(PoolIndex pool, const Contact& contact);
  void offer(Contact& contact, HandlerIndex handler);
  LegId ring(const Contact& contact, Handler& handler, bool auto_answer);  // the new leg is the handler's
  void offer_failed(Contact& contact, OfferEnd why, bool blame = true);  // blame: it counts as a miss of the handler
  void accepted(Contact& contact);                       // the handler's phone is on the line
  void credit_answer(Contact& contact);                  // when the caller can hear it
  void take_back_answer(Contact& contact);               // the other end is gone before that
  void back_to_place(Contact& contact, OfferEnd why, bool blame, std::string_view said);
  void withdraw_offer(Contact& contact);                 // caller gone or moved: no blame on the handler
  void end_offer(Contact& contact, OfferEnd how);
  Time begin_offer(const Contact& contact, HandlerIndex to);
  void tell_offer(const Contact& contact, const Handler& handler, Time expires);
  void close_offer(Handler& handler, OfferEnd how);
  void on(const AcceptOffer& event);
  void on(const DeclineOffer& event);

  // ---- call_control.cpp
  Contact* call_for_request(const Request& request, const HandlerId& handler, ContactId contact);  // or replies
  std::optional<Place> place_for_request(const Request& request, const Contact& contact, const CallTarget& to);  // or replies
  bool reachable(const Handler& handler) const;          // free, and with a phone that can be rung
  bool may_call(const std::string& number) const;
  void consult(Contact& contact, const Place& to);
  void transfer(Contact& contact, const Place& to, const std::string& actor);
  void detach_handler(Contact& contact, std::string_view why);
  void wait_again(Contact& contact);                     // a caller who was talking, at the former place
  void return_caller(Contact& contact, std::string_view why);
  void let_go_of_line(HandlerIndex handler, LegId line);
  void note(const Contact& contact, std::string text, const std::string& actor = {});
  void on(const HoldCall& event);
  void on(const MuteCall& event);
  void on(const ConsultCall& event);
  void on(const TransferCall& event);
  void on(const JoinCall& event);
  void on(const DropParty& event);
  void on(const MonitorCall& event);
  void on(const MediaTimeout& event);

  // ---- consultations.cpp: of a queue
  bool anyone_to_consult(const Contact& about, QueueIndex queue) const;
  void consult_queue(Contact& about, QueueIndex queue);
  Contact* consulting(const Contact& consultation);      // the call that waits for somebody by it
  void consultation_answered(Contact& consultation);
  void consultation_ends(Contact& consultation, std::string_view why);  // nobody has answered
  void withdraw_consultation(Contact& consultation, std::string_view why);

  // ---- parties.cpp
  std::vector<Hearing> hearing_of(const Contact& contact) const;
  void rearrange_listened_to();
  void add_tones(const Contact& contact, std::vector<Hearing>& all) const;  // while a supervisor listens
  void rearrange(Contact& contact);                      // tells media and screens what has changed
  PartiesChanged parties_of(const Contact& contact) const;
  PartyView view(const Party& party) const;
  std::string who(const Party& party) const;
  void ring_consulted(Contact& contact, HandlerIndex handler);
  void party_answered(Contact& contact, Party& party);
  void party_gone(Contact& contact, Party& party, OfferEnd how, std::string_view why);  // its leg is gone
  void drop_party(Contact& contact, Party& party, OfferEnd how, std::string_view why);
  void release_parties(Contact& contact, std::string_view why);
  void leave_line(Contact& contact, LegId line);         // a held line hears nobody of this call any more
  void release_phone(LegId& leg, HandlerIndex handler, std::string_view why);
  void hand_over(Contact& contact, LegId to);            // the party has the call from now on
  void offer_over(HandlerIndex handler, OfferEnd how, bool blame = true);  // of a call, or of a part in one

  // ---- outgoing.cpp
  void call_number(Contact& contact);                    // a handler is on the line
  void number_answered(Contact& contact);
  void outgoing_over(Contact& contact, std::string_view why, bool tried);  // nobody was reached
  void ring_back(const Contact& abandoned);
  bool room_for_ring_back() const;
  void forget_ring_back(const Contact& contact);
  Contact& take_place_of(const Contact& former, std::string_view what, std::string_view says);  // an outgoing call that does
  QueueIndex queue_of_call_out(const Handler& handler) const;
  void try_again(Contact& contact);
  void settle_ring_back(Contact& caller);          // who was to be rung back calls
  void on(const CallOut& event);
  void on(const CloseTask& event);

  // ---- silent.cpp
  void listen_to_caller(Contact& contact);
  void listen_again(Contact& contact);
  void silent_timeout(Contact& contact);
  void ask_for_keys(Contact& contact, const std::string& actor);
  void wait_for_keys(Contact& contact);
  bool unheard_since_operator(const Contact& contact) const;
  void listen_while_waiting(Contact& contact);
  void stop_asking(Contact& contact, std::string_view why);
  void cut_asking(Contact& contact, std::string_view why);  // by what the caller hears next
  void key_of_silent_caller(Contact& contact, Key key);
  bool not_heard_yet(const Contact& contact) const;
  void label(Contact& contact, std::string_view text);
  void on(const AskForKeys& event);
  void on(const MarkWrongUse& event);
  void on(const NotReached& event);
  void on(const SpeechHeard& event);

  // ---- handlers.cpp
  HandlerIndex find(const HandlerId& id) const;
  Handler* for_request(const Request& request, const HandlerId& id);  // replies and returns nullptr if refused
  void set_state(Handler& handler, HandlerState state, std::string reason = {});
  void changed(const Handler& handler);
  void refresh_idle(HandlerIndex index, bool seek = true);  // keeps the index in step with offerable()
  // Handlers who become free while a call is on the way to its place look for one when it is there: not for a later one.
  template <class Place>
  void place_first(Place&& place) {
    ++placing;
    place();
    if (--placing == 0) look_for_freed();
  }
  void look_for_freed();
  void look_behind_held_back();
  bool offerable(const Handler& handler) const;
  void join(HandlerIndex index);
  void leave(HandlerIndex index);
  std::vector<QueueIndex> queues_of(const Handler& handler) const;
  void regroup(HandlerIndex index);
  void move_session(HandlerIndex index, const std::string& session);
  void sign_off(HandlerIndex index, std::string reason);
  enum class Counts : bool { no, yes };                     // as one of the queue's calls, for the measured handling time
  void finish_call(HandlerIndex index, QueueIndex queue, Counts counts = Counts::yes);  // to wrap-up or beyond
  void finish_wrap_up(HandlerIndex index);
  void free_again(HandlerIndex index);
  void pause(HandlerIndex index, std::string reason);       // not-ready now, or after the call
  void lose(HandlerIndex index, std::string reason);        // console or phone, after the grace time
  void back_off(HandlerIndex index, OfferEnd why, bool blame);
  void hold_line(HandlerIndex index);                       // nailed-up leg
  void settle_line(HandlerIndex index);                     // held where the phone mode asks for it, let go elsewhere
  std::uint64_t occupancy(const Handler& handler) const;
  void on(const SignOn& event);
  void on(const SignOff& event);
  void on(const GoReady& event);
  void on(const GoNotReady& event);
  void release_call(Contact& contact, HandlerIndex by);
  void on(const ReleaseCall& event);
  void on(const ExtendWrapUp& event);
  void on(const FinishWrapUp& event);
  void on(const ConsoleAttached& event);
  void on(const ConsoleLost& event);
  void on(const PhoneBound& event);
  void on(const PhoneUnbound& event);

  // ---- legs.cpp
  void on(const LegRinging&) {}
  void on(const LegAnswered& event);
  void on(const LegFailed& event);
  void on(const LegEnded& event);
  void on(const LegHeld&) {}
  void on(const AnswerSent& event);
  void caller_left(Contact& contact, LegEnd cause);
  void other_left(Contact& contact, LegEnd cause);
  void nailed_leg_lost(HandlerIndex handler);
  LegId new_leg(LegOwner owner);
  void forget_leg(LegId& leg);

  // ---- supervision.cpp
  Contact* waiting_for_request(const Request& request, ContactId id, const std::string& reason);
  void on(const Reprioritise& event);
  void on(const MoveContact& event);
  void on(const WithdrawContact& event);
  void on(const AssignHandler& event);
  void on(const SetServiceState& event);
  void on(const Drain& event);
  void on(const TimerDue&) { serve_timer(); }

  // ---- recordings.cpp
  void start_recording(Contact& contact);                // if its queue says so
  void record_heard(Contact& contact);                   // while it is recorded: whom the caller hears now
  void stop_recording(Contact& contact);
  void resume_recording(Contact& contact, std::string why, std::string actor);
  bool is_supervisor(const std::string& actor) const;
  Contact* recorded_for_request(const Request& request, ContactId id);  // replies and returns nullptr if refused
  void on(const PauseRecording& event);
  void on(const ResumeRecording& event);
  void on(const RecordingFinished& event);
  void on(const HearRecording& event);

  // ---- reserves.cpp
  void recompute_reserves();
  ReserveInput reserve_input(PoolIndex pool, const PoolStaff& staff);
  void plan_reserves();                                  // levels of by_wait over the planned day
  void set_reserve(PoolIndex pool, const PoolStaff& staff);
  bool follows_plan(const Pool& pool, const ReserveOptions& options, const PoolStaff& staff) const;
  void first_class_arrived();
  void look_for_surge(Pool& pool) const;                 // of the first class
  Duration measured_over() const;

  // ---- views.cpp
  Time oldest_wait(QueueIndex queue) const;              // queue entry of its longest-waiting call, or never
  ContactChanged snapshot(const Contact& contact, ContactEnd end) const;
  HandlerChanged snapshot(const Handler& handler) const;
  ContactView view(const Contact& contact) const;
  HandlerView view(const Handler& handler) const;
  QueueView view(QueueIndex queue) const;
  class ImaginedCall;                                    // what_if.cpp
  HandlerIndex index_of(const Handler& handler) const { return static_cast<HandlerIndex>(&handler - handlers.data()); }
};

}  // namespace pledge::core
