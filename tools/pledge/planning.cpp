#include "tools/pledge/planning.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include "settings/calendar.hpp"
#include "settings/fault.hpp"

namespace pledge {

std::optional<std::string> read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  if (in && (in.peek() == std::ifstream::traits_type::eof() || text << in.rdbuf())) return text.str();
  fmt::print(stderr, "{}: cannot be read: {}; name a file of comma-separated values\n", path,
             std::strerror(errno ? errno : EIO));
  return std::nullopt;
}

bool write_file(const std::string& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary);
  out << text;
  out.close();
  if (!out) fmt::print(stderr, "{}: cannot be written: {}\n", path, std::strerror(errno ? errno : EIO));
  return static_cast<bool>(out);
}

bool known_zone(const std::string& zone) {
  if (settings::zone_exists(zone)) return true;
  fmt::print(stderr, "--zone {}: no such zone: the system's time zone database does not name it; write one such as Europe/London\n", zone);
  return false;
}

bool print_faults(const std::string& path, const std::vector<workforce::TextFault>& faults) {
  for (const auto& f : faults)
    fmt::print(stderr, "{}\n",
               settings::to_text({settings::Severity::error, {path, f.line, f.column}, f.what, f.why, f.remedy}));
  return !faults.empty();
}

}  // namespace pledge
