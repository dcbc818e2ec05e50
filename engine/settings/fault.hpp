#pragma once
// What is wrong with a configuration, and where.
#include <cstdint>
#include <string>
#include <vector>

namespace pledge::settings {

// A position in a configuration file. Lines and columns count from 1; line 0 = the whole file or directory.
struct Place {
  std::string file;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  friend auto operator<=>(const Place&, const Place&) = default;
};

enum class Severity : std::uint8_t { error, warning };  // an error refuses the configuration, a warning does not

struct Fault {
  Severity severity = Severity::error;
  Place at;
  std::string what;    // the fault in a few words
  std::string why;     // the rule that it breaks
  std::string remedy;  // what to do about it
};

// "file:line:col: what: why; what to do", with "warning: " before `what` of a warning. One line, for a person.
std::string to_text(const Fault& fault);

bool has_errors(const std::vector<Fault>& faults);

}  // namespace pledge::settings
