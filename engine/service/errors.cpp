#include "service/errors.hpp"

#include "pledge/v1/common.pb.h"

namespace pledge::service {

grpc::Status refuse(grpc::StatusCode code, std::string_view reason, std::string detail) {
  pledge::v1::ErrorDetail error;
  error.set_code(code);
  error.set_reason(std::string{reason});
  error.set_detail(detail);
  return {code, std::move(detail), error.SerializeAsString()};
}

grpc::StatusCode code_of(core::Refusal refusal) {
  using core::Refusal;
  switch (refusal) {
    case Refusal::none:
      return grpc::StatusCode::OK;
    case Refusal::unknown_handler:
    case Refusal::unknown_contact:
    case Refusal::unknown_queue:
    case Refusal::unknown_role:
    case Refusal::unknown_service_state:
      return grpc::StatusCode::NOT_FOUND;
    case Refusal::role_not_allowed:
    case Refusal::number_not_allowed:
      return grpc::StatusCode::PERMISSION_DENIED;
    case Refusal::already_signed_on:
      return grpc::StatusCode::ALREADY_EXISTS;
    case Refusal::stale_version:
      return grpc::StatusCode::ABORTED;
    case Refusal::reason_required:
    case Refusal::unknown_reason:
    case Refusal::bad_target:
      return grpc::StatusCode::INVALID_ARGUMENT;
    case Refusal::queue_full:
    case Refusal::too_many_parties:
      return grpc::StatusCode::RESOURCE_EXHAUSTED;
    default:
      return grpc::StatusCode::FAILED_PRECONDITION;
  }
}

grpc::Status refuse(core::Refusal refusal, const std::string& detail) {
  if (refusal == core::Refusal::none) return grpc::Status::OK;
  return refuse(code_of(refusal), name(refusal), detail);
}

}  // namespace pledge::service
