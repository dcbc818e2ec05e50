#include "sip/signalling/alarms.hpp"

#include <fmt/format.h>

namespace pledge::signalling {

Alarms::Alarms(const runtime::Clock& clock, Sink sink, core::Duration every)
    : clock_(clock), sink_(std::move(sink)), every_(every) {}

void Alarms::raise(const std::string& kind, const std::string& text) {
  Kind& entry = kinds_[kind];
  const auto now = clock_.now();
  if (entry.raised && now - entry.last < every_) {
    ++entry.held_back;
    return;
  }
  const auto whole =
      entry.held_back == 0 ? text : fmt::format("{} (and {} more like it before)", text, entry.held_back);
  entry = Kind{now, 0, true};
  if (sink_) sink_(kind, whole);
}

}  // namespace pledge::signalling
