#pragma once
// Where recordings lie on disk. No function here follows a symbolic link out of the directory, and a name that is not a
// recording's is refused: names come from clients too. Blocking: not for the loop.
#include <string>
#include <string_view>
#include <vector>

#include "core/types.hpp"

namespace pledge::runtime {

// What the core names recordings: "20261126-172356123-17", digits and hyphens, the UTC day first.
bool is_recording_name(std::string_view name);
// The day's folder, "2026-11-26". The name must be a recording's.
std::string recording_day(std::string_view name);
// "2026-11-26/20261126-172356123-17", relative to the directory; ".wav" and ".json" are appended to it.
std::string recording_stem(std::string_view name);

// The recordings that are complete, ascending by name, and so by the time of their start: those whose audio (.wav) has its
// name, which it takes after its description (.json). At most `most`, of names beyond `after`.
std::vector<std::string> list_recordings(const std::string& directory, std::string_view after, std::size_t most);

struct Removed {
  std::uint64_t files = 0, bytes = 0;
  std::string fault;  // the first that could not be removed, and why; empty: none
};
// Removes files that were last written before `oldest` (UTC, by the file system), and days' folders that are empty then. Only
// regular files with the name of a recording.
Removed remove_recordings(const std::string& directory, core::Time oldest);

}  // namespace pledge::runtime
