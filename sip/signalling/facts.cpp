// From an INVITE to what the core and the handler are told of it.
#include <algorithm>

#include "sip/signalling/additional_data.hpp"
#include "sip/signalling/implementation.hpp"
#include "sip/signalling/location.hpp"
#include "sip/signalling/text.hpp"

namespace pledge::signalling {
namespace {

std::vector<std::string_view> views(const std::vector<std::string>& texts) { return {texts.begin(), texts.end()}; }

std::vector<std::string> call_info_values(const sip_t* sip) {
  std::vector<std::string> values;
  if (!sip->sip_call_info) return values;
  const auto home = new_home();
  for (const auto* info = sip->sip_call_info; info; info = info->ci_next) {
    std::string value = "<" + url_text(info->ci_url) + ">";
    for (const auto* parameter = info->ci_params; parameter && *parameter; ++parameter)
      value += std::string(";") + *parameter;
    values.push_back(std::move(value));
  }
  return values;
}

std::vector<std::string> privacy_values(const sip_t* sip) {
  std::vector<std::string> values;
  if (!sip->sip_privacy) return values;
  for (const auto* value = sip->sip_privacy->priv_values; value && *value; ++value) values.emplace_back(*value);
  return values;
}

}  // namespace

std::string url_text(const url_t* url) {
  char buffer[512];
  const auto size = url_e(buffer, sizeof buffer, url);
  if (size >= 0 && static_cast<std::size_t>(size) < sizeof buffer) return {buffer, static_cast<std::size_t>(size)};
  const auto home = new_home();
  const char* text = url_as_string(home.get(), url);
  return text ? text : "";
}

std::string name_addr_text(const char* display, const url_t* url) {
  std::string text;
  if (display && *display) (text += display) += ' ';
  return text + "<" + url_text(url) + ">";
}

core::CallFacts SipAdapter::Implementation::facts_of(const Invite& invite, std::vector<core::BodyPart> parts) {
  const auto [request, sip, trunk] = invite;
  const std::string uri = url_text(sip->sip_request->rq_url);
  const std::string from = name_addr_text(sip->sip_from->a_display, sip->sip_from->a_url);
  const std::string to = name_addr_text(sip->sip_to->a_display, sip->sip_to->a_url);
  const auto priority = unknown_headers(sip, "Resource-Priority");
  const auto asserted = unknown_headers(sip, "P-Asserted-Identity");
  const auto geolocation = unknown_headers(sip, "Geolocation");
  const auto info = call_info_values(sip);
  const auto privacy = privacy_values(sip);
  std::vector<std::string> routes, handover;
  for (const auto* route = sip->sip_route; route; route = route->r_next) routes.push_back(url_text(route->r_url));
  if (!options.handover_header.empty()) handover = unknown_headers(sip, options.handover_header);

  InviteHeaders headers{uri,
                        from,
                        to,
                        views(routes),
                        views(asserted),
                        views(privacy),
                        views(priority),
                        views(geolocation),
                        views(info),
                        handover.empty() ? std::string_view() : std::string_view(handover.front())};
  IdentityOptions identity;
  identity.places = options.places;
  auto facts = signalling::facts_of(trunk, headers, shell.clock.now(), numbers, identity);
  facts.body_parts = std::move(parts);
  facts.sip_call_id = sip->sip_call_id->i_id;
  facts.source = agent.source_of(request).text();
  facts.locations = locations_of(facts);
  facts.additional_items = additional_items(facts.body_parts);
  const auto moves = [](const core::NamedText& item) {  // RFC 7852 §4.2.3
    return item.name == "ServiceInfo.ServiceMobility" && text::iequals(item.text, "Mobile");
  };
  facts.mobile = facts.mobile || std::any_of(facts.additional_items.begin(), facts.additional_items.end(), moves);
  // Where this call comes from is better knowledge than where numbers like the caller's are usually at home.
  if (auto place = place_of(facts.locations, options.place_names, options.areas); !place.empty())
    facts.place = std::move(place);
  return facts;
}

}  // namespace pledge::signalling
