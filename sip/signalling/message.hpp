#pragma once
// A tolerant look at one raw SIP message: start line, the header fields that decide its fate, the top Via. It accepts
// more than RFC 3261 does and judges nothing; screen.hpp judges. Linear in the length of the message.
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pledge::signalling {

enum class MessageKind : std::uint8_t {
  keepalive,  // nothing but line breaks (RFC 5626 §3.5.1)
  request,
  response,
  garbage,  // neither
};

struct Via {
  std::string protocol;   // "SIP/2.0"
  std::string transport;  // as written
  std::string host;       // with the [] of IPv6
  std::optional<std::uint16_t> port;
  bool rport = false;  // asks for RFC 3581
  std::optional<std::string> branch;
  std::vector<std::string> parameters;  // the others, "name" or "name=value", without received and rport
  bool malformed = false;               // usable, but not what the grammar says
};
// One Via value. Nothing if protocol, transport and sent-by cannot be told.
std::optional<Via> parse_via(std::string_view value);

enum class Field : std::uint8_t {
  via,
  from,
  to,
  call_id,
  cseq,
  max_forwards,
  content_length,
  content_type,
  content_disposition,
  contact,
  record_route,
  require,
  other
};
std::string_view name(Field field);

struct Message {
  MessageKind kind = MessageKind::garbage;
  std::string fault;         // what is wrong with the start line or with the form of a header line, if anything
  std::string_view method;   // of a request
  std::string_view uri;      // of a request; what stands between method and version
  std::string_view version;  // "SIP/2.0"
  std::string_view status;   // of a response, text
  std::array<std::vector<std::string_view>, static_cast<std::size_t>(Field::other)> fields;  // trimmed, unfolded
  std::string_view body;  // everything behind the empty line

  const std::vector<std::string_view>& all(Field field) const { return fields[static_cast<std::size_t>(field)]; }
  // The first value; empty if the field is absent.
  std::string_view first(Field field) const { return all(field).empty() ? std::string_view{} : all(field).front(); }
};

// Views point into `head_storage` (a copy of the head with folding undone) and into `raw`. At most `most_lines` header
// lines are read; more is a fault.
Message read_message(std::string_view raw, std::string& head_storage, std::size_t most_lines);

}  // namespace pledge::signalling
