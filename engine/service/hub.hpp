#pragma once
// Everything of the service that lives on the loop, and the way to it from gRPC's threads. Private to the service.
// clang-format off: Asio uses std::exchange without saying so
#include <utility>
// clang-format on
#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include "core/statistics.hpp"
#include "service/consoles.hpp"
#include "service/feed.hpp"
#include "service/history.hpp"
#include "service/metrics.hpp"
#include "service/requests.hpp"
#include "service/unary.hpp"

namespace pledge::service {

// Used on the loop only.
struct Hub {
  Hub(const core::Core& the_core, runtime::EventSink& the_sink, runtime::OperationsPort& the_operations,
      const runtime::ServiceOptions& the_options, const runtime::Clock& the_clock)
      : core(the_core),
        sink(the_sink),
        operations(the_operations),
        options(the_options),
        clock(the_clock),
        history(core, options),
        statistics({options.statistics_kept}),
        requests(sink, options),
        consoles(core, history, statistics, clock, sink) {}

  const core::Core& core;
  runtime::EventSink& sink;
  runtime::OperationsPort& operations;
  const runtime::ServiceOptions& options;
  const runtime::Clock& clock;
  History history;
  core::Statistics statistics;
  Requests requests;
  Metrics metrics;
  Consoles consoles;
  std::shared_ptr<Feed> feed;
  std::function<void()> check_configuration;  // takes a new configuration in, if there is one
};

// What gRPC's threads may touch. Shared by the services; outlives the loop's part.
class Front {
 public:
  Front(boost::asio::io_context& loop, boost::asio::io_context& there, std::weak_ptr<Hub> hub,
        const runtime::ServiceOptions& options)
      : loop_(loop), there_(there), hub_(std::move(hub)), options_(options) {}

  // Runs work(hub) on the loop, unless the service is gone by then.
  template <class Work>
  void on_loop(Work work) const {
    boost::asio::post(loop_, [weak = hub_, work = std::move(work)]() mutable {
      if (const auto hub = weak.lock()) work(*hub);
    });
  }
  template <class Work>
  void on_service_thread(Work work) const {
    boost::asio::post(there_, std::move(work));
  }

  // One unary call: a copy of the request and the way to its answer are handed to work(hub, request, answer) on the
  // loop. Without a deadline of the client's the configured one applies.
  template <class Request, class Response, class Work>
  grpc::ServerUnaryReactor* unary(grpc::CallbackServerContext* context, const Request* request, Response* response,
                                  Work work) {
    auto* reactor = context->DefaultReactor();
    auto call = admit(context, reactor);
    if (!call) return reactor;
    on_loop([work = std::move(work), request = *request,
             answer = Answer<Response>{std::move(call), response}](Hub& hub) { work(hub, request, answer); });
    return reactor;
  }

  // A stream for one more watcher; one too many has already been refused. `done` runs on a gRPC thread at its end.
  std::shared_ptr<Stream> watch(grpc::CallbackServerContext* context, std::size_t outbox,
                                std::function<void(const std::shared_ptr<Stream>&)> done);

  void sweep() { deadlines_.sweep(Deadlines::Clock::now()); }
  void close(const grpc::Status& status);
  std::int64_t watchers() const { return *watchers_; }
  const runtime::ServiceOptions& options() const { return options_; }

 private:
  std::shared_ptr<Unary> admit(grpc::CallbackServerContext* context, grpc::ServerUnaryReactor* reactor);

  boost::asio::io_context& loop_;
  boost::asio::io_context& there_;
  std::weak_ptr<Hub> hub_;
  const runtime::ServiceOptions& options_;
  Deadlines deadlines_;
  std::atomic<bool> closed_{false};
  std::shared_ptr<std::atomic<std::int64_t>> pending_ = std::make_shared<std::atomic<std::int64_t>>(0);
  std::shared_ptr<std::atomic<std::int64_t>> watchers_ = std::make_shared<std::atomic<std::int64_t>>(0);
};

// Answers a change with the outcome's version, or refuses it.
template <class Response>
Requests::Answered with_version(const Answer<Response>& answer) {
  return [answer](const Outcome& outcome) {
    if (!outcome.status.ok()) return answer.refuse(outcome.status);
    answer.with([&](Response& response) { response.set_version(outcome.version); });
  };
}

// Tells two requests apart, whatever type they are.
template <class Request>
std::string fingerprint(const Request& request) {
  return Request::descriptor()->full_name() + '\0' + request.SerializeAsString();
}

std::uint32_t page_size(const runtime::ServiceOptions& options, std::uint32_t wished);
grpc::Status bad_page_token();

}  // namespace pledge::service
