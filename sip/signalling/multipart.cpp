#include "sip/signalling/multipart.hpp"

#include <fmt/format.h>

#include "sip/signalling/header.hpp"
#include "sip/signalling/text.hpp"

namespace pledge::signalling {
namespace {

constexpr std::size_t boundary_limit = 70;  // RFC 2046 §5.1.1

using Fault = std::optional<BodyError>;

// One body part, still in its container's bytes.
struct Part {
  std::string_view content_type = "text/plain";  // RFC 2046 §5.1
  std::string_view content_id;
  std::string_view disposition = "session";  // RFC 3261 §20.11, for SDP
  std::string_view bytes;
};

// A line "--boundary" or "--boundary--", blanks after it allowed.
struct Delimiter {
  std::size_t begin = 0;  // of the line break before it, which belongs to it
  std::size_t end = 0;    // of the line
  bool last = false;
};

std::size_t line_end(std::string_view body, std::size_t at) {
  const auto end = body.find('\n', at);
  return end == std::string_view::npos ? body.size() : end + 1;
}

// The delimiter whose dashes stand at `at`, if they are one.
std::optional<Delimiter> delimiter_at(std::string_view body, std::size_t at, std::string_view boundary) {
  if (at != 0 && body[at - 1] != '\n') return std::nullopt;
  const auto end = line_end(body, at);
  auto rest = body.substr(at + 2 + boundary.size(), end - (at + 2 + boundary.size()));
  const bool last = rest.substr(0, 2) == "--";
  if (last) rest.remove_prefix(2);
  if (!text::trim(rest).empty()) return std::nullopt;
  const std::size_t breaks = at == 0 ? 0 : at > 1 && body[at - 2] == '\r' ? 2 : 1;
  return Delimiter{at - breaks, end, last};
}

std::optional<Delimiter> find_delimiter(std::string_view body, std::size_t from, std::string_view boundary) {
  const auto dashes = "--" + std::string(boundary);
  for (auto at = body.find(dashes, from); at != std::string_view::npos; at = body.find(dashes, at + 1))
    if (const auto found = delimiter_at(body, at, boundary)) return found;
  return std::nullopt;
}

void take_header(Part& part, std::string_view line) {
  const auto [raw_name, raw_value] = text::split(line, ':');
  const auto name = text::trim(raw_name), value = text::trim(raw_value);
  if (text::iequals(name, "Content-Type") || text::iequals(name, "c")) part.content_type = value;
  else if (text::iequals(name, "Content-ID")) part.content_id = value;
  else if (text::iequals(name, "Content-Disposition")) part.disposition = value;
}

// The next header line with its continuation lines (RFC 5322 §2.2.3) still in it.
std::string_view next_folded_line(std::string_view& text) {
  const auto start = text;
  do text::next_line(text);
  while (!text.empty() && text::is_blank(text.front()));
  return text::trim(start.substr(0, start.size() - text.size()));
}

// Folding undone, fit to be shown.
std::string unfold(std::string_view value) {
  std::string out(value);
  for (char& c : out)
    if (text::is_space(c)) c = ' ';
  return text::printable(out);
}

tl::expected<Part, BodyError> read_part(std::string_view raw, const MultipartLimits& limits) {
  Part part;
  auto rest = raw;
  while (!rest.empty()) {
    if (rest.front() == '\n' || rest.substr(0, 2) == "\r\n") {
      text::next_line(rest);
      part.bytes = rest;
      return part;
    }
    take_header(part, next_folded_line(rest));
    if (raw.size() - rest.size() > limits.header_bytes)
      return tl::unexpected(BodyError{"header", fmt::format("a part's headers exceed {} bytes", limits.header_bytes)});
  }
  part.bytes = rest;  // headers only: an empty part
  return part;
}

class Splitter {
 public:
  explicit Splitter(const MultipartLimits& limits) : limits_(limits) {}

  Fault take(const Part& part, std::size_t depth, bool alternative) {
    const auto type = media_type(part.content_type);
    if (text::istarts_with(type, "multipart/")) return split(part, type, depth);
    if (++parts_ > limits_.parts) return BodyError{"parts", fmt::format("more than {} parts", limits_.parts)};
    if (type == "application/sdp" && media_type(part.disposition) == "session" && (!body.sdp || alternative))
      body.sdp = std::string(part.bytes);
    else body.parts.push_back({unfold(part.content_type), unfold(part.content_id), std::string(part.bytes)});
    return {};
  }

  Body body;

 private:
  Fault split(const Part& part, std::string_view type, std::size_t depth) {
    if (depth == limits_.depth) return BodyError{"depth", fmt::format("nested deeper than {}", limits_.depth)};
    const auto boundary = header_parameter(part.content_type, "boundary");
    if (!boundary || boundary->empty() || boundary->size() > boundary_limit)
      return BodyError{"boundary", "is missing, empty or longer than 70 characters"};
    auto at = find_delimiter(part.bytes, 0, *boundary);
    if (!at) return BodyError{"boundary", "does not occur in the body"};
    for (std::size_t count = 0; !at->last; ++count) {
      // Each container's parts are counted too, or empty containers would cost work without end.
      if (count == limits_.parts) return BodyError{"parts", fmt::format("more than {} parts", limits_.parts)};
      auto next = find_delimiter(part.bytes, at->end, *boundary);
      if (!next) next = Delimiter{part.bytes.size(), part.bytes.size(), true};
      // A delimiter directly after another shares its line break: the part between them is empty.
      const auto raw = next->begin > at->end ? part.bytes.substr(at->end, next->begin - at->end) : std::string_view{};
      auto inner = read_part(raw, limits_);
      if (!inner) return inner.error();
      if (auto fault = take(*inner, depth + 1, type == "multipart/alternative")) return fault;
      at = next;
    }
    return {};
  }

  const MultipartLimits& limits_;
  std::size_t parts_ = 0;
};

}  // namespace

std::string to_string(const BodyError& error) { return fmt::format("body: {}: {}", error.what, error.why); }

std::string media_type(std::string_view content_type) {
  return text::to_lower(text::trim(text::split(content_type, ';').first));
}

tl::expected<Body, BodyError> split_body(std::string_view content_type, std::string_view body,
                                         const MultipartLimits& limits) {
  if (body.size() > limits.bytes)
    return tl::unexpected(BodyError{"size", fmt::format("exceeds {} bytes", limits.bytes)});
  Splitter splitter(limits);
  if (body.empty()) return std::move(splitter.body);
  Part whole;
  whole.content_type = content_type;
  whole.bytes = body;
  if (auto fault = splitter.take(whole, 0, false)) return tl::unexpected(std::move(*fault));
  return std::move(splitter.body);
}

}  // namespace pledge::signalling
