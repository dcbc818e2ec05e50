#pragma once
// One call's trace as a ladder: every SIP message between the caller, Pledge and the phones, and between the messages
// what was decided and why. Pure.
#include "pledge/v1/operations.pb.h"
#include "tools/pledge/view/text.hpp"

namespace pledge::view {
// Notes are broken at so many columns; messages fit into 80 but for what stands behind the last lifeline (whose phone,
// CSeq, session description).
Frame draw_ladder(const v1::GetContactTraceResponse& trace, std::size_t columns = 120);
}  // namespace pledge::view
