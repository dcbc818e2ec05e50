#pragma once
// The engine that the watchers' benchmark watches: loop, core and services, with handlers who change between ready and
// not ready and one who gets calls. Included by watchers.cpp alone.
// clang-format off: Asio uses std::exchange without saying so
#include <utility>
// clang-format on
#include <sys/resource.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdlib>
#include <deque>
#include <memory>
#include <thread>

#include "service/service.hpp"

namespace pledge::bench {

using namespace std::chrono_literals;
namespace asio = boost::asio;

struct Size {
  int watchers = 500, handlers = 2'000;
  std::chrono::nanoseconds change_every = 1'100us, offer_every = 50ms, warm_up = 3s, measured = 10s;
};

// Both processes read the same clock.
inline core::Time clock_now() {
  constexpr std::int64_t epoch = 1'700'000'000'000'000'000;
  return {epoch + std::chrono::nanoseconds{std::chrono::steady_clock::now().time_since_epoch()}.count()};
}

// Answers each byte from `in` with the processor time that this process has used so far, s, until the pipe ends.
inline void tell_processor_time(int in, int out) {
  char byte;
  while (read(in, &byte, 1) == 1) {
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    const double seconds = static_cast<double>(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
                           static_cast<double>(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
    if (write(out, &seconds, sizeof seconds) < 0) break;
  }
}

// ---- the engine -------------------------------------------------------------------------------------------------
class Engine final : public runtime::EventSink, public runtime::OperationsPort, public runtime::Clock {
 public:
  explicit Engine(const Size& size) : size_(size), service_(loop_, core_, *this, *this, options(), *this) {}
  // Serves until `stop` becomes readable; writes the port to `ready` first.
  void run(int ready, int stop);

  void submit(core::Event event) override {
    events_.push_back(std::move(event));
    if (std::exchange(busy_, true)) return;
    for (; !events_.empty(); events_.pop_front()) {
      const auto at = now();
      const core::Actions actions = core_.step(at, events_.front());
      for (const auto& action : actions) service_.observe(at, action);
    }
    busy_ = false;
  }
  runtime::OperationResult check(const std::string&) override { return {}; }
  runtime::OperationResult diff(const std::string&) override { return {}; }
  runtime::OperationResult reload(const std::string&, const std::string&) override { return {}; }
  void shut_down(const std::string&) override {}
  std::string journal_folder() const override { return {}; }
  core::Time now() const override { return clock_now(); }

 private:
  static runtime::ServiceOptions options() {
    runtime::ServiceOptions options;
    options.grpc_address = "127.0.0.1:0";
    options.http_address.clear();
    return options;
  }
  std::shared_ptr<const core::Options> room() const;
  void change();
  void offer();
  core::Request request() { return {{(1ull << 40) + ++last_request_}, "bench", 0}; }

  Size size_;
  asio::io_context loop_;
  core::Core core_;
  service::Service service_;
  asio::steady_timer change_{loop_}, offer_{loop_};
  std::deque<core::Event> events_;
  bool busy_ = false, ringing_ = false;
  std::uint64_t last_request_ = 0, changes_ = 0, leg_ = 0;
};

inline core::HandlerOptions handler(const std::string& id, const std::string& role) {
  core::HandlerOptions handler;
  handler.id = {id};
  handler.pool = {"room"};
  handler.roles = {{role}};
  handler.phone_mode = core::PhoneMode::accept_first;
  handler.phone = "sip:" + id + "@192.0.2.1";
  return handler;
}

// Many handlers who change between ready and not ready, and one, alone in her queue, who gets the calls.
inline std::shared_ptr<const core::Options> Engine::room() const {
  core::Options options;
  options.classes = {{{"emergency"}, {}}};
  for (const auto* id : {"emergency", "quiet"}) {
    core::QueueOptions queue;
    queue.id = {id};
    queue.service_class = {"emergency"};
    options.queues.push_back(queue);
    options.roles.push_back({{id}, {{id}}, false});
  }
  core::TriageRule rule;
  rule.id = "all";
  rule.queue = {"emergency"};
  options.triage = {rule};
  core::PoolOptions pool;
  pool.id = {"room"};
  pool.reserve.kind = core::ReserveKind::off;
  options.pools = {pool};
  options.handlers.push_back(handler("desk", "emergency"));
  for (int i = 0; i < size_.handlers; ++i) options.handlers.push_back(handler("h" + std::to_string(i), "quiet"));
  return std::make_shared<const core::Options>(std::move(options));
}

// Each tick makes up for what the clock let pass, so that the rate holds.
inline void Engine::change() {
  const auto which = changes_++;
  const core::HandlerId id{"h" + std::to_string(which % static_cast<std::uint64_t>(size_.handlers))};
  const bool ready = which / static_cast<std::uint64_t>(size_.handlers) % 2 == 0;
  if (ready) submit(core::GoReady{request(), id});
  else submit(core::GoNotReady{request(), id, "bench"});
  change_.expires_at(change_.expiry() + size_.change_every);
  change_.async_wait([this](auto error) {
    if (!error) change();
  });
}

// The caller calls, and gives up before the next tick.
inline void Engine::offer() {
  if (ringing_) {
    submit(core::LegEnded{{leg_}, core::LegEnd::cancelled});
  } else {
    core::CallFacts facts;
    facts.dialled = "999";
    facts.sip_call_id = std::to_string(leg_ += 2);
    submit(core::CallArrived{{leg_}, facts});
  }
  ringing_ = !ringing_;
  offer_.expires_at(offer_.expiry() + size_.offer_every / 2);
  offer_.async_wait([this](auto error) {
    if (!error) offer();
  });
}

inline void Engine::run(int ready, int stop) {
  submit(core::Configured{room(), {}});
  const auto started = service_.start();
  if (!started) std::abort();
  for (const auto& handler : core_.options().handlers) {
    submit(core::SignOn{request(), handler.id, {}, "desk", false});
    submit(core::ConsoleAttached{handler.id, "desk"});
  }
  submit(core::GoReady{request(), {"desk"}});
  if (write(ready, &started->grpc_port, sizeof started->grpc_port) < 0) std::abort();
  change_.expires_after(0ms);
  offer_.expires_after(0ms);
  change();
  offer();
  std::thread waiter{[&] {
    tell_processor_time(stop, ready);
    loop_.stop();
  }};
  loop_.run();
  waiter.join();
  service_.stop();
}

}  // namespace pledge::bench
