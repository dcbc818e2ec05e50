#pragma once
// What gRPC itself asks for the watchers: a bare server with nothing behind it, one thread and one completion queue,
// that writes as much as often to as many streams. Included by watchers.cpp alone.
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/grpcpp.h>

#include <list>
#include <map>

#include "watchers_engine.hpp"

namespace pledge::bench {

class Floor final {
 public:
  // As Engine::run().
  void run(int ready, int stop);

 private:
  using Steady = std::chrono::steady_clock;
  static constexpr int turns = 6;
  static constexpr std::chrono::nanoseconds change_every = 1ms;
  struct Call {
    enum class State { expected, asking, idle, writing, over } state = State::expected;
    grpc::GenericServerContext context;
    grpc::GenericServerAsyncReaderWriter stream{&context};
    grpc::ByteBuffer request;
    std::int64_t told = 0;  // changes until its last message
  };
  void expect() {
    auto& call = calls_.emplace_back();
    service_.RequestCall(&call.context, &call.stream, events_.get(), events_.get(), &call);
  }
  void proceed(Call& call, bool ok);
  void turn();
  grpc::ByteBuffer message(std::int64_t from, std::int64_t to) const;
  std::int64_t changes() const { return (Steady::now() - start_) / change_every; }
  // When change number `n` was made.
  core::Time made(std::int64_t n) const {
    return {clock_now().ns + std::chrono::nanoseconds{start_ + n * change_every - Steady::now()}.count()};
  }

  const Steady::time_point start_ = Steady::now();
  grpc::AsyncGenericService service_;
  std::unique_ptr<grpc::ServerCompletionQueue> events_;
  std::list<Call> calls_;
  std::list<Call>::iterator next_ = calls_.end();
};

inline void Floor::proceed(Call& call, bool ok) {
  using State = Call::State;
  if (!ok) {
    call.state = State::over;
    return;
  }
  if (call.state == State::expected) {
    expect();
    call.stream.Read(&call.request, &call);
    call.state = State::asking;
  } else {
    if (call.state == State::asking) call.told = changes();
    call.state = State::idle;
  }
}

// The handlers of the engine's room, as they stand in its deltas.
inline grpc::ByteBuffer Floor::message(std::int64_t from, std::int64_t to) const {
  v1::WatchResponse response;
  response.set_sequence(static_cast<std::uint64_t>(to));
  response.set_resume_token("0123456789abcdef:123456");
  for (auto n = from + 1; n <= to; ++n) {
    auto& handler = *response.mutable_delta()->add_handlers();
    const auto at = made(n);
    handler.set_id("h" + std::to_string(n % Size{}.handlers));
    handler.set_state(v1::HANDLER_STATE_NOT_READY);
    handler.set_reason("bench");
    handler.set_role("quiet");
    handler.add_queues("quiet");
    handler.mutable_since()->set_seconds(at.ns / 1'000'000'000);
    handler.mutable_since()->set_nanos(static_cast<int>(at.ns % 1'000'000'000));
  }
  const grpc::Slice bytes{response.SerializeAsString()};
  return {&bytes, 1};
}

inline void Floor::turn() {
  std::map<std::int64_t, grpc::ByteBuffer> messages;  // by what the watchers had last
  const auto now = changes();
  for (auto share = (calls_.size() + turns - 1) / turns; share > 0; --share, ++next_) {
    if (next_ == calls_.end()) next_ = calls_.begin();
    if (next_->state != Call::State::idle || next_->told == now) continue;
    const auto [place, fresh] = messages.try_emplace(next_->told);
    if (fresh) place->second = message(next_->told, now);
    next_->told = now;
    next_->state = Call::State::writing;
    next_->stream.Write(place->second, &*next_);
  }
}

inline void Floor::run(int ready, int stop) {
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.AddChannelArgument(GRPC_ARG_ENABLE_CHANNELZ, 0);
  builder.RegisterAsyncGenericService(&service_);
  events_ = builder.AddCompletionQueue();
  const auto server = builder.BuildAndStart();
  if (!server) std::abort();
  const auto open = static_cast<std::uint16_t>(port);
  if (write(ready, &open, sizeof open) < 0) std::abort();
  std::atomic<bool> stopped{false};
  std::thread waiter{[&] {
    answer_seconds(ready, stop);
    stopped = true;
  }};
  expect();
  void* call = nullptr;
  bool ok = false;
  const auto gap = std::chrono::nanoseconds{runtime::ServiceOptions{}.batch_gap} / turns;
  for (auto next = std::chrono::system_clock::now(); !stopped; turn()) {
    next += gap;
    while (events_->AsyncNext(&call, &ok, next) == grpc::CompletionQueue::GOT_EVENT) {
      proceed(*static_cast<Call*>(call), ok);
    }
  }
  waiter.join();
  server->Shutdown(std::chrono::system_clock::now());
  events_->Shutdown();
  while (events_->Next(&call, &ok)) continue;
}

}  // namespace pledge::bench
