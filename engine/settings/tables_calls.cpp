// The options of calls in progress.
#include "settings/describe.hpp"
#include "settings/tables.hpp"

namespace pledge::settings {

const Table<core::WaitingChoice>& Schema<core::WaitingChoice>::table() {
  using T = core::WaitingChoice;
  static const Table<T> table =
      Table<T>("key", "What a key does for a caller who waits: another queue, a call back, or what is heard again.")
          .add("key", &T::key, "Key of the telephone that makes this choice.", {.required = true})
          .add("says", &T::says, "What the announcement calls it, in a few words; appears in explanations.",
               {.required = true})
          .add("queue", &T::queue, "To this queue, at the place held.", {.refers = Named::queue, .said_if_set = true})
          .add("call_back", &T::call_back,
               "The caller hangs up and is called back, at the place and with the clock held: see [call_control].",
               {.said_if_set = true})
          .add("repeat", &T::repeat, "What is heard begins again.", {.said_if_set = true});
  return table;
}

const Table<core::CallControlOptions>& Schema<core::CallControlOptions>::table() {
  using T = core::CallControlOptions;
  static const Table<T> table =
      Table<T>("[call_control]", "What handlers and supervisors may do with a call: hold, consult, transfer, call out, ring back.")
          .add("numbers", &T::numbers,
               "Numbers that may be called, consulted and transferred to, as +44…; a trailing * matches any ending.",
               {.format = Format::number_pattern})
          .add("hold_sound", &T::hold_sound,
               "What a caller on hold hears: hold (a soft tone every few seconds), an announcement, or \"\" for silence.",
               {.refers = Named::announcement, .may_be_empty = true})
          .add("parties_at_most", &T::parties_at_most, "Those who may take part in a call beside its caller.",
               {.least = 2, .most = 15, .unit = "parties"})
          .add("ring_back_tries", &T::ring_back_tries,
               "Times that a caller who abandoned is rung back; then a person closes it, with a reason.",
               {.least = 1, .most = 20, .unit = "tries"})
          .add("ring_back_pause", &T::ring_back_pause, "Time between two of them.", {.least = second, .most = 24 * hour})
          .add("monitor_tone", &T::monitor_tone,
               "Who hears a short tone while a supervisor listens or whispers: none, the handler, or all: callers and handlers too. "
               "Numbers that were called hear none, for a handler's key-presses must reach them.")
          .add("monitor_tone_every", &T::monitor_tone_every, "From one tone to the next; the first is heard at once.",
               {.least = 2 * second, .most = 10 * minute})
          .add("returned_sound", &T::returned_sound,
               "An announcement to a caller who comes back to the queue for no fault of theirs (a handler's phone that is gone, a "
               "handler who hangs up or whose console is lost while the caller is on hold), before waiting_sound; \"\" = none. A minute of it is heard at most.",
               {.refers = Named::announcement, .may_be_empty = true});
  return table;
}

const Table<core::SilentOptions>& Schema<core::SilentOptions>::table() {
  using T = core::SilentOptions;
  static const Table<T> table =
      Table<T>("[silent]", "Callers of the first class who do not speak to the handler, or after the operator has left.")
          .add("announcement", &T::announcement,
               "Asks the caller to press the keys, when the handler has it played; \"\" = handlers cannot.",
               {.refers = Named::announcement, .may_be_empty = true})
          .add("keys", &T::keys, "The keys that say: I need help and cannot speak.")
          .add("wait_for_keys", &T::wait_for_keys, "Time for them after the end of the announcement.",
               {.least = second, .most = 5 * minute})
          .add("after", &T::after, "A caller of whom no speech is heard for so long after the answer is labelled silent; 0 s = never.",
               {.least = 0, .most = 10 * minute})
          .add("ask", &T::ask,
               "Who is asked for the keys then, without a handler's doing: by_hand = nobody, mobiles = whose number is a mobile "
               "telephone's, all. The handler goes on listening meanwhile, and afterwards. A caller who still waits for one when the operator of a "
               "hand-over trunk has left is answered with ring tone, and asked after as long without speech.");
  return table;
}

const Table<core::EmergencyOptions>& Schema<core::EmergencyOptions>::table() {
  using T = core::EmergencyOptions;
  static const Table<T> table =
      Table<T>("[emergency]", "Calls of the first class, as the networks present them.")
          .add("re_presented_within", &T::re_presented_within,
               "A call of the same whole number (+…) from trusted trunks, by another trunk or to another number within this, is the same call; "
               "0 s = never.",
               {.least = 0, .most = hour});
  return table;
}

}  // namespace pledge::settings
