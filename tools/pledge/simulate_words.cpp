#include "tools/pledge/simulate_words.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

namespace pledge {

std::string text_of(const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  if (!in) throw Wrong{{path + ": cannot be read"}};
  return {std::istreambuf_iterator<char>{in}, {}};
}

std::vector<std::string> split(const std::string& text, char by) {
  std::vector<std::string> parts;
  std::size_t from = 0;
  for (std::size_t at; (at = text.find(by, from)) != std::string::npos; from = at + 1) parts.push_back(text.substr(from, at - from));
  parts.push_back(text.substr(from));
  return parts;
}

double number(const std::string& text, const std::string& of) {
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  if (text.empty() || *end != '\0' || !(value >= 0) || value > 1e9)
    throw Wrong{{fmt::format("{}: \"{}\" is not a number of at least 0", of, text)}};
  return value;
}

workforce::RoomClass room_class(const std::string& option, const std::string& text) {
  const auto parts = split(text, ':');
  const std::string of = option + " " + text;
  if (parts.size() != 3 || parts[0].empty()) throw Wrong{{of + ": write NAME:SECONDS:SHARE, e.g. E:10:0.97"}};
  const workforce::RoomClass room{parts[0], number(parts[1], of), number(parts[2], of)};
  if (room.target_share <= 0 || room.target_share > 1) throw Wrong{{of + ": the share is above 0 and at most 1"}};
  return room;
}

}  // namespace pledge
