#pragma once
// Handlers' phones: REGISTER with digest, their bindings, and how each is reached.
#include <optional>
#include <set>
#include <string>
#include <unordered_map>

#include "sip/signalling/agent.hpp"
#include "sip/signalling/digest.hpp"
#include "sip/signalling/leg.hpp"
#include "sip/signalling/peers.hpp"
#include "sip/signalling/registrar.hpp"

namespace pledge::signalling {

class Phones {
 public:
  Phones(Shell& shell, const runtime::PhoneOptions& options);

  // Answers a REGISTER and reports what it changed.
  int on_register(nta_incoming_t* request, const sip_t* sip, const Peers& peers);
  // Where a handler's registered phone is; nothing if none is bound.
  struct Place {
    std::string uri;
    Reach reach;
  };
  std::optional<Place> find(const core::HandlerId& handler) const;
  // Whether a request from there is a phone's: of a binding the very source, or another TCP connection from an address that is
  // the phone's own; of a static contact its address, and over UDP its port.
  bool is_phone(const Source& source) const;

  void expire(core::Time now);
  void reconfigure(const runtime::PhoneOptions& options);
  std::size_t bound() const { return registrar_.size(); }

 private:
  struct Account {
    core::HandlerId handler;
    std::string ha1_md5, ha1_sha256;
  };
  void make_accounts();
  // The handler whose secret was proven; nothing: the refusal is sent.
  std::optional<core::HandlerId> authenticate(nta_incoming_t* request, const sip_t* sip);
  int challenge(nta_incoming_t* request, bool stale);
  std::optional<RegisterRequest> read(nta_incoming_t* request, const sip_t* sip, core::HandlerId handler);
  void learn_contacts();
  void remember(nta_incoming_t* request);
  void forget_unbound();
  void report(const PhoneChange& change);
  int answer(nta_incoming_t* request, const RegisterResult& result);

  Shell& shell_;
  runtime::PhoneOptions options_;
  Registrar registrar_;
  DigestServer digest_;
  std::unordered_map<std::string, Account> accounts_;  // by user
  struct Seen {
    Source source;
    TransportPtr connection;
  };
  std::unordered_map<std::string, Seen> seen_;  // where bindings were made from, by its text
  std::set<std::pair<AddressBytes, std::uint16_t>> contacts_;  // static ones, each with its port and with 0 for any
};

}  // namespace pledge::signalling
