#pragma once
// Why a queue takes no further call, what becomes of one that it does not take, and how calls are refused. Private to the core.
#include <cstdint>
#include <string_view>

#include "core/options.hpp"

namespace pledge::core {

inline constexpr std::uint32_t service_unavailable = 503, not_found = 404;  // SIP status

enum class Closed : std::uint8_t { no, draining, full };
constexpr std::string_view name(Closed c) {
  constexpr std::string_view names[] = {"", "draining", "queue full"};
  return names[static_cast<std::size_t>(c)];
}

// By `rule`, the queue's for calls beyond its bound. While the engine drains no other of its queues takes the call either.
constexpr bool leads_elsewhere(const Overflow& rule, Closed closed) {
  return rule.kind == OverflowKind::number || (rule.kind == OverflowKind::queue && closed == Closed::full);
}

constexpr std::uint32_t refusal_status(const Overflow& rule, Closed closed) {
  return rule.kind == OverflowKind::reject && closed == Closed::full ? rule.status : service_unavailable;
}

}  // namespace pledge::core
