#pragma once
// Opening hours in words: "Opening hours: Monday to Friday, from eight a.m. to six p.m., and Saturday, from nine a.m. to one
// p.m. Closed on public holidays." Each word is a recorded prompt, so that what callers hear is what the calendar says. Pure.
#include <functional>
#include <optional>
#include <string>

#include "core/spoken.hpp"
#include "settings/source.hpp"

namespace pledge::settings {

// "{hours front counters}", as a prompt of an announcement, tells the hours of this calendar; none: it tells no hours.
std::optional<std::string> calendar_told(const std::string& prompt);

// Names of prompts, in order. `has` tells whether a prompt is there: see core/spoken.hpp.
core::Words hours_in_words(const Calendar& calendar, const std::function<bool(const std::string&)>& has);

}  // namespace pledge::settings
