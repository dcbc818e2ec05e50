#include "main/reporting.hpp"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdlib>

#include "core/render.hpp"
#include "sip/signalling/text.hpp"

namespace pledge {
namespace {

using signalling::text::printable;

// The priority of a line for the system's journal: "<4>".
class Priority final : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm&, spdlog::memory_buf_t& out) override {
    constexpr char priorities[] = {'7', '7', '6', '4',
                                   '3', '2', '6'};  // trace, debug, info, warning, error, critical, off
    const char text[] = {'<', priorities[message.level], '>'};
    out.append(text, text + sizeof text);
  }
  std::unique_ptr<custom_flag_formatter> clone() const override { return std::make_unique<Priority>(); }
};

void tell(const core::Alarm& alarm) { spdlog::warn("alarm {}: {}", alarm.kind, alarm.text); }

service::Metric counter(std::string name, std::string help, std::uint64_t value,
                        std::vector<std::pair<std::string, std::string>> labels = {}) {
  return {"pledge_" + std::move(name), std::move(help), static_cast<double>(value), true, std::move(labels)};
}
service::Metric gauge(std::string name, std::string help, std::uint64_t value,
                      std::vector<std::pair<std::string, std::string>> labels = {}) {
  return {"pledge_" + std::move(name), std::move(help), static_cast<double>(value), false, std::move(labels)};
}

}  // namespace

