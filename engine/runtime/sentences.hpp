#pragma once
// What the core decided, as sentences for a person: the same on screens, in a trace and in a what-if.
#include <string>

#include "core/actions.hpp"

namespace pledge::runtime {

std::string sentence(const core::Decision& decision);
std::string sentence(const core::CallNote& note);
std::string sentence(const core::RecordingChanged& recording);

}  // namespace pledge::runtime
