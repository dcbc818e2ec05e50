#pragma once
// Unary calls on their way through the loop: first to answer wins, be it the loop, the deadline or the shut-down.
// Private to the service.
#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>

namespace pledge::service {

class Unary {
 public:
  // `pending` counts this call already; the answer gives its place back.
  Unary(grpc::ServerUnaryReactor* reactor, std::shared_ptr<std::atomic<std::int64_t>> pending)
      : reactor_(reactor), pending_(std::move(pending)) {}
  ~Unary() { finish({grpc::StatusCode::INTERNAL, "the call was dropped unanswered"}); }
  Unary(const Unary&) = delete;

  void finish(const grpc::Status& status) {
    if (claim()) reactor_->Finish(status);
  }
  // `fill` writes the response, which gRPC owns only until the answer.
  template <class Fill>
  void answer(Fill&& fill) {
    if (!claim()) return;
    fill();
    reactor_->Finish(grpc::Status::OK);
  }
  bool answered() const { return answered_.load(std::memory_order_relaxed); }

 private:
  bool claim() {
    if (answered_.exchange(true)) return false;
    --*pending_;
    return true;
  }
  grpc::ServerUnaryReactor* reactor_;
  std::shared_ptr<std::atomic<std::int64_t>> pending_;
  std::atomic<bool> answered_{false};
};

// A unary call and where its response goes. Copies mean the same call.
template <class Response>
class Answer {
 public:
  Answer(std::shared_ptr<Unary> call, Response* response) : call_(std::move(call)), response_(response) {}
  void refuse(const grpc::Status& status) const { call_->finish(status); }
  template <class Fill>
  void with(Fill&& fill) const {
    call_->answer([&] { fill(*response_); });
  }

 private:
  std::shared_ptr<Unary> call_;
  Response* response_;
};

// Calls that the loop has not answered by their deadline. Swept from a thread that is not the loop.
class Deadlines {
 public:
  using Clock = std::chrono::system_clock;  // gRPC's deadlines are on it
  void add(Clock::time_point deadline, const std::shared_ptr<Unary>& call);
  void sweep(Clock::time_point now);
  void refuse_all(const grpc::Status& status);

 private:
  std::mutex mutex_;
  std::multimap<Clock::time_point, std::weak_ptr<Unary>> calls_;
};

}  // namespace pledge::service
