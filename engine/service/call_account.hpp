#pragma once
// What became of one call, as messages of pledge.v1: told alike by a running engine and from its journal. Of the service and the
// composition root.
#include "pledge/v1/operations.pb.h"
#include "service/convert.hpp"

namespace pledge::service {

// `options` tell the answer deadline.
void put_explained(v1::ExplainResponse& to, const ContactRecord& record, const core::Options& options);
void put_traced(v1::GetContactTraceResponse& to, const ContactRecord& record, const core::Options& options);

}  // namespace pledge::service
