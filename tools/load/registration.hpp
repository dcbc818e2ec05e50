#pragma once
// One phone's registration (RFC 3261 §10): REGISTER, the digest challenge answered, refreshed at half its time.
#include <functional>
#include <string>

#include "tools/load/resender.hpp"
#include "tools/load/sip_text.hpp"

namespace pledge::load {

struct RegistrationOptions {
  Address registrar;
  std::string user, secret;
  core::Duration expires = std::chrono::seconds{300};
};

class Registration {
 public:
  // `changed` tells of each success and each loss.
  Registration(Wire& wire, RegistrationOptions options, std::function<void(bool registered)> changed = {});

  void start();
  void stop();  // takes the binding back
  // Responses to its requests; anything else is left alone.
  void receive(std::string_view datagram);
  bool registered() const { return registered_; }

 private:
  void send(core::Duration expires, std::string_view authorization);
  void take_final(const SipMessage& message);
  void set(bool registered);

  Wire& wire_;
  RegistrationOptions options_;
  std::function<void(bool)> changed_;
  Dialog dialog_;
  core::Duration asked_{};
  bool challenged_ = false, registered_ = false;
  Resender resender_;
  Schedule::Ticket refresh_;
};

}  // namespace pledge::load
