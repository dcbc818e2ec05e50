#include "service/unary.hpp"

#include <vector>

#include "service/errors.hpp"

namespace pledge::service {

void Deadlines::add(Clock::time_point deadline, const std::shared_ptr<Unary>& call) {
  const std::lock_guard lock{mutex_};
  calls_.emplace(deadline, call);
}

void Deadlines::sweep(Clock::time_point now) {
  std::vector<std::shared_ptr<Unary>> late;
  {
    const std::lock_guard lock{mutex_};
    const auto end = calls_.upper_bound(now);
    for (auto it = calls_.begin(); it != end; ++it) {
      if (auto call = it->second.lock()) late.push_back(std::move(call));
    }
    calls_.erase(calls_.begin(), end);
  }
  const auto status =
      refuse(grpc::StatusCode::DEADLINE_EXCEEDED, "DEADLINE_EXCEEDED",
             "the engine did not answer in time; the change may still be made: repeat it with the same request_id");
  for (const auto& call : late) call->finish(status);
}

void Deadlines::refuse_all(const grpc::Status& status) {
  std::multimap<Clock::time_point, std::weak_ptr<Unary>> calls;
  {
    const std::lock_guard lock{mutex_};
    calls.swap(calls_);
  }
  for (const auto& [deadline, weak] : calls) {
    if (const auto call = weak.lock()) call->finish(status);
  }
}

}  // namespace pledge::service
