#pragma once
// Values from the loop to the media thread. The descriptor is readable while there are any that must not wait.
#include <sys/eventfd.h>

#include <atomic>
#include <cstdint>
#include <mutex>
#include <vector>

#include "sip/media/sockets.hpp"

namespace pledge::media {

enum class Urgency : std::uint8_t {
  now,  // the thread is woken
  soon  // served when it wakes next, in order: within a tenth of a second while any leg is open, or when many wait
};

template <class Message>
class Mailbox {
 public:
  Mailbox() : wake_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
    if (!wake_) throw std::system_error(errno, std::system_category(), "eventfd");
  }

  void post(Message message, Urgency urgency) {
    bool wake = false;
    {
      const std::lock_guard lock(mutex_);
      messages_.push_back(std::move(message));
      size_.store(messages_.size(), std::memory_order_relaxed);
      // One wake-up for all that come before it is served.
      if (urgency == Urgency::now || messages_.size() >= many) wake = !std::exchange(woken_, true);
    }
    if (wake) ::eventfd_write(wake_.get(), 1);
  }

  // Takes all, in the order posted.
  std::vector<Message> take() {
    std::vector<Message> taken;
    const std::lock_guard lock(mutex_);
    taken.swap(messages_);
    size_.store(0, std::memory_order_relaxed);
    woken_ = false;
    return taken;
  }

  // To be called when the descriptor is readable, before take().
  void clear_wake_up() {
    eventfd_t ignored;
    ::eventfd_read(wake_.get(), &ignored);
  }

  std::size_t size() const { return size_.load(std::memory_order_relaxed); }
  int descriptor() const { return wake_.get(); }

 private:
  static constexpr std::size_t many = 64;
  Descriptor wake_;
  std::mutex mutex_;
  std::vector<Message> messages_;  // guarded by mutex_
  bool woken_ = false;             // guarded by mutex_
  std::atomic<std::size_t> size_{0};
};

}  // namespace pledge::media
