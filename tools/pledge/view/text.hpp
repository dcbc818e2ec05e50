#pragma once
// Text for terminals: columns, colours, and times as people read them. Pure; a column is a code point, so only
// single-width characters belong in what is drawn.
#include <google/protobuf/duration.pb.h>
#include <google/protobuf/timestamp.pb.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/types.hpp"

namespace pledge::view {

enum class Colour : std::uint8_t { plain, bold, dim, green, yellow, red, cyan, inverse, alert };

// A painter that leaves text alone (`colours` false: tests, pipes) or wraps it in SGR sequences.
struct Paint {
  bool colours = true;
  std::string operator()(Colour colour, std::string_view text) const;
};

struct Size {
  int rows = 24, columns = 80;
};
using Frame = std::vector<std::string>;  // lines, top first

std::size_t columns_of(std::string_view text);                   // code points, SGR sequences not counted
std::string cut(std::string_view text, std::size_t columns);     // with "…" where something was cut; no SGR inside
std::string fitted(std::string_view line, std::size_t columns);  // cut a line that may hold SGR sequences
std::string left(std::string_view text, std::size_t columns);    // cut or padded on the right
std::string right(std::string_view text, std::size_t columns);

core::Time time_of(const google::protobuf::Timestamp& time);
core::Duration duration_of(const google::protobuf::Duration& duration);
google::protobuf::Timestamp timestamp_of(core::Time time);
google::protobuf::Duration duration_of(core::Duration duration);

std::string clock_text(core::Time time);              // "14:03:22", local time
std::string clock_millis(core::Time time);            // "14:03:22.120"
std::string span_text(core::Duration span);           // "0:07", "12:40", "1:02:40"; what is negative reads "-0:03"
std::string seconds_text(core::Duration span);        // "4.2 s", "120 s"
std::string share_text(std::optional<double> share);  // "93.1 %", "–"

}  // namespace pledge::view
