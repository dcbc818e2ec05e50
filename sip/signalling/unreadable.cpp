#include "sip/signalling/unreadable.hpp"

#include <fmt/format.h>
#include <sofia-sip/msg_buffer.h>
#include <sofia-sip/sip_protos.h>

#include <array>
#include <cstring>
#include <string_view>

#include "sip/signalling/text.hpp"

namespace pledge::signalling {
namespace {

bool has_bad_field(const msg_t* message, const sip_t* sip, nta_agent_t* agent) {
  if (!sip->sip_error) return false;
  unsigned of_requests = ~0u, of_responses = ~0u;  // by groups of fields: of others an unreadable one is passed over
  if (agent)
    nta_agent_get_params(agent, NTATAG_BAD_REQ_MASK_REF(of_requests), NTATAG_BAD_RESP_MASK_REF(of_responses), TAG_END());
  return (msg_extract_errors(message) & (sip->sip_request ? of_requests : of_responses)) != 0;
}

std::string bad_field(const sip_t* sip) {
  for (const auto* field = sip->sip_error; field; field = field->er_next) {
    const auto* its_class = field->er_common->h_class;
    if (its_class == sip_error_class && field->er_name) return fmt::format("malformed {}", field->er_name);
    if (its_class != sip_error_class && its_class->hc_name) return fmt::format("a second {}", its_class->hc_name);
  }
  return "a line that is no header field";
}

const char* insanity(const sip_t* sip) {
  if (!sip->sip_via) return "no Via";
  if (!sip->sip_from) return "no From";
  if (!sip->sip_to) return "no To";
  if (!sip->sip_call_id) return "no Call-ID";
  if (!sip->sip_cseq) return "no CSeq";
  if (sip->sip_request && sip->sip_request->rq_method != sip->sip_cseq->cs_method) return "a CSeq of another method";
  return "a Request-URI that leads nowhere";
}

// Empty: it can be read.
std::string fault_of(const msg_t* message, const sip_t* sip, nta_agent_t* agent) {
  const bool cut = msg_get_flags(message, MSG_FLG_TRUNC | MSG_FLG_TIMEOUT) != 0;
  if (!sip || (!sip->sip_request && !sip->sip_status)) return cut ? "cut off in the first line" : "not SIP";
  const bool fatal = sip->sip_request && (sip->sip_flags & MSG_FLG_ERROR) != 0;
  if (has_bad_field(message, sip, agent) || (fatal && sip->sip_error)) return bad_field(sip);
  if (fatal) return sip->sip_flags & MSG_FLG_TOOLARGE ? "too large" : "cut off";
  if (sip_sanity_check(sip) < 0) return insanity(sip);
  const bool ours = !sip->sip_status || text::iequals(sip->sip_status->st_version, "SIP/2.0");
  return ours ? std::string() : "another version of SIP";
}

std::string first_line(const sip_t* sip) {
  std::array<char, 512> line{};  // zeros, so that it ends where it is full
  const auto size = sip->sip_request
                        ? sip_request_e(line.data(), line.size() - 1, reinterpret_cast<const msg_header_t*>(sip->sip_request), 0)
                        : sip_status_e(line.data(), line.size() - 1, reinterpret_cast<const msg_header_t*>(sip->sip_status), 0);
  return size > 0 ? std::string(line.data(), strnlen(line.data(), Unreadable::most_shown)) : std::string();
}

std::string beginning_of(const msg_t* message, const sip_t* sip) {
  if (sip && sip->sip_user) return static_cast<const char*>(sip->sip_user);  // kept by tolerant_parser.cpp
  if (sip && (sip->sip_request || sip->sip_status)) return first_line(sip);
  const auto* data = static_cast<const char*>(msg_buf_committed_data(message));
  std::string_view rest(data ? data : "", data ? msg_buf_committed(message) : 0);
  if (text::istarts_with(rest, "SIP/")) rest = rest.substr(0, rest.find('\0'));  // with which the library has ended the line
  return std::string(rest.substr(0, Unreadable::most_shown));
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\r') out += "\\r";
    else if (c == '\n') out += "\\n";
    else if (c == '"' || c == '\\') (out += '\\') += c;
    else if (c >= ' ' && c < 0x7f) out += c;
    else out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
  }
  return out;
}

// The library counts a body that comes in pieces by what was announced, and what has come of it once more.
std::optional<std::size_t> size_of(msg_t* message, const sip_t* sip) {
  if (sip && sip->sip_payload && peer_of(message).tcp) return std::nullopt;
  return msg_size(message) + msg_buf_committed(message);
}

}  // namespace

runtime::WireAddress peer_of(msg_t* message) {
  const su_sockaddr_t* address = msg_addr(message);
  const su_addrinfo_t* info = msg_addrinfo(message);
  runtime::WireAddress peer;
  peer.v6 = address->su_family == AF_INET6;
  peer.tcp = info && info->ai_socktype == SOCK_STREAM;
  peer.port = ntohs(address->su_port);
  std::memcpy(peer.ip.data(), SU_ADDR(address), peer.v6 ? sizeof(in6_addr) : sizeof(in_addr));
  return peer;
}

std::optional<Unreadable> unreadable(msg_t* message, nta_agent_t* agent) {
  const sip_t* sip = sip_object(message);
  auto why = fault_of(message, sip, agent);
  if (why.empty()) return std::nullopt;
  return Unreadable{peer_of(message), size_of(message, sip), std::move(why), beginning_of(message, sip)};
}

std::string to_text(const Unreadable& message) {
  const auto size = message.bytes ? fmt::format("{} bytes, ", *message.bytes) : std::string();
  return fmt::format("{}, {}{}: \"{}\"", runtime::to_text(message.peer), size, message.why, escaped(message.beginning));
}

}  // namespace pledge::signalling
