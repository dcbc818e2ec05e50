#include "main/past_calls.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <memory>
#include <optional>

#include "core/core.hpp"
#include "journal/reader.hpp"
#include "journal/replay.hpp"
#include "service/call_account.hpp"

namespace pledge {
namespace {

// Of the call that is looked for everything is told.
runtime::ServiceOptions unbounded() {
  runtime::ServiceOptions options;
  options.steps_per_contact = UINT32_MAX;
  return options;
}

// One run of the engine, played as its service saw it.
class Run {
 public:
  explicit Run(const CallName& call) : call_(call) {}

  const core::Actions& step(core::Time now, const core::Event& event) { return core_.step(now, event); }
  void observe(core::Time run_started, core::Time now, const core::Actions& actions) {
    started_ = run_started;
    for (const auto& action : actions) std::visit([&](const auto& a) { on(now, a); }, action);
  }
  std::optional<core::Time> started() const { return started_; }
  std::optional<PastCall> found() const {
    if (!found_) return std::nullopt;
    PastCall past{*started_, {}, {}};
    service::put_explained(past.explained, *found_, core_.options());
    service::put_traced(past.traced, *found_, core_.options());
    service::put(past.explained.mutable_run_started(), *started_);
    service::put(past.traced.mutable_run_started(), *started_);
    return past;
  }

 private:
  void on(core::Time now, const core::ContactChanged& change) {
    const auto record = history_.observe(now, change);
    const bool wanted = call_.contact ? record->now.contact == call_.contact : record->facts.sip_call_id == call_.sip_call_id;
    if (wanted) found_ = record;
  }
  void on(core::Time, const core::FactsChanged& change) { history_.observe(change); }
  void on(core::Time now, const core::Decision& decision) { history_.observe(now, decision); }
  void on(core::Time now, const core::OfferMade& offer) { history_.observe(now, offer); }
  void on(core::Time now, const core::OfferEnded& offer) { history_.observe(now, offer); }
  void on(core::Time now, const core::CallNote& note) { history_.observe(now, note); }
  void on(core::Time now, const core::RecordingChanged& recording) { history_.observe(now, recording); }
  void on(core::Time, const auto&) {}

  const CallName& call_;
  const runtime::ServiceOptions options_ = unbounded();
  core::Core core_;
  service::History history_{core_, options_};
  std::optional<core::Time> started_;  // none: nothing of it has been played
  std::shared_ptr<const service::ContactRecord> found_;
};

class Search {
 public:
  explicit Search(const CallName& call) : call_(call) {}

  journal::Step begin_run() {
    end_run();
    run_ = std::make_shared<Run>(call_);
    return [run = run_](core::Time now, const core::Event& event) -> const core::Actions& { return run->step(now, event); };
  }
  bool take(const journal::Replayed& step) {
    if (step.actions) run_->observe(step.header.run_started, step.record.time, *step.actions);
    return true;
  }
  PastCalls finish(const journal::ReplayOutcome& outcome) {
    end_run();
    all_.remarks = outcome.remarks;
    if (outcome.different > 0)
      all_.remarks.push_back(fmt::format("{} of {} events are decided otherwise by this version than they were: what follows may not be "
                                         "what happened; use the version that wrote the journal (`pledge replay` shows the first)",
                                         outcome.different, outcome.compared));
    return std::move(all_);
  }

 private:
  void end_run() {
    if (!run_ || !run_->started()) return;
    all_.runs.push_back(*run_->started());
    if (auto call = run_->found()) all_.calls.push_back(std::move(*call));
    run_.reset();
  }

  const CallName& call_;
  std::shared_ptr<Run> run_;
  PastCalls all_;
};

}  // namespace

tl::expected<PastCalls, std::string> find_past_calls(const std::vector<std::string>& journal, const CallName& call) {
  const auto files = journal::find_files(journal);
  if (!files) return tl::unexpected(files.error());
  Search search(call);
  const auto outcome = journal::replay(*files, [&] { return search.begin_run(); },
                                       [&](const journal::Replayed& step) { return search.take(step); });
  return search.finish(outcome);
}

}  // namespace pledge
