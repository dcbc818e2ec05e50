// Legs that the core opens: to handlers' phones and, by way of a trunk, to outside numbers.
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "sip/signalling/header.hpp"
#include "sip/signalling/implementation.hpp"
#include "sip/signalling/text.hpp"

namespace pledge::signalling {
namespace {

// What may stand before the '@' (RFC 3261 §25.1 user); anything else would make the From unreadable for the phone.
bool is_user(std::string_view text) {
  return !text.empty() && text::all_of(text, [](char c) {
    return text::is_digit(c) || text::is_alpha(c) ||
           std::string_view("-_.!~*'()%&=+$,;?/").find(c) != std::string_view::npos;
  });
}

std::string printable(std::string text) {
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  return text;
}

}  // namespace

void SipAdapter::Implementation::fail(core::LegId leg, core::LegFailure cause) {
  ++counters.rings_failed;
  shell.events.submit(core::LegFailed{leg, cause, 0});
}

void SipAdapter::Implementation::copy_caller(core::LegId caller, OutgoingCall& call) const {
  call.from_user = "anonymous";
  auto* leg = dynamic_cast<CallerLeg*>(legs.find(caller));
  if (!leg) return;
  const auto& card = leg->card();
  if (is_user(card.user)) call.from_user = card.user;
  call.from_display = printable(card.display);
  call.max_forwards = card.max_forwards;
  for (const auto& line : card.header_lines) call.header_lines.push_back(printable(line));
  if (card.max_breadth) call.header_lines.push_back("Max-Breadth: " + std::to_string(*card.max_breadth));
  if (leg->session().format) call.prefer = leg->session().format->codec;
}

void SipAdapter::Implementation::begin_leg(core::LegId id, OutgoingCall call) {
  const auto home = new_home();
  const auto* uri = url_make(home.get(), call.reach.route.empty() ? call.uri.c_str() : call.reach.route.c_str());
  if (!uri || (uri->url_type != url_sip && uri->url_type != url_sips) || !uri->url_host) {
    spdlog::warn("leg {}: {} is not a SIP URI that can be called", id.value, call.uri);
    return fail(id, core::LegFailure::unreachable);
  }
  call.reach.by_name = is_name_alone(uri);
  auto leg = std::make_unique<PhoneLeg>(shell, id, agent.listener_for(uri), std::move(call));
  auto* calling = leg.get();
  legs.add(std::move(leg));
  calling->call();
}

void SipAdapter::Implementation::ring(const core::RingPhone& action) {
  OutgoingCall call;
  copy_caller(action.caller_leg, call);
  if (action.phone.empty()) {
    auto place = phones.find(action.handler);
    if (!place) return fail(action.leg, core::LegFailure::unreachable);
    call.uri = std::move(place->uri);
    call.reach = std::move(place->reach);
  } else {
    call.uri = text::istarts_with(action.phone, "sip") ? action.phone : "sip:" + action.phone;
    call.reach.behind_nat = options.phones.behind_nat;
  }
  if (action.auto_answer) call.header_lines.emplace_back("Answer-Mode: Auto");  // RFC 5373
  begin_leg(action.leg, std::move(call));
}

void SipAdapter::Implementation::dial(const core::DialOut& action) {
  const auto* trunk = trunks.choose();
  if (!trunk) {
    shell.alarm("no-trunk", "a call to " + action.number + " finds no trunk that is up and has a target");
    return fail(action.leg, core::LegFailure::unreachable);
  }
  OutgoingCall call;
  copy_caller(action.caller_leg, call);
  const auto& own = action.shown.empty() ? trunk->caller : action.shown;
  if (call.from_user == "anonymous" && !own.empty()) call.from_user = own;
  const auto number = numbers.normalise(action.number);
  if (!is_user(number)) return fail(action.leg, core::LegFailure::rejected);
  call.uri = trunk_uri(*trunk, number);
  call.trunk = trunk->id;
  call.reach.behind_nat = trunk->behind_nat;
  if (!trunk->user.empty()) call.credentials = DigestCredentials{trunk->user, trunk->secret};
  begin_leg(action.leg, std::move(call));
}

}  // namespace pledge::signalling
