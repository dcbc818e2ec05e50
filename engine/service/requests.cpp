#include "service/requests.hpp"

namespace pledge::service {

namespace {
constexpr std::size_t longest_name = 128;  // of request ids and actors: they are remembered
}

grpc::Status Requests::check(const v1::Mutation& mutation, const std::string& actor) {
  if (mutation.request_id().empty()) {
    return refuse(grpc::StatusCode::INVALID_ARGUMENT, "REQUEST_ID_REQUIRED", "give the change a request_id of its own");
  }
  if (actor.empty()) return refuse(grpc::StatusCode::INVALID_ARGUMENT, "ACTOR_REQUIRED", "say who asks for the change");
  if (mutation.request_id().size() > longest_name || actor.size() > longest_name) {
    return refuse(grpc::StatusCode::INVALID_ARGUMENT, "NAME_TOO_LONG", "request_id and actor have at most 128 bytes");
  }
  return grpc::Status::OK;
}

std::optional<std::string> Requests::admit(const v1::Mutation& mutation, const std::string& actor, const std::string& fingerprint,
                                           Answered answered) {
  if (auto status = check(mutation, actor); !status.ok()) return answered({std::move(status), 0, {}}), std::nullopt;
  auto key = actor + '\0' + mutation.request_id();
  const auto print = std::hash<std::string>{}(fingerprint);
  const auto [place, fresh] = entries_.try_emplace(key);
  auto& entry = place->second;
  if (!fresh && entry.fingerprint != print) {
    answered({refuse(grpc::StatusCode::INVALID_ARGUMENT, "REQUEST_ID_REUSED",
                     "this request_id was used for another change; take a new one"),
              0, {}});
    return std::nullopt;
  }
  if (!fresh && entry.done) return answered(entry.outcome), std::nullopt;
  entry.waiting.push_back(std::move(answered));
  if (!fresh) return std::nullopt;
  entry.fingerprint = print;
  return key;
}

void Requests::submit(const v1::Mutation& mutation, const std::string& actor, std::string fingerprint,
                      const std::function<core::Event(core::Request)>& make, Answered answered) {
  const auto key = admit(mutation, actor, fingerprint, std::move(answered));
  if (!key) return;
  const core::RequestId id{++last_id_};
  pending_.emplace(id, *key);
  sink_.submit(make({id, actor, mutation.expected_version()}));  // may be answered before this returns
}

void Requests::perform(const v1::Mutation& mutation, std::string fingerprint,
                       const std::function<runtime::OperationResult()>& work, const Answered& answered) {
  if (const auto key = admit(mutation, mutation.actor(), fingerprint, answered)) settle(*key, {grpc::Status::OK, 0, work()});
}

void Requests::observe(const core::Replied& reply) {
  const auto pending = pending_.extract(reply.request);
  if (!pending.empty()) settle(pending.mapped(), {refuse(reply.refusal, reply.detail), reply.version, {}});
}

void Requests::settle(const std::string& key, const Outcome& outcome) {
  auto& entry = entries_[key];
  entry.done = true;
  entry.outcome = outcome;
  const auto waiting = std::move(entry.waiting);
  entry.waiting.clear();
  remember(key);  // which may forget the entry
  for (const auto& answered : waiting) answered(outcome);
}

void Requests::remember(const std::string& key) {
  order_.push_back(key);
  while (order_.size() > options_.remembered_requests) {
    entries_.erase(order_.front());
    order_.pop_front();
  }
}

}  // namespace pledge::service
