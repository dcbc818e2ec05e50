#pragma once
// Bindings of handlers' phones (RFC 3261 §10.3): one address of record per handler. Pure: time is passed in, results
// are values. Authentication and the choice of the handler come before (digest.hpp).
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/types.hpp"
#include "runtime/signalling_options.hpp"

namespace pledge::signalling {

struct Binding {
  std::string contact;  // URI as registered
  std::string call_id;
  std::uint32_t cseq = 0;
  core::Time expires;
  std::string source;  // "address:port/transport" the REGISTER came from; where a phone behind NAT is reached
};

struct RegisterContact {
  std::string uri;
  std::optional<std::uint32_t> expires;  // s; the Contact's own parameter
};
struct RegisterRequest {
  core::HandlerId handler;
  std::string call_id;
  std::uint32_t cseq = 0;
  bool star = false;  // Contact: *
  std::vector<RegisterContact> contacts;
  std::optional<std::uint32_t> expires;  // s; the header
  std::string source;
};

// For the core: PhoneBound, PhoneUnbound.
struct PhoneChange {
  core::HandlerId handler;
  bool bound = false;
  friend bool operator==(const PhoneChange&, const PhoneChange&) = default;
};

struct RegisterResult {
  int status = 200;                                             // 200, 400, 423, 500
  std::string reason;                                           // reason phrase
  std::vector<std::pair<std::string, std::uint32_t>> bindings;  // of a 200: contact and seconds left
  std::uint32_t min_expires = 0;                                // of a 423: Min-Expires
  std::optional<PhoneChange> change;
};

struct RegistrarLimits {
  std::size_t contacts = 8;          // of one REGISTER; phones send one or two
  std::size_t contact_bytes = 1024;  // of one URI
};

class Registrar {
 public:
  explicit Registrar(const runtime::PhoneOptions& options, RegistrarLimits limits = {});

  // Either all of the request takes effect or nothing (§10.3 step 7). A further phone of the same handler replaces the
  // oldest binding when phones.bindings_most is reached: the phone last heard of is the one that is rung.
  RegisterResult handle(core::Time now, const RegisterRequest& request);

  // Removes what has expired and tells whose phone is thereby gone. Call when next() is reached; early is harmless.
  std::vector<PhoneChange> due(core::Time now);
  core::Time next() const;  // `never` if nothing is bound

  // The binding made or refreshed last, or null. Valid until the next non-const call.
  const Binding* find(const core::HandlerId& handler) const;
  // Whether a binding was made from there, "address:port/transport".
  bool bound_from(const std::string& source) const { return origins_.count(source) > 0; }
  // Whether a binding was made from this address, an IPv6 one in brackets, by a phone whose Contact names the same: then there
  // is nobody else behind it.
  bool bound_at(const std::string& address) const { return origins_.count(address) > 0; }
  // Drops all bindings of a handler (its credentials left the configuration, its connection is known dead).
  std::optional<PhoneChange> remove(const core::HandlerId& handler);
  std::size_t size() const { return phones_.size(); }  // handlers with a binding

  void reconfigure(const runtime::PhoneOptions& options);  // bindings stay; new lifetimes count from the next REGISTER

 private:
  using Bindings = std::vector<Binding>;  // oldest first; never empty in phones_
  std::optional<RegisterResult> refuse(const RegisterRequest& request, const Bindings& bindings) const;
  std::uint32_t seconds_for(const RegisterRequest& request, const RegisterContact& contact) const;
  void bind(core::Time now, const RegisterRequest& request, const RegisterContact& contact, Bindings& bindings) const;
  std::optional<PhoneChange> store(const core::HandlerId& handler, Bindings bindings);
  void forget_origins(const Bindings& bindings);
  void learn_origins(const Bindings& bindings);

  runtime::PhoneOptions options_;
  RegistrarLimits limits_;
  std::unordered_map<core::HandlerId, Bindings> phones_;
  std::multimap<core::Time, core::HandlerId> expiries_;  // one per handler: its earliest expiry
  std::unordered_map<std::string, std::uint32_t> origins_;  // where bindings were made from: of how many
};

}  // namespace pledge::signalling
