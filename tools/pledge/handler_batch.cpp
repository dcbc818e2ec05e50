#include "tools/pledge/handler_batch.hpp"

#include <fmt/format.h>

#include <deque>
#include <functional>
#include <memory>

#include "tools/pledge/command.hpp"

namespace pledge {
namespace {

constexpr std::size_t in_flight_most = 256;  // enough to hide the round trip, far below the engine's bound
constexpr std::size_t range_most = 1'000'000;

// What is asked for one handler: a call begun, and read when the queue gives it back.
class Asking {
 public:
  virtual ~Asking() = default;
  HandlerOutcome* outcome = nullptr;
  virtual void finish() = 0;

 protected:
  grpc::ClientContext context_;
};

template <class Response>
class AskingFor final : public Asking {
 public:
  using Reader = std::unique_ptr<grpc::ClientAsyncResponseReader<Response>>;
  template <class Begin>
  void begin(Begin&& start) {
    context_.set_deadline(std::chrono::system_clock::now() + unary_deadline);
    reader_ = start(&context_);
    reader_->Finish(&response_, &outcome->status, this);
  }
  void finish() override { outcome->version = response_.version(); }

 private:
  Reader reader_;
  Response response_;
};

class Batch {
 public:
  Batch(const Client& client, const HandlerChange& change) : stub_(*client.console), client_(client), change_(change) {}

  std::vector<HandlerOutcome> run(const std::vector<std::string>& handlers) {
    std::vector<HandlerOutcome> outcomes(handlers.size());
    std::size_t begun = 0, ended = 0;
    grpc::Status nobody;  // not OK once the engine was not reached
    for (std::size_t i = 0; i < handlers.size(); ++i) outcomes[i].handler = handlers[i];
    while (ended < begun || (nobody.ok() && begun < handlers.size())) {
      for (; nobody.ok() && begun < handlers.size() && begun - ended < in_flight_most; ++begun) begin(outcomes[begun]);
      void* tag = nullptr;
      bool ok = false;
      if (!queue_.Next(&tag, &ok)) break;
      const std::unique_ptr<Asking> asking(static_cast<Asking*>(tag));
      asking->finish();
      ++ended;
      if (exit_code_of(asking->outcome->status) == exit_unreachable) nobody = asking->outcome->status;
    }
    for (; begun < handlers.size(); ++begun) outcomes[begun].status = nobody;
    // A queue that is destroyed before its end was read may still be in use by gRPC's thread that gave the last tag back.
    queue_.Shutdown();
    void* tag = nullptr;
    bool ok = false;
    while (queue_.Next(&tag, &ok)) continue;
    return outcomes;
  }

 private:
  template <class Request>
  Request request(const std::string& handler) const {
    Request out;
    *out.mutable_mutation() = mutation_by(handler);
    out.set_handler(handler);
    return out;
  }

  template <class Response, class Request, class Method>
  void ask(HandlerOutcome& outcome, Method method, const Request& request) {
    auto asking = std::make_unique<AskingFor<Response>>();
    asking->outcome = &outcome;
    asking->begin([&](grpc::ClientContext* context) { return (stub_.*method)(context, request, &queue_); });
    asking.release();  // comes back as its tag
  }

  void begin(HandlerOutcome& outcome);
  // Offers and calls have ids that only the console's stream and the lists tell.
  v1::ConsoleSnapshot look(const std::string& handler) const;

