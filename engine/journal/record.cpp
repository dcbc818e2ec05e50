#include "journal/record.hpp"

#include <xxhash.h>

#include <array>

#include "journal/fields_codec.hpp"
#include "pledge/v1/journal.pb.h"

namespace pledge::journal {
namespace {

using V1 = pledge::v1::JournalRecord;
using wire::Type;

// Field number of each alternative of Event in JournalRecord.event.
template <class... Events>
std::array<std::uint32_t, sizeof...(Events)> event_numbers(const std::variant<Events...>*) {
  const auto number = [](std::string_view type) {
    const auto* group = record_descriptor().FindOneofByName("event");
    for (int i = 0; i < group->field_count(); ++i)
      if (group->field(i)->message_type()->name() == type) return static_cast<std::uint32_t>(group->field(i)->number());
    return 0u;
  };
  return {number(core::type_name<Events>())...};
}
const auto& event_numbers() {
  static const auto numbers = event_numbers(static_cast<const core::Event*>(nullptr));
  return numbers;
}

void put_uint(std::string& out, int number, std::uint64_t value) {
  if (value == 0) return;
  wire::put_tag(out, static_cast<std::uint32_t>(number), Type::varint);
  wire::put_varint(out, value);
}
void put_fixed(std::string& out, int number, std::uint64_t value) {
  if (value == 0) return;
  wire::put_tag(out, static_cast<std::uint32_t>(number), Type::fixed64);
  wire::put_fixed(out, value);
}
void put_head(std::string& out, std::uint64_t sequence, core::Time time) {
  put_uint(out, V1::kVersionFieldNumber, format_version);
  put_uint(out, V1::kSequenceFieldNumber, sequence);
  put_fixed(out, V1::kTimeFieldNumber, static_cast<std::uint64_t>(time.ns));
}

template <std::size_t... I>
bool take_event(std::uint32_t number, std::string_view bytes, core::Event& event, std::index_sequence<I...>) {
  bool good = false;
  (void)((event_numbers()[I] == number && ((good = take_fields(bytes, event.emplace<I>())), true)) || ...);
  return good;
}

// The rare kinds of record are read by protobuf itself.
bool take_rest(std::uint32_t number, std::string_view bytes, Record& record) {
  if (number == V1::kGapFieldNumber) {
    pledge::v1::JournalRecord::Gap gap;
    if (!gap.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return false;
    record.content = Gap{gap.count(), core::Time{gap.until()}, gap.reason()};
    return true;
  }
  pledge::v1::JournalRecord::LegState leg;
  if (!leg.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return false;
  record.content = LegState{{leg.leg()}, leg.state()};
  return true;
}

bool is_event(std::uint32_t number) {
  for (const auto one : event_numbers())
    if (one == number) return true;
  return false;
}

// What has been read of a record so far.
struct Draft {
  Record record;
  std::uint64_t version = 0;
  bool content = false;
};
bool take_record_field(wire::Cursor& in, std::uint32_t number, Type type, Draft& draft) {
  std::uint64_t value = 0;
  std::string_view bytes;
  switch (number) {
    case V1::kVersionFieldNumber:
      return type == Type::varint && in.varint(draft.version);
    case V1::kSequenceFieldNumber:
      return type == Type::varint && in.varint(draft.record.sequence);
    case V1::kTimeFieldNumber:
      return type == Type::fixed64 && in.fixed(draft.record.time.ns);
    case V1::kActionsDigestFieldNumber:
      return type == Type::fixed64 && in.fixed(draft.record.actions_digest);
    case V1::kRestatedFieldNumber:
      if (type != Type::varint || !in.varint(value)) return false;
      draft.record.restated = value != 0;
      return true;
    default:
      break;
  }
  const bool event = is_event(number);
  if (!event && number != V1::kGapFieldNumber && number != V1::kLegStateFieldNumber) return in.skip(type);
  draft.content = type == Type::bytes && in.bytes(bytes);
  if (!draft.content) return false;
  if (!event) return take_rest(number, bytes, draft.record);
  using Indices = std::make_index_sequence<std::variant_size_v<core::Event>>;
  return take_event(number, bytes, draft.record.content.emplace<core::Event>(), Indices{});
}

}  // namespace

std::uint64_t digest(std::string_view actions) { return XXH3_64bits(actions.data(), actions.size()); }

void encode_header(std::string& out, const FileHeader& header) {
  pledge::v1::JournalHeader message;
  message.set_format(header.format);
  message.set_created(header.created.ns);
  message.set_run_started(header.run_started.ns);
  message.set_file_in_run(header.file_in_run);
  message.set_first_sequence(header.first_sequence);
  message.AppendToString(&out);
}

void encode_event(std::string& out, std::uint64_t sequence, core::Time time, const core::Event& event,
                  std::uint64_t actions_digest, bool restated) {
  put_head(out, sequence, time);
  put_fixed(out, V1::kActionsDigestFieldNumber, actions_digest);
  put_uint(out, V1::kRestatedFieldNumber, restated ? 1 : 0);
  std::visit(
      [&](const auto& one) { wire::put_nested(out, event_numbers()[event.index()], [&] { put_fields(out, one); }); },
      event);
}

void encode_gap(std::string& out, std::uint64_t sequence, core::Time time, const Gap& gap) {
  put_head(out, sequence, time);
  wire::put_nested(out, V1::kGapFieldNumber, [&] {
    put_uint(out, V1::Gap::kCountFieldNumber, gap.count);
    put_uint(out, V1::Gap::kUntilFieldNumber, static_cast<std::uint64_t>(gap.until.ns));
    wire::put_bytes(out, V1::Gap::kReasonFieldNumber, gap.reason);
  });
}

void encode_leg_state(std::string& out, std::uint64_t sequence, core::Time time, core::LegId leg,
                      std::string_view state) {
  put_head(out, sequence, time);
  wire::put_nested(out, V1::kLegStateFieldNumber, [&] {
    put_uint(out, V1::LegState::kLegFieldNumber, leg.value);
    wire::put_bytes(out, V1::LegState::kStateFieldNumber, state);
  });
}

std::optional<FileHeader> decode_header(std::string_view bytes) {
  pledge::v1::JournalHeader message;
  if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return std::nullopt;
  if (message.format() != format_version) return std::nullopt;
  return FileHeader{message.format(), core::Time{message.created()}, core::Time{message.run_started()},
                    message.file_in_run(), message.first_sequence()};
}

std::optional<Record> decode_record(std::string_view bytes) {
  Draft draft;
  wire::Cursor in(bytes);
  while (!in.at_end()) {
    std::uint32_t number = 0;
    Type type{};
    if (!in.tag(number, type) || !take_record_field(in, number, type, draft)) return std::nullopt;
  }
  if (draft.version != format_version || !draft.content) return std::nullopt;
  return std::move(draft.record);
}

}  // namespace pledge::journal
