#pragma once
// Who asks the core for something.
#include "core/fields.hpp"
#include "core/types.hpp"

namespace pledge::core {

struct Request {
  RequestId id;                      // answered by exactly one Replied with this id
  std::string actor;                 // who asked: a handler's or supervisor's id
  std::uint64_t expected_version = 0;  // version of the handler or contact the actor saw; 0 = any
  PLEDGE_FIELDS(Request, id, actor, expected_version)
};

}  // namespace pledge::core
