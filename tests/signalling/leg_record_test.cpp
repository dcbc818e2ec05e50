// The text of a leg in the journal: what is written is read back, and nothing else is read.
#include "sip/signalling/leg_record.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck.h>

#include <algorithm>

using namespace pledge::signalling;
using pledge::runtime::AudioCodec;
using pledge::runtime::MediaFormat;
using pledge::runtime::SourcePolicy;

namespace {

LegRecord talking() {
  LegRecord record;
  record.role = LegRecord::Role::phone;
  record.state = LegRecord::State::confirmed;
  record.call_id = "a84b4c76e66710@example.com";
  record.local_uri = "sip:+442079460123@192.0.2.1:5060", record.local_tag = "plg-1";
  record.remote_uri = "sip:h%31@192.0.2.7", record.remote_tag = "ph 1\r\nltag forged";
  record.local_cseq = 4'294'967'295, record.remote_cseq = 1, record.invite_cseq = 7;
  record.invite_branch = "z9hG4bK1";
  record.invite_vias = {"SIP/2.0/UDP 192.0.2.7;rport=5062", ""};
  record.routes = {"<sip:192.0.2.9;lr>", "<sip:192.0.2.10;lr>"};
  record.target = "sip:h1@192.0.2.7:5062;transport=tcp";
  record.hops = 69;
  record.listener = "udp/[2001:db8::1]:5060", record.peer = "192.0.2.7:5062/udp", record.route = "sip:192.0.2.7:5062";
  record.behind_nat = record.by_name = record.peer_allows_update = true;
  record.trunk = "net";
  record.media_ip = "192.0.2.1", record.media_port = 20'000;
  record.session_id = 18'446'744'073'709'551'615u, record.session_version = 3;
  record.lines = {"video 0 RTP/AVP 96", "audio 20000 RTP/AVP 8 101"};
  record.audio_line = 1;
  record.offer_open = record.offer_early = true;
  MediaFormat format;
  format.remote = {"192.0.2.7", 6'000, 6'005};
  format.codec = AudioCodec::pcmu, format.payload_type = 0, format.event_payload_type = 101;
  format.send = false, format.source = SourcePolicy::behind_nat;
  record.format = format;
  record.timer = {Refresher::peer, 1'800, true};
  record.refreshed_at = 1'700'000'000;
  return record;
}

LegRecord least() {
  LegRecord record;
  record.call_id = "c", record.local_tag = "t";
  return record;
}

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  const auto at = text.find(what);
  REQUIRE(at != std::string::npos);
  return text.replace(at, what.size(), by);
}

std::string fault_of(const std::string& text) {
  const auto record = decode_leg_record(text);
  return record ? "none" : record.error();
}

}  // namespace

TEST_CASE("a leg is read back as it was written, with every field and with none") {
  for (const auto& record : {talking(), least()}) {
    const auto again = decode_leg_record(encode(record));
    INFO(encode(record) << (again ? "" : again.error()));
    REQUIRE(again);
    CHECK(*again == record);
  }
}

TEST_CASE("a value with an end of line in it does not become another field") {
  const auto text = encode(talking());
  CHECK(text.find("\nltag forged") == std::string::npos);
  CHECK(text.find("rtag ph 1%0D%0Altag forged\n") != std::string::npos);
}

TEST_CASE("an ordinary leg fits in 512 bytes") {
  auto record = talking();
  record.invite_vias.clear(), record.lines.erase(record.lines.begin());
  record.remote_tag = "1928301774", record.routes.clear(), record.invite_branch.clear();
  record.by_name = record.offer_open = record.offer_early = false;
  CHECK(encode(record).size() <= 512);
}

TEST_CASE("what is not a leg of this version is refused, with the line that is wrong") {
  const auto text = encode(talking());
  CHECK(fault_of("") == "not a leg of this version");
  CHECK(fault_of(replaced(text, "leg 1", "leg 2")) == "not a leg of this version");
  CHECK(fault_of(replaced(text, "role phone", "role nobody")) == "line \"role\"");
  CHECK(fault_of(replaced(text, "state confirmed\n", "")) == "line \"state\"");
  CHECK(fault_of(replaced(text, "lseq 4294967295", "lseq 4294967296")) == "line \"lseq\"");
  CHECK(fault_of(replaced(text, "rtp pcmu", "rtp opus")) == "line \"rtp\"");
  CHECK(fault_of(replaced(text, "timer peer 1800 yes", "timer peer 1800")) == "line \"timer\"");
  CHECK(fault_of(replaced(text, "nat 1", "nat 2")) == "line \"nat\"");
  CHECK(fault_of(text + "more 1\n") == "line \"more\"");
  CHECK(fault_of(text + "at 1\n") == "line \"at\"");
  CHECK(fault_of(replaced(text, "id a84b4c76e66710@example.com\n", "")) == "no dialog");
  CHECK(fault_of(text + std::string(leg_record_bytes, 'x')) == "too long");
}

TEST_CASE("any texts and numbers survive") {
  rc::check([](const std::string& a, const std::string& b, std::vector<std::string> list, std::uint32_t number) {
    auto record = talking();
    record.call_id = "c" + a, record.local_tag = b + "t", record.target = b, record.peer = a;
    record.routes = list, record.invite_vias = std::move(list);
    record.local_cseq = number, record.session_version = number;
    const auto again = decode_leg_record(encode(record));
    const bool same = again && *again == record;
    RC_ASSERT(same);
  });
}

TEST_CASE("a damaged text is refused or read; what is read can be written and read again") {
  const auto whole = encode(talking());
  rc::check([&whole](std::uint16_t at, std::uint8_t byte, std::uint8_t cut) {
    auto text = whole;
    text[at % text.size()] = static_cast<char>(byte);
    text.erase(at % text.size(), cut % 16);
    const auto record = decode_leg_record(text);
    const auto again = record ? decode_leg_record(encode(*record)) : record;
    const bool same = again.has_value() == record.has_value() && (!record || *again == *record);
    RC_ASSERT(same);
  });
}
