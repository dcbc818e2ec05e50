#include "tools/pledge/client.hpp"

#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>
#include <unistd.h>

#include <atomic>
#include <random>

#include "tools/pledge/command.hpp"

namespace pledge {
namespace {

constexpr int reconnect_ms = 500;  // an engine that restarts is found again at once

std::shared_ptr<grpc::Channel> open_channel(const std::string& server) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);  // the engine is local: never by way of a proxy of the environment
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, reconnect_ms);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, reconnect_ms);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, reconnect_ms);
  arguments.SetMaxReceiveMessageSize(-1);
  return grpc::CreateCustomChannel(server, grpc::InsecureChannelCredentials(), arguments);
}

}  // namespace

Client::Client(const std::string& address)
    : server(address),
      channel(open_channel(address)),
      console(v1::ConsoleService::NewStub(channel)),
      supervision(v1::SupervisionService::NewStub(channel)),
      statistics(v1::StatisticsService::NewStub(channel)),
      operations(v1::OperationsService::NewStub(channel)),
      recordings(v1::RecordingService::NewStub(channel)),
      locations(v1::LocationService::NewStub(channel)) {}

std::string reason_of(const grpc::Status& status) {
  v1::ErrorDetail detail;
  return detail.ParseFromString(status.error_details()) ? detail.reason() : std::string{};
}

std::string text_of(const grpc::Status& status, const std::string& server) {
  if (status.error_code() == grpc::UNAVAILABLE)
    return fmt::format("no engine answers at {}: is `pledge serve` running there? (--server, $PLEDGE_SERVER)", server);
  if (status.error_code() == grpc::DEADLINE_EXCEEDED)
    return fmt::format("the engine at {} did not answer in time", server);
  v1::ErrorDetail detail;
  if (detail.ParseFromString(status.error_details()) && !detail.reason().empty())
    return detail.detail().empty() ? detail.reason() : fmt::format("{} ({})", detail.detail(), detail.reason());
  return status.error_message();
}

int exit_code_of(const grpc::Status& status) {
  if (status.ok()) return exit_done;
  const auto code = status.error_code();
  return code == grpc::UNAVAILABLE || code == grpc::DEADLINE_EXCEEDED ? exit_unreachable : exit_no;
}

int report(const grpc::Status& status, const std::string& server, bool json) {
  if (json)
    fmt::print("{{\"error\":{},\"reason\":{}}}\n", json_quoted(text_of(status, server)),
               json_quoted(reason_of(status)));
  else fmt::print(stderr, "pledge: {}\n", text_of(status, server));
  return exit_code_of(status);
}

std::string new_request_id() {
  std::random_device entropy;
  return fmt::format("{:x}-{:08x}{:08x}{:08x}", getpid(), entropy(), entropy(), entropy());
}

v1::Mutation mutation_by(const std::string& actor) {
  v1::Mutation out;
  out.set_request_id(new_request_id());
  out.set_actor(actor);
  return out;
}

std::string to_json(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.always_print_primitive_fields = true;
  std::string out;
  (void)google::protobuf::util::MessageToJsonString(message, &out, options);
  return out;
}

std::string json_quoted(std::string_view text) {
  std::string out{'"'};
  for (const char c : text) {
    if (c == '"' || c == '\\') (out += '\\') += c;
    else if (static_cast<unsigned char>(c) < 0x20) out += fmt::format("\\u{:04x}", static_cast<int>(c));
    else out += c;
  }
  return out += '"';
}

}  // namespace pledge
