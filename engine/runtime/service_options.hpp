#pragma once
// What the gRPC services and the metrics page are configured with. Plain data, filled by `settings`.
#include <cstdint>
#include <string>

#include "core/fields.hpp"
#include "core/statistics.hpp"
#include "core/types.hpp"

namespace pledge::runtime {

using namespace std::chrono_literals;

struct ServiceOptions {
  std::string grpc_address = "127.0.0.1:9090";  // "address:port", IPv6 in brackets; port 0 = any free one. Loopback only for now
  std::string http_address = "127.0.0.1:9464";  // /metrics, /healthz, /readyz; empty = none

  // ---- watchers ----
  std::uint32_t watchers = 2'000;          // most open streams; beyond it RESOURCE_EXHAUSTED
  core::Duration batch_gap = 30ms;         // a supervision watcher gets what changed once in so long; 20-50 ms: below, writing dominates; above, it shows
  std::uint32_t batch_outbox = 128;        // batches waiting for one watcher before it is dropped; about 4 s of them
  std::uint32_t console_outbox = 256;      // events waiting for one console before it is dropped
  std::uint32_t delta_ring = 6'144;        // batches from the loop kept for resuming, six in a batch_gap; about 30 s of them
  std::uint32_t delta_ring_bytes = 16'777'216;  // and no more than so many bytes of them
  std::uint32_t changes_per_turn = 512;    // converted before the loop gets to other work: about 1 ms
  core::Duration feed_linger = 60s;        // without any supervision watcher for so long, changes are no longer gathered
  core::Duration heartbeat = 5s;           // on an idle stream, so that both ends know the other is there
  core::Duration stall_limit = 5s;         // a dropped stream whose last write does not finish by then is cut
  std::uint32_t snapshot_part = 500;       // things in one part of a snapshot: far below gRPC's 4 MB message

  // ---- unary calls ----
  core::Duration default_deadline = 5s;    // of calls that bring none
  std::uint32_t requests_pending = 10'000; // calls waiting for the loop; beyond it RESOURCE_EXHAUSTED
  std::uint32_t remembered_requests = 20'000;  // answers kept for repeated request ids
  std::uint32_t message_bytes = 65'536;    // largest request
  std::uint32_t page_size = 200;           // of lists, where the client names none
  std::uint32_t page_most = 1'000;         // larger wishes are cut to it

  // ---- history and statistics ----
  std::uint32_t ended_contacts = 5'000;    // kept for explain, trace and call-by-call comparison; about 5 kB each
  std::uint32_t steps_per_contact = 200;   // decisions and changes kept of one call, and as many SIP messages
  core::Duration statistics_kept = 26h;    // quarter-hours answered for: a day and its edges
  core::AbandonRule abandon_rule = core::AbandonRule::short_excluded;  // where a request names none

  // ---- metrics ----
  std::uint32_t http_connections = 32;     // open at once; further ones are closed
  core::Duration http_timeout = 5s;        // for a whole request and its answer

  PLEDGE_FIELDS(ServiceOptions, grpc_address, http_address, watchers, batch_gap, batch_outbox, console_outbox, delta_ring,
                delta_ring_bytes, changes_per_turn, feed_linger, heartbeat, stall_limit, snapshot_part, default_deadline,
                requests_pending, remembered_requests, message_bytes, page_size, page_most, ended_contacts,
                steps_per_contact, statistics_kept, abandon_rule, http_connections, http_timeout)
};

}  // namespace pledge::runtime
