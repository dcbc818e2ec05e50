#pragma once
// One watcher's stream: a bounded outbox in front of gRPC's one-write-at-a-time rule. Private to the service.
#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>

namespace google::protobuf {
class MessageLite;
}

namespace pledge::service {

// A serialised message, shared by all watchers who get it.
using Message = std::shared_ptr<const grpc::ByteBuffer>;
Message serialise(const google::protobuf::MessageLite& message);
grpc::Slice bytes_of(const google::protobuf::MessageLite& message);
Message message_of(const std::string& bytes);  // already serialised

// push() and end() may be called on any thread and never block. gRPC deletes nothing: the stream owns itself until
// gRPC is done with it, and whoever holds a pointer may go on using it after that, to no effect.
class Stream final : public grpc::ServerWriteReactor<grpc::ByteBuffer> {
 public:
  // `done` runs once, on a gRPC thread, when gRPC has let go of the stream.
  static std::shared_ptr<Stream> open(grpc::CallbackServerContext* context, std::size_t outbox,
                                      std::function<void(const std::shared_ptr<Stream>&)> done);

  // False: the outbox was full, and the stream now ends with RESOURCE_EXHAUSTED; or it had ended before.
  bool push(Message message);
  // Beyond the bound: what a stream begins with.
  void push_first(std::vector<Message> messages);
  // Ends the stream after the write in progress; what waits is dropped.
  void end(grpc::Status status);
  // Breaks the connection's stream if it still has not ended: its reader takes nothing.
  void cut();
  bool ended() const { return ended_.load(std::memory_order_relaxed); }

  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

 private:
  Stream(grpc::CallbackServerContext* context, std::size_t outbox,
         std::function<void(const std::shared_ptr<Stream>&)> done)
      : context_(context), bound_(outbox), done_(std::move(done)) {}
  // Decides, under the mutex, what gRPC is asked next; the asking itself happens outside it.
  enum class Next { nothing, write, finish };
  Next next();
  void act(Next next);

  grpc::CallbackServerContext* context_;
  std::size_t bound_;
  std::function<void(const std::shared_ptr<Stream>&)> done_;
  std::shared_ptr<Stream> self_;

  std::mutex mutex_;
  std::deque<Message> outbox_;
  std::size_t first_left_ = 0;  // of outbox_, those that push_first() put there
  Message in_flight_;           // being written; untouched by anyone until OnWriteDone
  bool writing_ = false, finishing_ = false, gone_ = false;
  std::atomic<bool> ended_{false};
  grpc::Status status_;
};

}  // namespace pledge::service
