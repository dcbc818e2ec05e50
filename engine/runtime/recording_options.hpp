#pragma once
// How recordings are kept (sip/media writes them, engine/service lists and removes them): plain data, filled by `settings`.
// Which calls are recorded, and the rules of a pause, are the core's (core::RecordingOptions).
#include <cstdint>
#include <string>

#include "core/fields.hpp"
#include "core/types.hpp"

namespace pledge::runtime {

using namespace std::chrono_literals;

struct RecordingOptions {
  // Where the files are: DIRECTORY/YYYY-MM-DD/RECORDING.wav and .json, the day in UTC. Made if missing (its parent must exist).
  std::string directory = "recordings";
  // Older recordings are removed; 0 = never.
  core::Duration keep_for = 24h * 90;
  // How often they are looked for.
  core::Duration removed_every = 10min;
  // Packets that may wait for the disk; more are lost to the recording, never to the call. 65,536 are 13 s of 50 calls and
  // 1.3 s of 500, in 12 MB.
  std::uint32_t packets_waiting = 65'536;
  PLEDGE_FIELDS(RecordingOptions, directory, keep_for, removed_every, packets_waiting)
};

}  // namespace pledge::runtime
