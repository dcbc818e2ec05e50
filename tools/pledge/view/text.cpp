#include "tools/pledge/view/text.hpp"

#include <fmt/format.h>

#include <cmath>
#include <ctime>

namespace pledge::view {
namespace {

constexpr std::string_view sgr(Colour colour) {
  switch (colour) {
    case Colour::bold:
      return "1";
    case Colour::dim:
      return "2";
    case Colour::green:
      return "32";
    case Colour::yellow:
      return "33";
    case Colour::red:
      return "1;31";
    case Colour::cyan:
      return "36";
    case Colour::inverse:
      return "7";
    case Colour::alert:
      return "1;37;41";
    default:
      return "0";
  }
}

bool starts_code_point(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

// The bytes of the first `columns` code points.
std::size_t bytes_of(std::string_view text, std::size_t columns) {
  std::size_t seen = 0;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (starts_code_point(text[i]) && seen++ == columns) return i;
  return text.size();
}

std::tm local(core::Time time) {
  const std::time_t seconds = time.ns / 1'000'000'000;
  std::tm parts{};
  localtime_r(&seconds, &parts);
  return parts;
}

}  // namespace

std::string Paint::operator()(Colour colour, std::string_view text) const {
  if (!colours || colour == Colour::plain || text.empty()) return std::string{text};
  return fmt::format("\x1b[{}m{}\x1b[0m", sgr(colour), text);
}

std::size_t columns_of(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\x1b') i = std::min(text.find('m', i), text.size());
    else if (starts_code_point(text[i])) ++count;
  }
  return count;
}

std::string cut(std::string_view text, std::size_t columns) {
  if (columns_of(text) <= columns) return std::string{text};
  if (columns == 0) return {};
  return std::string{text.substr(0, bytes_of(text, columns - 1))} + "…";
}

std::string fitted(std::string_view line, std::size_t columns) {
  if (columns_of(line) <= columns) return std::string{line};
  std::string out;
  std::size_t seen = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '\x1b') {  // every sequence is kept, so that no colour runs on
      const auto end = std::min(line.find('m', i), line.size() - 1);
      out += line.substr(i, end - i + 1);
      i = end;
    } else if (!starts_code_point(line[i]) ? seen <= columns : seen++ < columns) {
      out += line[i];
    }
  }
  return out;
}

std::string left(std::string_view text, std::size_t columns) {
  auto out = cut(text, columns);
  out.append(columns - columns_of(out), ' ');
  return out;
}

std::string right(std::string_view text, std::size_t columns) {
  const auto shown = cut(text, columns);
  return std::string(columns - columns_of(shown), ' ') + shown;
}

core::Time time_of(const google::protobuf::Timestamp& time) { return {time.seconds() * 1'000'000'000 + time.nanos()}; }
core::Duration duration_of(const google::protobuf::Duration& duration) {
  return core::Duration{duration.seconds() * 1'000'000'000 + duration.nanos()};
}
google::protobuf::Timestamp timestamp_of(core::Time time) {
  google::protobuf::Timestamp out;
  out.set_seconds(time.ns / 1'000'000'000);
  out.set_nanos(static_cast<std::int32_t>(time.ns % 1'000'000'000));
  return out;
}
google::protobuf::Duration duration_of(core::Duration duration) {
  google::protobuf::Duration out;
  out.set_seconds(duration.count() / 1'000'000'000);
  out.set_nanos(static_cast<std::int32_t>(duration.count() % 1'000'000'000));
  return out;
}

std::string clock_text(core::Time time) {
  const auto parts = local(time);
  return fmt::format("{:02}:{:02}:{:02}", parts.tm_hour, parts.tm_min, parts.tm_sec);
}

std::string clock_millis(core::Time time) {
  return fmt::format("{}.{:03}", clock_text(time), time.ns / 1'000'000 % 1000);
}

std::string span_text(core::Duration span) {
  const auto sign = span.count() < 0 ? "-" : "";
  const auto seconds = std::abs(span.count()) / 1'000'000'000;
  if (seconds < 3600) return fmt::format("{}{}:{:02}", sign, seconds / 60, seconds % 60);
  return fmt::format("{}{}:{:02}:{:02}", sign, seconds / 3600, seconds / 60 % 60, seconds % 60);
}

std::string seconds_text(core::Duration span) {
  const auto seconds = std::chrono::duration<double>(span).count();
  const bool whole = std::abs(seconds - std::round(seconds)) < 0.005;
  return whole ? fmt::format("{:.0f} s", seconds) : fmt::format("{:.{}f} s", seconds, seconds < 10 ? 2 : 1);
}

std::string share_text(std::optional<double> share) {
  return share ? fmt::format("{:.1f} %", *share * 100) : std::string{"–"};
}

}  // namespace pledge::view
