#include "sip/signalling/message.hpp"

#include <algorithm>

#include "sip/signalling/header.hpp"
#include "sip/signalling/text.hpp"

namespace pledge::signalling {
namespace {

struct FieldName {
  std::string_view name;
  std::string_view compact;
};
// In the order of Field.
constexpr FieldName names[] = {{"Via", "v"},
                               {"From", "f"},
                               {"To", "t"},
                               {"Call-ID", "i"},
                               {"CSeq", ""},
                               {"Max-Forwards", ""},
                               {"Content-Length", "l"},
                               {"Content-Type", "c"},
                               {"Content-Disposition", ""},
                               {"Contact", "m"},
                               {"Record-Route", ""},
                               {"Require", ""}};

Field to_field(std::string_view name) {
  for (std::size_t i = 0; i < std::size(names); ++i)
    if (text::iequals(name, names[i].name) || text::iequals(name, names[i].compact)) return static_cast<Field>(i);
  return Field::other;
}

// Where the empty line begins that ends the head, and where the body begins behind it.
std::pair<std::size_t, std::size_t> find_body(std::string_view raw) {
  for (auto at = raw.find('\n'); at != std::string_view::npos; at = raw.find('\n', at + 1)) {
    const auto rest = raw.substr(at + 1);
    if (rest.starts_with('\n')) return {at + 1, at + 2};
    if (rest.starts_with("\r\n")) return {at + 1, at + 3};
  }
  return {raw.size(), raw.size()};
}

// A line break before a blank continues the line (RFC 3261 §7.3.1): it becomes blanks.
void unfold(std::string& head) {
  for (auto at = head.find('\n'); at != std::string::npos; at = head.find('\n', at + 1)) {
    if (at + 1 >= head.size() || !text::is_blank(head[at + 1])) continue;
    head[at] = ' ';
    if (at > 0 && head[at - 1] == '\r') head[at - 1] = ' ';
  }
}

void read_response_line(std::string_view line, Message& message) {
  message.kind = MessageKind::response;
  message.version = text::next_word(line);
  message.status = text::next_word(line);
}

void read_request_line(std::string_view line, Message& message) {
  line = text::trim(line);
  const auto last = line.find_last_of(" \t");
  auto rest = line.substr(0, last == std::string_view::npos ? line.size() : last);
  message.method = text::next_word(rest);
  message.uri = text::trim(rest);
  message.version = last == std::string_view::npos ? std::string_view{} : line.substr(last + 1);
  const bool named = text::is_token_text(message.method);
  message.kind = named && !message.uri.empty() ? MessageKind::request : MessageKind::garbage;
  if (!text::istarts_with(message.version, "SIP/")) message.fault = "Malformed Request-Line";
}

void read_header_line(std::string_view line, Message& message) {
  const auto colon = line.find(':');
  const auto name = text::trim(line.substr(0, colon));
  if (colon == std::string_view::npos || !text::is_token_text(name)) {
    if (message.fault.empty()) message.fault = "Malformed Header Field";
    return;
  }
  const auto field = to_field(name);
  if (field != Field::other)
    message.fields[static_cast<std::size_t>(field)].push_back(text::trim(line.substr(colon + 1)));
}

// Takes "word" up to the next '/', blanks around it dropped.
std::string_view take_part(std::string_view& text) {
  const auto [part, rest] = text::split(text, '/');
  text = rest;
  return text::trim(part);
}

bool is_host(std::string_view host) {
  if (host.starts_with('[')) return host.size() > 3 && host.ends_with(']');
  return !host.empty() && text::all_of(host, [](char c) {
    return text::is_alpha(c) || text::is_digit(c) || c == '.' || c == '-' || c == '_';
  });
}

// "host", "host : port", "[v6]:port"
bool take_sent_by(std::string_view text, Via& via) {
  const auto bracket = text.starts_with('[') ? text.find(']') : std::string_view::npos;
  const auto colon = text.find(':', bracket == std::string_view::npos ? 0 : bracket);
  via.host = text::trim(text.substr(0, colon));
  if (colon != std::string_view::npos) {
    via.port = text::to_number<std::uint16_t>(text::trim(text.substr(colon + 1)));
    if (!via.port || *via.port == 0) via.malformed = true;
    if (via.port == 0) via.port.reset();
  }
  return is_host(via.host);
}

bool is_parameter_value(std::string_view text) {
  if (text.starts_with('"')) return text.size() > 1 && text.ends_with('"');
  return text::all_of(text, [](char c) { return text::is_token(c) || c == ':' || c == '[' || c == ']'; });
}

void take_parameter(std::string_view text, Via& via) {
  const auto equals = text.find('=');
  const auto name = text::trim(text.substr(0, equals));
  const auto value = equals == std::string_view::npos ? std::string_view{} : text::trim(text.substr(equals + 1));
  if (!text::is_token_text(name) || !is_parameter_value(value)) {
    via.malformed = true;
  } else if (text::iequals(name, "rport")) {
    via.rport = true;
  } else if (text::iequals(name, "branch")) {
    via.malformed |= via.branch.has_value();
    via.branch = std::string(value);
  } else if (!text::iequals(name, "received")) {  // only we may say where it came from
    via.parameters.push_back(std::string(name) + (equals == std::string_view::npos ? "" : "=" + std::string(value)));
  }
}

}  // namespace

std::string_view name(Field field) {
  return field == Field::other ? std::string_view("header") : names[static_cast<std::size_t>(field)].name;
}

// "SIP / 2.0 / UDP host:port ;a=b ;c"
std::optional<Via> parse_via(std::string_view value) {
  Via via;
  const auto protocol = take_part(value), version = take_part(value);
  value = text::trim(value);
  const auto transport = text::next_word(value);
  via.protocol = std::string(protocol) + "/" + std::string(version);
  via.transport = transport;
  auto [sent_by, parameters] = text::split(value, ';');
  if (!text::iequals(protocol, "SIP") || !text::is_token_text(version) || !text::is_token_text(transport) ||
      !take_sent_by(text::trim(sent_by), via))
    return std::nullopt;
  while (!parameters.empty()) {
    const auto [parameter, rest] = text::split(parameters, ';');
    take_parameter(parameter, via);
    parameters = rest;
  }
  via.malformed |= value.ends_with(';');
  return via;
}

Message read_message(std::string_view raw, std::string& head_storage, std::size_t most_lines) {
  Message message;
  while (raw.starts_with('\r') || raw.starts_with('\n')) raw.remove_prefix(1);  // RFC 3261 §7.5
  if (raw.empty()) {
    message.kind = MessageKind::keepalive;
    return message;
  }
  const auto [head_end, body] = find_body(raw);
  head_storage = raw.substr(0, head_end);
  message.body = raw.substr(body);
  unfold(head_storage);
  std::string_view rest = head_storage;
  const auto line = text::next_line(rest);
  if (text::istarts_with(line, "SIP/")) read_response_line(line, message);
  else read_request_line(line, message);
  for (std::size_t lines = 0; !rest.empty(); ++lines) {
    if (lines == most_lines) {
      message.fault = "Too Many Header Fields";
      break;
    }
    read_header_line(text::next_line(rest), message);
  }
  return message;
}

}  // namespace pledge::signalling
