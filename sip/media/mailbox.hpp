#pragma once
// Values from the loop to the media thread. The descriptor is readable while there are any.
#include <sys/eventfd.h>

#include <atomic>
#include <cstdint>
#include <mutex>
#include <vector>

#include "sip/media/sockets.hpp"

namespace pledge::media {

template <class Message>
class Mailbox {
 public:
  Mailbox() : wake_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
    if (!wake_) throw std::system_error(errno, std::system_category(), "eventfd");
  }

  void post(Message message) {
    bool first = false;
    {
      const std::lock_guard lock(mutex_);
      first = messages_.empty();
      messages_.push_back(std::move(message));
      size_.store(messages_.size(), std::memory_order_relaxed);
    }
    if (first) ::eventfd_write(wake_.get(), 1);  // one wake-up for all that come before it is served
  }

  // Takes all, in the order posted.
  std::vector<Message> take() {
    std::vector<Message> taken;
    eventfd_t ignored;
    ::eventfd_read(wake_.get(), &ignored);
    const std::lock_guard lock(mutex_);
    taken.swap(messages_);
    size_.store(0, std::memory_order_relaxed);
    return taken;
  }

  std::size_t size() const { return size_.load(std::memory_order_relaxed); }
  int descriptor() const { return wake_.get(); }

 private:
  Descriptor wake_;
  std::mutex mutex_;
  std::vector<Message> messages_;
  std::atomic<std::size_t> size_{0};
};

}  // namespace pledge::media
