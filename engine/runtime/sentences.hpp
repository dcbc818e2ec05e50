#pragma once
// What the core decided, as sentences for a person: the same on screens, in a trace and in a what-if.
#include <string>
#include <vector>

#include "core/core.hpp"

namespace pledge::runtime {

std::string sentence(const core::Decision& decision);
std::string sentence(const core::CallNote& note);
std::string sentence(const core::RecordingChanged& recording);
// Of a call that did not happen: as what it is judged, its decisions, what it would be given, and where it would be at first.
std::vector<std::string> sentences(const core::CallFacts& facts, const core::Routing& routing);

}  // namespace pledge::runtime
