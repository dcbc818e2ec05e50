#pragma once
// Tables as written → options as used: ranges of handlers become handlers, calendars become UTC intervals.
#include "settings/settings.hpp"
#include "settings/source.hpp"

namespace pledge::settings {

// Each [[handler]] with a range becomes its handlers; {id} in phone and user becomes the name.
void expand_handlers(Source& source);

// `source` has no faults. Warnings about calendars without any time are appended.
Settings expand(std::shared_ptr<const Source> source, const Environment& environment);

}  // namespace pledge::settings
