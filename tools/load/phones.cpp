#include "tools/load/phones.hpp"

namespace pledge::load {

Phones::Phones(Wire& wire, AudioPort* audio, PhoneOptions options, PhoneCall::Events events)
    : wire_(wire), audio_(audio), options_(std::move(options)), events_(std::move(events)), random_(options_.seed) {}

Phones::~Phones() {
  for (auto& [id, ticket] : lingering_) wire_.schedule().cancel(ticket);
}

bool Phones::receive(std::string_view datagram, const Address& from) {
  const auto message = parse_sip(datagram);
  if (!message) return true;
  if (const auto found = calls_.find(message->call_id); found != calls_.end()) {
    found->second->receive(*message, from);
    return true;
  }
  if (!message->request) return false;
  if (auto* call = message->method == "INVITE" ? open(*message) : nullptr) {
    call->receive(*message, from);
  } else if (message->method != "ACK") {
    const int status = message->method == "OPTIONS" ? 200 : message->method == "INVITE" ? 404 : 481;
    wire_.send(from, response(response_head(*message, "none"), wire_.local(), {status}));
  }
  return true;
}

PhonePlan Phones::draw(const SipMessage& invite) {
  PhonePlan plan;
  const bool by_itself = invite.answer_mode.starts_with("Auto");  // RFC 5373
  const core::Duration spread{
      static_cast<std::int64_t>(random_.unit() * static_cast<double>(options_.ring_spread.count()))};
  plan.ring = by_itself ? core::Duration{} : options_.ring_least + spread;
  plan.handling = options_.handling_least + random_.exponential(options_.handling_mean);
  const double fate = random_.unit();
  if (fate < options_.busy_share) plan.final_status = 486;
  else if (fate < options_.busy_share + options_.no_answer_share) plan.answers = false;
  return plan;
}

PhoneCall* Phones::open(const SipMessage& invite) {
  if (users_.find(user_of(invite.uri)) == users_.end()) return nullptr;
  std::string id{invite.call_id};
  PhoneCall::Events events{[this](const PhoneRecord& record) {
                             ++answered_;
                             if (events_.answered) events_.answered(record);
                           },
                           [this, id](const PhoneRecord& record) { over(id, record); }};
  auto call = std::make_unique<PhoneCall>(PhoneCall::Place{wire_, audio_}, draw(invite), std::move(events));
  ++in_progress_;
  return calls_.emplace(std::move(id), std::move(call)).first->second.get();
}

void Phones::over(const std::string& call_id, const PhoneRecord& record) {
  --in_progress_;
  if (!record.fault.empty()) ++faults_;
  lingering_[call_id] = wire_.schedule().at(wire_.now() + options_.linger, [this, id = call_id] {
    lingering_.erase(id);
    calls_.erase(id);
  });
  if (events_.over) events_.over(record);
}

void Phones::hang_up_all() {
  for (auto& [id, call] : calls_) call->hang_up();
}

}  // namespace pledge::load
