#include "sip/signalling/leg.hpp"

#include "sip/signalling/header.hpp"
#include "sip/signalling/multipart.hpp"

namespace pledge::signalling {

std::string_view payload(const sip_t* sip) {
  if (!sip || !sip->sip_payload) return {};
  return {sip->sip_payload->pl_data, static_cast<std::size_t>(sip->sip_payload->pl_len)};
}

std::string content_type(const sip_t* sip) {
  const auto* header = sip->sip_content_type;
  if (!header || !header->c_type) return "application/sdp";
  std::string type = header->c_type;
  for (auto parameter = header->c_params; parameter && *parameter; ++parameter) (type += ';') += *parameter;
  return type;
}

std::string session_body(const sip_t* sip) {
  const auto body = payload(sip);
  if (body.empty()) return {};
  const std::string type = content_type(sip);
  const std::string kind = media_type(type);
  if (kind.rfind("multipart/", 0) != 0) return std::string(body);
  const auto split = split_body(type, body);
  return split && split->sdp ? *split->sdp : std::string();
}

std::string auth_text(const msg_auth_t* header) {
  std::string text = header->au_scheme ? header->au_scheme : "";
  for (auto parameter = header->au_params; parameter && *parameter; ++parameter)
    (text += parameter == header->au_params ? " " : ", ") += *parameter;
  return text;
}

std::string reason_header(int status, const std::string& text) {
  return text.empty() ? std::string() : "SIP;cause=" + std::to_string(status) + ";text=" + quote(text);
}

bool refuse_oversized(const Shell& shell, nta_incoming_t* request) {
  const MessagePtr message{nta_incoming_getrequest(request)};
  const auto size = msg_size(message.get());
  if (size <= shell.options.limits.message_bytes) return false;
  ++shell.counters.oversized;
  shell.alarm("oversized", "a request of " + std::to_string(size) + " bytes from " +
                               shell.agent.source_of(request).text() + " is beyond the limit `message_bytes`");
  return reply(request, SIP_513_MESSAGE_TOO_LARGE), true;
}

Leg::Leg(Shell& shell, core::LegId id, const Listener& listener) : shell_(shell), id_(id), listener_(listener) {}

Leg::~Leg() {
  shell_.deadlines.clear(id_);
  close_media();
}

// A leg that has ended sends nothing more, but for a BYE that is challenged; its transactions are finished by the library.
void Leg::finish() {
  shell_.deadlines.clear(id_);
  close_media();
  if (kept_) shell_.records->append_leg_state(shell_.clock.now(), id_, {});
  if (bye_) shell_.legs.linger(id_);
  else shell_.legs.retire(id_);
}

bool Leg::open_media() {
  const auto ports = shell_.media.open(id_, listener_.media_ip);
  if (!ports) {
    ++shell_.counters.no_ports;
    shell_.alarm("no-rtp-port", "no RTP port for a call: " + ports.error().message());
    return false;
  }
  media_open_ = true;
  session_ = start_session(static_cast<std::uint64_t>(shell_.clock.now().ns), address_of(*ports), ports->rtp_port);
  return true;
}

const std::string& Leg::address_of(const runtime::MediaLocal& local) const {
  return local.address.empty() ? listener_.media_advertised : local.address;
}

void Leg::move_media(const runtime::MediaLocal& local) {
  session_.local_ip = address_of(local);
  session_.local_port = local.rtp_port;
  if (rewrite_unsent_sdp()) return;
  moved_ = true, moved_refused_ = 0;
  tell_moved();
}

void Leg::close_media() {
  if (!media_open_) return;
  media_open_ = false;
  shell_.media.close(id_, {});
}

void Leg::use(runtime::MediaFormat format) {
  if (reach_.behind_nat) format.source = runtime::SourcePolicy::behind_nat;
  shell_.media.set_format(id_, format);
  const bool held = !format.send;
  if (held == held_) return;
  held_ = held;
  if (established()) report(core::LegHeld{id_, held});
}

void Leg::keep_reach(nta_incoming_t* request, bool behind_nat) {
  reach_.connection = shell_.agent.connection_of(request);
  reach_.behind_nat = behind_nat;
  if (!behind_nat) return;
  const auto source = shell_.agent.source_of(request);
  reach_.route = "sip:" + bracketed(source.ip) + ":" + std::to_string(source.port);
  if (source.transport == runtime::Transport::tcp) reach_.route += ";transport=tcp";
}

url_string_t* Leg::route() const { return reach_.route.empty() ? nullptr : URL_STRING_MAKE(reach_.route.c_str()); }

tport_t* Leg::connection() const {
  return reach_.connection && tport_is_clear_to_send(reach_.connection.get()) ? reach_.connection.get() : nullptr;
}

}  // namespace pledge::signalling
