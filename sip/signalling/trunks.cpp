#include "sip/signalling/trunks.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "sip/signalling/header.hpp"
#include "sip/signalling/text.hpp"

namespace pledge::signalling {

std::string trunk_uri(const runtime::TrunkOptions& trunk, const std::string& number) {
  std::string place = trunk.target;
  if (const auto uri = split_uri(trunk.target); uri && uri->is_sip()) {
    place = std::string(uri->host);
    if (!uri->port.empty()) place += ":" + std::string(uri->port);
    place += uri->parameters;
  }
  if (trunk.transport == runtime::Transport::tcp && place.find("transport=") == std::string::npos)
    place += ";transport=tcp";
  return number.empty() ? "sip:" + place : "sip:" + number + "@" + place;
}

Trunks::Trunks(Shell& shell) : shell_(shell) {}

// What is known of a trunk that stays is kept.
void Trunks::configure(const runtime::SignallingOptions& options) {
  preferred_ = options.outbound;
  std::vector<std::unique_ptr<Trunk>> before = std::move(trunks_);
  trunks_.clear();
  for (const auto& wanted : options.trunks) {
    std::unique_ptr<Trunk> trunk;
    for (auto& old : before)
      if (old && old->options.id == wanted.id && old->options.target == wanted.target) trunk = std::move(old);
    if (!trunk) trunk = std::make_unique<Trunk>(*this, wanted);
    trunk->options = wanted;
    trunks_.push_back(std::move(trunk));
  }
}

const runtime::TrunkOptions* Trunks::choose() const {
  for (const auto& trunk : trunks_)
    if (!preferred_.empty() && trunk->options.id == preferred_ && trunk->up && !trunk->options.target.empty())
      return &trunk->options;
  for (const auto& trunk : trunks_)
    if (trunk->up && !trunk->options.target.empty()) return &trunk->options;
  return nullptr;
}

std::vector<TrunkHealth> Trunks::health() const {
  std::vector<TrunkHealth> out;
  for (const auto& trunk : trunks_) out.push_back({trunk->options.id, trunk->up, trunk->missed});
  return out;
}

std::size_t Trunks::down() const {
  std::size_t count = 0;
  for (const auto& trunk : trunks_) count += trunk->up ? 0 : 1;
  return count;
}

void Trunks::check(core::Time now) {
  for (auto& trunk : trunks_) {
    if (trunk->options.health_interval <= core::Duration{} || trunk->options.target.empty()) continue;
    if (trunk->question || now < trunk->next) continue;
    trunk->next = now + trunk->options.health_interval;
    trunk->others = {};
    ask(*trunk, {});
  }
}

void Trunks::ask(Trunk& trunk, const std::string& place) {
  const std::string uri = trunk_uri(trunk.options, {});
  msg_t* message = nta_msg_create(shell_.agent.nta(), 0);
  sip_t* sip = sip_object(message);
  su_home_t* home = msg_home(message);
  const url_t* target = sip_contact_make(home, ("<" + uri + ">").c_str())->m_url;
  const Listener& listener = shell_.agent.listener_for(target);
  const char* ident = is_name_alone(target) || !place.empty() ? nullptr : listener.ident.c_str();
  auto* route = place.empty() ? nullptr : URL_STRING_MAKE(place.c_str());
  const std::string from =
      fmt::format("<sip:pledge@{}>;tag={}", listener.host_port, nta_agent_newtag(home, nullptr, shell_.agent.nta()));
  const std::string to = "<" + uri + ">";
  sip_add_tl(
      message, sip, SIPTAG_REQUEST(sip_request_create(home, SIP_METHOD_OPTIONS, URL_STRING_MAKE(uri.c_str()), nullptr)),
      SIPTAG_FROM_STR(from.c_str()), SIPTAG_TO_STR(to.c_str()), SIPTAG_CALL_ID(sip_call_id_create(home, nullptr)),
      SIPTAG_CSEQ(sip_cseq_create(home, 1, SIP_METHOD_OPTIONS)), SIPTAG_MAX_FORWARDS_STR("70"),
      SIPTAG_CONTACT(listener.contact), SIPTAG_USER_AGENT(shell_.agent.headers().user_agent), TAG_END());
  trunk.question.reset(nta_outgoing_mcreate(shell_.agent.nta(), ResponseTarget::call, &trunk, route, message,
                                            TPTAG_IDENT(ident), TAG_END()));
  if (!trunk.question) {
    msg_destroy(message);
    judge(trunk, false);
  }
  shell_.agent.kick();
}

bool Trunks::ask_elsewhere(Trunk& trunk, bool refused) {
  const auto home = new_home();
  const auto* uri = url_make(home.get(), trunk_uri(trunk.options, {}).c_str());
  if (!uri) return false;
  const auto refused_by = refused ? std::optional(shell_.agent.source_of(trunk.question.get())) : std::nullopt;
  const auto place = trunk.others.next(shell_.agent, uri, refused_by);
  if (place.empty()) return false;
  ask(trunk, place);
  return true;
}

// Any answer shows life, a refusal as well; only our own timeout or transport failure does not, nor 503 of all its places.
void Trunks::Trunk::on_response(nta_outgoing_t*, const sip_t* sip) {
  const int status = sip ? sip->sip_status->st_status : 408;
  if (status < 200) return;
  const bool somebody = sip && !nta_sip_is_internal(sip);
  const bool answered = somebody && status != 503;
  if (!answered && owner.ask_elsewhere(*this, somebody)) return;
  question.reset();
  owner.judge(*this, answered);
}

void Trunks::judge(Trunk& trunk, bool answered) {
  trunk.missed = answered ? 0 : trunk.missed + 1;
  if (answered && !trunk.up) {
    trunk.up = true;
    spdlog::info("trunk {} answers again", trunk.options.id.value);
  }
  if (trunk.up && trunk.missed >= trunk.options.down_after) {
    trunk.up = false;
    shell_.alarm("trunk-down", fmt::format("trunk {} has left {} OPTIONS unanswered; no call is sent to it",
                                           trunk.options.id.value, trunk.missed));
  }
}

}  // namespace pledge::signalling
