#pragma once
// The core's values as messages of pledge.v1, and back. Of the service and the composition root.
#include "core/core.hpp"
#include "pledge/v1/common.pb.h"
#include "runtime/sentences.hpp"
#include "service/history.hpp"

namespace pledge::service {

namespace v1 = ::pledge::v1;

void put(google::protobuf::Timestamp* to, core::Time t);
void put(google::protobuf::Duration* to, core::Duration d);
core::Time time_of(const google::protobuf::Timestamp& t);
// Whole nanoseconds; wishes beyond a hundred years are cut to it.
core::Duration duration_of(const google::protobuf::Duration& d);

// The wire's enums have the core's values shifted by one wherever the core has no "none".
v1::Grade wire(core::Grade g);
v1::Provenance wire(core::Provenance p);
v1::ContactState wire(core::ContactState s);
v1::ContactEnd wire(core::ContactEnd e);
v1::HandlerState wire(core::HandlerState s);
v1::PhoneMode wire(core::PhoneMode m);
v1::OfferEnd wire(core::OfferEnd e);
v1::DecisionKind wire(core::DecisionKind k);
v1::RecordingState wire(core::RecordingState s);
core::MonitorMode monitor_of(v1::MonitorMode m);
core::Grade grade_of(v1::Grade g);  // an unknown value is "none"

enum class Facts : bool { without, with };
void put(v1::CallerFacts* to, const core::CallFacts& facts);
void put_body_parts(v1::CallerFacts* to, const core::CallFacts& facts);
// `options` tell the answer deadline.
void put(v1::Contact* to, const ContactRecord& record, const core::Options& options, Facts facts);
void put(v1::EarlierCall* to, const ContactRecord& record);
void put(v1::Location* to, const core::Location& location);
void put(v1::Parties* to, const core::PartiesChanged& now);
void put(v1::Handler* to, const core::HandlerView& view);
void put(v1::Queue* to, const core::QueueView& view, const core::Options& options);
void put(v1::Pool* to, const core::PoolView& view);
void put(v1::Decision* to, core::Time at, const core::Decision& decision);

using runtime::sentence;

const core::QueueOptions* find_queue(const core::Options& options, const core::QueueId& id);

}  // namespace pledge::service
