#include "tools/pledge/staff_configured.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "main/operations.hpp"
#include "settings/settings.hpp"
#include "tools/pledge/client.hpp"
#include "tools/pledge/simulate_words.hpp"
#include "tools/pledge/terminal.hpp"

namespace pledge {

using namespace workforce;

namespace {

core::Options options_of(const std::string& directory) {
  auto judged = environment(wall_now());
  judged.most_descriptors = 0;  // not needed here
  auto loaded = settings::load(directory, judged);
  if (loaded) return std::move(loaded->core);
  Wrong wrong{{}, exit_no};
  for (const auto& fault : loaded.error()) wrong.lines.push_back(settings::to_text(fault));
  throw wrong;
}

void follow(core::Options& options, const Policy& policy) {
  options.selection = policy.selection;
  for (core::PoolOptions& pool : options.pools) {
    pool.reserve.kind = policy.reserve.kind;
    if (policy.reserve.kind == core::ReserveKind::fixed) pool.reserve.handlers = policy.reserve.handlers;
  }
}

// Classes of the demand become the queues that they are, in the order of service.
std::vector<DemandClass> demand_of(const core::Options& options, const RoomOptions& room, const std::string& path) {
  auto read = read_demand(text_of(path), [&](const std::string& name) { return queue_of(options, name).fault; });
  auto rows = rows_or_wrong(path, std::move(read));
  std::vector<DemandClass> ordered;
  Wrong wrong{{}, exit_no};
  for (const RoomClass& queue : room.classes) {
    std::size_t found = 0;
    for (DemandClass& row : rows) {
      if (queue_of(options, row.name).queue != queue.name) continue;
      if (++found == 1) ordered.push_back(row);
      else wrong.lines.push_back(fmt::format("{}: class \"{}\" is queue \"{}\", which has its rows already: leave out one of them", path, row.name, queue.name));
      ordered.back().name = queue.name;
    }
    if (found == 0)
      wrong.lines.push_back(fmt::format("{}: queue \"{}\" has no demand: add its 24 rows, with 0 calls where none come", path, queue.name));
  }
  if (!wrong.lines.empty()) throw wrong;
  return ordered;
}

void check_times(const StaffSearch& search, const std::string& path) {
  Wrong wrong{{}, exit_no};
  for (std::size_t c = 0; c < search.demand.classes.size(); ++c)
    if (search.demand.classes[c].handling + search.room.wrap_up_of(search.room.classes[c]) <= 0)
      wrong.lines.push_back(fmt::format("{}: the calls of queue \"{}\" take no time: nobody is needed for them", path, search.room.classes[c].name));
  if (!wrong.lines.empty()) throw wrong;
}

}  // namespace

std::shared_ptr<const ConfiguredRoom> configured_search(const SimulatedStaffRequest& request, const Policy& policy, StaffSearch& search) {
  if (!request.targets.empty() || !request.groups.empty())
    throw Wrong{{"--config has queues with targets, and handlers: leave --target and --group out"}};
  auto options = options_of(request.configuration);
  if (!request.policy.empty()) follow(options, policy);
  const auto room = std::make_shared<const ConfiguredRoom>(configured_room(options, request.wrap_up));
  search.room = room->room;
  search.demand.classes = demand_of(options, room->room, request.demand);
  search.demand.dispersion = request.dispersion;
  search.worst = request.worst;
  for (const KindsAlike& alike : room->alike) {
    const auto handlers = static_cast<std::uint32_t>(alike.order.size());
    if (request.least.value_or(0) > handlers)
      throw Wrong{{fmt::format("--least {}: there are only {} of {}", *request.least, handlers, alike.name)}};
    search.limits.push_back({1, request.least.value_or(0), handlers, double(handlers)});
  }
  if (auto faults = unserved(*room, search.demand); !faults.empty()) {
    for (std::string& fault : faults) fault.insert(0, request.configuration + ": ");
    throw Wrong{std::move(faults), exit_no};
  }
  check_times(search, request.demand);
  return room;
}

}  // namespace pledge
