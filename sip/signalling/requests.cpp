// Requests outside of any dialog: who may call, what is malformed, and the INVITE that becomes a call.
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "sip/signalling/implementation.hpp"
#include "sip/signalling/text.hpp"

namespace pledge::signalling {
namespace {

// Shares of the receive buffer in use that mean overload.
constexpr double full = 0.5, too_full = 0.9;

bool is_sip(const url_t* url) { return url->url_type == url_sip || url->url_type == url_sips; }

// The library would follow any of them after the answer; only sip ones lead anywhere.
bool reachable(const sip_t* sip) {
  for (const auto* contact = sip->sip_contact; contact; contact = contact->m_next)
    if (!is_sip(contact->m_url)) return false;
  for (const auto* route = sip->sip_record_route; route; route = route->r_next)
    if (!is_sip(route->r_url)) return false;
  return true;
}

// "urn:service:sos" is dialled without a host; "tel:" too.
bool known_scheme(const url_t* url) {
  return is_sip(url) || url->url_type == url_tel || (url->url_scheme && text::iequals(url->url_scheme, "urn"));
}

// Bodies whose contents mean something to us; RFC 6442, RFC 7852.
bool is_known_body(const std::string& kind) {
  return kind == "application/sdp" || kind == "application/pidf+xml" || text::istarts_with(kind, "multipart/") ||
         text::istarts_with(kind, "application/emergencycalldata.");
}

// An INVITE with a tag that we never gave was meant to start a call (RFC 4475 §3.1.1.1), perhaps with our predecessor.
bool belongs_to_ended_dialog(const sip_t* sip) {
  const char* tag = sip->sip_to->a_tag;
  if (!tag) return false;
  return sip->sip_request->rq_method != sip_method_invite || text::istarts_with(tag, CallerLeg::tag_prefix);
}

std::uint32_t max_breadth(const sip_t* sip, std::uint32_t otherwise) {
  const auto values = unknown_headers(sip, "Max-Breadth");
  if (values.empty()) return otherwise;
  return text::to_number<std::uint32_t>(text::trim(values.front())).value_or(otherwise);
}

}  // namespace

int SipAdapter::Implementation::on_request(nta_incoming_t* request, const sip_t* sip) {
  const auto method = sip->sip_request->rq_method;
  ++requests_by_method[std::min<std::size_t>(static_cast<std::size_t>(method), requests_by_method.size() - 1)];
  if (method == sip_method_ack) {
    nta_incoming_destroy(request);
    return 0;
  }
  const int status = refused(request, sip) ? 0 : answer_request(request, sip);
  shell.count_response(nta_incoming_status(request));
  return status;
}

int SipAdapter::Implementation::answer_request(nta_incoming_t* request, const sip_t* sip) {
  switch (sip->sip_request->rq_method) {
    case sip_method_invite:
      return on_invite(request, sip);
    case sip_method_options:
      return on_options(request, sip);
    case sip_method_register:
      if (load(request) != Load::normal) return overloaded(request, "registrations wait while calls are read late");
      return phones.on_register(request, sip, *peers);
    case sip_method_bye:
    case sip_method_cancel:
    case sip_method_prack:
    case sip_method_update:
    case sip_method_notify:
      return reply(request, SIP_481_NO_TRANSACTION);
    case sip_method_unknown:
      return reply(request, SIP_501_NOT_IMPLEMENTED, SIPTAG_ALLOW(agent.headers().allow));
    default:
      return reply(request, SIP_405_METHOD_NOT_ALLOWED, SIPTAG_ALLOW(agent.headers().allow));
  }
}

bool SipAdapter::Implementation::refused(nta_incoming_t* request, const sip_t* sip) {
  if (refuse_oversized(shell, request)) return true;
  const auto method = sip->sip_request->rq_method;
  const char* host = sip->sip_request->rq_url->url_host;
  if (host && std::string_view(host) == other_version_host) return reply(request, SIP_505_VERSION_NOT_SUPPORTED), true;
  if (!known_scheme(sip->sip_request->rq_url)) return reply(request, SIP_416_UNSUPPORTED_URI), true;
  if (method != sip_method_register && !reachable(sip)) return reply(request, 400, "Bad Contact or Record-Route"), true;
  if (belongs_to_ended_dialog(sip)) return reply(request, SIP_481_NO_TRANSACTION), true;
  if (nta_check_required(request, sip, agent.headers().supported, SIPTAG_ALLOW(agent.headers().allow), TAG_END())) {
    nta_incoming_destroy(request);
    return true;
  }
  return false;
}

int SipAdapter::Implementation::on_options(nta_incoming_t* request, const sip_t*) {
  const auto& headers = agent.headers();
  return reply(request, SIP_200_OK, SIPTAG_ALLOW(headers.allow), SIPTAG_ACCEPT(headers.accept),
               SIPTAG_ACCEPT_ENCODING(headers.accept_encoding), SIPTAG_SUPPORTED(headers.supported),
               SIPTAG_SERVER(headers.server), SIPTAG_CONTACT(agent.listener_of(request).contact));
}

// A request of ours that has come back (RFC 3261 §16.3 step 4: our own Via and branch).
bool SipAdapter::Implementation::looped(nta_incoming_t* request, const sip_t* sip) const {
  const MessagePtr message{nta_incoming_getrequest(request)};
  for (const auto* via = sip->sip_via; via; via = via->v_next)
    if (nta_outgoing_find(agent.nta(), message.get(), sip, via)) return true;
  return false;
}

int SipAdapter::Implementation::overloaded(nta_incoming_t* request, const char* why) {
  ++counters.overloaded;
  shell.alarm("overloaded", why);
  const std::string after =
      std::to_string(std::chrono::duration_cast<std::chrono::seconds>(options.limits.retry_after).count());
  return reply(request, SIP_503_SERVICE_UNAVAILABLE, SIPTAG_RETRY_AFTER_STR(after.c_str()));
}

SipAdapter::Implementation::Load SipAdapter::Implementation::load(nta_incoming_t* request) {
  const auto [delay, filled] = agent.backlog_of(request);
  const auto& limits = options.limits;
  const auto beyond = [delay = delay, filled = filled](core::Duration limit, double most) {
    return limit > core::Duration{} && (delay > limit || filled > most);
  };
  const core::Time now = shell.clock.now();
  const bool late = late_reading.take(now, beyond(limits.late, full));
  const bool too_late = too_late_reading.take(now, beyond(limits.too_late, too_full));
  const Load load = too_late ? Load::too_late : late ? Load::late : Load::normal;
  if (load != Load::normal)
    shell.alarm(load == Load::late ? "overload" : "overload.all",
                fmt::format("SIP is read {} ms after it came, and has been read late for some time ({:.0f} % of the receive buffer in "
                            "use): {}", std::chrono::duration_cast<std::chrono::milliseconds>(delay).count(), 100 * filled,
                            load == Load::late ? "only calls of the first class are taken on" : "calls are refused"));
  counters.receive_delay = delay;
  return load;
}

bool SipAdapter::Implementation::invite_refused(nta_incoming_t* request, const sip_t* sip) {
  if (sip->sip_max_forwards && sip->sip_max_forwards->mf_count == 0)  // RFC 7332 §3.1
    return ++counters.looped, reply(request, SIP_483_TOO_MANY_HOPS), true;
  if (max_breadth(sip, options.limits.breadth) == 0)  // RFC 5393 §5.3.3
    return ++counters.looped, reply(request, 440, "Max-Breadth Exceeded"), true;
  if (sip->sip_via && sip->sip_via->v_next && looped(request, sip)) {
    ++counters.looped;
    shell.alarm("loop", "an INVITE of ours came back by way of " + agent.source_of(request).text());
    return reply(request, SIP_482_LOOP_DETECTED), true;
  }
  if (legs.size() >= options.limits.legs) return overloaded(request, "as many legs as the limit `legs` allows"), true;
  return false;
}

tl::expected<Body, int> SipAdapter::Implementation::read_body(nta_incoming_t* request, const sip_t* sip) {
  const auto body = payload(sip);
  if (body.empty()) return Body{};
  const auto& headers = agent.headers();
  const std::string type = content_type(sip);
  const std::string kind = media_type(type);
  const bool encoded = sip->sip_content_encoding && sip->sip_content_encoding->k_items &&
                       !text::iequals(sip->sip_content_encoding->k_items[0], "identity");
  const bool optional = sip->sip_content_disposition && sip->sip_content_disposition->cd_optional;  // RFC 3204 §4
  if (optional && encoded) return Body{};
  if (encoded || (!optional && !is_known_body(kind))) {
    reply(request, SIP_415_UNSUPPORTED_MEDIA, SIPTAG_ACCEPT(headers.accept),
          SIPTAG_ACCEPT_ENCODING(headers.accept_encoding));
    return tl::unexpected(415);
  }
  if (kind == "application/sdp") return Body{std::string(body), {}};
  auto split = split_body(type, body);
  if (split) return std::move(*split);
  const std::string why = "Bad body: " + split.error().what;
  reply(request, 400, why.c_str());
  return tl::unexpected(400);
}

int SipAdapter::Implementation::on_invite(nta_incoming_t* request, const sip_t* sip) {
  const auto source = agent.source_of(request);
  const auto* trunk = peers->trunk(source.ip);
  if (!trunk && !phones.is_phone(source)) {
    ++counters.strangers_refused;
    shell.alarm("stranger", fmt::format("INVITE from {}, which is neither a trunk nor a phone", source.text()));
    return reply(request, SIP_403_FORBIDDEN);
  }
  const Load load = this->load(request);
  // Without Retry-After, which would keep a trunk from sending the next call, perhaps an emergency, for so long (RFC 3261
  // §21.5.4): each call is judged when it comes.
  if (load == Load::too_late) return ++counters.too_late, reply(request, SIP_503_SERVICE_UNAVAILABLE);
  if (invite_refused(request, sip)) return 0;
  auto body = read_body(request, sip);
  if (!body) return 0;
  const Invite invite{request, sip, trunk};
  auto facts = facts_of(invite, std::move(body->parts));
  if (load == Load::late && !taken_though_late(facts)) return reply(request, SIP_503_SERVICE_UNAVAILABLE);
  return begin_call(invite, body->sdp, std::move(facts));
}

// A call that is refused here has cost neither ports nor a dialog, nor a record of the journal: a flood of them must leave time for
// those that are taken on.
bool SipAdapter::Implementation::taken_though_late(const core::CallFacts& facts) {
  ++counters.late;
  if (!takes_in_overload || takes_in_overload(facts)) return true;
  ++counters.late_refused;
  return false;
}

int SipAdapter::Implementation::begin_call(const Invite& invite, const std::optional<std::string>& offer, core::CallFacts facts) {
  const auto [request, sip, trunk] = invite;
  const core::LegId id{next_leg};
  next_leg += 2;
  const bool behind_nat = trunk ? trunk->behind_nat : options.phones.behind_nat;
  auto leg = std::make_unique<CallerLeg>(shell, id, request, sip, behind_nat);
  if (const auto refusal = leg->prepare(offer, sip)) {
    leg->give_up();
    nta_incoming_bind(request, nullptr, nullptr);
    if (refusal->status == 503) return overloaded(request, "no RTP port left for a call");
    const std::string least =
        std::to_string(std::chrono::duration_cast<std::chrono::seconds>(options.session_timer.least).count());
    return reply(request, refusal->status, nullptr,
                 TAG_IF(!refusal->warning.empty(), SIPTAG_WARNING_STR(refusal->warning.c_str())),
                 TAG_IF(refusal->status == 422, SIPTAG_MIN_SE_STR(least.c_str())));
  }
  if (facts.operator_present) leg->expect_operator();
  auto& card = leg->card();
  const bool withheld = facts.provenance == core::Provenance::withheld;
  card.user = !withheld && sip->sip_from->a_url->url_user ? sip->sip_from->a_url->url_user : "anonymous";
  card.display = !withheld && sip->sip_from->a_display ? sip->sip_from->a_display : "";
  card.max_forwards = sip->sip_max_forwards ? static_cast<std::uint32_t>(sip->sip_max_forwards->mf_count) - 1 : 69;
  if (!unknown_headers(sip, "Max-Breadth").empty()) card.max_breadth = max_breadth(sip, options.limits.breadth);
  if (!facts.resource_priority.empty()) card.header_lines.push_back("Resource-Priority: " + facts.resource_priority);
  if (!facts.service_urn.empty()) card.header_lines.push_back("Priority: emergency");
  for (const auto& value : facts.call_info) card.header_lines.push_back("Call-Info: " + value);
  CallerLeg& caller = *leg;  // stays until the turn ends, even if its call does not
  legs.add(std::move(leg));
  ++counters.calls;
  shell.events.submit(core::CallArrived{id, std::move(facts)});
  caller.taken_on();
  return 0;
}

}  // namespace pledge::signalling
