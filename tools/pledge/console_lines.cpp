// `pledge console` without a terminal: commands from standard input, what happens on standard output.
#include <fmt/format.h>
#include <unistd.h>

#include <deque>
#include <sstream>

#include "tools/pledge/command.hpp"
#include "tools/pledge/desk_session.hpp"
#include "tools/pledge/terminal.hpp"
#include "tools/pledge/view/names.hpp"

namespace pledge {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds look_every{200};
constexpr std::chrono::seconds wait_default{60};
constexpr std::chrono::seconds extend_default{30};

class DeskLines {
 public:
  DeskLines(DeskSession& session, const ConsoleOptions& options, const Client& client)
      : session_(session), options_(options), client_(client) {}

  int run() {
    Signals signals;
    while (!leaving_ && !signals.stop_wanted()) {
      wait_readable({session_.fd(), signals.fd(), ended_ ? -1 : STDIN_FILENO}, look_every);
      take();
      if (session_.hopeless()) return report(session_.problem(), client_.server, options_.json);
      if (!begun_) continue;
      read_input();
      while (!leaving_ && !waits() && !commands_.empty()) next_command();
      if (ended_ && commands_.empty() && !waits()) leave();
    }
    return exit_;
  }

 private:
  void take() {
    const auto news = session_.take();
    if (options_.json)
      for (const auto& message : news.messages) say(to_json(message));
    else
      for (const auto& words : news.words) say(fmt::format("{} {}", view::clock_millis(wall_now()), words));
    if (begun_ || !session_.live()) return;
    begun_ = true;
    obey("sign-on", session_.sign_on(options_.role, options_.takeover));
    if (exit_ == exit_done && options_.ready) obey("ready", session_.ready());
    if (exit_ != exit_done) leaving_ = true;
  }

  void read_input() {
    char bytes[4096];
    if (ended_) return;
    pollable_read(bytes, sizeof bytes);
    for (std::size_t end; (end = pending_.find('\n')) != std::string::npos; pending_.erase(0, end + 1))
      commands_.push_back(pending_.substr(0, end));
  }

  void pollable_read(char* bytes, std::size_t size) {
    fd_set set;
    FD_ZERO(&set);
    FD_SET(STDIN_FILENO, &set);
    timeval at_once{};
    if (::select(STDIN_FILENO + 1, &set, nullptr, nullptr, &at_once) != 1) return;
    const auto count = ::read(STDIN_FILENO, bytes, size);
    if (count > 0) pending_.append(bytes, static_cast<std::size_t>(count));
    else ended_ = true;
  }

  bool waits() {
    if (wanted_.empty()) return false;
    if (view::name_of(session_.desk().handler.state()) == wanted_) {
      wanted_.clear();
      return false;
    }
    if (Clock::now() < wait_limit_) return true;
    complain(fmt::format("still {}, not {}", view::name_of(session_.desk().handler.state()), wanted_));
    wanted_.clear();
    leave();
    return false;
  }

  void next_command() {
    std::istringstream line(commands_.front());
    commands_.pop_front();
    std::string verb, rest;
    line >> verb;
    std::getline(line >> std::ws, rest);
    if (verb.empty() || verb.front() == '#') return;
    if (verb == "wait") return begin_wait(rest);
    if (verb == "state")
      return say(options_.json ? to_json(session_.desk().handler) : view::name_of(session_.desk().handler.state()));
    if (verb == "quit") return void(leaving_ = true);
    if (verb == "accept") obey(verb, session_.accept());
    else if (verb == "decline") obey(verb, session_.decline());
    else if (verb == "ready") obey(verb, session_.ready());
    else if (verb == "not-ready") obey(verb, session_.not_ready(rest));
    else if (verb == "release") obey(verb, session_.release());
    else if (verb == "pause") obey(verb, session_.pause_recording(rest));
    else if (verb == "resume") obey(verb, session_.resume_recording());
    else if (verb == "finish") obey(verb, session_.finish_wrap_up());
    else if (verb == "extend") obey(verb, session_.extend_wrap_up(seconds_in(rest, extend_default)));
    else if (verb == "sign-off") obey(verb, session_.sign_off(rest));
    else if (!control(verb, rest)) complain(fmt::format("unknown command '{}'; see pledge console --help", verb));
  }

