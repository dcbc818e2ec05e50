// Recordings over gRPC: paused, shown, listed, heard by those who may.
#include <filesystem>
#include <fstream>

#include <catch2/catch.hpp>

#include "engine.hpp"

using namespace pledge;
using namespace pledge::service::test;
namespace fs = std::filesystem;

namespace {

struct Folder {
  Folder() {
    auto name = (fs::temp_directory_path() / "pledge-archive-XXXXXX").string();
    path = ::mkdtemp(name.data());
    fs::create_directory(path / "2026-11-26");
    fs::create_directory(path / "2026-11-27");
  }
  ~Folder() { fs::remove_all(path); }
  void put(const std::string& name, const std::string& audio) const {
    const auto stem = path / (name.substr(0, 4) + "-" + name.substr(4, 2) + "-" + name.substr(6, 2)) / name;
    std::ofstream(stem.string() + ".wav") << audio;
    std::ofstream(stem.string() + ".json") << R"({"name": ")" << name << R"(", "contact": "17", "queue": "general",
      "started": "2026-11-26T17:23:56.123Z", "length": "3.500s", "pauses": [{"from": "2026-11-26T17:23:57Z",
      "to": "2026-11-26T17:23:58Z", "reason": "card number"}], "later_field": 1})";
  }
  fs::path path;
};

core::Options recorded_room() {
  auto options = small_room();
  for (auto& queue : options.queues) queue.record = true;
  options.roles.push_back({{"supervisor"}, {}, true});
  options.handlers[1].roles.push_back({"supervisor"});
  options.recording.pause_reasons = {"card number"};
  return options;
}

struct Centre {
  Folder folder;
  Engine engine{recorded_room(), quick(), {}, folder.path.string()};

  // A call with h1, answered.
  void talk() {
    engine.staff("h1");
    engine.call("999");
    engine.tell(core::LegAnswered{engine.rung()});
  }
  grpc::Status pause(const std::string& actor, const std::string& reason) {
    v1::PauseRecordingRequest request;
    Engine::mutate(request, actor);
    request.set_contact(1);
    request.set_reason(reason);
    return ask(engine.recordings, &v1::RecordingService::Stub::PauseRecording, request,
               static_cast<v1::PauseRecordingResponse*>(nullptr));
  }
  grpc::Status resume(const std::string& actor) {
    v1::ResumeRecordingRequest request;
    Engine::mutate(request, actor);
    request.set_contact(1);
    return ask(engine.recordings, &v1::RecordingService::Stub::ResumeRecording, request,
               static_cast<v1::ResumeRecordingResponse*>(nullptr));
  }
  v1::ListRecordingsResponse list(std::uint32_t size, const std::string& token = {}, const std::string& day = {}) {
    v1::ListRecordingsRequest request;
    request.set_page_size(size);
    request.set_page_token(token);
    request.set_day(day);
    v1::ListRecordingsResponse page;
    REQUIRE(ask(engine.recordings, &v1::RecordingService::Stub::ListRecordings, request, &page).ok());
    return page;
  }
  struct Heard {
    grpc::Status status;
    v1::Recording recording;
    std::string audio;
  };
  Heard hear(const std::string& actor, const std::string& name, const std::string& why) {
    v1::HearRecordingRequest request;
    Engine::mutate(request, actor);
    request.set_name(name);
    request.set_reason(why);
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + 20s);
    const auto reader = engine.recordings->HearRecording(&context, request);
    Heard heard;
    for (v1::HearRecordingResponse part; reader->Read(&part);) {
      if (part.has_recording()) heard.recording = part.recording();
      else heard.audio += part.audio();
    }
    heard.status = reader->Finish();
    return heard;
  }
};

}  // namespace

TEST_CASE("a console sees that its call is recorded, pauses it for a reason, and goes on") {
  Centre c;
  ConsoleWatch console(c.engine, "h1");
  const auto first = console.event(v1::WatchConsoleResponse::kSnapshot).snapshot();
  REQUIRE(first.pause_reasons_size() == 1);
  CHECK(first.pause_reasons(0) == "card number");
  c.talk();
  const auto recording = [&](v1::RecordingState state) {
    return console.next([&](const auto& r) { return r.has_contact() && r.contact().recording() == state; }).contact();
  };
  CHECK_FALSE(recording(v1::RECORDING_STATE_ON).recording_name().empty());
  CHECK(reason(c.pause("h1", "")) == "REASON_REQUIRED");
  CHECK(reason(c.pause("h1", "curiosity")) == "UNKNOWN_REASON");
  CHECK(reason(c.pause("nobody", "card number")) == "ROLE_NOT_ALLOWED");
  CHECK(reason(c.resume("h1")) == "WRONG_STATE");
  REQUIRE(c.pause("h1", "card number").ok());
  recording(v1::RECORDING_STATE_PAUSED);
  REQUIRE(c.resume("h2").ok());  // a supervisor
  recording(v1::RECORDING_STATE_ON);
}

