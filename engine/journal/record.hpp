#pragma once
// One record of the journal and the header of a file (proto/pledge/v1/journal.proto), and their bytes.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "core/events.hpp"

namespace pledge::journal {

inline constexpr std::uint32_t format_version = 1;

struct FileHeader {
  std::uint32_t format = format_version;
  core::Time created;
  core::Time run_started;         // the same in all files of one run of the engine
  std::uint32_t file_in_run = 1;  // 1, 2, ...
  std::uint64_t first_sequence = 1;
  friend bool operator==(const FileHeader&, const FileHeader&) = default;
};

// `count` records from this one's sequence on could not be written and are lost.
struct Gap {
  std::uint64_t count = 0;
  core::Time until;
  std::string reason;
  friend bool operator==(const Gap&, const Gap&) = default;
};

// What signalling needs to take a leg up again after a crash; empty when the leg is gone.
struct LegState {
  core::LegId leg;
  std::string state;
  friend bool operator==(const LegState&, const LegState&) = default;
};

struct Record {
  std::uint64_t sequence = 0;
  core::Time time;
  std::uint64_t actions_digest = 0;
  bool restated = false;  // the configuration in force at the head of a later file: not an event
  std::variant<core::Event, Gap, LegState> content;
  friend bool operator==(const Record&, const Record&) = default;
};

// XXH3-64 of the canonical bytes of the actions (core/render.hpp).
std::uint64_t digest(std::string_view actions);

// Append the message's bytes to `out`, without a frame.
void encode_header(std::string& out, const FileHeader& header);
void encode_event(std::string& out, std::uint64_t sequence, core::Time time, const core::Event& event,
                  std::uint64_t actions_digest, bool restated = false);
void encode_gap(std::string& out, std::uint64_t sequence, core::Time time, const Gap& gap);
void encode_leg_state(std::string& out, std::uint64_t sequence, core::Time time, core::LegId leg,
                      std::string_view state);

// Empty where the bytes are not such a message of this version.
std::optional<FileHeader> decode_header(std::string_view bytes);
std::optional<Record> decode_record(std::string_view bytes);

}  // namespace pledge::journal
