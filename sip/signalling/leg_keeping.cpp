// What is written down of a leg for a successor of the engine (leg_record.hpp).
#include "sip/signalling/caller_leg.hpp"
#include "sip/signalling/phone_leg.hpp"

namespace pledge::signalling {
namespace {

std::string text_of(const char* text) { return text ? text : ""; }

// The m-lines without what is under them: that follows from the format agreed.
std::vector<std::string> lines_of(const MediaSession& session) {
  std::vector<std::string> lines;
  for (const auto& line : session.lines) {
    auto& text = lines.emplace_back(line.media);
    ((text += ' ') += std::to_string(line.port)) += ' ';
    text += line.proto;
    for (const auto& format : line.formats) (text += ' ') += format;
  }
  return lines;
}

}  // namespace

std::string header_text(const void* header) {
  const auto* any = static_cast<const msg_header_t*>(header);
  std::string text(255, '\0');
  auto size = msg_header_field_e(text.data(), text.size() + 1, any, 0);
  if (size > static_cast<issize_t>(text.size())) {
    text.resize(static_cast<std::size_t>(size));
    size = msg_header_field_e(text.data(), text.size() + 1, any, 0);
  }
  text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  return text;
}

void Leg::keep() {
  if (!shell_.records || !dialog_) return;
  LegRecord record;
  record.call_id = call_id_;
  record.local_uri = local_uri_, record.remote_uri = remote_uri_;
  record.local_tag = text_of(nta_leg_get_tag(dialog_.get())), record.remote_tag = text_of(nta_leg_get_rtag(dialog_.get()));
  record.local_cseq = nta_leg_get_seq(dialog_.get()), record.remote_cseq = nta_leg_get_rseq(dialog_.get());
  record.invite_cseq = invite_cseq_;
  const sip_route_t* routes = nullptr;
  const sip_contact_t* target = nullptr;
  nta_leg_get_route(dialog_.get(), &routes, &target);
  for (; routes; routes = routes->r_next) record.routes.push_back(header_text(routes));
  if (target) record.target = url_text(target->m_url);
  record.listener = listener_.bound;
  record.route = reach_.route, record.behind_nat = reach_.behind_nat, record.by_name = reach_.by_name;
  record.peer_allows_update = peer_allows_update_;
  record.media_ip = session_.local_ip, record.media_port = session_.local_port;
  record.session_id = session_.id, record.session_version = session_.version;
  record.lines = lines_of(session_), record.audio_line = session_.audio_line;
  record.offer_open = session_.offer_open;
  record.format = session_.format;
  record.timer = timer_;
  record.refreshed_at = static_cast<std::uint64_t>(refreshed_at_.ns) / 1'000'000'000;
  describe(record);
  shell_.records->append_leg_state(shell_.clock.now(), id_, encode(record));
  kept_ = true;
}

void CallerLeg::describe(LegRecord& record) const {
  record.role = LegRecord::Role::caller;
  const auto state = states_.state();
  const bool acknowledged = state == CallerState::confirmed;
  record.state = state == CallerState::proceeding ? LegRecord::State::early
                 : acknowledged                   ? LegRecord::State::confirmed
                                                  : LegRecord::State::answered;
  record.hops = card_.max_forwards;
  record.peer = peer_;
  record.offer_early = offer_sent_;
  if (!invite_) return;
  const MessagePtr message{nta_incoming_getrequest(invite_.get())};
  const auto* sip = sip_object(message.get());
  for (const auto* via = sip ? sip->sip_via : nullptr; via; via = via->v_next)
    record.invite_vias.push_back(header_text(via));
}

void PhoneLeg::describe(LegRecord& record) const {
  record.role = LegRecord::Role::phone;
  record.state = established() ? LegRecord::State::confirmed : LegRecord::State::early;
  record.trunk = call_.trunk.value;
  if (invite_ && !established()) record.invite_branch = text_of(nta_outgoing_branch(invite_.get()));
}

}  // namespace pledge::signalling
