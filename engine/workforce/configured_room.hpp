#pragma once
// The room of a configuration, for simulated days: its queues with their targets, its handlers by kind, its core options without
// what such days do not have. Pure.
#include <set>

#include "workforce/staff_search.hpp"

namespace pledge::workforce {

// A queue whose calls are dialled by `dialled`.
struct SimulatedQueue {
  core::QueueId queue;
  std::string dialled;
  double wrap_up = 0;  // seconds
};

// The queues, roles, skills, pools and reserves in force, for calls of `queues` and the handlers named. Left out: menus,
// announcements, call-backs, telephones that do not register; each of `queues` has a triage rule of its own, and no other is left.
core::Options simulated_options(core::Options options, const std::vector<SimulatedQueue>& queues, const std::set<std::string>& at_work);

// Handlers of one centre, pool, role at sign-on (the first of theirs) and skills.
struct KindOfHandler {
  std::string name;                        // "bow/call handler/bengali:3+urdu:2": centre, pool if it is another, role, skills if any
  std::string centre, pool, role, skills;
  std::vector<core::HandlerId> handlers;   // as configured
};

// Kinds between which no queue tells: each queue lets all of them in after the same wait, or none of them. A queue that asks for
// no language tells nothing of the languages. They are staffed together, each in proportion to its handlers.
struct KindsAlike {
  std::string name;                        // of the first: role, and skills that a queue asks for
  std::vector<std::size_t> kinds;          // by ConfiguredRoom::kinds
  struct Member {
    std::size_t kind = 0;                  // by `kinds`
    core::HandlerId handler;
  };
  std::vector<Member> order;               // n at work are the first n: by kind in proportion (Webster's method)
};

struct ConfiguredRoom {
  RoomOptions room;                        // classes: queues in the order of service; groups: alike, with what they can serve in time
  std::vector<KindOfHandler> kinds;        // who serves any queue
  std::vector<KindsAlike> alike;           // by group of the room
  std::vector<std::string> left_out;       // kinds that serve no queue, and supervisors: who sign on to watch over the others
  core::Options options;                   // all of them, as simulated_options
  core::Options with(const std::vector<Shift>& shifts) const;  // only those of the shifts
};

// `wrap_up`: seconds of after-call work of the queues whose handlers end it themselves.
ConfiguredRoom configured_room(const core::Options& options, double wrap_up);

// The queue whose calls a class of the demand has: the queue of that name, or the only one of that class of service. Else what
// is wrong, for a person.
struct QueueOfName {
  std::string queue, fault;
};
QueueOfName queue_of(const core::Options& options, const std::string& name);

// Queues with calls and nobody to serve them within their target: what is wrong with each, for a person.
std::vector<std::string> unserved(const ConfiguredRoom& room, const DemandOfDay& demand);

// The first staff[g][0] of a group are there before the day, those of the last half-hour after it: from the start of the pre-roll on.
std::vector<Shift> shifts_of(const ConfiguredRoom& room, const StaffGrid& staff);

StaffGrid by_kind(const ConfiguredRoom& room, const StaffGrid& staff);

// Handlers of each kind of the n of a group at work, by the group's `kinds`.
std::vector<std::uint32_t> of_kinds(const KindsAlike& alike, std::uint32_t n);

}  // namespace pledge::workforce
