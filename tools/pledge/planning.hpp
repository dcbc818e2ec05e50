#pragma once
// What the planner's sub-commands share: files of tables in, faults of tables out.
#include <optional>
#include <string>
#include <vector>

#include "workforce/table.hpp"

namespace pledge {

// The whole file, or none with the reason on standard error.
std::optional<std::string> read_file(const std::string& path);

// False, with the reason on standard error.
bool write_file(const std::string& path, const std::string& text);

// Whether the system's time zone database names the --zone; if not, says so on standard error.
bool known_zone(const std::string& zone);

// Each as "file:line:col: what: why; what to do" on standard error. True if there is any.
bool print_faults(const std::string& path, const std::vector<workforce::TextFault>& faults);

}  // namespace pledge
