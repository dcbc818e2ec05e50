#include "tools/load/consoles.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>

namespace pledge::load {
namespace {

constexpr std::chrono::seconds deadline{10};

// Counts what gRPC's threads still hold, so that nothing is destroyed under them.
class Outstanding {
 public:
  void add() {
    const std::lock_guard lock(mutex_);
    ++count_;
  }
  void remove() {
    const std::lock_guard lock(mutex_);
    if (--count_ == 0) none_.notify_all();
  }
  void wait() {
    std::unique_lock lock(mutex_);
    none_.wait(lock, [this] { return count_ == 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable none_;
  int count_ = 0;
};

}  // namespace

// Reactions run on gRPC's threads and only post to the loop; all state is the loop's.
class Consoles::Console final : public grpc::ClientReadReactor<v1::WatchConsoleResponse>,
                                public std::enable_shared_from_this<Console> {
 public:
  Console(Consoles& all, std::string handler) : all_(all), handler_(std::move(handler)) {}

  void open() {
    v1::WatchConsoleRequest asked;
    asked.set_handler(handler_);
    asked.set_session(all_.options_.session);
    watch_ = asked;
    outstanding_.add();
    all_.stub_->async()->WatchConsole(&context_, &watch_, this);
    StartRead(&arriving_);
    StartCall();
    auto sign_on = request<v1::SignOnRequest>();
    sign_on.set_session(all_.options_.session);
    sign_on.set_takeover(true);
    ask<v1::SignOnResponse>(sign_on, &Async::SignOn, [this] { signed_on_ = true, go_ready(); });
  }

  // gRPC may call back until the stream is done: cancelled and waited for before anything goes.
  void close() {
    context_.TryCancel();
    outstanding_.wait();
  }

  void sign_off() {
    leaving_ = true;
    ask<v1::SignOffResponse>(request<v1::SignOffRequest>(), &Async::SignOff, [this] { signed_on_ = false; });
  }
  bool signed_on() const { return signed_on_; }

  void OnReadDone(bool ok) override {
    if (!ok) return;
    post([this, message = arriving_] { take(message); });
    StartRead(&arriving_);
  }
  void OnDone(const grpc::Status&) override { outstanding_.remove(); }

 private:
  using Async = v1::ConsoleService::StubInterface::async_interface;
  template <class Request, class Response>
  using Method = void (Async::*)(grpc::ClientContext*, const Request*, Response*, std::function<void(grpc::Status)>);

  template <class Work>
  void post(Work work) {
    boost::asio::post(all_.loop_.io(), [self = shared_from_this(), work = std::move(work)] { work(); });
  }

  template <class Request>
  Request request() {
    Request out;
    out.mutable_mutation()->set_request_id(fmt::format("{}-{}-{}", all_.options_.session, handler_, ++requests_));
    out.mutable_mutation()->set_actor(handler_);
    out.set_handler(handler_);
    return out;
  }

  template <class Response, class Request>
  void ask(Request asked, Method<Request, Response> method, std::function<void()> done = {}) {
    struct Call {
      grpc::ClientContext context;
      Request request;
      Response response;
    };
    auto call = std::make_shared<Call>();
    call->request = std::move(asked);
    call->context.set_deadline(std::chrono::system_clock::now() + deadline);
    outstanding_.add();
    (static_cast<Async*>(all_.stub_->async())->*method)(
        &call->context, &call->request, &call->response,
        std::function<void(grpc::Status)>([this, call, done = std::move(done)](grpc::Status status) {
          post([this, status, done] {
            if (status.ok() && done) done();
            if (!status.ok()) all_.last_refusal_ = handler_ + ": " + status.error_message();
          });
          outstanding_.remove();
        }));
  }

  void go_ready() { ask<v1::ReadyResponse>(request<v1::ReadyRequest>(), &Async::Ready); }

  void later(core::Duration after, std::function<void()> work) {
    all_.loop_.schedule().at(all_.loop_.now() + after, [self = shared_from_this(), work = std::move(work)] { work(); });
  }

  void take(const v1::WatchConsoleResponse& message) {
    if (leaving_) return;
    if (message.has_offer() && message.offer().can_accept()) {
      later(all_.options_.accept_after, [this, offer = message.offer().id()] {
        auto asked = request<v1::AcceptRequest>();
        asked.set_offer(offer);
        ask<v1::AcceptResponse>(asked, &Async::Accept);
      });
    }
    if (message.has_handler()) take(message.handler());
  }

  void take(const v1::Handler& handler) {
    const auto before = std::exchange(state_, handler.state());
    if (before == state_) return;
    // A handler who gets a call at once is told of the offer alone.
    const bool ready = state_ == v1::HANDLER_STATE_READY || state_ == v1::HANDLER_STATE_OFFERED;
    if (ready && !std::exchange(was_ready_, true)) ++all_.ready_once_;
    if (state_ == v1::HANDLER_STATE_WRAP_UP && !handler.has_wrap_up_ends())
      later(all_.options_.wrap_up,
            [this] { ask<v1::FinishWrapUpResponse>(request<v1::FinishWrapUpRequest>(), &Async::FinishWrapUp); });
    if (state_ == v1::HANDLER_STATE_NOT_READY && was_ready_)
      later(all_.options_.ready_again, [this] {
        if (state_ == v1::HANDLER_STATE_NOT_READY && !leaving_) go_ready();
      });
  }

  Consoles& all_;
  std::string handler_;
  grpc::ClientContext context_;
  v1::WatchConsoleRequest watch_;
  v1::WatchConsoleResponse arriving_;
  Outstanding outstanding_;
  v1::HandlerState state_ = v1::HANDLER_STATE_UNSPECIFIED;
  std::uint64_t requests_ = 0;
  bool signed_on_ = false, was_ready_ = false, leaving_ = false;
};

Consoles::Consoles(Loop& loop, std::shared_ptr<grpc::Channel> channel, ConsoleOptions options)
    : loop_(loop), stub_(v1::ConsoleService::NewStub(channel)), options_(std::move(options)) {
  for (const auto& handler : options_.handlers) consoles_.push_back(std::make_shared<Console>(*this, handler));
}

Consoles::~Consoles() {
  for (const auto& console : consoles_) console->close();
}

void Consoles::start() {
  for (const auto& console : consoles_) console->open();
}

void Consoles::sign_off_all() {
  for (const auto& console : consoles_) console->sign_off();
}

std::size_t Consoles::signed_on() const {
  return static_cast<std::size_t>(
      std::count_if(consoles_.begin(), consoles_.end(), [](const auto& c) { return c->signed_on(); }));
}

}  // namespace pledge::load
