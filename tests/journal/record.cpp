// Records: each field of each event survives, and nothing that is read can do harm.
#include "journal/record.hpp"

#include <catch2/catch.hpp>

#include "journal/fields_codec.hpp"
#include "journal/filled.hpp"
#include "pledge/v1/journal.pb.h"

using namespace pledge;
using namespace pledge::journal;

TEST_CASE("every field of every event has its field in journal.proto, and the reverse") {
  CHECK(schema_differences() == std::vector<std::string>{});
}

TEST_CASE("each kind of event is read back as it was written, with every field set") {
  for (const auto& event : filled::events()) {
    CAPTURE(core::to_text(event));
    std::string bytes;
    encode_event(bytes, 7, core::Time{1234}, event, 0xdecafbad, true);
    const auto record = decode_record(bytes);
    REQUIRE(record);
    CHECK(record->sequence == 7);
    CHECK(record->time == core::Time{1234});
    CHECK(record->actions_digest == 0xdecafbad);
    CHECK(record->restated);
    CHECK(filled::bytes(std::get<core::Event>(record->content)) == filled::bytes(event));
  }
}

template <std::size_t... I>
static std::vector<core::Event> zero_events(std::index_sequence<I...>) {
  std::vector<core::Event> all(sizeof...(I));
  (journal::detail::set_zero(all[I].emplace<I>()), ...);
  return all;
}
TEST_CASE("zero is read back as zero, also where the struct's default is another value") {
  for (const auto& event : zero_events(std::make_index_sequence<std::variant_size_v<core::Event>>{})) {
    std::string bytes;
    encode_event(bytes, 1, core::Time{}, event, 0);
    const auto record = decode_record(bytes);
    REQUIRE(record);
    CHECK(filled::bytes(std::get<core::Event>(record->content)) == filled::bytes(event));
  }
}

TEST_CASE("records are what journal.proto says: protobuf itself reads and rewrites them") {
  for (const auto& event : filled::events()) {
    CAPTURE(core::to_text(event));
    std::string bytes;
    encode_event(bytes, 7, core::Time{1234}, event, 99);
    v1::JournalRecord message;
    REQUIRE(message.ParseFromString(bytes));
    CHECK(message.sequence() == 7);
    CHECK(message.time() == 1234);
    CHECK(message.event_case() != v1::JournalRecord::EVENT_NOT_SET);
    const auto again = decode_record(message.SerializeAsString());
    REQUIRE(again);
    CHECK(filled::bytes(std::get<core::Event>(again->content)) == filled::bytes(event));
  }
}

TEST_CASE("gaps, states of legs and headers are read back") {
  std::string bytes;
  encode_gap(bytes, 5, core::Time{10}, Gap{3, core::Time{20}, "disk full"});
  CHECK(std::get<Gap>(decode_record(bytes)->content) == Gap{3, core::Time{20}, "disk full"});
  bytes.clear();
  encode_leg_state(bytes, 6, core::Time{10}, {8}, "\xff state");
  CHECK(std::get<LegState>(decode_record(bytes)->content) == LegState{{8}, "\xff state"});
  bytes.clear();
  const FileHeader header{format_version, core::Time{5}, core::Time{4}, 3, 99};
  encode_header(bytes, header);
  CHECK(decode_header(bytes) == header);
}

TEST_CASE("a value that an enumeration does not have is refused") {
  v1::JournalRecord message;
  message.set_version(1);
  message.mutable_leg_ended()->set_cause(3);
  CHECK_FALSE(decode_record(message.SerializeAsString()));
  message.mutable_leg_ended()->set_cause(2);
  CHECK(decode_record(message.SerializeAsString()));
  message.mutable_configured()->mutable_options()->add_queues()->set_waiting(2);
  CHECK_FALSE(decode_record(message.SerializeAsString()));
}

TEST_CASE("a record of another version, or without content, is refused") {
  v1::JournalRecord message;
  message.set_version(2);
  message.mutable_timer_due();
  CHECK_FALSE(decode_record(message.SerializeAsString()));
  message.set_version(1);
  CHECK(decode_record(message.SerializeAsString()));
  message.clear_timer_due();
  CHECK_FALSE(decode_record(message.SerializeAsString()));
}

TEST_CASE("fields that a newer engine has added are passed over") {
  std::string bytes;
  encode_event(bytes, 1, core::Time{1}, core::LegRinging{{4}}, 2);
  wire::put_bytes(bytes, 900, "from the future");
  REQUIRE(decode_record(bytes));
  CHECK(std::get<core::Event>(decode_record(bytes)->content) == core::Event(core::LegRinging{{4}}));
}

TEST_CASE("a record cut anywhere is refused or shorter, never misread beyond its end") {
  std::string bytes;
  encode_event(bytes, 1, core::Time{1}, filled::events()[2], 2);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const std::string cut = bytes.substr(0, size);  // its own allocation, so that a sanitizer sees over-reads
    CHECK_FALSE(decode_record(cut));
  }
}
