// Whatever a file holds, reading it neither crashes nor reads past its end, and what decodes encodes to the same again.
#include <cstdint>
#include <cstdlib>

#include "core/render.hpp"
#include "journal/reader.hpp"

using namespace pledge;

namespace {

std::string encoded(const journal::Record& record) {
  std::string bytes;
  if (const auto* event = std::get_if<core::Event>(&record.content))
    journal::encode_event(bytes, record.sequence, record.time, *event, record.actions_digest, record.restated);
  else if (const auto* gap = std::get_if<journal::Gap>(&record.content))
    journal::encode_gap(bytes, record.sequence, record.time, *gap);
  else {
    const auto& leg = std::get<journal::LegState>(record.content);
    journal::encode_leg_state(bytes, record.sequence, record.time, leg.leg, leg.state);
  }
  return bytes;
}

void check_record(std::string_view payload) {
  const auto record = journal::decode_record(payload);
  if (!record) return;
  const std::string once = encoded(*record);
  const auto again = journal::decode_record(once);
  if (!again || encoded(*again) != once) std::abort();
  if (const auto* event = std::get_if<core::Event>(&record->content)) (void)core::to_text(*event);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  check_record(bytes);
  journal::Frames frames(bytes);
  while (!std::holds_alternative<journal::End>(frames.next())) continue;
  // A whole file around the same bytes: the checksum lets the record through to the reader.
  std::string file(journal::magic);
  journal::put_frame(file, [&] { journal::encode_header(file, {}); });
  journal::put_frame(file, [&] { file += bytes; });
  file += bytes;
  journal::Records records(file);
  while (!std::holds_alternative<journal::End>(records.next())) continue;
  return 0;
}
