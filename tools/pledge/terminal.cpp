#include "tools/pledge/terminal.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cstdlib>
#include <vector>

namespace pledge {
namespace {

sigset_t watched_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGWINCH}) sigaddset(&set, number);
  return set;
}

void write_all(std::string_view text) {
  while (!text.empty()) {
    const auto written = ::write(STDOUT_FILENO, text.data(), text.size());
    if (written <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

constexpr std::string_view enter_screen = "\x1b[?1049h\x1b[?25l\x1b[2J";  // alternate screen, no cursor
constexpr std::string_view leave_screen = "\x1b[?25h\x1b[?1049l";

}  // namespace

bool output_is_terminal() { return ::isatty(STDOUT_FILENO) == 1; }
bool input_is_terminal() { return ::isatty(STDIN_FILENO) == 1; }

bool colours_wanted(bool plain) {
  const char* no = std::getenv("NO_COLOR");
  return output_is_terminal() && !plain && (no == nullptr || *no == '\0');
}

view::Size terminal_size() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0) return {};
  return {size.ws_row, size.ws_col};
}

core::Time wall_now() {
  return {std::chrono::duration_cast<core::Duration>(std::chrono::system_clock::now().time_since_epoch()).count()};
}

Signals::Signals() {
  const auto set = watched_signals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  fd_ = ::signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

Signals::~Signals() {
  const auto set = watched_signals();
  if (fd_ >= 0) ::close(fd_);
  pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

bool Signals::stop_wanted() {
  bool stop = false;
  signalfd_siginfo arrived{};
  while (::read(fd_, &arrived, sizeof arrived) == sizeof arrived) stop |= arrived.ssi_signo != SIGWINCH;
  return stop;
}

Screen::Screen() {
  if (::tcgetattr(STDIN_FILENO, &before_) == 0) {
    auto raw = before_;
    ::cfmakeraw(&raw);
    raw.c_oflag |= OPOST;  // "\n" still begins a line
    raw.c_cc[VMIN] = 0;
    raw.c_cc[VTIME] = 0;
    raw_ = ::tcsetattr(STDIN_FILENO, TCSANOW, &raw) == 0;
  }
  write_all(enter_screen);
}

Screen::~Screen() {
  write_all(leave_screen);
  if (raw_) ::tcsetattr(STDIN_FILENO, TCSANOW, &before_);
}

void Screen::show(const view::Frame& frame) {
  std::string out{"\x1b[H"};
  const auto rows = static_cast<std::size_t>(terminal_size().rows);
  for (std::size_t i = 0; i < frame.size() && i < rows; ++i) {
    if (i > 0) out += "\r\n";
    out += frame[i] + "\x1b[K";
  }
  write_all(out += "\x1b[J");
}

std::optional<char> Screen::key() {
  char c = 0;
  const auto read = [&c] { return ::read(STDIN_FILENO, &c, 1) == 1; };
  if (!raw_ || !read()) return std::nullopt;
  if (c != key_escape) return c;
  // A function key is ESC and more at once; the key Esc comes alone. Byte by byte: the next key may be here already.
  if (!read()) return key_escape;
  if (c != '[' && c != 'O') return char{0};  // cursor keys in either of their modes (ECMA-48, 5.4)
  int parameters = 0;
  while (read() && c >= ' ' && c < '@') ++parameters;
  if (parameters > 0) return char{0};
  return c == 'A' ? key_up : c == 'B' ? key_down : char{0};
}

void wait_readable(std::initializer_list<int> descriptors, std::chrono::milliseconds longest) {
  std::vector<pollfd> waits;
  for (const int fd : descriptors)
    if (fd >= 0) waits.push_back({fd, POLLIN, 0});
  ::poll(waits.data(), waits.size(), static_cast<int>(longest.count()));
}

}  // namespace pledge
