#include "sip/signalling/screen.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sip/signalling/header.hpp"
#include "sip/signalling/multipart.hpp"
#include "sip/signalling/text.hpp"

namespace pledge::signalling {
namespace {

using Verdict = std::optional<Refusal>;
constexpr std::string_view cookie = "z9hG4bK";  // RFC 3261 §8.1.1.7

Verdict refuse(int status, std::string reason) { return Refusal{status, std::move(reason), {}}; }
Verdict bad(std::string reason) { return refuse(400, std::move(reason)); }

bool contains(const std::vector<std::string>& list, std::string_view item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

bool has_blank(std::string_view text) { return text.find_first_of(" \t<>\"") != std::string_view::npos; }

Verdict check_start_line(const Message& m) {
  if (m.kind == MessageKind::garbage) return bad("Malformed Request-Line");
  if (text::istarts_with(m.version, "SIP/") && !text::iequals(m.version, "SIP/2.0"))
    return refuse(505, "SIP Version Not Supported");
  if (!m.fault.empty()) return bad(m.fault);
  if (m.kind == MessageKind::request) return has_blank(m.uri) ? bad("Malformed Request-URI") : Verdict{};
  const auto status = text::to_number<unsigned>(m.status);
  return !status || m.status.size() != 3 || *status < 100 || *status > 699 ? bad("Malformed Status Code") : Verdict{};
}

Verdict check_presence(const Message& m) {
  for (const auto field : {Field::via, Field::from, Field::to, Field::call_id, Field::cseq})
    if (m.first(field).empty()) return bad(fmt::format("Missing {}", name(field)));
  for (const auto field : {Field::from, Field::to, Field::call_id, Field::cseq, Field::max_forwards,
                           Field::content_length, Field::content_type})
    if (m.all(field).size() > 1) return bad(fmt::format("Multiple {}", name(field)));
  return {};
}

Verdict check_cseq(const Message& m) {
  auto rest = m.first(Field::cseq);
  const auto number = text::to_number<std::uint32_t>(text::next_word(rest));
  const auto method = text::trim(rest);
  if (!number || !text::is_token_text(method)) return bad("Malformed CSeq");
  return m.kind == MessageKind::request && method != m.method ? bad("CSeq Method Differs") : Verdict{};
}

Verdict check_numbers(const Message& m) {
  if (auto fault = check_cseq(m)) return fault;
  if (!m.all(Field::max_forwards).empty() && !text::to_number<std::uint8_t>(m.first(Field::max_forwards)))
    return bad("Malformed Max-Forwards");
  if (m.all(Field::content_length).empty()) return {};
  const auto length = text::to_number<std::uint32_t>(m.first(Field::content_length));
  if (!length) return bad("Malformed Content-Length");
  return *length > m.body.size() ? bad("Content-Length Exceeds Message") : Verdict{};
}

Verdict check_via(const Screening& s) {
  if (!s.via || s.via->malformed) return bad("Malformed Via");
  const auto& branch = s.via->branch;  // absent: RFC 2543, accepted
  const bool cookie_alone = branch && branch->size() <= cookie.size();
  return cookie_alone ? bad("Branch Identifies No Transaction") : Verdict{};
}

Verdict check_party(Field field, std::string_view value) {
  const auto address = split_name_addr(value);
  return address && split_uri(address->uri) ? Verdict{} : bad(fmt::format("Malformed {}", name(field)));
}

// The library follows these URIs; it reads past the end of any that is not sip (RFC 3261 §8.1.1.8, §20.30).
Verdict check_target(Field field, std::string_view value) {
  const auto address = split_name_addr(value);
  const auto uri = address ? split_uri(address->uri) : std::nullopt;
  if (!uri) return bad(fmt::format("Malformed {}", name(field)));
  const bool bracketed = value.find('<') != std::string_view::npos;
  if (!bracketed && !uri->headers.empty()) return bad(fmt::format("Malformed {}", name(field)));  // §20.10
  return uri->is_sip() ? Verdict{} : bad(fmt::format("{} Is Not a SIP URI", name(field)));
}

Verdict check_addresses(const Message& m, const ScreenOptions& options) {
  for (const auto field : {Field::from, Field::to})
    if (auto fault = check_party(field, m.first(field))) return fault;
  for (const auto field : {Field::contact, Field::record_route})
    for (const auto line : m.all(field)) {
      if (field == Field::contact && line == "*" && m.method == "REGISTER") continue;
      const auto values = split_list(line, options.list_values);
      if (values.empty()) return bad(fmt::format("Malformed {}", name(field)));
      for (const auto value : values)
        if (auto fault = check_target(field, value)) return fault;
    }
  return {};
}

Verdict check_method(const Message& m, const ScreenOptions& options) {
  if (contains(options.methods, m.method)) return {};
  auto refusal = refuse(501, "Not Implemented");
  refusal->headers.emplace_back("Allow", fmt::format("{}", fmt::join(options.methods, ", ")));
  return refusal;
}

Verdict check_request_uri(const Message& m) {
  const auto colon = m.uri.find(':');
  const auto scheme = m.uri.substr(0, colon);
  for (const std::string_view known : {"sip", "sips", "tel", "urn"})
    if (colon != std::string_view::npos && text::iequals(scheme, known))
      return split_uri(m.uri) ? Verdict{} : bad("Malformed Request-URI");
  return refuse(416, "Unsupported URI Scheme");
}

Verdict check_required(const Message& m, const ScreenOptions& options) {
  if (m.method == "ACK" || m.method == "CANCEL") return {};  // RFC 3261 §8.2.2.3
  std::vector<std::string_view> unknown;
  for (const auto line : m.all(Field::require))
    for (const auto tag : split_list(line, options.list_values))
      if (!contains(options.supported, text::to_lower(tag))) unknown.push_back(tag);
  if (unknown.empty()) return {};
  auto refusal = refuse(420, "Bad Extension");
  refusal->headers.emplace_back("Unsupported", text::printable(fmt::format("{}", fmt::join(unknown, ", "))));
  return refusal;
}

bool accepts(const std::string& type, const ScreenOptions& options) {
  return std::any_of(options.accepted.begin(), options.accepted.end(), [&](const std::string& known) {
    return known.ends_with('/') || known.ends_with('.') ? type.starts_with(known) : type == known;
  });
}

Verdict check_body(const Message& m, const ScreenOptions& options) {
  const auto length = text::to_number<std::uint32_t>(m.first(Field::content_length));
  if (m.method != "INVITE" || m.body.empty() || length == 0u) return {};
  const auto type = media_type(m.first(Field::content_type));
  const auto handling = header_parameter(m.first(Field::content_disposition), "handling");
  if (type.empty()) return bad("Missing Content-Type");
  if (accepts(type, options) || (handling && text::iequals(*handling, "optional"))) return {};
  auto refusal = refuse(415, "Unsupported Media Type");
  std::vector<std::string> accept;
  for (const auto& known : options.accepted)
    if (!known.ends_with('.')) accept.push_back(known.ends_with('/') ? known + "*" : known);
  refusal->headers.emplace_back("Accept", fmt::format("{}", fmt::join(accept, ", ")));
  return refusal;
}

Verdict check_transport(const Screening& s, std::string_view transport) {
  if (transport.empty() || text::iequals(s.via->transport, transport)) return {};
  return bad(fmt::format("Via Says {}", s.via->transport));
}

Verdict judge_request(const Message& m, const Screening& s, std::string_view transport, const ScreenOptions& options) {
  if (auto fault = check_start_line(m)) return fault;
  if (auto fault = check_presence(m)) return fault;
  if (auto fault = check_numbers(m)) return fault;
  if (auto fault = check_via(s)) return fault;
  if (auto fault = check_addresses(m, options)) return fault;
  if (auto fault = check_method(m, options)) return fault;
  if (auto fault = check_request_uri(m)) return fault;
  if (auto fault = check_required(m, options)) return fault;
  if (auto fault = check_body(m, options)) return fault;
  return check_transport(s, transport);
}

// Never answered; the status only fills the struct.
Verdict judge_response(const Message& m, const Screening& s, const ScreenOptions& options) {
  if (auto fault = check_start_line(m)) return fault;
  if (auto fault = check_presence(m)) return fault;
  if (auto fault = check_numbers(m)) return fault;
  if (auto fault = check_via(s)) return fault;
  if (!s.more_vias.empty()) return bad("Response For Another");  // RFC 3261 §8.1.3.3
  return check_addresses(m, options);
}

void keep_vias(const Message& m, Screening& s, const ScreenOptions& options) {
  bool top = true;
  for (const auto line : m.all(Field::via))
    for (const auto value : split_list(line, options.list_values)) {
      auto via = parse_via(value);
      if (top) s.via = std::move(via);
      else if (via && s.more_vias.size() < options.list_values) s.more_vias.push_back(text::printable(value));
      top = false;
    }
}

// FNV-1a: only has to differ between requests and be the same for a retransmission.
std::uint64_t digest_of(const Screening& s) {
  std::uint64_t hash = 14695981039346656037ull;
  const auto add = [&](std::string_view text) {
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ull;
  };
  for (const std::string_view part : {std::string_view(s.from), std::string_view(s.call_id), std::string_view(s.cseq)})
    add(part);
  if (s.via && s.via->branch) add(*s.via->branch);
  return hash;
}

std::string via_line(const Via& via, std::string_view source_ip, std::uint16_t source_port) {
  std::string out = fmt::format("{}/{} {}", via.protocol, via.transport, via.host);
  if (via.port) out += fmt::format(":{}", *via.port);
  if (via.branch) out += fmt::format(";branch={}", *via.branch);
  for (const auto& parameter : via.parameters) (out += ';') += parameter;
  if (via.rport) out += fmt::format(";rport={}", source_port);
  if (via.rport || via.host != source_ip) out += fmt::format(";received={}", source_ip);
  return out;
}

}  // namespace

bool Screening::answerable() const { return kind == MessageKind::request && method != "ACK" && via.has_value(); }

Screening screen(std::string_view raw, std::string_view transport, const ScreenOptions& options) {
  Screening s;
  std::string head;
  const bool large = raw.size() > options.bytes;
  const auto message = read_message(large ? raw.substr(0, options.bytes) : raw, head, options.header_lines);
  s.kind = message.kind;
  if (s.kind == MessageKind::keepalive) return s;
  s.method = message.method;
  keep_vias(message, s, options);
  s.from = text::printable(message.first(Field::from));
  s.to = text::printable(message.first(Field::to));
  s.call_id = text::printable(message.first(Field::call_id));
  s.cseq = text::printable(message.first(Field::cseq));
  if (large) s.refusal = refuse(513, "Message Too Large");
  else if (s.kind == MessageKind::response) s.refusal = judge_response(message, s, options);
  else s.refusal = judge_request(message, s, transport, options);
  return s;
}

std::string refusal_text(const Screening& s, std::string_view source_ip, std::uint16_t source_port,
                         std::string_view server) {
  if (!s.via || !s.refusal) return {};
  const auto& refusal = *s.refusal;
  auto out = fmt::format("SIP/2.0 {} {}\r\nVia: {}\r\n", refusal.status, refusal.reason,
                         via_line(*s.via, source_ip, source_port));
  const auto line = [&](std::string_view name, std::string_view value) {
    if (!value.empty()) out += fmt::format("{}: {}\r\n", name, value);
  };
  for (const auto& via : s.more_vias) line("Via", via);
  line("From", s.from);
  const bool tagged = header_parameter(s.to, "tag").has_value();
  line("To", s.to.empty() || tagged ? s.to : fmt::format("{};tag={:016x}", s.to, digest_of(s)));
  line("Call-ID", s.call_id);
  line("CSeq", s.cseq);
  for (const auto& [name, value] : refusal.headers) line(name, value);
  line("Server", server);
  return out += "Content-Length: 0\r\n\r\n";
}

ReplyTarget reply_target(const Screening& s, std::string_view source_ip, std::uint16_t source_port) {
  constexpr std::uint16_t sip_port = 5060;
  ReplyTarget target{std::string(source_ip), source_port};
  if (s.via && !s.via->rport) target.port = s.via->port.value_or(sip_port);
  return target;
}

}  // namespace pledge::signalling
