#pragma once
// A server stream read by a thread of its own and taken by a loop that waits on descriptors.
#include <grpcpp/grpcpp.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace pledge {

// Something that another thread may ring and poll() can wait for.
class Bell {
 public:
  Bell() : fd_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}
  ~Bell() { ::close(fd_); }
  Bell(const Bell&) = delete;
  Bell& operator=(const Bell&) = delete;
  void ring() const { [[maybe_unused]] const auto done = ::eventfd_write(fd_, 1); }
  void silence() const {
    eventfd_t count = 0;
    [[maybe_unused]] const auto done = ::eventfd_read(fd_, &count);
  }
  int fd() const { return fd_; }

 private:
  int fd_;
};

template <class Response>
class Feed {
 public:
  using Open = std::function<std::unique_ptr<grpc::ClientReader<Response>>(grpc::ClientContext&)>;
  explicit Feed(Open open) : reader_([this, open = std::move(open)] { read(open); }) {}
  ~Feed() {
    context_.TryCancel();
    reader_.join();
  }
  Feed(const Feed&) = delete;
  Feed& operator=(const Feed&) = delete;

  int fd() const { return bell_.fd(); }
  std::vector<Response> take() {
    bell_.silence();
    const std::lock_guard lock(mutex_);
    return std::exchange(arrived_, {});
  }
  // Set once the stream is over and everything was taken.
  std::optional<grpc::Status> ended() {
    const std::lock_guard lock(mutex_);
    return arrived_.empty() ? status_ : std::nullopt;
  }

 private:
  void read(const Open& open) {
    const auto stream = open(context_);
    Response response;
    while (stream->Read(&response)) {
      {
        const std::lock_guard lock(mutex_);
        arrived_.push_back(std::move(response));
      }
      bell_.ring();
    }
    const auto status = stream->Finish();
    {
      const std::lock_guard lock(mutex_);
      status_ = status;
    }
    bell_.ring();
  }

  grpc::ClientContext context_;
  Bell bell_;
  std::mutex mutex_;
  std::vector<Response> arrived_;
  std::optional<grpc::Status> status_;
  std::thread reader_;
};

}  // namespace pledge
