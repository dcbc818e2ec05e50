#include "service/stream.hpp"

#include <google/protobuf/message_lite.h>

#include "service/errors.hpp"

namespace pledge::service {

grpc::Slice bytes_of(const google::protobuf::MessageLite& message) {
  const auto size = message.ByteSizeLong();
  grpc_slice bytes = grpc_slice_malloc(size);
  message.SerializeWithCachedSizesToArray(GRPC_SLICE_START_PTR(bytes));
  return {bytes, grpc::Slice::STEAL_REF};
}

Message serialise(const google::protobuf::MessageLite& message) {
  const auto slice = bytes_of(message);
  return std::make_shared<const grpc::ByteBuffer>(&slice, 1);
}

Message message_of(const std::string& bytes) {
  const grpc::Slice slice{bytes};
  return std::make_shared<const grpc::ByteBuffer>(&slice, 1);
}

std::shared_ptr<Stream> Stream::open(grpc::CallbackServerContext* context, std::size_t outbox,
                                     std::function<void(const std::shared_ptr<Stream>&)> done) {
  std::shared_ptr<Stream> stream{new Stream(context, outbox, std::move(done))};
  stream->self_ = stream;
  return stream;
}

Stream::Next Stream::next() {
  if (writing_ || finishing_) return Next::nothing;
  if (ended()) {
    finishing_ = true;
    return Next::finish;
  }
  if (outbox_.empty()) return Next::nothing;
  in_flight_ = std::move(outbox_.front());
  outbox_.pop_front();
  if (first_left_ > 0) --first_left_;
  writing_ = true;
  return Next::write;
}

void Stream::act(Next next) {
  if (next == Next::write) StartWrite(in_flight_.get());
  if (next == Next::finish) Finish(status_);
}

bool Stream::push(Message message) {
  std::unique_lock lock{mutex_};
  if (ended()) return false;
  const bool full = outbox_.size() >= bound_ + first_left_;
  if (full) {
    ended_ = true;
    outbox_.clear();
    status_ = refuse(grpc::StatusCode::RESOURCE_EXHAUSTED, "WATCHER_TOO_SLOW",
                     "the reader did not keep up and its bounded outbox overflowed; open the stream again");
  } else {
    outbox_.push_back(std::move(message));
  }
  const auto then = next();
  lock.unlock();
  act(then);
  return !full;
}

void Stream::push_first(std::vector<Message> messages) {
  std::unique_lock lock{mutex_};
  if (ended()) return;
  first_left_ = outbox_.size() + messages.size();
  for (auto& message : messages) outbox_.push_back(std::move(message));
  const auto then = next();
  lock.unlock();
  act(then);
}

void Stream::end(grpc::Status status) {
  std::unique_lock lock{mutex_};
  if (ended()) return;
  ended_ = true;
  outbox_.clear();
  status_ = std::move(status);
  const auto then = next();
  lock.unlock();
  act(then);
}

void Stream::cut() {
  const std::lock_guard lock{mutex_};
  if (!gone_) context_->TryCancel();  // the context lives until OnDone
}

void Stream::OnWriteDone(bool ok) {
  std::unique_lock lock{mutex_};
  writing_ = false;
  in_flight_.reset();
  if (!ok && !ended()) {
    ended_ = true;
    outbox_.clear();
    status_ = grpc::Status::CANCELLED;
  }
  const auto then = next();
  lock.unlock();
  act(then);
}

void Stream::OnCancel() { end(grpc::Status::CANCELLED); }

void Stream::OnDone() {
  std::shared_ptr<Stream> self;
  std::function<void(const std::shared_ptr<Stream>&)> done;
  {
    const std::lock_guard lock{mutex_};
    gone_ = true;
    self = std::move(self_);
    done = std::move(done_);
  }
  if (done) done(self);
}

}  // namespace pledge::service
