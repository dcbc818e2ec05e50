#include "main/silence.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

namespace pledge {
namespace {

constexpr std::size_t most_alarms = 10;  // at one time

bool outgoing(core::LegId leg) { return leg.value % 2 == 1; }  // core/types.hpp

std::string_view party(core::LegId leg) { return outgoing(leg) ? "the handler's side" : "the caller"; }

std::string call_of(const core::Core& core, const runtime::LegSilence& silence) {
  std::string call = "a call";
  core.for_each_contact([&](const core::ContactView& contact) {
    const bool here = contact.caller_leg == silence.leg || contact.caller_leg == silence.peer;
    if (here) call = fmt::format("call {}", contact.now.contact.value);
    if (here && !contact.now.handler.empty()) call += fmt::format(" with handler {}", contact.now.handler.value);
  });
  return call;
}

}  // namespace

void SilenceWatch::alarm(const runtime::LegSilence& silence) {
  auto text = fmt::format("{}: no audio from {} (leg {})", call_of(core_, silence), party(silence.leg), silence.leg.value);
  text += silence.peer_heard ? fmt::format(", {} is still heard", party(silence.peer))
                             : fmt::format(", nor from {}", party(silence.peer));
  if (silence.refused > 0) text += fmt::format("; {} packets came from elsewhere and were refused", silence.refused);
  raise_({silence.peer_heard ? "media.one_way" : "media.no_audio", text});
}

void SilenceWatch::take(const std::vector<runtime::LegSilence>& legs) {
  std::size_t begun = 0;
  for (const auto& silence : legs) {
    if (silence.over) {
      spdlog::info("{} (leg {}) is heard again", party(silence.leg), silence.leg.value);
      continue;
    }
    ++counts_[outgoing(silence.leg)][silence.peer_heard];
    if (++begun <= most_alarms) alarm(silence);
  }
  if (begun > most_alarms)
    raise_({"media.no_audio", fmt::format("and {} more legs fell silent at the same time", begun - most_alarms)});
}

std::vector<service::Metric> SilenceWatch::metrics() const {
  std::vector<service::Metric> all;
  for (const bool out : {false, true})
    for (const bool one_way : {false, true})
      all.push_back({"pledge_media_silences_total",
                     "Connected legs, not on hold, from which RTP stopped coming; direction: one_way, the other leg was heard.",
                     static_cast<double>(counts_[out][one_way]),
                     true,
                     {{"leg", out ? "phone" : "caller"}, {"direction", one_way ? "one_way" : "both"}}});
  return all;
}

}  // namespace pledge
