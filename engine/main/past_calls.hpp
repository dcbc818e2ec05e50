#pragma once
// Calls that the engine has forgotten, from its journal: its events go through the core again, and what the engine told of the
// call then is told now. The journal keeps no SIP messages. Part of the composition root, which alone may join journal and
// service.
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "core/types.hpp"
#include "pledge/v1/operations.pb.h"

namespace pledge {

struct CallName {
  core::ContactId contact;  // numbers begin anew with each run of the engine; none: by
  std::string sip_call_id;
};
struct PastCall {
  core::Time run_started;
  v1::ExplainResponse explained;
  v1::GetContactTraceResponse traced;
};
struct PastCalls {
  std::vector<PastCall> calls;        // at most one a run, in the order of the runs
  std::vector<core::Time> runs;       // all that were played, by their start
  std::vector<std::string> remarks;   // of what could not be read or played, and of what is decided otherwise now
};

// `journal`: files, and folders of them. A run is played from its first file on; later files alone are not. Error: nothing
// there can be read.
tl::expected<PastCalls, std::string> find_past_calls(const std::vector<std::string>& journal, const CallName& call);

}  // namespace pledge
