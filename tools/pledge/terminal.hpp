#pragma once
// The terminal as a full screen: raw keys, redrawing in place, everything put back when the object goes, whatever the
// way out. And the waiting that screens are built on.
#include <termios.h>

#include <chrono>
#include <initializer_list>
#include <optional>
#include <string>

#include "tools/pledge/view/text.hpp"

namespace pledge {

bool output_is_terminal();
bool input_is_terminal();
bool colours_wanted(bool plain);  // a terminal, and neither --plain nor $NO_COLOR
view::Size terminal_size();
core::Time wall_now();  // UTC; screens compare it with the engine's times

// SIGINT, SIGTERM, SIGHUP and SIGWINCH as something readable. Make it before any thread is started.
class Signals {
 public:
  Signals();
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;
  int fd() const { return fd_; }
  bool stop_wanted();  // takes what arrived; true for anything but a changed window

 private:
  int fd_ = -1;
};

class Screen {
 public:
  Screen();
  ~Screen();
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;
  void show(const view::Frame& frame);
  // The next key, if one was pressed: a character, key_up, key_down, or 0 for another key that is none.
  std::optional<char> key();

 private:
  termios before_{};
  bool raw_ = false;
};

inline constexpr char key_escape = 27, key_interrupt = 3, key_enter = '\r', key_backspace = 127;
inline constexpr char key_up = 16, key_down = 14;  // as Ctrl-P and Ctrl-N, which do the same

// Waits until one of the descriptors can be read, or the time is up. Negative descriptors are left out.
void wait_readable(std::initializer_list<int> descriptors, std::chrono::milliseconds longest);

}  // namespace pledge
