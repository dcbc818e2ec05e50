#pragma once
// What signalling counts, for metrics. Read and written on the loop's thread.
#include <array>
#include <cstdint>
#include <map>
#include <string>

#include "core/types.hpp"

namespace pledge::signalling {

struct SignallingCounters {
  std::map<std::string, std::uint64_t> requests;      // received, by method; unknown methods as "other"
  std::array<std::uint64_t, 7> responses_sent{};      // to requests outside of the library's own, by class: [2] = 2xx
  std::array<std::uint64_t, 7> responses_received{};  // final ones, by class
  std::uint64_t calls = 0;                            // INVITEs that became calls
  std::uint64_t strangers_refused = 0;                // 403
  std::uint64_t looped = 0;                           // 482 and 483
  std::uint64_t overloaded = 0;                       // 503 at one of our bounds
  std::uint64_t late = 0;                             // INVITEs beyond the limit `late`
  std::uint64_t late_refused = 0;                     // 503 to those of them that are not of the first class
  std::uint64_t too_late = 0;                         // 503 beyond the limit `too_late`
  core::Duration receive_delay{};                     // of the last INVITE or REGISTER; 0 over TCP
  std::uint64_t oversized = 0;                        // 513
  std::uint64_t no_ports = 0;                         // 503 for want of RTP ports
  std::uint64_t registrations_refused = 0;
  std::uint64_t rings_failed = 0;     // outgoing legs that failed
  std::uint64_t legs_lost = 0;        // no ACK, session timer, transport
  std::uint64_t trunks_down = 0;      // now
  std::uint64_t bindings = 0;         // registered phones, now
  std::uint64_t legs = 0;             // dialogs, now
  std::uint64_t tcp_connections = 0;  // now
  std::uint64_t tcp_refused = 0;

  // The library's own figures.
  std::uint64_t messages_in = 0, messages_out = 0;
  std::uint64_t malformed = 0;  // requests answered 4xx, responses and garbage dropped
  std::uint64_t retransmitted_requests = 0, retransmitted_responses = 0, received_again = 0;
  std::uint64_t timed_out_requests = 0, timed_out_responses = 0;
  std::uint64_t merged = 0;                                                     // 482
  std::uint64_t server_transactions = 0, client_transactions = 0, dialogs = 0;  // now
};

}  // namespace pledge::signalling
