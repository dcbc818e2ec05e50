#include "sip/signalling/imagined_call.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sip/signalling/identity.hpp"
#include "sip/signalling/text.hpp"

namespace pledge::signalling {
namespace {

using Trunk = const runtime::TrunkOptions*;

// A user part that says what was typed (RFC 3261 §25.1: what is not unreserved is escaped).
std::string escaped(std::string_view typed) {
  std::string out;
  for (const char c : text::trim(typed)) {
    const bool plain = text::is_digit(c) || text::is_alpha(c) || std::string_view("+-_.!*").find(c) != std::string_view::npos;
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

std::string joined(const std::vector<std::string>& names) {
  return names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", "));
}

tl::expected<Trunk, std::string> trunk_of(const runtime::ImaginedCall& call, const std::vector<runtime::TrunkOptions>& trunks) {
  if (call.trunk.empty()) return trunks.size() == 1 ? &trunks.front() : nullptr;
  std::vector<std::string> names;
  for (const auto& trunk : trunks) {
    if (trunk.id == call.trunk) return &trunk;
    names.push_back(trunk.id.value);
  }
  return tl::unexpected(fmt::format("no trunk \"{}\" is configured; there are: {}", call.trunk.value, joined(names)));
}

bool has_place(const runtime::SignallingOptions& options, const std::string& place) {
  const auto is_it = [&](const auto& known) { return known.place == place; };
  return std::find(options.place_names.begin(), options.place_names.end(), place) != options.place_names.end() ||
         std::any_of(options.places.begin(), options.places.end(), is_it) ||
         std::any_of(options.areas.begin(), options.areas.end(), is_it);
}

// What would be passed over in a real call, and was surely meant here.
std::string fault_of(const runtime::ImaginedCall& call, const core::CallFacts& facts, const runtime::SignallingOptions& options) {
  if (!call.place.empty() && !has_place(options, call.place))
    return fmt::format("no place \"{}\" is configured; there are: {}", call.place, joined(options.place_names));
  if (!call.service_urn.empty() && facts.service_urn.empty())
    return fmt::format("\"{}\" is no emergency service: write urn:service:sos, or one of its kind such as urn:service:sos.police",
                       call.service_urn);
  if (!call.resource_priority.empty() && facts.trusted && facts.resource_priority.empty())
    return fmt::format("\"{}\" is no priority that counts: write esnet.0 to esnet.4 (RFC 7135)", call.resource_priority);
  return {};
}

}  // namespace

tl::expected<core::CallFacts, std::string> facts_of(const runtime::ImaginedCall& call, core::Time arrival, Numbers& numbers,
                                                    const runtime::SignallingOptions& options) {
  const auto trunk = trunk_of(call, options.trunks);
  if (!trunk) return tl::unexpected(trunk.error());
  const bool withheld = text::trim(call.caller).empty();
  const std::string from = withheld ? "<sip:anonymous@anonymous.invalid>" : "<sip:" + escaped(call.caller) + "@caller.invalid>";
  const std::string dialled = "sip:" + escaped(call.dialled) + "@dialled.invalid", to = "<" + dialled + ">";
  InviteHeaders headers{};
  headers.request_uri = call.service_urn.empty() ? dialled : call.service_urn;
  headers.from = from;
  headers.to = to;
  headers.asserted = {from};
  headers.resource_priority = {call.resource_priority};
  IdentityOptions identity;
  identity.places = options.places;
  auto facts = facts_of(*trunk, headers, arrival, numbers, identity);
  if (auto fault = fault_of(call, facts, options); !fault.empty()) return tl::unexpected(std::move(fault));
  if (!call.place.empty()) facts.place = call.place;
  return facts;
}

}  // namespace pledge::signalling
