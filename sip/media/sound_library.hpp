#pragma once
// The configured announcements in memory, by name.
#include <map>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "runtime/media_options.hpp"
#include "sip/media/sound.hpp"

namespace pledge::media {

using SoundLibrary = std::map<std::string, SharedSound, std::less<>>;

// Reads each file once, however many announcements use it. The error names the file and says what is wrong with it.
tl::expected<SoundLibrary, std::string> load_sounds(const std::vector<runtime::Announcement>& announcements,
                                                    const SharedSound& ringback);

}  // namespace pledge::media
