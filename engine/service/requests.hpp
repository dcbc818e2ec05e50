#pragma once
// Changes asked for by clients: each becomes one event of the core, and each repeated request id gets the first
// answer. Private to the service; used on the loop only.
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "pledge/v1/common.pb.h"
#include "runtime/ports.hpp"
#include "runtime/service_options.hpp"
#include "service/convert.hpp"
#include "service/errors.hpp"

namespace pledge::service {

struct Outcome {
  grpc::Status status;
  std::uint64_t version = 0;
  runtime::OperationResult operation;  // of perform()
};

class Requests {
 public:
  using Answered = std::function<void(const Outcome&)>;
  Requests(runtime::EventSink& sink, const runtime::ServiceOptions& options) : sink_(sink), options_(options) {}

  // `fingerprint` tells whether a repeated request id asks for the same thing. `make` builds the event around the
  // core's Request.
  void submit(const v1::Mutation& mutation, const std::string& actor, std::string fingerprint,
              const std::function<core::Event(core::Request)>& make, Answered answered);
  // The same for what is no event of the core: `work` is done at once, unless the request id is known. The actor is the
  // mutation's own.
  void perform(const v1::Mutation& mutation, std::string fingerprint, const std::function<runtime::OperationResult()>& work,
               const Answered& answered);
  void observe(const core::Replied& reply);
  std::size_t pending() const { return pending_.size(); }

 private:
  struct Entry {
    std::size_t fingerprint = 0;
    bool done = false;
    Outcome outcome;
    std::vector<Answered> waiting;
  };
  static grpc::Status check(const v1::Mutation& mutation, const std::string& actor);
  // The key of a request that comes for the first time. Else it is answered, now or with the first, and there is none.
  std::optional<std::string> admit(const v1::Mutation& mutation, const std::string& actor, const std::string& fingerprint,
                                   Answered answered);
  void settle(const std::string& key, const Outcome& outcome);
  void remember(const std::string& key);

  runtime::EventSink& sink_;
  const runtime::ServiceOptions& options_;
  std::uint64_t last_id_ = 0;
  std::unordered_map<std::string, Entry> entries_;            // by actor and request id
  std::unordered_map<core::RequestId, std::string> pending_;  // key of each one that the core has not answered
  std::deque<std::string> order_;                             // answered ones, oldest first
};

}  // namespace pledge::service