bool open_log(const std::string& level) {
  const auto wanted = spdlog::level::from_str(level);
  if (wanted == spdlog::level::off && level != "off") return false;
  auto log = std::make_shared<spdlog::logger>("pledge", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  auto formatter = std::make_unique<spdlog::pattern_formatter>();
  const bool under_systemd = std::getenv("JOURNAL_STREAM") != nullptr;
  formatter->add_flag<Priority>('P').set_pattern(under_systemd ? "%P%v" : "%Y-%m-%dT%H:%M:%S.%e%z %l: %v");
  log->set_formatter(std::move(formatter));
  log->set_level(wanted);
  log->flush_on(spdlog::level::warn);
  spdlog::set_default_logger(std::move(log));
  return true;
}

void ActionLog::tell_held_back(core::Time now) {
  for (const auto& alarm : alarms_.due(now)) tell(alarm);
}

void ActionLog::observe(core::Time now, const core::Action& action) {
  tell_held_back(now);
  if (const auto* alarm = std::get_if<core::Alarm>(&action)) {
    if (const auto told = alarms_.pass(now, *alarm)) tell(*told);
    return;
  }
  if (spdlog::should_log(spdlog::level::trace)) spdlog::trace("  {}", core::to_text(action));
}

void log_event(core::Time, const core::Event& event) {
  if (spdlog::should_log(spdlog::level::trace)) spdlog::trace("{}", core::to_text(event));
}

void log_change(const core::Event& event, const core::Actions& actions) {
  const auto* state = std::get_if<core::SetServiceState>(&event);
  const auto* drain = std::get_if<core::Drain>(&event);
  if (state == nullptr && drain == nullptr) return;
  const auto taken = [](const core::Action& action) { return std::holds_alternative<core::ServiceStateChanged>(action); };
  if (std::none_of(actions.begin(), actions.end(), taken)) return;
  const auto actor = printable((state ? state->request : drain->request).actor);
  if (drain) return spdlog::info("{} by {}", drain->on ? "drain: new calls are turned away" : "drain: calls are taken again", actor);
  spdlog::info("service state \"{}\" by {}{}", printable(state->state), actor,
               state->reason.empty() ? "" : ": " + printable(state->reason));
}

std::vector<service::Metric> metrics_of(const journal::Counters& j) {
  return {counter("journal_records_total", "Events appended to the journal.", j.records),
          counter("journal_bytes_total", "Bytes appended to the journal.", j.bytes),
          counter("journal_syncs_total", "Times that the journal was put on disk.", j.syncs),
          counter("journal_files_total", "Journal files begun.", j.files),
          counter("journal_lost_records_total", "Events lost because the journal could not be written.", j.lost),
          gauge("journal_writing", "1 while the journal can be written.", j.writing ? 1 : 0)};
}

std::vector<service::Metric> metrics_of(const signalling::SipAdapter& signalling) {
  const auto s = signalling.counters();
  std::vector<service::Metric> all;
  for (const auto& [method, count] : s.requests)
    all.push_back(counter("sip_requests_total", "SIP requests received, by method.", count, {{"method", method}}));
  for (std::size_t i = 1; i < s.responses_sent.size(); ++i)
    all.push_back(counter("sip_responses_sent_total", "SIP responses sent, by class.", s.responses_sent[i],
                          {{"class", std::to_string(i) + "xx"}}));
  for (std::size_t i = 1; i < s.responses_received.size(); ++i)
    all.push_back(counter("sip_responses_received_total", "Final SIP responses received, by class.",
                          s.responses_received[i], {{"class", std::to_string(i) + "xx"}}));
  for (const auto& trunk : signalling.trunks())
    all.push_back(gauge("sip_trunk_up", "1 while a trunk answers OPTIONS, or was never asked.", trunk.up ? 1 : 0,
                        {{"trunk", trunk.trunk.value}}));
  const std::vector<service::Metric> rest{
      counter("sip_calls_total", "INVITEs that became calls.", s.calls),
      counter("sip_strangers_refused_total", "INVITEs from neither trunk nor phone.", s.strangers_refused),
      counter("sip_oversized_total", "Requests beyond the limit of bytes.", s.oversized),
      counter("sip_looped_total", "Requests refused with 482 or 483.", s.looped),
      counter("sip_overloaded_total", "Requests refused with 503 at a bound.", s.overloaded),
      counter("sip_late_total", "Calls that came in overload, but not refused unasked.", s.late),
      counter("sip_late_refused_total", "Those of them refused, as they are not of the first class.", s.late_refused),
      counter("sip_too_late_total", "Calls refused unasked in overload.", s.too_late),
      gauge("sip_receive_delay_seconds", "From the arrival of the last call over UDP until it was read.",
            std::chrono::duration<double>(s.receive_delay).count()),
      counter("sip_no_ports_total", "Calls refused for want of RTP ports.", s.no_ports),
      counter("sip_registrations_refused_total", "REGISTER requests refused.", s.registrations_refused),
      counter("sip_rings_failed_total", "Outgoing legs that failed.", s.rings_failed),
      counter("sip_legs_lost_total", "Legs lost: no ACK, session timer, transport.", s.legs_lost),
      counter("sip_malformed_total", "Malformed messages, answered 4xx or dropped.", s.malformed),
      counter("sip_retransmitted_requests_total", "Requests sent again.", s.retransmitted_requests),
      counter("sip_retransmitted_responses_total", "Responses sent again.", s.retransmitted_responses),
      counter("sip_received_again_total", "Retransmissions received.", s.received_again),
      counter("sip_tcp_refused_total", "TCP connections refused at the bound.", s.tcp_refused),
      gauge("sip_bindings", "Registered phones.", s.bindings),
      gauge("sip_legs", "Dialogs now.", s.legs),
      gauge("sip_tcp_connections", "TCP connections now.", s.tcp_connections),
      gauge("sip_server_transactions", "Server transactions now.", s.server_transactions),
      gauge("sip_client_transactions", "Client transactions now.", s.client_transactions)};
  all.insert(all.end(), rest.begin(), rest.end());
  return all;
}

std::vector<service::Metric> metrics_of(const media::MediaEngine& media) {
  return {gauge("media_free_port_pairs", "RTP port pairs not in use.", media.free_pairs()),
          counter("media_keys_beyond_bound_total", "Key-presses passed over because one leg sent too many a second.",
                  media.keys_beyond_bound())};
}

std::vector<service::Metric> metrics_of(const rtpengine::Engine& rtpengine) {
  const auto r = rtpengine.counters();
  return {gauge("rtpengine_up", "1 while rtpengine answers.", r.up ? 1 : 0),
          gauge("rtpengine_ready_calls", "Calls kept ready in rtpengine.", r.ready),
          gauge("rtpengine_legs", "Legs with ports of rtpengine.", r.legs),
          counter("rtpengine_legs_total", "Legs by whose ports they got.", r.taken, {{"ports", "rtpengine"}}),
          counter("rtpengine_legs_total", "Legs by whose ports they got.", r.not_taken, {{"ports", "engine"}}),
          counter("rtpengine_moved_total", "Legs moved to ports of the engine in mid-call.", r.moved)};
}

}  // namespace pledge
