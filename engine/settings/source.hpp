#pragma once
// The tables as written: one struct for the whole directory. Where an operator's table and an options struct are the
// same thing, the options struct itself is used; where the operator writes more (a range of handlers, the name of a
// calendar), a struct derived from it adds that.
#include <memory>
#include <string>
#include <vector>

#include "core/options.hpp"
#include "runtime/journal_options.hpp"
#include "runtime/media_options.hpp"
#include "runtime/recording_options.hpp"
#include "runtime/service_options.hpp"
#include "runtime/signalling_options.hpp"
#include "runtime/workforce_options.hpp"
#include "settings/workforce_files.hpp"

namespace pledge::settings {

using namespace std::chrono_literals;

// [general]: what belongs to no other table. The scalars of core::Options are read in place.
struct General : core::Options {
  std::string zone = "Europe/London";
  core::Duration calendar_horizon = 400 * 24h;
  std::vector<std::string> centres;
  std::vector<std::string> skills;
  std::vector<std::string> places;
};

struct QueueWording : core::QueueWording {
  std::string when, outside;  // calendars, as of a rule
};
struct Queue : core::QueueOptions {
  std::vector<QueueWording> written_wordings;
};

struct Rule : core::TriageRule {
  std::string when;     // calendar; empty = any time
  std::string outside;  // calendar outside of which the rule holds
  bool menu_for_emergencies = false;
};

// What a choice of a menu asks of the engine and the engine has not got yet.
enum class Needs : std::uint8_t { nothing, text, booking, front_counter };
constexpr std::string_view name(Needs n) {
  constexpr std::string_view names[] = {"nothing", "text", "booking", "front counter"};
  return names[static_cast<std::size_t>(n)];
}
struct MenuChoice : core::MenuChoice {
  Needs needs = Needs::nothing;
};
struct MenuWording : core::MenuWording {
  std::string when, outside;  // calendars, as of a rule
};
struct Menu : core::MenuOptions {
  std::vector<MenuChoice> written_choices;
  std::vector<MenuWording> written_wordings;
};

struct Handler : core::HandlerOptions {
  std::string range;   // instead of a name: "a0001-a2000"
  std::string user;    // of the digest credentials; empty = the name
  std::string secret;  // empty = the phone does not register
};

struct Calendar {
  std::string id;
  std::vector<std::string> open;    // hours
  std::vector<std::string> closed;  // names of holidays
};
struct Holidays {
  std::string id;
  std::vector<std::string> dates;
};

// What callers hear. A prompt is a file, an announcement says which ones and what comes after them.
struct Prompts {
  std::string directory;           // of the operator's own prompts; empty = none
  std::string language = "en-GB";  // of announcements that name none
  std::string written_in;          // the folder of the file that says `directory`, which is relative to it
};
struct Announcement {
  std::string id;
  std::vector<std::string> prompts;
  std::string then = "ringback";  // "ringback", a prompt that repeats, empty = silence
  core::Duration repeat_after{};
  std::string language;
};

// [recording]: the rules, which are the core's, and the files.
struct Recording : core::RecordingOptions, runtime::RecordingOptions {};

struct Source {
  General general;
  core::Limits limits;
  core::OfferOptions offers;
  std::vector<core::ClassOptions> classes;
  std::vector<Queue> queues;
  std::vector<Rule> rules;
  std::vector<Menu> menus;
  std::vector<core::RoleOptions> roles;
  std::vector<core::PoolOptions> pools;
  std::vector<Handler> handlers;
  std::vector<Calendar> calendars;
  std::vector<Holidays> holidays;
  runtime::SignallingOptions sip;
  std::vector<runtime::TrunkOptions> trunks;
  runtime::MediaOptions media;
  Prompts prompts;
  std::vector<Announcement> announcements;
  Recording recording;
  core::CallControlOptions call_control;
  core::SilentOptions silent;
  core::EmergencyOptions emergency;
  runtime::JournalOptions journal;
  runtime::ServiceOptions service;
  runtime::WorkforceOptions workforce;
  WorkforceFiles workforce_files;  // with paths that lead there from where the engine runs
  std::shared_ptr<const workforce::PlannedDay> planned_day;
  std::uint64_t planned_digest = 0;
};

}  // namespace pledge::settings
