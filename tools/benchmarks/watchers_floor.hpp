#pragma once
// The floor under the watchers' benchmark: gRPC alone. A server that sends to each stream as many messages a second as the
// engine did, of the same size, the same bytes to all; no loop, no core, nothing to put together. Included by watchers.cpp alone.
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/grpcpp.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "watchers_engine.hpp"

namespace pledge::bench {

struct Load {
  double bytes = 0, messages_per_second = 0;  // of a message; to each stream
};

class Floor final : public grpc::CallbackGenericService {
 public:
  // Reads the load from `in`, writes the port to `out`, then sends until `in` ends.
  void run(int in, int out);

 private:
  class Stream final : public grpc::ServerGenericBidiReactor {
   public:
    explicit Stream(Floor& floor) : floor_(floor) {
      const std::lock_guard lock{floor_.mutex_};
      floor_.streams_.insert(this);
    }
    void send(const grpc::ByteBuffer& message) {
      {
        const std::lock_guard lock{mutex_};
        if (writing_ || over_) return;
        writing_ = true;
      }
      StartWrite(&message);
    }
    void OnWriteDone(bool) override {
      {
        const std::lock_guard lock{mutex_};
        writing_ = false;
        if (!over_) return;
      }
      Finish(grpc::Status::OK);
    }
    void OnCancel() override {
      {
        const std::lock_guard lock{mutex_};
        over_ = true;
        if (writing_) return;
      }
      Finish(grpc::Status::OK);
    }
    void OnDone() override {
      {
        const std::lock_guard lock{floor_.mutex_};
        floor_.streams_.erase(this);
      }
      delete this;
    }

   private:
    Floor& floor_;
    std::mutex mutex_;
    bool writing_ = false, over_ = false;
  };

  grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext*) override { return new Stream(*this); }

  std::mutex mutex_;
  std::set<Stream*> streams_;
};

inline void Floor::run(int in, int out) {
  Load load;
  if (read(in, &load, sizeof load) != sizeof load) return;
  const std::string text(static_cast<std::size_t>(load.bytes), 'x');
  grpc::Slice slice{text};
  const grpc::ByteBuffer message{&slice, 1};
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterCallbackGenericService(this);
  const auto server = builder.BuildAndStart();
  const auto told = static_cast<std::uint16_t>(port);
  if (!server || write(out, &told, sizeof told) < 0) std::abort();
  std::atomic<bool> over{false};
  std::thread sender{[&] {
    const auto gap = std::chrono::nanoseconds{static_cast<std::int64_t>(1e9 / load.messages_per_second)};
    for (auto next = std::chrono::steady_clock::now(); !over; next += gap) {
      std::this_thread::sleep_until(next);
      const std::lock_guard lock{mutex_};
      for (auto* stream : streams_) stream->send(message);
    }
  }};
  tell_processor_time(in, out);
  over = true;
  sender.join();
  server->Shutdown(std::chrono::system_clock::now());
}

}  // namespace pledge::bench