TEST_CASE("the trace and the explanation of a call show its recording and its pauses, also when the file comes later") {
  Centre c;
  c.talk();
  REQUIRE(c.pause("h1", "card number").ok());
  REQUIRE(c.resume("h1").ok());
  c.engine.tell(core::LegEnded{{2}, core::LegEnd::hung_up});
  core::RecordingFinished finished;
  finished.recording = {"20261126-172356123-1"};
  finished.contact = {1};
  c.engine.tell(finished);
  finished.contact = {4711};  // of a call that the history has forgotten
  c.engine.tell(finished);
  v1::GetContactTraceRequest request;
  request.set_contact(1);
  v1::GetContactTraceResponse trace;
  REQUIRE(ask(c.engine.operations, &v1::OperationsService::Stub::GetContactTrace, request, &trace).ok());
  std::vector<v1::RecordingState> states;
  for (const auto& step : trace.steps())
    if (step.has_recording()) states.push_back(step.recording().state());
  CHECK(states == std::vector<v1::RecordingState>{v1::RECORDING_STATE_ON, v1::RECORDING_STATE_PAUSED, v1::RECORDING_STATE_ON,
                                                  v1::RECORDING_STATE_STOPPED, v1::RECORDING_STATE_KEPT});
  CHECK(trace.contact().recording() == v1::RECORDING_STATE_KEPT);
  v1::ExplainRequest why;
  why.set_contact(1);
  v1::ExplainResponse explained;
  REQUIRE(ask(c.engine.operations, &v1::OperationsService::Stub::Explain, why, &explained).ok());
  const auto& lines = explained.lines();
  CHECK(std::count(lines.begin(), lines.end(), "recording paused by h1 (card number)") == 1);
  request.set_contact(4711);
  CHECK(ask(c.engine.operations, &v1::OperationsService::Stub::GetContactTrace, request, &trace).error_code() == grpc::NOT_FOUND);
}

TEST_CASE("recordings are listed by pages and by days") {
  Centre c;
  for (const auto* name : {"20261126-172356123-17", "20261126-180000000-18", "20261127-000000001-19"}) c.folder.put(name, "RIFF");
  const auto first = c.list(2);
  REQUIRE(first.recordings_size() == 2);
  CHECK(first.recordings(0).name() == "20261126-172356123-17");
  CHECK(first.recordings(0).contact() == 17);
  CHECK(first.recordings(0).length().nanos() == 500'000'000);
  REQUIRE(first.recordings(0).pauses_size() == 1);
  CHECK(first.recordings(0).pauses(0).reason() == "card number");
  const auto second = c.list(2, first.next_page_token());
  REQUIRE(second.recordings_size() == 1);
  CHECK(second.next_page_token().empty());
  CHECK(c.list(9, {}, "2026-11-26").recordings_size() == 2);
  CHECK(c.list(9, {}, "2026-11-27").recordings_size() == 1);
  CHECK(c.list(9, {}, "2026-11-28").recordings_size() == 0);
  v1::ListRecordingsRequest bad;
  bad.set_day("yesterday");
  v1::ListRecordingsResponse page;
  CHECK(reason(ask(c.engine.recordings, &v1::RecordingService::Stub::ListRecordings, bad, &page)) == "BAD_DAY");
}

TEST_CASE("a supervisor hears a recording, and that is an event before it is heard") {
  Centre c;
  std::string audio;
  for (int i = 0; i < 300'000; ++i) audio += static_cast<char>(i * 7);
  c.folder.put("20261126-172356123-17", audio);
  const auto heard = c.hear("h2", "20261126-172356123-17", "complaint 17");
  INFO(heard.status.error_message());
  REQUIRE(heard.status.ok());
  CHECK(heard.recording.contact() == 17);
  CHECK(heard.audio == audio);
  CHECK(c.engine.heard<core::HearRecording>(1));
  CHECK(reason(c.hear("h2", "20261126-172356123-17", "").status) == "REASON_REQUIRED");
  const auto refused = c.hear("h1", "20261126-172356123-17", "curious");
  CHECK(refused.status.error_code() == grpc::PERMISSION_DENIED);
  CHECK(refused.audio.empty());
  CHECK(c.engine.heard<core::HearRecording>(3));  // those refused are kept too
  CHECK(reason(c.hear("h2", "20261126-172356123-99", "complaint").status) == "UNKNOWN_RECORDING");
  CHECK(reason(c.hear("h2", "../../../etc/passwd", "complaint").status) == "UNKNOWN_RECORDING");
}

TEST_CASE("recordings that are older than they may be are gone before the first is asked for") {
  Folder folder;
  folder.put("20261126-172356123-17", "RIFF");
  folder.put("20261126-180000000-18", "RIFF");
  for (const auto* suffix : {".wav", ".json"})
    fs::last_write_time(folder.path / ("2026-11-26/20261126-172356123-17" + std::string(suffix)), fs::file_time_type::clock::now() - 24h * 365 * 20);
  Engine engine(small_room(), quick(), {}, folder.path.string());
  v1::ListRecordingsResponse page;
  REQUIRE(ask(engine.recordings, &v1::RecordingService::Stub::ListRecordings, v1::ListRecordingsRequest{}, &page).ok());
  REQUIRE(page.recordings_size() == 1);
  CHECK(page.recordings(0).contact() == 17);
  CHECK(page.recordings(0).name() == "20261126-180000000-18");
}

TEST_CASE("an engine that keeps no recordings says so") {
  Engine engine;
  v1::ListRecordingsResponse page;
  CHECK(reason(ask(engine.recordings, &v1::RecordingService::Stub::ListRecordings, v1::ListRecordingsRequest{}, &page)) ==
        "NO_RECORDINGS");
}
