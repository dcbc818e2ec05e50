#pragma once
// Refusals on the wire: a gRPC status with an ErrorDetail. Private to the service.
#include <grpcpp/support/status.h>

#include <string_view>

#include "core/actions.hpp"

namespace pledge::service {

// `reason` is stable, UPPER_SNAKE; `detail` tells a person what, and what to do.
grpc::Status refuse(grpc::StatusCode code, std::string_view reason, std::string detail);
grpc::Status refuse(core::Refusal refusal, const std::string& detail);
grpc::StatusCode code_of(core::Refusal refusal);

}  // namespace pledge::service
