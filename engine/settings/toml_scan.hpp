#pragma once
// What the TOML library must not be given: read along with it, before it. Private to toml.cpp.
#include <optional>
#include <string>
#include <string_view>

#include "settings/fault.hpp"

namespace pledge::settings {

// toml++ 3.3 has undefined behaviour when it asks whether certain characters (U+0244, say) are white space, and recurses
// once for each part of a dotted key. TOML 1.0 allows other than ASCII characters in strings and comments only, and no
// option has so many parts: both are faults. Empty: the library may have the text.
std::optional<Fault> unfit_for_library(const std::string& name, std::string_view text);

}  // namespace pledge::settings
