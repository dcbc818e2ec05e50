#pragma once
// Handlers' desk phones on one socket: each user rings for a time, answers, talks, hangs up. May register (digest).
#include <map>
#include <memory>
#include <set>

#include "tools/load/phone_call.hpp"
#include "tools/load/random.hpp"

namespace pledge::load {

struct PhoneOptions {
  core::Duration ring_least{};      // rings at least so long ...
  core::Duration ring_spread{};     // ... and up to this much longer, evenly spread
  core::Duration handling_least{};  // talks at least so long ...
  core::Duration handling_mean{};   // ... plus exponential; both 0: the far end hangs up
  double busy_share = 0;            // share of calls refused with 486
  double no_answer_share = 0;       // share of calls left ringing
  std::uint64_t seed = 2;
  core::Duration linger = Resender::give_up_after;
};

class Phones {
 public:
  Phones(Wire& wire, AudioPort* audio, PhoneOptions options, PhoneCall::Events events = {});
  ~Phones();

  void add(std::string user) { users_.insert(std::move(user)); }  // others get 404
  // True if the datagram was for a phone here; false for a response to something else (a registration).
  bool receive(std::string_view datagram, const Address& from);
  void hang_up_all();

  std::size_t in_progress() const { return in_progress_; }
  std::uint64_t answered() const { return answered_; }
  std::uint64_t faults() const { return faults_; }

 private:
  PhonePlan draw(const SipMessage& invite);
  PhoneCall* open(const SipMessage& invite);
  void over(const std::string& call_id, const PhoneRecord& record);

  Wire& wire_;
  AudioPort* audio_;
  PhoneOptions options_;
  PhoneCall::Events events_;
  Random random_;
  std::set<std::string, std::less<>> users_;
  std::map<std::string, std::unique_ptr<PhoneCall>, std::less<>> calls_;
  std::map<std::string, Schedule::Ticket> lingering_;
  std::size_t in_progress_ = 0;
  std::uint64_t answered_ = 0, faults_ = 0;
};

}  // namespace pledge::load
