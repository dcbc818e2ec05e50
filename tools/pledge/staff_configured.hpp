#pragma once
// `pledge staff --simulate DEMAND --config DIR`: the room of a configuration.
#include <memory>

#include "tools/pledge/staff_simulated.hpp"
#include "workforce/configured_room.hpp"

namespace pledge {

// The room, with its own reserves unless the request names a policy; `search` gets its queues, groups, limits and the demand.
// Throws Wrong with every fault of the configuration, the demand, or of both together.
std::shared_ptr<const workforce::ConfiguredRoom> configured_search(const SimulatedStaffRequest& request, const workforce::Policy& policy,
                                                                   workforce::StaffSearch& search);

}  // namespace pledge