  using Stub = v1::ConsoleService::Stub;
  Stub& stub_;
  const Client& client_;
  const HandlerChange& change_;
  grpc::CompletionQueue queue_;
};

v1::ConsoleSnapshot Batch::look(const std::string& handler) const {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + unary_deadline);
  v1::WatchConsoleRequest asked;
  asked.set_handler(handler);
  asked.set_session("look-" + new_request_id());  // never the one signed on: looking attaches nothing
  const auto stream = client_.console->WatchConsole(&context, asked);
  v1::WatchConsoleResponse first;
  if (!stream->Read(&first)) return {};
  context.TryCancel();
  return first.snapshot();
}

void Batch::begin(HandlerOutcome& outcome) {
  const auto& handler = outcome.handler;
  switch (change_.action) {
    case HandlerAction::sign_on: {
      auto asked = request<v1::SignOnRequest>(handler);
      asked.set_role(change_.role);
      asked.set_session(change_.session);
      asked.set_takeover(change_.takeover);
      return ask<v1::SignOnResponse>(outcome, &Stub::AsyncSignOn, asked);
    }
    case HandlerAction::ready:
      return ask<v1::ReadyResponse>(outcome, &Stub::AsyncReady, request<v1::ReadyRequest>(handler));
    case HandlerAction::not_ready: {
      auto asked = request<v1::NotReadyRequest>(handler);
      asked.set_reason(change_.reason);
      return ask<v1::NotReadyResponse>(outcome, &Stub::AsyncNotReady, asked);
    }
    case HandlerAction::accept: {
      auto asked = request<v1::AcceptRequest>(handler);
      asked.set_offer(look(handler).offer().id());
      return ask<v1::AcceptResponse>(outcome, &Stub::AsyncAccept, asked);
    }
    case HandlerAction::decline: {
      auto asked = request<v1::DeclineRequest>(handler);
      asked.set_offer(look(handler).offer().id());
      return ask<v1::DeclineResponse>(outcome, &Stub::AsyncDecline, asked);
    }
    case HandlerAction::release: {
      auto asked = request<v1::ReleaseRequest>(handler);
      asked.set_contact(look(handler).handler().contact());
      return ask<v1::ReleaseResponse>(outcome, &Stub::AsyncRelease, asked);
    }
    case HandlerAction::finish:
      return ask<v1::FinishWrapUpResponse>(outcome, &Stub::AsyncFinishWrapUp,
                                           request<v1::FinishWrapUpRequest>(handler));
    case HandlerAction::extend: {
      auto asked = request<v1::ExtendWrapUpRequest>(handler);
      asked.mutable_by()->set_seconds(change_.by.count());
      return ask<v1::ExtendWrapUpResponse>(outcome, &Stub::AsyncExtendWrapUp, asked);
    }
    case HandlerAction::sign_off: {
      auto asked = request<v1::SignOffRequest>(handler);
      asked.set_reason(change_.reason);
      return ask<v1::SignOffResponse>(outcome, &Stub::AsyncSignOff, asked);
    }
  }
}

}  // namespace

std::vector<HandlerOutcome> run_batch(const Client& client, const HandlerChange& change,
                                      const std::vector<std::string>& handlers) {
  return Batch(client, change).run(handlers);
}

tl::expected<std::vector<std::string>, std::string> expand_ranges(const std::vector<std::string>& words) {
  std::vector<std::string> out;
  for (const auto& word : words) {
    const auto dash = word.rfind('-');
    const auto split = [](std::string_view id) { return id.find_last_not_of("0123456789") + 1; };
    const std::string from = word.substr(0, dash), to = dash == std::string::npos ? "" : word.substr(dash + 1);
    const auto from_digits = split(from), to_digits = split(to);
    // A range repeats its prefix: a0001-a2000. Ids may hold dashes themselves.
    const bool range = !to.empty() && from_digits < from.size() && to_digits < to.size() &&
                       from.substr(0, from_digits) == to.substr(0, to_digits);
    if (!range) {
      out.push_back(word);
      continue;
    }
    const auto width = from.size() - from_digits;
    const auto first = std::stoull(from.substr(from_digits)), last = std::stoull(to.substr(to_digits));
    if (last < first || last - first >= range_most) return tl::unexpected(fmt::format("{}: not a range", word));
    for (auto n = first; n <= last; ++n) out.push_back(fmt::format("{}{:0{}}", from.substr(0, from_digits), n, width));
  }
  return out;
}

}  // namespace pledge
