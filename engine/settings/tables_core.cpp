// The options of the decision core, as an operator writes them.
#include "settings/describe.hpp"
#include "settings/tables.hpp"

namespace pledge::settings {

const Table<General>& Schema<General>::table() {
  static const Table<General> table =
      Table<General>("[general]", "Names and rules that belong to no other table.")
          .add("zone", &General::zone, "Time zone of calendars, of hourly rates and of the statistics' days.",
               {.format = Format::zone})
          .add("calendar_horizon", &General::calendar_horizon,
               "How far ahead calendars and summer time are worked out at each load; reload well before it ends.",
               {.least = 2 * day, .most = 1500 * day})
          .add("centres", &General::centres, "Names of the centres that handlers sit in.", {.declares = Named::centre})
          .add("skills", &General::skills, "Names of the skills that calls need and handlers have.",
               {.declares = Named::skill})
          .add("places", &General::places, "Names of the places (boroughs) that callers may be known to call from: by a civic address that came with the call "
               "and names one, by [[sip.area]], or by [[sip.place]], in this order.",
               {.declares = Named::place})
          .add("not_ready_reasons", &core::Options::not_ready_reasons,
               "Reasons a handler may give for not being ready; none = any text.", {.declares = Named::reason})
          .add("service_states", &core::Options::service_states,
               "States of the whole service; the first is in force at start.", {.declares = Named::service_state})
          .add("seed", &core::Options::seed, "Seed of the generator that randomises a fractional reserve.",
               {.unit = "seed", .restart = true})
          .add("reserve_recomputed_every", &core::Options::reserve_recomputed_every,
               "How often a computed reserve is worked out anew, from the staff and the rates of then.",
               {.least = second, .most = hour})
          .elsewhere({"version", "classes", "queues", "triage", "roles", "handlers", "pools", "offers", "limits",
                      "utc_offsets", "selection", "menus", "recording", "wait_messages", "call_control",
                      "silent", "emergency"});
  return table;
}

const Table<core::Limits>& Schema<core::Limits>::table() {
  using T = core::Limits;
  static const Table<T> table =
      Table<T>("[limits]", "The most of each thing that the core holds.")
          .add("contacts", &T::contacts, "Calls at one time; beyond it a call is refused with 503.",
               {.least = 1, .most = 1'000'000, .unit = "calls"})
          .add("remembered_callers", &T::remembered_callers,
               "Callers remembered for repeat calls and redials; the oldest is forgotten.",
               {.least = 0, .most = 10'000'000, .unit = "callers"})
          .add("ring_backs", &T::ring_backs,
               "Callers who are to be rung or called back at one time; a further one is not, and an alarm says so.",
               {.least = 0, .most = 1'000'000, .unit = "callers"});
  return table;
}

const Table<core::OfferOptions>& Schema<core::OfferOptions>::table() {
  using T = core::OfferOptions;
  static const Table<T> table =
      Table<T>("[offers]", "What happens to a handler after an unsuccessful offer.")
          .add("backoff_no_answer", &T::backoff_no_answer, "Passed over for this long after not answering.",
               {.least = 0, .most = hour})
          .add("backoff_declined", &T::backoff_declined, "Passed over for this long after declining.",
               {.least = 0, .most = hour})
          .add("backoff_busy", &T::backoff_busy, "Passed over for this long after the phone said busy (486).",
               {.least = 0, .most = hour})
          .add("backoff_unreachable", &T::backoff_unreachable,
               "Passed over for this long after the phone could not be reached.", {.least = 0, .most = hour})
          .add("not_ready_after", &T::not_ready_after, "Unsuccessful offers in a row that make a handler not ready.",
               {.least = 1, .most = 100, .unit = "offers"})
          .add("console_grace", &T::console_grace,
               "A lost console may come back within this before its handler becomes not ready.",
               {.least = 0, .most = 10 * minute})
          .add("registration_grace", &T::registration_grace,
               "A lost phone registration may come back within this before its handler becomes not ready.",
               {.least = 0, .most = 10 * minute});
  return table;
}

const Table<core::ClassOptions>& Schema<core::ClassOptions>::table() {
  using T = core::ClassOptions;
  static const Table<T> table =
      Table<T>("[[class]]",
               "Classes of service. Their order is the order of service: the first strictly before the second.")
          .add("name", &T::id, "Name of the class.", {.declares = Named::service_class, .required = true})
          .add("starvation_bound", &T::starvation_bound,
               "A call that waited this long is not held back by the reserve any more (it never overtakes a waiting "
               "call of an earlier class); 0 s = none.",
               {.least = 0, .most = day});
  return table;
}

const Table<core::Widening>& Schema<core::Widening>::table() {
  using T = core::Widening;
  static const Table<T> table =
      Table<T>("widening", "Skills asked for instead, once a call has waited.")
          .add("after", &T::after, "Time in the queue from which it holds.",
               {.least = millisecond, .most = day, .required = true})
          .add("skills", &T::skills, "Skills needed from then on; none = anyone who serves the queue.");
  return table;
}

const Table<QueueWording>& Schema<QueueWording>::table() {
  using T = core::QueueWording;
  static const Table<QueueWording> table = add_conditions(
      Table<QueueWording>("wording",
                          "Other sounds of the same queue, for some hours or states of the service. The first whose conditions hold is "
                          "heard; a sound that it leaves out stays the queue's own. Callers who wait already hear the change at once.")
          .add("waiting_sound", &T::waiting_sound, "Instead of the queue's waiting_sound: ringback or an announcement.",
               {.refers = Named::announcement, .said_if_set = true})
          .add("call_back_sound", &T::call_back_sound, "Instead of the queue's call_back_sound.",
               {.refers = Named::announcement, .said_if_set = true})
          .add("key_refused_sound", &T::key_refused_sound, "Instead of the queue's key_refused_sound.",
               {.refers = Named::announcement, .said_if_set = true}));
  return table;
}

const Table<Queue>& Schema<Queue>::table() {
  using T = core::QueueOptions;
  static const Table<Queue> table =
      Table<Queue>("[[queue]]", "Queues: what is promised to a call, and who may serve it.")
          .add("name", &T::id, "Name of the queue.", {.declares = Named::queue, .required = true})
          .add("class", &T::service_class, "Class of service.", {.refers = Named::service_class, .required = true})
          .add("target_share", &T::target_share, "Share of calls to answer within target_within.",
               {.least = 0, .most = 1, .share = true, .said = "target share"})
          .add("target_within", &T::target_within, "The answer target.",
               {.least = millisecond, .most = day, .said = "target"})
          .add("skills", &T::skills, "Skills that a call here needs from the start.")
          .add("widening", &T::widening, "Skills needed after some time, in ascending order of time.")
          .add("bound", &T::bound, "Most calls waiting; a further one takes `full`.",
               {.least = 1, .most = 1'000'000, .unit = "calls"})
          .add("full", &T::full, "What happens to a call beyond the bound.", {.said = "when full"})
          .add("nobody", &T::nobody, "What happens to a call when nobody is signed on who could ever serve it.",
               {.said = "when nobody is signed on"})
          .add("overflow_after", &T::overflow_after, "A call that waited this long takes `late`; 0 s = never.",
               {.least = 0, .most = day})
          .add("late", &T::late, "What happens to a call that waited for overflow_after.", {.said = "when late"})
          .add("waiting", &T::waiting, "alert: 180 until a handler answers. answer: 200 at entry, and waiting_sound.")
          .add("waiting_sound", &T::waiting_sound,
               "What a caller answered at entry hears: ringback, an announcement, or \"\" for silence, which costs no "
               "packets.",
               {.refers = Named::announcement, .may_be_empty = true})
          .add("choice", &T::choice, "Which handler among equals.")
          .add("offer_timeout", &T::offer_timeout, "An offer not taken by then goes on to the next handler.",
               {.least = second, .most = 10 * minute})
          .add("wrap_up", &T::wrap_up, "After-call work; 0 s = none.", {.least = 0, .most = 2 * hour})
          .add("wrap_up_until_done", &T::wrap_up_until_done, "After-call work ends only when the handler says so.")
          .add("short_abandon", &T::short_abandon, "Calls abandoned sooner than this are also counted as short.",
               {.least = 0, .most = 10 * minute})
          .add("redial_keeps_place", &T::redial_keeps_place,
               "A caller who gave up and redials within this keeps the place; 0 s = off.",
               {.least = 0, .most = 2 * hour})
          .add("record", &T::record,
               "Calls handed over from here are recorded, from the answer to the end: see [recording].")
          .add("ring_back", &T::ring_back,
               "A caller with a number who abandons here is rung back, in the same order of service: see [call_control].")
          .add("key", &T::choices, "Keys that a caller may press while waiting_sound is heard.", {.most_rows = 12})
          .add("call_back_sound", &T::call_back_sound,
               "What a caller hears who has asked to be called back, before the end of the call; \"\" = nothing.",
               {.refers = Named::announcement, .may_be_empty = true})
          .add("key_refused_sound", &T::key_refused_sound,
               "What a caller hears whose key cannot be served now: the other queue is full, or nobody may be called back (the number is "
               "withheld, [limits] ring_backs, or the caller is to be already). Then waiting_sound begins again; place and clocks stay. "
               "It ends in silence (then = \"\"), a key cuts it, and a minute of it is heard at most; \"\" = nothing.",
               {.refers = Named::announcement, .may_be_empty = true})
          .add("wording", &Queue::written_wordings, "Other sounds, by time and service state.", {.most_rows = 20})
          .add("shown_number", &T::shown_number,
               "Number shown to those whom handlers of this queue call, ring back or consult; \"\" = the trunk's caller.",
               {.format = Format::number, .may_be_empty = true})
          .elsewhere({"wordings"});
  return table;
}

const Table<Rule>& Schema<Rule>::table() {
  using T = core::TriageRule;
  static const Table<Rule> table =
      Table<Rule>("[[rule]]",
                  "Triage: the first rule whose conditions all hold decides. An absent condition holds always.")
          .add("name", &T::id, "Name of the rule; it appears in explanations.",
               {.declares = Named::rule, .required = true})
          .add("trunks", &T::trunks, "The call came by one of these trunks.", {.refers = Named::trunk})
          .add("dialled", &T::dialled, "The dialled number is one of these; '*' at the end matches a prefix.",
               {.format = Format::number_pattern})
          .add("callers", &T::callers, "The caller's number is one of these; '*' at the end matches a prefix.",
               {.format = Format::number_pattern})
          .add("withheld_only", &T::withheld_only, "The caller's number is withheld.")
          .add("priorities", &T::priorities,
               "Resource-Priority of a trusted trunk is one of these (RFC 7135: \"esnet.0\" to \"esnet.4\").")
          .add("service_urns", &T::service_urns, "The request was for one of these services or a part of it.",
               {.format = Format::service_urn})
          .add("when", &Rule::when, "Inside this calendar.", {.refers = Named::calendar})
          .add("outside", &Rule::outside, "Outside this calendar.", {.refers = Named::calendar})
          .add("places", &T::places, "The caller is known to call from one of these places.", {.refers = Named::place})
          .add("data", &T::data,
               "The call brings one of these items of additional data by value (RFC 7852): \"ServiceInfo.ServiceMobility=Mobile\".")
          .add("repeat_within", &T::repeat_within, "The same number called before within this; 0 s = no matter.",
               {.least = 0, .most = day})
          .add("service_states", &T::service_states, "The service is in one of these states.",
               {.refers = Named::service_state})
          .add("kind", &T::kind,
               "enqueue: into the queue. test: answered by the engine, never queued. reject: refused with `status`.")
          .add("queue", &T::queue, "Queue of an `enqueue` rule.", {.refers = Named::queue})
          .add("menu", &T::menu, "Instead of a queue: the engine answers, and the caller chooses by a key.",
               {.refers = Named::menu})
          .add("menu_for_emergencies", &Rule::menu_for_emergencies,
               "The menu may stand before emergency calls of the rule's trunks. `check` warns of it.")
          .add("grade", &T::grade, "Grade of response given to the call; orders it within its class.")
          .add("skills", &T::skills, "Skills needed besides the queue's.")
          .add("labels", &T::labels, "Labels shown to the handler and kept with the call.")
          .add("status", &T::status, "SIP status of a `reject` rule.",
               {.least = 400, .most = 699, .unit = "SIP status"})
          .elsewhere({"timed", "windows"});
  return table;
}

const Table<core::RoleOptions>& Schema<core::RoleOptions>::table() {
  using T = core::RoleOptions;
  static const Table<T> table =
      Table<T>("[[role]]", "Roles: what a handler who signed on with one may do.")
          .add("name", &T::id, "Name of the role.", {.declares = Named::role, .required = true})
          .add("queues", &T::queues, "Queues served.", {.refers = Named::queue})
          .add("supervisor", &T::supervisor, "May re-prioritise, move and withdraw calls, assign queues to handlers and sign them off.");
  return table;
}

const Table<core::ReserveOptions>& Schema<core::ReserveOptions>::table() {
  using T = core::ReserveOptions;
  static const Table<T> table =
      Table<T>("reserve", "Idle handlers of a pool held back for the first class.")
          .add("kind", &T::kind,
               "off: none. fixed: `handlers`. computed: from the targets, the staff and the rates of calls. by_wait: "
               "computed, and larger while the call held back is young, smaller as its answer target nears.")
          .add("handlers", &T::handlers, "How many, with kind fixed; a fraction is randomised.",
               {.least = 0, .most = 10'000, .unit = "handlers"})
          .add("most", &T::most, "Cap of a computed reserve.", {.least = 0, .most = 10'000, .unit = "handlers"})
          .add("source", &T::source, "configured: the hourly rates below. measured: what arrives.")
          .add("emergency_per_hour", &T::emergency_per_hour,
               "Calls of the first class an hour that fall to this pool, 24 rates from 00 h local time, linear between the middles of the "
               "hours.",
               {.least = 0, .most = 1'000'000, .unit = "calls/h", .count = 24})
          .add("other_per_hour", &T::other_per_hour, "Calls of the other classes an hour, likewise.",
               {.least = 0, .most = 1'000'000, .unit = "calls/h", .count = 24})
          .add("mean_handling_emergency", &T::mean_handling_emergency,
               "Mean talk and wrap-up of the first class, until enough calls were measured.",
               {.least = second, .most = 4 * hour})
          .add("mean_handling_other", &T::mean_handling_other, "Likewise of the other classes.",
               {.least = second, .most = 4 * hour})
          .add("mean_patience", &T::mean_patience, "Mean time until a waiting caller gives up; 0 s = never.",
               {.least = 0, .most = 4 * hour})
          .add("measured_over", &T::measured_over, "Time constant of measured rates.", {.least = minute, .most = day})
          .add("handlers_per_hour", &T::handlers_per_hour,
               "With kind by_wait and configured rates: handlers planned, 24 numbers likewise. With them the promise is "
               "kept over the day, and there is no reserve where strict priority keeps it; without, at every moment.",
               {.least = 0, .most = 100'000, .unit = "handlers", .count = 24})
          .elsewhere({"all_busy"});  // in simulation only
  return table;
}

const Table<core::PoolOptions>& Schema<core::PoolOptions>::table() {
  using T = core::PoolOptions;
  static const Table<T> table =
      Table<T>("[[pool]]", "Pools of handlers that keep a reserve together.")
          .add("name", &T::id, "Name of the pool.", {.declares = Named::pool, .required = true})
          .add("reserve", &T::reserve, "Handlers held back for the first class.");
  return table;
}

const Table<Handler>& Schema<Handler>::table() {
  using T = core::HandlerOptions;
  static const Table<Handler> table =
      Table<Handler>("[[handler]]", "People who answer: one by one, or a range of them.")
          .add("name", &T::id, "Sign-on name. Either this or `range`.", {.declares = Named::handler})
          .add("range", &Handler::range, "A range of names, each a handler alike.", {.format = Format::handler_range})
          .add("centre", &T::centre, "Where the handler sits.", {.refers = Named::centre, .required = true})
          .add("pool", &T::pool, "Pool that the handler counts in.", {.refers = Named::pool, .required = true})
          .add("roles", &T::roles, "Roles allowed at sign-on; the first is the default.",
               {.refers = Named::role, .required = true})
          .add("skills", &T::skills, "Skills, with the handler's own level.")
          .add("phone_mode", &T::phone_mode,
               "ring: answering the phone accepts. accept_first: the phone is called after the console accepted. "
               "nailed_up: one leg for the whole shift.")
          .add("phone", &T::phone,
               "SIP URI of the desk phone; {id} stands for the name; none = the phone registers. It may call from here only if the "
               "host is an address: over UDP from the port of the URI, over TCP from any.")
          .add("user", &Handler::user,
               "User name with which the phone registers; {id} stands for the name; none = the name itself.")
          .add("secret", &Handler::secret, "Secret with which the phone registers; none = it does not.",
               {.secret = true});
  return table;
}

const Table<Calendar>& Schema<Calendar>::table() {
  static const Table<Calendar> table =
      Table<Calendar>("[[calendar]]", "Weekly hours, in local time.")
          .add("name", &Calendar::id, "Name of the calendar.", {.declares = Named::calendar, .required = true})
          .add("open", &Calendar::open,
               "Hours, e.g. \"mon-fri 08:00-18:00\", \"sat,sun 10:00-16:00\", \"daily 22:00-06:00\".",
               {.format = Format::hours, .required = true})
          .add("closed", &Calendar::closed, "Holidays on which the hours do not count.", {.refers = Named::holidays});
  return table;
}

const Table<Holidays>& Schema<Holidays>::table() {
  static const Table<Holidays> table =
      Table<Holidays>("[[holidays]]", "Lists of days.")
          .add("name", &Holidays::id, "Name of the list.", {.declares = Named::holidays, .required = true})
          .add("dates", &Holidays::dates, "The days, year-month-day.", {.format = Format::date, .required = true});
  return table;
}

}  // namespace pledge::settings
