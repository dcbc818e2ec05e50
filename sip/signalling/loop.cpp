#include "sip/signalling/loop.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <filesystem>

namespace pledge::signalling {
namespace {

constexpr int steps_at_once = 4;                     // then other work of the loop gets its turn
constexpr std::chrono::milliseconds soonest{1};      // the library's timers count whole milliseconds
constexpr std::chrono::milliseconds latest{15'000};  // even without timers, have a look now and then
// SIP's timers are of half a second (T1) and more, and each call has several: those due within this share one wake-up.
constexpr std::chrono::milliseconds slack{50};

int lowest_free_descriptor() {
  const int descriptor = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (descriptor >= 0) ::close(descriptor);
  return descriptor;
}

bool is_epoll(int descriptor) {
  std::error_code fault;
  const auto link = std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(descriptor), fault);
  return !fault && link.string().find("[eventpoll]") != std::string::npos;
}

}  // namespace

SofiaLoop::SofiaLoop(boost::asio::io_context& io)
    : io_(io), descriptor_(io), alarm_(io, [this] { step(); }), self_(std::make_shared<SofiaLoop*>(this)) {}

SofiaLoop::~SofiaLoop() {
  *self_ = nullptr;
  if (descriptor_.is_open()) descriptor_.release();  // the library closes it
  if (root_) su_root_destroy(root_);
}

tl::expected<void, std::string> SofiaLoop::start() {
  su_port_prefer(su_epoll_port_create, su_epoll_clone_start);
  const int descriptor = lowest_free_descriptor();
  root_ = su_root_create(nullptr);
  if (!root_) return tl::unexpected(std::string("the SIP library's loop cannot be created"));
  if (descriptor < 0 || !is_epoll(descriptor))
    return tl::unexpected(std::string("the SIP library's epoll descriptor was not found; refusing to poll instead"));
  su_root_threading(root_, 0);
  descriptor_.assign(descriptor);
  wait_readable();
  kick();
  return {};
}

void SofiaLoop::kick() {
  if (stepping_ || kick_posted_) return;  // the step under way looks at everything once more before it ends
  kick_posted_ = true;
  boost::asio::post(io_, [self = self_] {
    if (!*self) return;
    (*self)->kick_posted_ = false;
    (*self)->step();
  });
}

void SofiaLoop::wait_readable() {
  descriptor_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                         [self = self_](const boost::system::error_code& fault) {
                           if (fault || !*self) return;
                           (*self)->step();
                           (*self)->wait_readable();
                         });
}

void SofiaLoop::step() {
  su_duration_t next = 0;
  stepping_ = true;
  // 0 means "handled something" or "due in less than a millisecond"; negative that no timer runs.
  for (int i = 0; i < steps_at_once && next == 0; ++i) next = su_root_step(root_, 0);
  stepping_ = false;
  const auto due_in = next < 0    ? latest
                      : next == 0 ? soonest
                                  : std::clamp(std::chrono::milliseconds(next), slack, latest);
  alarm_.ring_by(runtime::LazyAlarm::Clock::now() + due_in);
}

}  // namespace pledge::signalling
