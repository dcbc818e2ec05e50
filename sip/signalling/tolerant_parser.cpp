#include "sip/signalling/tolerant_parser.hpp"

#include <dlfcn.h>
#include <sofia-sip/msg_addr.h>
#include <sofia-sip/msg_buffer.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include "sip/signalling/text.hpp"
#include "sip/signalling/unreadable.hpp"

namespace pledge::signalling {
namespace {

constexpr std::size_t cookie_length = 7;  // "z9hG4bK", RFC 3261 §8.1.1.7
constexpr char stand_in_uri[] = "sip:malformed.invalid";

// Makes the library answer the request with 400 as soon as all of it has been read.
void mark_bad(su_home_t* home, const char* what) {
  auto* message = reinterpret_cast<msg_t*>(home);  // what msg_home() does, backwards
  sip_t* sip = sip_object(message);
  auto* error = reinterpret_cast<sip_error_t*>(msg_header_alloc(home, sip_error_class, 0));
  if (!sip || !error) return;
  error->er_name = what;
  error->er_next = sip->sip_error;
  sip->sip_error = error;
  sip->sip_flags |= MSG_FLG_ERROR;
}

char* keep(su_home_t* home, std::string_view text) { return su_strndup(home, text.data(), text.size()); }

// As it came, for whoever tells of it: it is read in place.
void keep_first_line(su_home_t* home, std::string_view line) {
  if (sip_t* sip = sip_object(reinterpret_cast<msg_t*>(home))) sip->sip_user = keep(home, line.substr(0, Unreadable::most_shown));
}

// The library takes NUL for the end of what it has, and would wait on a connection for the rest for ever. In a head it
// is legal in a quoted string alone, where any other character does as well. `begin`: of a line of the head.
void replace_nuls(char* begin, const char* end) {
  const std::string_view rest(begin, static_cast<std::size_t>(end - begin));
  if (rest.find('\0') == std::string_view::npos) return;  // as nearly always
  const bool over = text::istarts_with(rest, "\r\n") || text::istarts_with(rest, "\n");
  const auto head = over ? 0 : std::min(rest.find("\r\n\r\n"), rest.find("\n\n"));
  std::replace(begin, begin + std::min(head, rest.size()), '\0', '\x7f');
}

// In what has come of the message behind its first line.
void replace_nuls(su_home_t* home, const char* parsed_until) {
  const auto* message = reinterpret_cast<const msg_t*>(home);
  char* begin = static_cast<char*>(msg_buf_committed_data(message));
  if (!begin) return;
  char* const end = begin + msg_buf_committed(message);
  if (parsed_until < begin || parsed_until >= end) return;
  begin += parsed_until - begin;
  replace_nuls(*begin == '\n' ? begin + 1 : begin, end);
}

// "INVITE <anything> SIP/2.0" -> its method and version; both empty where it is not even that.
std::pair<std::string_view, std::string_view> method_and_version(std::string_view line) {
  line = text::trim(line);
  const auto method = line.substr(0, line.find(' '));
  const auto last = line.rfind(' ');
  if (!text::is_token_text(method) || last == std::string_view::npos) return {};
  const auto version = line.substr(last + 1);
  if (!text::istarts_with(version, "SIP/") || version.size() > 16) return {};
  return {method, version};
}

bool read_request_line_again(su_home_t* home, sip_request_t* request, std::string_view line) {
  const auto [method, version] = method_and_version(line);
  if (method.empty()) return false;
  request->rq_method_name = keep(home, method);
  request->rq_method = sip_method_code(request->rq_method_name);
  if (request->rq_method == sip_method_invalid) request->rq_method = sip_method_unknown;
  const bool ours = text::iequals(version, "SIP/2.0");
  if (url_d(request->rq_url, keep(home, ours ? stand_in_uri : std::string("sip:") + other_version_host)) < 0)
    return false;
  request->rq_version = SIP_VERSION_CURRENT;
  if (ours && request->rq_method != sip_method_unknown) mark_bad(home, "Request-Line");
  return true;
}

issize_t parse_request_line(su_home_t* home, msg_header_t* header, char* text, isize_t size) {
  header->sh_class = sip_request_class;
  replace_nuls(home, text + size + 1);
  const std::string copy(text, size);
  auto* request = reinterpret_cast<sip_request_t*>(header);
  const issize_t result = sip_request_class->hc_parse(home, header, text, size);
  if (result >= 0 && text::iequals(request->rq_version, "SIP/2.0")) return result;
  keep_first_line(home, copy);
  std::memset(request->rq_url, 0, sizeof request->rq_url);
  return read_request_line_again(home, request, copy) ? 0 : -1;
}

// "SIP/2.0/UDP host;;,;,, x" -> "SIP/2.0/UDP host": the first value, without empty parameters.
std::string first_value(std::string_view text) {
  text = text.substr(0, text.find(','));
  std::string out;
  while (!text.empty()) {
    const auto [part, rest] = text::split(text, ';');
    const auto trimmed = text::trim(part);
    if (!trimmed.empty()) (out.empty() ? out : out += ';') += trimmed;
    text = rest;
  }
  return out;
}

const char* transport_name(const msg_t* message) {
  const su_addrinfo_t* address = msg_addrinfo(const_cast<msg_t*>(message));
  if (!address) return nullptr;
  if (address->ai_socktype == SOCK_DGRAM) return sip_transport_udp;
  return address->ai_socktype == SOCK_STREAM ? sip_transport_tcp : nullptr;
}

void check_top_via(su_home_t* home, sip_via_t* via) {
  const auto* message = reinterpret_cast<const msg_t*>(home);
  const sip_t* sip = sip_object(message);
  if (!sip || !sip->sip_request || sip->sip_via) return;  // a response, or not the top one
  if (via->v_branch && std::strlen(via->v_branch) < cookie_length) mark_bad(home, "Via branch");
  // A request of another version is answered where it came from: who knows what its Via means.
  const bool other_version = via->v_protocol && !text::istarts_with(via->v_protocol, "SIP/2.0/");
  if (other_version && !via->v_rport) msg_header_add_param(home, via->v_common, "rport");
  const char* actual = transport_name(message);
  if (!actual || (via->v_protocol && text::iequals(via->v_protocol, actual))) return;
  via->v_protocol = actual;
  msg_fragment_clear(via->v_common);
}

issize_t parse_via(su_home_t* home, msg_header_t* header, char* text, isize_t size) {
  header->sh_class = sip_via_class;
  auto* via = reinterpret_cast<sip_via_t*>(header);
  const sip_via_t blank = *via;
  const std::string copy(text, size);
  issize_t result = sip_via_class->hc_parse(home, header, text, size);
  if (result < 0) {
    *via = blank;
    const std::string repaired = first_value(copy);
    result = sip_via_class->hc_parse(home, header, keep(home, repaired), repaired.size());
    if (result >= 0) mark_bad(home, "Via");
  }
  if (result >= 0) check_top_via(home, via);
  return result;
}

// Classes derived from the library's own; constant once made, shared by all agents of the process.
const msg_hclass_t* request_line_class() {
  static const msg_hclass_s derived = [] {
    msg_hclass_s copy = sip_request_class[0];
    copy.hc_parse = parse_request_line;
    return copy;
  }();
  return &derived;
}
const msg_hclass_t* via_class() {
  static const msg_hclass_s derived = [] {
    msg_hclass_s copy = sip_via_class[0];
    copy.hc_parse = parse_via;
    return copy;
  }();
  return &derived;
}

// The table is looked up by name when a message is read (the first match counts) and by class when one is made: ours
// takes the library's slot, the library's class the next free one behind it in the order of probing.
bool insert_via(msg_mclass_t& table) {
  const int size = table.mc_hash_size;
  int slot = 0;
  while (slot < size && table.mc_hash[slot].hr_class != sip_via_class) ++slot;
  if (slot == size || table.mc_hash_used + 1 >= size) return false;
  int free = slot;
  while (table.mc_hash[free].hr_class) free = (free + 1) % size;
  table.mc_hash[free] = table.mc_hash[slot];
  table.mc_hash[slot].hr_class = via_class();
  ++table.mc_hash_used;
  return true;
}

// Another piece of a message whose first line has come, and not yet its whole head.
bool continues_head(const msg_t* message) {
  const auto* its_class = msg_mclass(message);
  const sip_t* sip = its_class->mc_request->hr_class->hc_parse == parse_request_line ? sip_object(message) : nullptr;
  return sip && sip->sip_request && msg_get_flags(message, MSG_FLG_BODY | MSG_FLG_COMPLETE) == 0;
}

}  // namespace

void FreeMessageClass::operator()(msg_mclass_t* message_class) const { std::free(message_class); }

MessageClassPtr tolerant_message_class() {
  MessageClassPtr own{msg_mclass_clone(sip_default_mclass(), 0, 0)};
  if (!own || !insert_via(*own)) return nullptr;
  own->mc_request->hr_class = request_line_class();
  if (own->mc_short && own->mc_short != sip_default_mclass()->mc_short)  // the clone's own table of short forms
    const_cast<msg_href_t*>(own->mc_short)['v' - 'a'].hr_class = via_class();
  return own;
}

}  // namespace pledge::signalling

// The library has no hook for the pieces that a message comes in over a connection; it takes each through this function
// of its own, whose place the dynamic linker lets us take (as wire_tap.cpp does for what is sent).
extern "C" isize_t msg_recv_commit(msg_t* message, usize_t size, int end_of_stream) {
  static const auto commit = reinterpret_cast<decltype(&msg_recv_commit)>(dlsym(RTLD_NEXT, "msg_recv_commit"));
  const auto result = commit(message, size, end_of_stream);
  if (pledge::signalling::continues_head(message)) {
    auto* begin = static_cast<char*>(msg_buf_committed_data(message));
    if (begin) pledge::signalling::replace_nuls(begin, begin + msg_buf_committed(message));
  }
  return result;
}
