#pragma once
// One handler's console towards the engine: the stream, what it showed, and the changes that may be asked for.
#include <chrono>
#include <deque>
#include <memory>

#include "tools/pledge/client.hpp"
#include "tools/pledge/feed.hpp"
#include "tools/pledge/view/desk.hpp"

namespace pledge {

class DeskSession {
 public:
  DeskSession(const Client& client, std::string handler);

  int fd() const { return feed_ ? feed_->fd() : -1; }
  struct News {
    std::vector<v1::WatchConsoleResponse> messages;
    std::vector<std::string> words;  // the same for a person, where worth saying
  };
  // Takes what arrived; opens the stream again when it broke.
  News take();
  const view::Desk& desk() const { return desk_; }
  bool live() const { return live_; }
  const grpc::Status& problem() const { return problem_; }
  // The engine does not know this handler, or similar: trying again is of no use.
  bool hopeless() const;

  grpc::Status sign_on(const std::string& role, bool takeover);
  grpc::Status sign_off(const std::string& reason);
  grpc::Status ready();
  grpc::Status not_ready(const std::string& reason);
  grpc::Status accept();
  grpc::Status decline();
  grpc::Status release();
  grpc::Status pause_recording(const std::string& reason);
  grpc::Status resume_recording();
  grpc::Status finish_wrap_up();
  grpc::Status extend_wrap_up(std::chrono::seconds by);
  // Of the present call. Places are written as for a person: "+442079460123" or "02079460123" is a number, "queue general" a
  // queue, anything else a handler.
  grpc::Status hold(bool on);
  grpc::Status mute(bool on);
  grpc::Status consult(const std::string& place);
  grpc::Status transfer(const std::string& place);  // empty: to who is being consulted
  grpc::Status join();
  grpc::Status drop(std::uint64_t leg);             // 0: who is being consulted
  grpc::Status ask_for_keys();
  grpc::Status handed_over();
  grpc::Status not_reached();
  grpc::Status mark_wrong_use();
  // Of any call. Those in talk, at most a thousand, the oldest first; `more`: there are others.
  grpc::Status calls_in_progress(std::vector<v1::Contact>& calls, bool& more);
  grpc::Status monitor(std::uint64_t contact, v1::MonitorMode mode, const std::string& reason);
  grpc::Status close_ring_back(std::uint64_t contact, const std::string& reason);
  grpc::Status call_out(const std::string& number);

 private:
  void open();
  template <class Request>
  Request request() const;
  template <class Request>
  Request about_call() const;  // with the present call

  const Client& client_;
  std::string handler_;
  std::string session_;
  view::Desk desk_;
  std::unique_ptr<Feed<v1::WatchConsoleResponse>> feed_;
  std::chrono::steady_clock::time_point retry_{};
  bool live_ = false;
  grpc::Status problem_;
};

template <class Request>
Request DeskSession::request() const {
  Request out;
  *out.mutable_mutation() = mutation_by(handler_);
  out.set_handler(handler_);
  return out;
}

struct ConsoleOptions {
  std::string handler;
  std::string role;
  bool takeover = false;
  bool ready = false;
  bool json = false;
  bool plain = false;  // no colours
};
int run_desk_screen(DeskSession& session, const ConsoleOptions& options,
                    const Client& client);  // a person at a terminal
int run_desk_lines(DeskSession& session, const ConsoleOptions& options, const Client& client);  // commands line by line

}  // namespace pledge
