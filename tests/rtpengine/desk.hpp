#pragma once
// Calls over the daemon of the tests. Answers come when the test says so.
#include <map>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include "daemon.hpp"
#include "sip/rtpengine/calls.hpp"

namespace pledge::rtpengine::test {

using core::LegId;
using runtime::MediaFormat;

inline const LegId leg{2}, other{3}, third{4};

struct Desk {
  explicit Desk(std::uint32_t ready = 2) : Desk(options(ready)) {}
  explicit Desk(const runtime::RtpengineOptions& options) : calls(options, "c", ports()) {}
  static runtime::RtpengineOptions options(std::uint32_t ready) {
    runtime::RtpengineOptions all;
    all.ready = ready, all.requests_open = 64;
    return all;
  }
  Calls::Ports ports() {
    return {[this](const Dictionary& request, Done done) { asked.emplace_back(request, std::move(done)); },
            [this](const Dictionary& request) { (void)daemon.serve(request); },
            [this](LegId joining, MediaFormat format) { joined[joining] = format; },
            [this](const std::vector<LegId>& legs) { lost.insert(lost.end(), legs.begin(), legs.end()); },
            [this](const core::Alarm& alarm) { alarms.push_back(alarm.text); }};
  }
  void answer() {  // all that is asked, and what is asked then
    while (!asked.empty()) {
      auto [request, done] = std::move(asked.front());
      asked.erase(asked.begin());
      Answer answer = daemon.serve(request);
      if (answer->text("result") == "error") answer = tl::unexpected(Failure{Failure::Kind::refused, answer->text("error-reason")});
      done(answer);
    }
  }
  void time_out() { fail({Failure::Kind::timeout, "no answer"}); }
  void fail(const Failure& failure) {
    for (auto& [request, done] : std::exchange(asked, {})) done(tl::unexpected(failure));
  }
  void begin() { calls.watch(now), answer(); }
  void pass(std::chrono::milliseconds time) { now += time, begin(); }
  std::optional<std::uint16_t> take(LegId taking) {
    const auto outside = calls.take(taking, {"192.0.2.1", 20'000});
    return outside ? std::optional(outside->port) : std::nullopt;
  }
  static MediaFormat format(std::uint16_t port = 4000) {
    MediaFormat all;
    all.remote = {"198.51.100.9", port, 0};
    all.event_payload_type = 97;
    return all;
  }
  // A leg in rtpengine of which both ends know: (its outside port).
  std::uint16_t talk(LegId talking) {
    const auto port = take(talking);
    answer();
    calls.set_format(talking, format());
    answer();
    return port.value();
  }
  // What rtpengine has of a leg with this outside port.
  std::string id_at(int port) const {
    for (const auto& [id, call] : daemon.calls)
      if (call.outside == port) return id;
    return {};
  }
  // The one call with an answer.
  const Daemon::Call& negotiated() const {
    for (const auto& [id, call] : daemon.calls)
      if (!call.answer.empty()) return call;
    throw std::runtime_error("nothing was negotiated");
  }

  Instant now{std::chrono::hours(1)};
  Daemon daemon;
  std::vector<std::pair<Dictionary, Done>> asked;
  std::map<LegId, MediaFormat> joined;
  std::vector<LegId> lost;
  std::vector<std::string> alarms;
  Calls calls;
};

}  // namespace pledge::rtpengine::test
