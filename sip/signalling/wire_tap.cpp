#include "sip/signalling/wire_tap.hpp"

#include <dlfcn.h>
#include <sofia-sip/su_tagarg.h>

#include <algorithm>
#include <array>
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

// Appends to a fixed room, as much as fits: no format strings and no memory, as it is done for each message.
class Room {
 public:
  Room& add(std::string_view text) {
    const auto part = text.substr(0, bytes_.size() - used_);
    std::copy(part.begin(), part.end(), bytes_.begin() + static_cast<std::ptrdiff_t>(used_));
    used_ += part.size();
    return *this;
  }
  std::string_view text() const { return {bytes_.data(), used_}; }

 private:
  std::array<char, 120> bytes_;
  std::size_t used_ = 0;
};

// "127.0.0.1:20000 PCMA 101", from the values of c= and m=audio.
void add_audio(Room& room, std::string_view address, std::string_view media) {
  text::next_word(media);  // "audio"
  room.add(address).add(":").add(text::next_word(media));
  text::next_word(media);  // the profile
  while (!media.empty()) {
    const auto format = text::next_word(media);
    if (!format.empty()) room.add(" ").add(format == "0" ? "PCMU" : format == "8" ? "PCMA" : format);
  }
}

// "SDP 192.0.2.1:20000 PCMA 101 sendonly": read loosely, for a person; what is negotiated is read by sdp.hpp.
std::string_view body_of(const sip_t* sip, Room& room) {
  auto rest = payload(sip);
  if (rest.empty()) return {};
  std::string_view address, media, direction;
  while (!rest.empty()) {
    const auto line = text::next_line(rest);
    if (line.starts_with("c=IN IP")) address = line.substr(std::min<std::size_t>(line.size(), 9));
    else if (line.starts_with("m=audio ") && media.empty()) media = line.substr(2);
    else if (line == "a=sendonly" || line == "a=recvonly" || line == "a=inactive") direction = line.substr(2);
  }
  if (media.empty()) return view(sip->sip_content_type ? sip->sip_content_type->c_type : nullptr);
  add_audio(room.add("SDP "), address, media);
  if (!direction.empty()) room.add(" ").add(direction);
  return room.text();
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

std::uint64_t WireTap::refused() const {
  usize_t bad = 0;
  if (agent_ && *agent_) nta_agent_get_stats(*agent_, NTATAG_S_BAD_MESSAGE_REF(bad), TAG_END());
  return bad;
}

std::optional<WireTap::Suspect> WireTap::before_delivery(msg_t* message) const {
  auto bad = unreadable(message, *agent_);
  if (!bad) return std::nullopt;
  return Suspect{std::move(*bad), refused()};
}

void WireTap::after_delivery(Suspect suspect) {
  if (refused() == suspect.refused_before) return;
  if (suspect.message.beginning.empty()) ++kept_alive_;  // nothing was left of it but line breaks
  else unreadable_ = std::move(suspect.message);
}

void WireTap::seen(msg_t* message, bool sent) const {
  const sip_t* sip = trace_ ? sip_object(message) : nullptr;
  if (!sip || !sip->sip_call_id || !sip->sip_cseq || (!sip->sip_request && !sip->sip_status)) return;
  Room body;
  runtime::SipMessage seen;
  seen.at = clock_.now();
  seen.sent = sent;
  seen.peer = peer_of(message);
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

// Nor one for what it cannot read: each message received goes through this door, however bad.
extern "C" void tport_deliver(tport_t* self, msg_t* message, msg_t* next, tport_compressor_t* compressor, su_time_t now) {
  using Deliver = void(tport_t*, msg_t*, msg_t*, tport_compressor_t*, su_time_t);
  static const auto deliver = reinterpret_cast<Deliver*>(dlsym(RTLD_NEXT, "tport_deliver"));
  auto* tap = pledge::signalling::WireTap::of(message);
  auto suspect = tap ? tap->before_delivery(message) : std::nullopt;
  deliver(self, message, next, compressor, now);
  if (suspect) tap->after_delivery(std::move(*suspect));
}
