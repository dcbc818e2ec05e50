#pragma once
// The borders of the loop. Adapters implement these interfaces and hand their events to an EventSink; they never
// include each other. Everything here is called on the loop's thread unless it says otherwise.
#include <functional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "core/actions.hpp"

namespace pledge::runtime {

// Where adapters put what happened. The driver stamps it, journals it, and carries out what the core answers.
// May be called from inside a port's own function: the event then waits until the present actions are done.
class EventSink {
 public:
  virtual void submit(core::Event event) = 0;

 protected:
  ~EventSink() = default;
};

// Implemented by sip/signalling. A leg that cannot do what is asked reports LegFailed or LegEnded through the sink.
// An unknown leg is ignored: its end has crossed the action.
class SignallingPort {
 public:
  virtual void perform(const core::AlertLeg&) = 0;
  virtual void perform(const core::AnswerLeg&) = 0;
  virtual void perform(const core::RejectLeg&) = 0;
  virtual void perform(const core::RingPhone&) = 0;
  virtual void perform(const core::DialOut&) = 0;
  virtual void perform(const core::ReleaseLeg&) = 0;
  virtual void perform(const core::ConnectLegs&) = 0;
  virtual void perform(const core::DisconnectLegs&) = 0;
  virtual void perform(const core::PlayToLeg&) = 0;
  virtual void perform(const core::MixToLeg&) = 0;
  virtual void perform(const core::ListenForSpeech&) = 0;

 protected:
  ~SignallingPort() = default;
};

// Implemented by sip/signalling, which reads what INVITEs bring: for locations and numbers that come another way, by the
// configuration in force.
class LocationReader {
 public:
  struct Reading {
    std::vector<core::Location> locations;  // at least one; what could not be read is told in its `fault`
    std::string place;                      // the configured place that they tell; empty: none
  };
  virtual Reading read_location(std::string_view pidf_lo) const = 0;
  virtual std::string normal_number(std::string_view as_written) const = 0;  // E.164 where it normalises, else as written

 protected:
  ~LocationReader() = default;
};

// A call that did not happen, as a person describes it.
struct ImaginedCall {
  std::string caller;             // the number as it is written or dialled; empty: withheld
  std::string dialled;            // likewise
  core::TrunkId trunk;            // empty: the only one there is; of several none, as a call of a registered phone
  std::string resource_priority;  // "esnet.1"; counts by trusted trunks only
  std::string service_urn;        // "urn:service:sos.police"
  std::string place;              // that a location of the call would tell; empty: none, and the caller's number may tell it
};

// Implemented by sip/signalling: what it would have told of a call that did not happen, by the same way and the configuration in
// force. The error says what of it there is not, and what there is.
class CallReader {
 public:
  virtual tl::expected<core::CallFacts, std::string> facts_of(const ImaginedCall& call) const = 0;

 protected:
  ~CallReader() = default;
};

// Implemented by sip/media. Each recording started is answered by one core::RecordingFinished through the sink.
class RecordingPort {
 public:
  virtual void perform(const core::StartRecording&) = 0;
  virtual void perform(const core::SilenceRecording&) = 0;
  virtual void perform(const core::StopRecording&) = 0;
  virtual void perform(const core::RecordLegs&) = 0;

 protected:
  ~RecordingPort() = default;
};

// Implemented by engine/journal. append() has written the record to the page cache when it returns. A failure (disk
// full) is reported as an alarm by the journal; calls are still served.
class JournalPort {
 public:
  // `actions` are the canonical bytes of what the core answered (core/render.hpp), kept as a digest.
  virtual void append(core::Time now, const core::Event& event, std::string_view actions) = 0;
  // Runs `done` on the loop once everything appended so far is on disk (or known not to get there).
  virtual void after_sync(std::function<void()> done) = 0;

 protected:
  ~JournalPort() = default;
};

// Implemented by engine/journal: what signalling needs to take a leg up again after a crash, in its own words, the newest
// counts; empty: the leg is gone. It is in the page cache with the next event, or else when the loop's turn ends.
class LegStatePort {
 public:
  virtual void append_leg_state(core::Time now, core::LegId leg, std::string_view state) = 0;

 protected:
  ~LegStatePort() = default;
};

// Implemented by engine/service (and by statistics): told of every action after it was carried out. Must not block.
class Observer {
 public:
  virtual void observe(core::Time now, const core::Action& action) = 0;

 protected:
  ~Observer() = default;
};

// What operators ask for, implemented in the composition root over `settings` and the core. Texts are for a person,
// one line each; `ok` decides the exit code.
struct OperationResult {
  bool ok = true;
  std::vector<std::string> lines;
};
class OperationsPort {
 public:
  virtual OperationResult check(const std::string& directory) = 0;   // every fault as "file:line:col: what, why, what to do"
  virtual OperationResult diff(const std::string& directory) = 0;    // against what runs, with the waiting calls affected
  // A bad file changes nothing. `actor` asks for it: journalled with the configuration, and logged.
  virtual OperationResult reload(const std::string& directory, const std::string& actor) = 0;
  virtual void shut_down(const std::string& actor) = 0;  // orderly; after draining if asked before
  virtual std::string journal_folder() const = 0;        // where past calls can be looked up; absolute

 protected:
  ~OperationsPort() = default;
};

class Clock {
 public:
  virtual core::Time now() const = 0;  // never goes back

 protected:
  ~Clock() = default;
};

}  // namespace pledge::runtime
