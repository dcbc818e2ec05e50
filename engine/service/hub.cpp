#include "service/hub.hpp"

#include <algorithm>

namespace pledge::service {

namespace {
grpc::Status shutting_down() {
  return refuse(grpc::StatusCode::UNAVAILABLE, "SHUTTING_DOWN", "the engine is shutting down");
}
}  // namespace

std::shared_ptr<Unary> Front::admit(grpc::CallbackServerContext* context, grpc::ServerUnaryReactor* reactor) {
  if (closed_) {
    reactor->Finish(shutting_down());
    return nullptr;
  }
  // Counted before it is compared: calls arrive on many threads at once.
  if (++*pending_ > options_.requests_pending) {
    --*pending_;
    reactor->Finish(
        refuse(grpc::StatusCode::RESOURCE_EXHAUSTED, "TOO_MANY_REQUESTS", "too many calls wait for an answer"));
    return nullptr;
  }
  auto call = std::make_shared<Unary>(reactor, pending_);
  const auto own = Deadlines::Clock::now() + options_.default_deadline;
  const bool client_has_one = context->deadline() != Deadlines::Clock::time_point::max();
  deadlines_.add(client_has_one ? context->deadline() : std::chrono::time_point_cast<Deadlines::Clock::duration>(own),
                 call);
  if (closed_) call->finish(shutting_down());  // close() may have missed it
  return call;
}

std::shared_ptr<Stream> Front::watch(grpc::CallbackServerContext* context, std::size_t outbox,
                                     std::function<void(const std::shared_ptr<Stream>&)> done) {
  const auto open = ++*watchers_;
  auto stream = Stream::open(context, outbox, [count = watchers_, done = std::move(done)](const auto& self) {
    --*count;
    done(self);
  });
  if (closed_) stream->end(shutting_down());
  else if (open > options_.watchers) {
    stream->end(refuse(grpc::StatusCode::RESOURCE_EXHAUSTED, "TOO_MANY_WATCHERS", "too many streams are open"));
  }
  return stream;
}

void Front::close(const grpc::Status& status) {
  closed_ = true;
  deadlines_.refuse_all(status);
}

std::uint32_t page_size(const runtime::ServiceOptions& options, std::uint32_t wished) {
  return std::min(wished == 0 ? options.page_size : wished, options.page_most);
}

grpc::Status bad_page_token() {
  return refuse(grpc::StatusCode::INVALID_ARGUMENT, "BAD_PAGE_TOKEN",
                "give back the token of the page before, or none");
}

}  // namespace pledge::service
