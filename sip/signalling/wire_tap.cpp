#include "sip/signalling/wire_tap.hpp"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <fmt/format.h>
#include <sofia-sip/su_tagarg.h>

#include <array>
#include <cstring>
#include <functional>

#include "sip/signalling/leg.hpp"
#include "sip/signalling/text.hpp"

namespace pledge::signalling {
namespace {

// The library calls this for what stands behind the header fields; the message is whole when it says so.
issize_t extract_and_show(msg_t* message, msg_pub_t* pub, char* bytes, isize_t size, int end) {
  const auto* sip = reinterpret_cast<const sip_t*>(pub);
  const bool whole_before = (sip->sip_flags & MSG_FLG_COMPLETE) != 0;
  const auto result = sip_default_mclass()->mc_extract_body(message, pub, bytes, size, end);
  if (!whole_before && (sip->sip_flags & MSG_FLG_COMPLETE)) {
    if (const auto* tap = WireTap::of(message)) tap->seen(message, false);
  }
  return result;
}

std::string_view view(const char* text) { return text ? std::string_view{text} : std::string_view{}; }

// The far end as "192.0.2.1:5060/udp", into `room`.
std::string_view peer_of(msg_t* message, std::array<char, 80>& room) {
  const su_sockaddr_t* address = msg_addr(message);
  const su_addrinfo_t* info = msg_addrinfo(message);
  if (address->su_family != AF_INET && address->su_family != AF_INET6) return {};
  char ip[INET6_ADDRSTRLEN] = "";
  inet_ntop(address->su_family, SU_ADDR(address), ip, sizeof ip);
  const bool six = address->su_family == AF_INET6;
  const auto* transport = info && info->ai_socktype == SOCK_STREAM ? "tcp" : "udp";
  const auto end = fmt::format_to_n(room.data(), room.size(), "{}{}{}:{}/{}", six ? "[" : "", ip, six ? "]" : "",
                                    ntohs(address->su_port), transport);
  return {room.data(), std::min(end.size, room.size())};
}

std::string_view after(std::string_view body, std::string_view start) {
  const auto found = body.find(start);
  if (found == std::string_view::npos) return {};
  body.remove_prefix(found + start.size());
  return text::trim(body.substr(0, body.find_first_of("\r\n")));
}

// "SDP 192.0.2.1:20000 PCMA 101 sendonly": read loosely, for a person; what is negotiated is read by sdp.hpp.
std::string_view body_of(const sip_t* sip, std::array<char, 120>& room) {
  const auto body = payload(sip);
  if (body.empty()) return {};
  const auto media = after(body, "\nm=audio ");
  if (media.empty()) return view(sip->sip_content_type ? sip->sip_content_type->c_type : nullptr);
  const auto address = after(body, "\nc=IN IP");
  char* out = room.data();
  char* const end = out + room.size();
  const auto add = [&](std::string_view prefix, std::string_view text) {
    out = fmt::format_to_n(out, static_cast<std::size_t>(end - out), "{}{}", prefix, text).out;
  };
  add("SDP ", address.substr(std::min<std::size_t>(address.size(), 2)));
  auto [port, formats] = text::split(media, ' ');
  add(":", port);
  formats = text::split(formats, ' ').second;  // behind the profile
  while (!formats.empty()) {
    const auto [format, rest] = text::split(formats, ' ');
    add(" ", format == "0" ? "PCMU" : format == "8" ? "PCMA" : format);
    formats = rest;
  }
  for (const auto* direction : {"sendonly", "recvonly", "inactive"})
    if (body.find(std::string("\na=") + direction) != std::string_view::npos) add(" ", direction);
  return {room.data(), static_cast<std::size_t>(out - room.data())};
}

std::uint64_t identity_of(const sip_t* sip) {
  constexpr std::uint64_t odd = 0x9e3779b97f4a7c15;  // keeps the two apart
  const std::hash<std::string_view> hash;
  return hash(view(sip->sip_via ? sip->sip_via->v_branch : nullptr)) * odd +
         hash(view(sip->sip_to ? sip->sip_to->a_tag : nullptr));
}

}  // namespace

void WireTap::attach(msg_mclass_t& own, nta_agent_t*& agent) {
  request_line_ = {*own.mc_request->hr_class, this};
  own.mc_request->hr_class = &request_line_.header_class;
  own.mc_extract_body = extract_and_show;
  agent_ = &agent;
}

WireTap* WireTap::of(const msg_t* message) {
  const auto* its_class = msg_mclass(message);
  if (!its_class || its_class->mc_extract_body != extract_and_show) return nullptr;
  return reinterpret_cast<const RequestLine*>(its_class->mc_request->hr_class)->tap;
}

// Whose leg an INVITE of ours opens: its dialog has the leg as its target.
core::LegId WireTap::leg_of(const sip_t* sip) const {
  auto* dialog = nta_leg_by_call_id(*agent_, sip->sip_call_id->i_id);
  auto* target = dialog ? nta_leg_magic(dialog, RequestTarget::call) : nullptr;
  const auto* leg = dynamic_cast<const Leg*>(target);
  return leg ? leg->id() : core::LegId{};
}

void WireTap::seen(msg_t* message, bool sent) const {
  const sip_t* sip = trace_ ? sip_object(message) : nullptr;
  if (!sip || !sip->sip_call_id || !sip->sip_cseq || (!sip->sip_request && !sip->sip_status)) return;
  std::array<char, 80> peer;
  std::array<char, 120> body;
  runtime::SipMessage seen;
  seen.at = clock_.now();
  seen.sent = sent;
  seen.peer = peer_of(message, peer);
  seen.method = view(sip->sip_cseq->cs_method_name);
  seen.call_id = view(sip->sip_call_id->i_id);
  seen.cseq = sip->sip_cseq->cs_seq;
  seen.identity = identity_of(sip);
  seen.body = body_of(sip, body);
  std::array<char, 160> uri{};
  if (const auto* request = sip->sip_request) {
    if (url_e(uri.data(), uri.size(), request->rq_url) > 0) seen.text = {uri.data(), strnlen(uri.data(), uri.size())};
    seen.opens_dialog = request->rq_method == sip_method_invite && sip->sip_to && !sip->sip_to->a_tag;
    if (sent && seen.opens_dialog) seen.leg = leg_of(sip);
  } else {
    seen.status = static_cast<std::uint32_t>(sip->sip_status->st_status);
    seen.text = view(sip->sip_status->st_phrase);
  }
  trace_->observe(seen);
}

}  // namespace pledge::signalling

// The library has no hook for what it sends by itself (retransmissions, 100, ACK and 200 to CANCEL), so that its one
// door to the wire is taken the place of, as the dynamic linker provides: it calls tport_tsend() through its symbol
// table. A test of signalling fails where a build of the library does not.
extern "C" tport_t* tport_tsend(tport_t* self, msg_t* message, const tp_name_t* to, tag_type_t tag, tag_value_t value,
                                ...) {
  using Send = tport_t*(tport_t*, msg_t*, const tp_name_t*, tag_type_t, tag_value_t, ...);
  static const auto send = reinterpret_cast<Send*>(dlsym(RTLD_NEXT, "tport_tsend"));
  ta_list tags{};
  ta_start(tags, tag, value);
  tport_t* used = send(self, message, to, ta_tags(tags));
  (void)ta_end(tags);
  if (used) {
    if (const auto* tap = pledge::signalling::WireTap::of(message)) tap->seen(message, true);
  }
  return used;
}
