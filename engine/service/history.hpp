#pragma once
// What became of each call: its facts, decisions, changes of state and SIP messages, for live calls and for a bounded number of
// ended ones. Private to the service; used on the loop only.
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <unordered_map>
#include <variant>
#include <vector>

#include "core/core.hpp"
#include "runtime/service_options.hpp"
#include "service/wire_log.hpp"

namespace pledge::service {

struct ContactStep {
  core::ContactState state;
  core::ContactEnd end;
  core::QueueId queue;
  core::HandlerId handler;
};
struct OfferStep {
  core::OfferId offer;
  core::HandlerId handler;
  std::optional<core::OfferEnd> end;  // none: the offer was made
};
struct Step {
  core::Time at;
  std::variant<ContactStep, core::Decision, OfferStep, core::RecordingChanged, core::CallNote> what;
};

struct ContactRecord {
  core::ContactChanged now;
  core::CallFacts facts;
  std::string rule;
  std::vector<std::string> labels;
  core::Time ended = core::never;
  core::RecordingId recording;  // empty: none
  core::RecordingState recording_state = core::RecordingState::none;
  std::optional<core::ContactId> earlier; // the call before it of the same number, if that is known still; nullopt: not looked for
  std::vector<Step> steps;  // in order
  bool cut = false;         // steps beyond the bound were left out
  WireCall wire;
  bool announced = false;   // its facts have gone to the supervision feed
  bool gathered = false;    // it waits for the feed's next batch
};

class History {
 public:
  History(const core::Core& core, const runtime::ServiceOptions& options)
      : core_(core), options_(options), wire_(options.steps_per_contact) {}

  // Returns the record as it now is.
  std::shared_ptr<ContactRecord> observe(core::Time now, const core::ContactChanged& change);
  void observe(core::Time now, const core::Decision& decision);
  void observe(core::Time now, const core::OfferMade& offer);
  void observe(core::Time now, const core::OfferEnded& offer);
  void observe(core::Time now, const core::CallNote& note);
  // Returns the record with what is known now.
  std::shared_ptr<ContactRecord> observe(const core::FactsChanged& change);
  // Returns the record as it now is; nullptr: the call has left the history, and does not come back for this.
  std::shared_ptr<ContactRecord> observe(core::Time now, const core::RecordingChanged& recording);
  void observe(const core::RingPhone& ring);
  void observe(const core::DialOut& dial);
  void observe(const runtime::SipMessage& message) { wire_.observe(message); }

  std::shared_ptr<const ContactRecord> find(core::ContactId id) const;
  // The calls of the same number that came before, newest first, `most` at most.
  std::vector<std::shared_ptr<const ContactRecord>> earlier(const ContactRecord& record, std::size_t most) const;
  std::shared_ptr<const ContactRecord> find_call_id(const std::string& sip_call_id) const;
  const std::map<core::ContactId, std::shared_ptr<ContactRecord>>& live() const { return live_; }

  // Ended calls are numbered in the order of their ends, from 0.
  std::uint64_t first_ended() const { return ended_before_; }
  std::uint64_t ended_count() const { return ended_before_ + ended_.size(); }
  const ContactRecord& ended(std::uint64_t number) const { return *ended_[number - ended_before_]; }

 private:
  const std::shared_ptr<ContactRecord>& record(core::ContactId id);
  void add(core::ContactId id, Step step);
  static void take_facts(ContactRecord& record, core::ContactView&& view);
  void link(ContactRecord& record);
  void retire(const std::shared_ptr<ContactRecord>& record);

  const core::Core& core_;
  const runtime::ServiceOptions& options_;
  std::map<core::ContactId, std::shared_ptr<ContactRecord>> live_;
  std::unordered_map<core::ContactId, std::shared_ptr<ContactRecord>> past_;
  std::deque<std::shared_ptr<ContactRecord>> ended_;  // oldest first
  std::unordered_map<std::string, core::ContactId> newest_of_;  // by number
  std::uint64_t ended_before_ = 0;
  WireLog wire_;
};

}  // namespace pledge::service
