#pragma once
// What the engine says of itself: the log, and the metrics of the parts that know no metrics. Part of the composition
// root.
#include <string>
#include <vector>

#include "journal/journal.hpp"
#include "runtime/alarm_limit.hpp"
#include "runtime/ports.hpp"
#include "service/service.hpp"
#include "sip/media/engine.hpp"
#include "sip/rtpengine/engine.hpp"
#include "sip/signalling/sip_adapter.hpp"

namespace pledge {

// Everything to the standard error. Under systemd each line begins with its priority (sd-daemon(3)) and has no time,
// which the system's journal adds itself. False: there is no such level.
bool open_log(const std::string& level);

// Logs alarms as warnings (one of a kind a minute, and how many more there were), and at level trace every action.
class ActionLog final : public runtime::Observer {
 public:
  void observe(core::Time now, const core::Action& action) override;
  // Logs what was held back and is due. To be called now and then: the last alarm of a kind is followed by no other.
  void tell_held_back(core::Time now);

 private:
  runtime::AlarmLimit alarms_;
};
void log_event(core::Time now, const core::Event& event);  // at level trace
// Who has changed the service state, or made the engine drain: once the core has taken it on.
void log_change(const core::Event& event, const core::Actions& actions);

std::vector<service::Metric> metrics_of(const journal::Counters& journal);
std::vector<service::Metric> metrics_of(const signalling::SipAdapter& signalling);
std::vector<service::Metric> metrics_of(const media::MediaEngine& media);
std::vector<service::Metric> metrics_of(const rtpengine::Engine& rtpengine);

}  // namespace pledge
