#pragma once
// A call handler's console as the terminal knows it: built from ConsoleService.WatchConsole, drawn as one screen. Pure.
#include <deque>

#include "pledge/v1/console.pb.h"
#include "tools/pledge/view/call_choice.hpp"
#include "tools/pledge/view/text.hpp"

namespace pledge::view {

struct Desk {
  v1::Handler handler;
  std::optional<v1::Offer> offer;
  std::optional<v1::Contact> contact;  // in talk, or just wrapped up
  std::optional<v1::Parties> parties;  // of `contact`, after a first use of call control
  std::optional<v1::Contact> monitored;          // the call that this supervisor listens to: Handler.monitors
  std::optional<v1::Parties> monitored_parties;  // of it
  v1::OwnStatistics statistics;
  std::vector<std::string> reasons, roles, pause_reasons, supervisor_roles;
  v1::ServiceState service_state;
  std::deque<std::string> events;  // what happened, latest first, a few
  bool attached = false;           // the snapshot has arrived

  // Returns what happened in words, empty if nothing worth saying.
  std::string apply(const v1::WatchConsoleResponse& response);

 private:
  std::string take(const v1::ConsoleSnapshot& snapshot);
  std::string take(const v1::Handler& changed);
  std::string take(const v1::Offer& made);
  std::string take(const v1::OfferOver& over);
  std::string take(const v1::Contact& changed);
  std::string take(const v1::Parties& changed);
  std::string take_monitored(const v1::Parties& changed);
  std::string take_monitors(const v1::Handler& changed);
};

// A question at the foot of the screen, answered by a key or a line.
struct Question {
  std::string text;
  std::vector<std::string> choices;  // numbered from 1
  std::string typed;                 // of a free answer
};

struct DeskView {
  core::Time now;
  Size size;
  Paint paint;
  std::string notice;  // the last refusal or problem
  std::optional<Question> question;
  const CallChoice* calls = nullptr;  // where a supervisor chooses one: shown instead of the call
};
Frame draw(const Desk& desk, const DeskView& view);

// "a0002, consulted" or "+442079460123, being called".
std::string text_of(const v1::Party& party);
// Who is being consulted; nullptr: nobody.
const v1::Party* consulted(const Desk& desk);
// Handlers and numbers that have joined the call, whom its handler may remove.
std::vector<const v1::Party*> joined_parties(const Desk& desk);
std::string named(const v1::Party& party);

// Signed on with a role that may listen to calls.
bool supervises(const Desk& desk);
// This supervisor's own part in the call listened to; nullptr: none.
const v1::Party* own_monitoring(const Desk& desk);

// The keys that make sense now, in the order shown: ("a", "accept").
std::vector<std::pair<char, std::string>> keys_of(const Desk& desk);

}  // namespace pledge::view
