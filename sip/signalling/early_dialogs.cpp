#include "sip/signalling/early_dialogs.hpp"

#include <algorithm>

namespace pledge::signalling {
namespace {

constexpr std::size_t most_forks = 16;  // of one INVITE: more phones than one handler has

DialogPtr begin(nta_agent_t* agent, RequestTarget& target, const sip_t* response) {
  DialogPtr dialog{nta_leg_tcreate(agent, RequestTarget::call, &target, SIPTAG_CALL_ID(response->sip_call_id),
                                   SIPTAG_FROM(response->sip_from), SIPTAG_TO(response->sip_to),
                                   SIPTAG_CSEQ(response->sip_cseq), TAG_END())};
  if (!dialog) return dialog;
  const auto* contact = response->sip_contact;
  const bool usable = contact && (contact->m_url->url_type == url_sip || contact->m_url->url_type == url_sips);
  nta_leg_client_reroute(dialog.get(), response->sip_record_route, usable ? contact : nullptr, 1);
  return dialog;
}

}  // namespace

bool is_reliable_provisional(const sip_t* response) {
  const int status = response->sip_status->st_status;
  return status > 100 && status < 200 && response->sip_rseq && response->sip_to->a_tag && response->sip_require &&
         sip_has_feature(response->sip_require, "100rel");
}

EarlyDialog* EarlyDialogs::take(nta_agent_t* agent, RequestTarget& target, const sip_t* response, std::string answer) {
  const char* tag = response->sip_to->a_tag;
  const auto rseq = static_cast<std::uint32_t>(response->sip_rseq->rs_response);
  auto at = std::find_if(all_.begin(), all_.end(), [&](const EarlyDialog& early) { return early.tag == tag; });
  if (at != all_.end() && rseq != at->rseq + 1) return nullptr;
  if (at == all_.end()) {
    if (all_.size() == most_forks) return nullptr;
    auto dialog = begin(agent, target, response);
    if (!dialog) return nullptr;
    at = all_.insert(all_.end(), EarlyDialog{tag, std::move(dialog), 0, {}});
  }
  at->rseq = rseq;
  if (at->answer.empty()) at->answer = std::move(answer);
  return &*at;
}

EarlyDialog EarlyDialogs::take_out(const char* tag) {
  const auto at = std::find_if(all_.begin(), all_.end(), [&](const EarlyDialog& e) { return tag && e.tag == tag; });
  if (at == all_.end()) return {};
  EarlyDialog found = std::move(*at);
  all_.erase(at);
  return found;
}

}  // namespace pledge::signalling
