#include "tools/load/audit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "tools/load/tally.hpp"

namespace pledge::load {
namespace {

constexpr std::size_t faults_told = 20;  // of one run: the rest are only counted

core::Time time_of(const google::protobuf::Timestamp& time) { return {time.seconds() * 1'000'000'000 + time.nanos()}; }

double milliseconds(core::Duration span) { return std::chrono::duration<double, std::milli>(span).count(); }

class Auditor {
 public:
  explicit Auditor(const AuditInput& input) : input_(input) {}

  Audit run() {
    for (const auto& contact : input_.ended) by_call_id_[contact.facts().sip_call_id()] = &contact;
    out_.calls = input_.calls.size();
    for (const auto& record : input_.calls) judge(record);
    for (const auto& [id, contact] : by_call_id_) count_stranger(*contact);
    for (const auto& interval : input_.statistics.statistics()) add(interval);
    for (auto& row : out_.rows) compare(row);
    for (const auto& [queue, tally] : tallies_)
      if (tally.offered && !has_row(queue))
        fault(fmt::format("{}: the callers reached it, the statistics do not name it", queue));
    if (untold_ > 0) out_.faults.push_back(fmt::format("and {} more", untold_));
    return std::move(out_);
  }

 private:
  void fault(std::string text) {
    if (out_.faults.size() < faults_told) out_.faults.push_back(std::move(text));
    else ++untold_;
  }

  void judge(const CallRecord& record) {
    const auto found = by_call_id_.find(record.call_id);
    if (found == by_call_id_.end()) {
      fault(fmt::format("call {} ({}, status {}): the engine has no record of it", record.call_id, name(record.outcome),
                        record.status));
      return;
    }
    const auto& contact = *found->second;
    by_call_id_.erase(found);
    auto seen = record;
    if (unheard(record, contact)) {
      ++out_.unheard;
      seen.outcome = Outcome::answered;
      seen.answered = seen.sent + (time_of(contact.answered()) - time_of(contact.arrived()));
    }
    const bool gone = contact.end() == v1::CONTACT_END_ABANDONED || contact.end() == v1::CONTACT_END_INFORMED;
    if (contact.queue().empty() && gone) {  // before any queue: the queues' statistics do not know it
      ++out_.before_queues;
    } else {
      auto& tally = tallies_[contact.queue()];
      ++tally.offered;
      tally.add(seen);
    }
    judge_outcome(seen, contact);
    if (!record.fault.empty()) fault(fmt::format("call {}: {}", record.call_id, record.fault));
  }

  bool unheard(const CallRecord& record, const v1::Contact& contact) const {
    return record.answered == core::never && contact.has_answered() && !input_.heard_handlers.empty() &&
           !input_.heard_handlers.contains(contact.handler());
  }

  void judge_outcome(const CallRecord& record, const v1::Contact& contact) {
    const bool engine_abandoned = contact.end() == v1::CONTACT_END_ABANDONED;
    const bool agree = (record.outcome == Outcome::answered) == contact.has_answered() &&
                       (record.outcome == Outcome::abandoned) == engine_abandoned;
    if (!agree) {
      fault(fmt::format("call {}: {} for the caller, {}{} for the engine", record.call_id, name(record.outcome),
                        contact.has_answered() ? "answered, " : "", v1::ContactEnd_Name(contact.end())));
    }
    if (!agree || record.outcome != Outcome::answered) return;
    const auto engine_wait = time_of(contact.answered()) - time_of(contact.arrived());
    const auto difference = std::chrono::abs(record.wait() - engine_wait);
    out_.largest_difference = std::max(out_.largest_difference, difference);
    if (difference > input_.tolerance)
      fault(fmt::format("call {}: waited {:.1f} ms for the caller, {:.1f} ms for the engine", record.call_id,
                        milliseconds(record.wait()), milliseconds(engine_wait)));
  }

  // A call that is not ours (a person's, say) is in the statistics too.
  void count_stranger(const v1::Contact& contact) {
    ++out_.strangers;
    if (contact.queue().empty()) return;
    auto& tally = tallies_[contact.queue()];
    ++tally.offered;
    if (contact.has_answered()) ++tally.answered;
    else if (contact.end() == v1::CONTACT_END_ABANDONED) ++tally.abandoned;
    else ++tally.refused;
  }

  bool has_row(const std::string& queue) const {
    return std::any_of(out_.rows.begin(), out_.rows.end(), [&](const auto& row) { return row.queue == queue; });
  }

  void add(const v1::QueueStatistics& interval) {
    if (!has_row(interval.queue())) {
      out_.rows.emplace_back();
      out_.rows.back().queue = interval.queue();
      out_.rows.back().target = std::chrono::seconds{interval.target_within().seconds()};
    }
    auto& row =
        *std::find_if(out_.rows.begin(), out_.rows.end(), [&](const auto& r) { return r.queue == interval.queue(); });
    row.engine_offered += interval.offered() - interval.overflowed() - interval.moved();
    row.engine_answered += interval.answered();
    row.engine_abandoned += interval.abandoned();
    row.within_target += interval.from_queue_entry().answered_within_target();
    if (interval.in_progress() > 0)
      fault(fmt::format("{}: {} calls are still in progress for the engine", interval.queue(), interval.in_progress()));
  }

  void compare(Audit::Row& row) {
    const auto& tally = tallies_[row.queue];
    row.offered = tally.offered;
    row.answered = tally.answered;
    row.abandoned = tally.abandoned;
    row.refused = tally.refused + tally.failed;
    row.mean = tally.mean();
    row.p90 = tally.percentile(0.9);
    row.longest = tally.longest();
    const auto counted = row.engine_answered + row.engine_abandoned;
    row.share_within_target = counted ? static_cast<double>(row.within_target) / static_cast<double>(counted) : 0;
    const auto same = [&](std::string_view what, std::uint64_t callers, std::uint64_t engine) {
      if (callers != engine)
        fault(fmt::format("{}: {} {} for the callers, {} for the engine", row.queue, callers, what, engine));
    };
    same("offered", row.offered, row.engine_offered);
    same("answered", row.answered, row.engine_answered);
    same("abandoned", row.abandoned, row.engine_abandoned);
  }

  const AuditInput& input_;
  Audit out_;
  std::map<std::string, const v1::Contact*> by_call_id_;
  std::map<std::string, Tally> tallies_;
  std::size_t untold_ = 0;
};

}  // namespace

Audit audit(const AuditInput& input) { return Auditor(input).run(); }

}  // namespace pledge::load
