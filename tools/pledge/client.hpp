#pragma once
// The engine's services as a client sees them: one channel, deadlines, and refusals in words.
#include <google/protobuf/message.h>
#include <grpcpp/grpcpp.h>

#include <chrono>
#include <memory>
#include <string>

#include "pledge/v1/console.grpc.pb.h"
#include "pledge/v1/location.grpc.pb.h"
#include "pledge/v1/operations.grpc.pb.h"
#include "pledge/v1/recording.grpc.pb.h"
#include "pledge/v1/statistics.grpc.pb.h"
#include "pledge/v1/supervision.grpc.pb.h"
#include "tools/pledge/json.hpp"

namespace pledge {

inline constexpr std::chrono::seconds unary_deadline{5};  // longer than any answer of a healthy engine

struct Client {
  explicit Client(const std::string& server);
  std::string server;
  std::shared_ptr<grpc::Channel> channel;
  std::unique_ptr<v1::ConsoleService::Stub> console;
  std::unique_ptr<v1::SupervisionService::Stub> supervision;
  std::unique_ptr<v1::StatisticsService::Stub> statistics;
  std::unique_ptr<v1::OperationsService::Stub> operations;
  std::unique_ptr<v1::RecordingService::Stub> recordings;
  std::unique_ptr<v1::LocationService::Stub> locations;
};

// One unary call with a deadline: call(*client.console, &v1::ConsoleService::Stub::Ready, request, response).
template <class Stub, class Request, class Response>
grpc::Status call(Stub& stub, grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                  const Request& request, Response& response, std::chrono::milliseconds within = unary_deadline) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + within);
  return (stub.*method)(&context, request, &response);
}

// The stable reason ("OFFER_GONE") of a refusal, empty where the engine gave none.
std::string reason_of(const grpc::Status& status);
// For a person: what, and what to do.
std::string text_of(const grpc::Status& status, const std::string& server);
int exit_code_of(const grpc::Status& status);
// Prints the problem on standard error (or as JSON on standard output) and returns its exit code.
int report(const grpc::Status& status, const std::string& server, bool json);

// Names each change once: unique between clients and runs.
std::string new_request_id();
v1::Mutation mutation_by(const std::string& actor);

// Field names as in the .proto files, defaults written out, on one line.
std::string to_json(const google::protobuf::Message& message);

}  // namespace pledge
