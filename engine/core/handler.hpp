#pragma once
// A handler as the core keeps it, private to the core.
#include <string>
#include <vector>

#include "core/actions.hpp"
#include "core/match_index.hpp"
#include "core/timers.hpp"

namespace pledge::core {

inline constexpr const char* removed = "removed from the configuration";  // the reason of a sign-off by a reload
inline constexpr auto supervisors_only = "only who may sign on with a supervisor's role may do that";

struct Handler {
  HandlerOptions options;
  bool configured = true;
  HandlerState state = HandlerState::signed_off;
  std::uint64_t version = 0;
  std::string reason;
  Time since;
  std::string role;
  std::vector<QueueIndex> assigned;        // by a supervisor; empty = the role's
  std::string session;
  bool console_attached = false, console_lost = false, phone_bound = false;
  GroupIndex group = no_index;             // while signed on
  std::vector<QueueIndex> serves;          // its queues, ascending
  bool idle = false;                       // in the match index
  Time idle_since;
  std::uint64_t occupancy_key = 0;         // under which it is indexed
  Time signed_on_at;
  Duration busy{};                         // talk and wrap-up since sign-on
  Time busy_from;
  ContactId contact;
  ContactId monitors;                      // a supervisor listening to it
  OfferId offer;
  PhoneMode offered_mode = PhoneMode::ring;  // of the present offer and call: a reload changes the next one's
  bool accepted = false;                   // the console accepted; the phone is being called
  LegId leg;                               // ringing or talking
  LegId nailed_leg;                        // held for the shift
  bool nailed_up = false;                  // and answered
  Time wrap_up_ends = never;
  bool backing_off = false;
  std::uint32_t misses = 0;                // unsuccessful offers in a row
  std::string leaving;                     // why to sign off when the call has ended; empty = stays
  std::string pause;                       // not-ready reason to take when the call has ended; empty = none
  std::uint64_t calls = 0;
  TimerHandle offer_timer, wrap_up_timer, backoff_timer, console_timer, phone_timer;
};

}  // namespace pledge::core
