#include "sip/signalling/registrar.hpp"

#include <algorithm>

#include "sip/signalling/header.hpp"
#include "sip/signalling/peers.hpp"

namespace pledge::signalling {
namespace {

std::uint32_t whole_seconds(core::Duration d) {
  return static_cast<std::uint32_t>(std::chrono::duration_cast<std::chrono::seconds>(d).count());
}

RegisterResult refusal(int status, std::string reason) {
  RegisterResult result;
  result.status = status;
  result.reason = std::move(reason);
  return result;
}

std::vector<Binding>::iterator find_contact(std::vector<Binding>& bindings, std::string_view uri) {
  return std::find_if(bindings.begin(), bindings.end(), [&](auto& b) { return same_contact(b.contact, uri); });
}

core::Time earliest(const std::vector<Binding>& bindings) {
  core::Time first = core::never;
  for (const auto& b : bindings) first = std::min(first, b.expires);
  return first;
}

void drop_expired(core::Time now, std::vector<Binding>& bindings) {
  std::erase_if(bindings, [&](auto& b) { return b.expires <= now; });
}

// The source, and its address alone where the phone says that it is its own.
std::vector<std::string> origins_of(const Binding& binding) {
  std::vector<std::string> origins{binding.source};
  auto address = binding.source.substr(0, binding.source.rfind(':'));
  const auto uri = split_uri(binding.contact);
  const auto seen = parse_address(address), said = uri ? parse_address(uri->host) : std::nullopt;
  if (seen && seen == said) origins.push_back(std::move(address));
  return origins;
}

}  // namespace

Registrar::Registrar(const runtime::PhoneOptions& options, RegistrarLimits limits)
    : options_(options), limits_(limits) {}

void Registrar::reconfigure(const runtime::PhoneOptions& options) { options_ = options; }

// The Contact's own wish, else the header's, else the default; never over the most (RFC 3261 §10.3 step 7).
std::uint32_t Registrar::seconds_for(const RegisterRequest& request, const RegisterContact& contact) const {
  const auto wish = contact.expires ? contact.expires : request.expires;
  return std::min(wish.value_or(whole_seconds(options_.expires_default)), whole_seconds(options_.expires_most));
}

std::optional<RegisterResult> Registrar::refuse(const RegisterRequest& request, const Bindings& bindings) const {
  if (request.star && (!request.contacts.empty() || request.expires != 0u))
    return refusal(400, "Contact * only alone and with Expires 0");
  if (request.contacts.size() > limits_.contacts) return refusal(400, "Too Many Contacts");
  for (const auto& contact : request.contacts) {
    const auto uri = split_uri(contact.uri);
    if (!uri || !uri->is_sip() || contact.uri.size() > limits_.contact_bytes)
      return refusal(400, "Contact Is Not a SIP URI");
    const auto seconds = seconds_for(request, contact);
    if (seconds == 0 || seconds >= whole_seconds(options_.expires_least)) continue;
    auto result = refusal(423, "Interval Too Brief");
    result.min_expires = whole_seconds(options_.expires_least);
    return result;
  }
  const bool changes = request.star || !request.contacts.empty();
  for (const auto& b : bindings)
    if (changes && b.call_id == request.call_id && request.cseq <= b.cseq)
      return refusal(500, "CSeq Not Higher Than Before");  // step 6: the update is aborted and the request fails
  return std::nullopt;
}

void Registrar::bind(core::Time now, const RegisterRequest& request, const RegisterContact& contact,
                     Bindings& bindings) const {
  const auto seconds = seconds_for(request, contact);
  if (const auto old = find_contact(bindings, contact.uri); old != bindings.end()) bindings.erase(old);
  if (seconds == 0) return;
  const std::size_t most = std::max(1u, options_.bindings_most);
  if (bindings.size() >= most) bindings.erase(bindings.begin());
  bindings.push_back({contact.uri, request.call_id, request.cseq, now + std::chrono::seconds(seconds), request.source});
}

void Registrar::forget_origins(const Bindings& bindings) {
  for (const auto& binding : bindings)
    for (const auto& origin : origins_of(binding))
      if (const auto at = origins_.find(origin); at != origins_.end() && --at->second == 0) origins_.erase(at);
}

void Registrar::learn_origins(const Bindings& bindings) {
  for (const auto& binding : bindings)
    for (auto& origin : origins_of(binding)) ++origins_[std::move(origin)];
}

// Puts the new bindings in place of the old ones and keeps the tables of expiries and origins in step.
std::optional<PhoneChange> Registrar::store(const core::HandlerId& handler, Bindings bindings) {
  const auto at = phones_.find(handler);
  const bool was = at != phones_.end(), is = !bindings.empty();
  if (was) {
    auto [from, to] = expiries_.equal_range(earliest(at->second));
    const auto entry = std::find_if(from, to, [&](auto& e) { return e.second == handler; });
    if (entry != to) expiries_.erase(entry);
    forget_origins(at->second);
  }
  learn_origins(bindings);
  if (is) {
    expiries_.emplace(earliest(bindings), handler);
    phones_[handler] = std::move(bindings);
  } else if (was) {
    phones_.erase(at);
  }
  if (was == is) return std::nullopt;
  return PhoneChange{handler, is};
}

RegisterResult Registrar::handle(core::Time now, const RegisterRequest& request) {
  const auto at = phones_.find(request.handler);
  Bindings bindings = at == phones_.end() ? Bindings{} : at->second;
  if (auto refused = refuse(request, bindings)) return *refused;
  drop_expired(now, bindings);
  if (request.star) bindings.clear();
  for (const auto& contact : request.contacts) bind(now, request, contact, bindings);
  RegisterResult result;
  result.reason = "OK";
  for (const auto& b : bindings) {
    // Rounded up: a phone told 0 would take its binding for gone.
    const auto left = std::chrono::ceil<std::chrono::seconds>(b.expires - now).count();
    result.bindings.emplace_back(b.contact, static_cast<std::uint32_t>(left));
  }
  result.change = store(request.handler, std::move(bindings));
  return result;
}

std::vector<PhoneChange> Registrar::due(core::Time now) {
  std::vector<PhoneChange> changes;
  while (!expiries_.empty() && expiries_.begin()->first <= now) {
    const auto handler = expiries_.begin()->second;
    auto bindings = phones_.at(handler);
    drop_expired(now, bindings);
    if (auto change = store(handler, std::move(bindings))) changes.push_back(*change);
  }
  return changes;
}

core::Time Registrar::next() const { return expiries_.empty() ? core::never : expiries_.begin()->first; }

const Binding* Registrar::find(const core::HandlerId& handler) const {
  const auto at = phones_.find(handler);
  return at == phones_.end() ? nullptr : &at->second.back();
}

std::optional<PhoneChange> Registrar::remove(const core::HandlerId& handler) { return store(handler, {}); }

}  // namespace pledge::signalling