  // Call control; false: no such command.
  bool control(const std::string& verb, const std::string& rest) {
    if (verb == "hold" || verb == "retrieve") obey(verb, session_.hold(verb == "hold"));
    else if (verb == "mute" || verb == "unmute") obey(verb, session_.mute(verb == "mute"));
    else if (verb == "consult") obey(verb, session_.consult(rest));
    else if (verb == "transfer") obey(verb, session_.transfer(rest));
    else if (verb == "join") obey(verb, session_.join());
    else if (verb == "drop") obey(verb, session_.drop(std::strtoull(rest.c_str(), nullptr, 10)));
    else if (verb == "ask-for-keys") obey(verb, session_.ask_for_keys());
    else if (verb == "handed-over") obey(verb, session_.handed_over());
    else if (verb == "not-reached") obey(verb, session_.not_reached());
    else if (verb == "wrong-use") obey(verb, session_.mark_wrong_use());
    else if (verb == "call") obey(verb, session_.call_out(rest));
    else if (verb == "listen" || verb == "whisper" || verb == "barge" || verb == "leave") monitor(verb, rest);
    else if (verb == "close") about_contact(verb, rest, [&](auto id, const auto& why) { return session_.close_ring_back(id, why); });
    else return false;
    return true;
  }

  // CONTACT REASON
  template <class Do>
  void about_contact(const std::string& verb, const std::string& rest, Do&& what) {
    std::istringstream words(rest);
    std::uint64_t contact = 0;
    std::string reason;
    if (!(words >> contact)) return complain(verb + ": name the call by its number");
    std::getline(words >> std::ws, reason);
    obey(verb, what(contact, reason));
  }

  void monitor(const std::string& verb, const std::string& rest) {
    const auto mode = verb == "listen"    ? v1::MONITOR_MODE_LISTEN
                      : verb == "whisper" ? v1::MONITOR_MODE_WHISPER
                      : verb == "barge"   ? v1::MONITOR_MODE_BARGE
                                          : v1::MONITOR_MODE_UNSPECIFIED;
    about_contact(verb, rest, [&](auto id, const auto& why) { return session_.monitor(id, mode, why); });
  }

  static std::chrono::seconds seconds_in(const std::string& text, std::chrono::seconds otherwise) {
    const auto value = std::atol(text.c_str());
    return value > 0 ? std::chrono::seconds{value} : otherwise;
  }

  void begin_wait(const std::string& rest) {
    std::istringstream words(rest);
    std::string limit;
    words >> wanted_ >> limit;
    wait_limit_ = Clock::now() + seconds_in(limit, wait_default);
  }

  void obey(const std::string& verb, const grpc::Status& status) {
    if (status.ok()) return;
    complain(fmt::format("{}: {}", verb, text_of(status, client_.server)), reason_of(status));
  }

  void complain(const std::string& text, const std::string& reason = {}) {
    exit_ = exit_no;
    if (options_.json) say(fmt::format("{{\"error\":{},\"reason\":{}}}", json_quoted(text), json_quoted(reason)));
    else fmt::print(stderr, "pledge console: {}\n", text);
  }

  // The end of the commands is the end of the shift: nobody would be at this console any more.
  void leave() {
    if (session_.live()) (void)session_.sign_off("end of commands");
    leaving_ = true;
  }

  static void say(const std::string& line) {
    fmt::print("{}\n", line);
    std::fflush(stdout);
  }

  DeskSession& session_;
  const ConsoleOptions& options_;
  const Client& client_;
  std::deque<std::string> commands_;
  std::string pending_, wanted_;
  Clock::time_point wait_limit_{};
  bool begun_ = false, ended_ = false, leaving_ = false;
  int exit_ = exit_done;
};

}  // namespace

int run_desk_lines(DeskSession& session, const ConsoleOptions& options, const Client& client) {
  return DeskLines(session, options, client).run();
}

}  // namespace pledge
