#pragma once
// Tells overload from a pause of the machine: after a pause the next messages are read in time again, in overload every one is
// late. The distinction is that of a standing queue from a burst (CoDel, RFC 8289 §3).
#include "core/types.hpp"

namespace pledge::signalling {

class StandingDelay {
 public:
  // How long everything must have been late; and after so long without a message what was before says nothing.
  static constexpr core::Duration held = std::chrono::milliseconds{200};

  // Of a message that is read now. True: each was late, for at least so long.
  bool take(core::Time now, bool late) {
    if (!late) {
      since_ = core::never;
      return false;
    }
    if (since_ == core::never || now - last_ > held) since_ = now;
    last_ = now;
    return now - since_ >= held;
  }

 private:
  core::Time since_ = core::never, last_ = core::never;
};

}  // namespace pledge::signalling
