#pragma once
// How the journal is kept (engine/journal). Pure data, filled by `settings`.
#include <cstdint>
#include <string>

#include "core/fields.hpp"
#include "core/types.hpp"

namespace pledge::runtime {

using namespace std::chrono_literals;

struct JournalOptions {
  // Where the files are; made if it does not exist (its parent must). One engine at a time: the directory is locked.
  std::string directory = "journal";
  // A file that has grown to this many bytes is closed and the next begun; each begins with the configuration in
  // force. 256 MiB is about a day of a busy centre, and is read back in seconds.
  std::uint64_t rotate_at_bytes = 256ull << 20;
  // Closed files older than this are deleted; 0 = never.
  core::Duration keep_for = 24h * 31;
  // Closed files are deleted, oldest first, while all of them together hold more than this; 0 = no bound.
  std::uint64_t keep_bytes = 16ull << 30;
  // Least time between two fdatasync: calls answered within it share one. The first after a pause is made at once.
  core::Duration group_commit_gap = 2ms;
  // What nobody waits for is synchronised at least this often: the most that a power failure can lose.
  core::Duration sync_at_least_every = 1s;
  // Disk space is taken in steps of this many bytes ahead of the writing, so that a full disk is alarmed while there
  // is still room for this much; 0 = none.
  std::uint64_t preallocate_bytes = 16ull << 20;
  // After a failed write: how often writing is tried again, and how many bytes of records are kept in memory until
  // it works. What exceeds them is lost, and the journal says so in its place.
  core::Duration retry_every = 1s;
  std::uint64_t backlog_bytes = 16ull << 20;
  PLEDGE_FIELDS(JournalOptions, directory, rotate_at_bytes, keep_for, keep_bytes, group_commit_gap, sync_at_least_every,
                preallocate_bytes, retry_every, backlog_bytes)
};

}  // namespace pledge::runtime
