#pragma once
// Simulated handlers' consoles over gRPC: sign on, go ready, accept where the console accepts, finish wrap-up.
#include <grpcpp/grpcpp.h>

#include <map>
#include <memory>

#include "pledge/v1/console.grpc.pb.h"
#include "tools/load/udp_loop.hpp"

namespace pledge::load {

struct ConsoleOptions {
  std::vector<std::string> handlers;
  std::string session = "simulated";
  core::Duration accept_after = std::chrono::milliseconds{1500};  // looking at the offer before accepting it
  core::Duration wrap_up = std::chrono::seconds{4};               // where it lasts until done
  core::Duration ready_again = std::chrono::seconds{10};          // after the engine made a handler not-ready
};

class Consoles {
 public:
  Consoles(Loop& loop, std::shared_ptr<grpc::Channel> channel, ConsoleOptions options);
  ~Consoles();  // ends the streams and waits for them

  void start();
  void sign_off_all();
  std::size_t ready_once() const { return ready_once_; }  // consoles that have been ready at least once
  std::size_t signed_on() const;
  const std::string& last_refusal() const { return last_refusal_; }

 private:
  class Console;
  friend class Console;
  Loop& loop_;
  std::unique_ptr<v1::ConsoleService::Stub> stub_;
  ConsoleOptions options_;
  std::vector<std::shared_ptr<Console>> consoles_;
  std::size_t ready_once_ = 0;
  std::string last_refusal_;
};

}  // namespace pledge::load
