#pragma once
// One call's trace as a ladder: time, caller, engine, handler, and what was decided between them. Pure.
#include "pledge/v1/operations.pb.h"
#include "tools/pledge/view/text.hpp"

namespace pledge::view {
Frame draw_ladder(const v1::GetContactTraceResponse& trace);
}  // namespace pledge::view
