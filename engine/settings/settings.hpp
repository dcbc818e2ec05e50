#pragma once
// The configuration of the engine: a directory of TOML files → typed, validated options.
//
//   load(directory, environment)   every fault in one run, or the Settings (with warnings)
//   diff(running, candidate)       what would change, in words; recordings of announcements too
//   describe_options()             every option: key, type, unit, default, range, one line of explanation
//
// All *.toml files of a directory are one document: single tables ([general], [sip] ...) may be split between files,
// repeated ones ([[queue]], [[handler]] ...) follow each other in the alphabetical order of the files. Calendars and
// zones are expanded here into UTC intervals, so that the core knows neither. Nothing here reads a clock.
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "core/options.hpp"
#include "runtime/journal_options.hpp"
#include "runtime/media_options.hpp"
#include "runtime/recording_options.hpp"
#include "runtime/service_options.hpp"
#include "runtime/signalling_options.hpp"
#include "runtime/workforce_options.hpp"
#include "settings/fault.hpp"

namespace pledge::workforce {
struct PlannedDay;
}

namespace pledge::settings {

struct Source;  // the tables as written; private to this layer

struct Settings {
  core::Options core;
  runtime::SignallingOptions sip;
  runtime::MediaOptions media;
  std::vector<runtime::Announcement> announcements;
  std::map<std::string, std::uint64_t> recordings;  // digest of each file that they play, by its path
  runtime::RecordingOptions recording;
  runtime::JournalOptions journal;
  runtime::ServiceOptions service;
  runtime::WorkforceOptions workforce;
  std::shared_ptr<const workforce::PlannedDay> planned_day;  // what the files of [workforce] hold; never null
  std::uint64_t planned_digest = 0;                          // of these files
  core::Time calendars_until;            // calendars are expanded up to here; reload well before
  std::uint64_t descriptors_needed = 0;  // file descriptors that the configured limits can use
  std::vector<Fault> warnings;
  std::shared_ptr<const Source> source;
};

// What a configuration is judged against besides itself. Given by the caller, so that results repeat.
struct Environment {
  core::Time now;                      // calendars are expanded from here
  std::uint64_t most_descriptors = 0;  // hard limit of the process (RLIMIT_NOFILE); 0 = unknown, not checked
  std::string default_prompts = {};    // folder of the prompts that come with the engine; empty = none
  // What is wrong with a sound file and what to do, "it is cut off; copy it again"; empty = nothing. None: not checked.
  std::function<std::string(const std::string& path)> sound_fault = {};
  // Likewise why no files can be made in a folder, or where it is missing in its parent.
  std::function<std::string(const std::string& path)> folder_fault = {};
};

struct File {
  std::string name;  // as it is to appear in faults
  std::string text;
};

// Reads every *.toml of `directory`, in alphabetical order. The error holds all faults, warnings included, in the
// order of files and lines; at least one of them has Severity::error. Malformed input never aborts.
tl::expected<Settings, std::vector<Fault>> load(const std::string& directory, const Environment& environment);

// The same from memory.
tl::expected<Settings, std::vector<Fault>> load(const std::vector<File>& files, const Environment& environment);

// The same tables with calendars and summer time worked out from environment.now on: for a daemon that runs longer than
// calendar_horizon. Faults cannot arise.
Settings renewed(const Settings& running, const Environment& environment);

// What of the candidate takes effect by a reload: options that are read at start only stay as they run, so that diff() goes
// on telling of them until there is a restart.
Settings until_restart(const Settings& running, const Settings& candidate, const Environment& environment);

// One difference in words, e.g. "queue non-emergency: target 30 s → 45 s". `queues` are those whose waiting calls it
// touches. Secrets are never shown.
struct Change {
  std::string text;
  std::vector<core::QueueId> queues;
};
std::vector<Change> diff(const Settings& running, const Settings& candidate);

// One option. Parsing, range checks, unknown-key detection, diff and this description come from the same definition.
struct OptionDescription {
  std::string table;      // "queue", "sip.limits"
  bool repeated = false;  // [[table]]: any number of them
  std::string key;
  std::string type;           // "duration", "share", "list of queue names" ...
  std::string unit;           // "s", "%", "" where the type has none
  std::string range;          // "1 s to 1 h", "alert | answer", "" = any
  std::string default_value;  // as it would be written; "" when required
  bool required = false;
  std::string doc;
  bool needs_restart = false;  // read at start only; a reload does not change it
};
std::vector<OptionDescription> describe_options();
std::string options_text();  // for a terminal, by table
std::string options_json();  // an array of objects with the fields above

}  // namespace pledge::settings
