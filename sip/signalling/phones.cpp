#include "sip/signalling/phones.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <random>

#include "sip/signalling/header.hpp"
#include "sip/signalling/implementation.hpp"
#include "sip/signalling/text.hpp"

namespace pledge::signalling {
namespace {

constexpr std::size_t nonce_key_bytes = 32;
constexpr std::uint16_t sip_port = 5060, any_port = 0;

std::string random_bytes(std::size_t count) {
  std::random_device device;  // the system's own
  std::string bytes;
  while (bytes.size() < count) {
    const auto word = device();
    bytes.append(reinterpret_cast<const char*>(&word), sizeof word);
  }
  bytes.resize(count);
  return bytes;
}

DigestServerOptions digest_options(const runtime::PhoneOptions& options) {
  DigestServerOptions out;
  out.realm = options.realm;
  out.md5 = options.md5;
  out.sha256 = options.sha256;
  out.nonce_life = options.nonce_life;
  return out;
}

std::optional<std::uint32_t> seconds_of(const char* text) {
  return text ? text::to_number<std::uint32_t>(text) : std::nullopt;
}

}  // namespace

Phones::Phones(Shell& shell, const runtime::PhoneOptions& options)
    : shell_(shell),
      options_(options),
      registrar_(options),
      digest_(digest_options(options), random_bytes(nonce_key_bytes)) {
  make_accounts();
  learn_contacts();
}

void Phones::make_accounts() {
  accounts_.clear();
  for (const auto& phone : options_.credentials) {
    Account account{phone.handler, {}, {}};
    if (options_.md5) account.ha1_md5 = digest_ha1(DigestAlgorithm::md5, phone.user, options_.realm, phone.secret);
    account.ha1_sha256 = digest_ha1(DigestAlgorithm::sha256, phone.user, options_.realm, phone.secret);
    accounts_.emplace(phone.user, std::move(account));
  }
}

void Phones::reconfigure(const runtime::PhoneOptions& options) {
  const bool same_digest =
      options.realm == options_.realm && options.md5 == options_.md5 &&
      options.sha256 == options_.sha256 && options.nonce_life == options_.nonce_life;
  options_ = options;
  registrar_.reconfigure(options);
  if (!same_digest) digest_ = DigestServer(digest_options(options), random_bytes(nonce_key_bytes));
  learn_contacts();
  const auto before = std::move(accounts_);
  make_accounts();
  for (const auto& [user, account] : before) {
    if (accounts_.count(user)) continue;
    if (const auto change = registrar_.remove(account.handler)) report(*change);
  }
  forget_unbound();
}

int Phones::on_register(nta_incoming_t* request, const sip_t* sip, const Peers& peers) {
  const auto source = shell_.agent.source_of(request);
  if (accounts_.empty() || !peers.may_register(source.ip)) {
    ++shell_.counters.registrations_refused;
    shell_.alarm("register-refused", "REGISTER from " + source.text() + ", where no phone may register from");
    return reply(request, SIP_403_FORBIDDEN);
  }
  const auto handler = authenticate(request, sip);
  if (!handler) return 0;
  const auto registration = read(request, sip, *handler);
  if (!registration) return 0;
  const auto result = registrar_.handle(shell_.clock.now(), *registration);
  if (result.status == 200) remember(request);
  if (result.change) report(*result.change);
  return answer(request, result);
}

std::optional<core::HandlerId> Phones::authenticate(nta_incoming_t* request, const sip_t* sip) {
  std::vector<std::string> values;
  for (const auto* given = sip->sip_authorization; given; given = given->au_next) values.push_back(auth_text(given));
  const std::string uri = url_text(sip->sip_request->rq_url);
  DigestRequest asked{"REGISTER", uri, {values.begin(), values.end()}};
  const auto result = digest_.verify(
      shell_.clock.now(), asked,
      [this](std::string_view user, DigestAlgorithm algorithm) -> std::optional<std::string> {
        const auto found = accounts_.find(std::string(user));
        if (found == accounts_.end()) return std::nullopt;
        const auto& ha1 = algorithm == DigestAlgorithm::md5 ? found->second.ha1_md5 : found->second.ha1_sha256;
        return ha1.empty() ? std::nullopt : std::optional(ha1);
      });
  if (result.verdict == DigestVerdict::accepted) {
    // A phone proves one user; it may register no other (RFC 3261 §10.3 step 4).
    const char* record = sip->sip_to->a_url->url_user;
    if (record && text::unescape(record) == result.user) return accounts_.at(result.user).handler;
    reply(request, SIP_403_FORBIDDEN);
  } else if (result.verdict == DigestVerdict::malformed) {
    reply(request, 400, "Bad Authorization");
  } else {
    challenge(request, result.verdict == DigestVerdict::stale);
  }
  if (result.verdict == DigestVerdict::missing || result.verdict == DigestVerdict::stale) return std::nullopt;
  ++shell_.counters.registrations_refused;
  shell_.alarm("register-refused", fmt::format("REGISTER from {} as \"{}\" refused: {}",
                                               shell_.agent.source_of(request).text(), result.user, result.why));
  return std::nullopt;
}

int Phones::challenge(nta_incoming_t* request, bool stale) {
  std::string lines;
  for (const auto& value : digest_.challenges(shell_.clock.now(), stale))
    lines += "WWW-Authenticate: " + value + "\r\n";
  return reply(request, SIP_401_UNAUTHORIZED, SIPTAG_HEADER_STR(lines.c_str()));
}

std::optional<RegisterRequest> Phones::read(nta_incoming_t* request, const sip_t* sip, core::HandlerId handler) {
  RegisterRequest out;
  out.handler = std::move(handler);
  out.call_id = sip->sip_call_id->i_id;
  out.cseq = sip->sip_cseq->cs_seq;
  if (sip->sip_expires) out.expires = static_cast<std::uint32_t>(sip->sip_expires->ex_delta);
  out.source = shell_.agent.source_of(request).text();
  for (const auto* contact = sip->sip_contact; contact; contact = contact->m_next) {
    const auto type = contact->m_url->url_type;
    if (type == url_any) out.star = true;
    else if (type == url_sip || type == url_sips)
      out.contacts.push_back({url_text(contact->m_url), seconds_of(contact->m_expires)});
    else return reply(request, 400, "Contact is not sip"), std::nullopt;
  }
  return out;
}

void Phones::remember(nta_incoming_t* request) {
  auto source = shell_.agent.source_of(request);
  auto name = source.text();
  if (registrar_.bound_from(name))
    seen_[std::move(name)] = Seen{std::move(source), shell_.agent.connection_of(request)};
  forget_unbound();
}

void Phones::forget_unbound() {
  std::erase_if(seen_, [&](const auto& one) { return !registrar_.bound_from(one.first); });
}

void Phones::report(const PhoneChange& change) {
  if (change.bound) shell_.events.submit(core::PhoneBound{change.handler});
  else shell_.events.submit(core::PhoneUnbound{change.handler});
}

int Phones::answer(nta_incoming_t* request, const RegisterResult& result) {
  std::string lines;
  for (const auto& [uri, seconds] : result.bindings) lines += fmt::format("Contact: <{}>;expires={}\r\n", uri, seconds);
  if (result.min_expires > 0) lines += fmt::format("Min-Expires: {}\r\n", result.min_expires);
  return reply(request, result.status, result.reason.empty() ? nullptr : result.reason.c_str(),
               TAG_IF(!lines.empty(), SIPTAG_HEADER_STR(lines.c_str())));
}

std::optional<Phones::Place> Phones::find(const core::HandlerId& handler) const {
  const Binding* binding = registrar_.find(handler);
  if (!binding) return std::nullopt;
  Place place{binding->contact, {}};
  place.reach.behind_nat = options_.behind_nat;
  const auto seen = seen_.find(binding->source);
  if (seen == seen_.end()) return place;
  const auto& [source, connection] = seen->second;
  if (connection) place.reach.connection.reset(tport_ref(connection.get()));
  if (!options_.behind_nat) return place;
  place.reach.route = fmt::format("sip:{}:{}{}", bracketed(source.ip), source.port,
                                  source.transport == runtime::Transport::tcp ? ";transport=tcp" : "");
  return place;
}

// Only those with an address: names are not looked up while a caller waits.
void Phones::learn_contacts() {
  contacts_.clear();
  for (const auto& contact : options_.contacts) {
    const auto uri = split_uri(contact);
    const auto address = uri ? parse_address(uri->host) : std::nullopt;
    if (!address) continue;
    contacts_.emplace(*address, text::to_number<std::uint16_t>(uri->port).value_or(sip_port));
    contacts_.emplace(*address, any_port);
  }
}

bool Phones::is_phone(const Source& source) const {
  if (registrar_.bound_from(source.text())) return true;
  const bool tcp = source.transport == runtime::Transport::tcp;
  // Behind an address translator there may be others.
  if (tcp && !options_.behind_nat && registrar_.bound_at(bracketed(source.ip))) return true;
  const auto address = parse_address(source.ip);
  return address && contacts_.count({*address, tcp ? any_port : source.port}) > 0;
}

void Phones::expire(core::Time now) {
  if (registrar_.next() > now) return;
  for (const auto& change : registrar_.due(now)) report(change);
  forget_unbound();
}

}  // namespace pledge::signalling
