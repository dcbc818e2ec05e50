// The recorder's thread and its files: whole ones, failed ones, and what a crash leaves. Nothing sleeps: each answer is awaited.
#include "sip/media/recording_writer.hpp"

#include <openssl/evp.h>
#include <sys/inotify.h>
#include <sys/resource.h>

#include <array>
#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <future>
#include <sstream>

using namespace pledge;
using namespace pledge::media;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

struct Folder {
  Folder() {
    auto name = (fs::temp_directory_path() / "pledge-recordings-XXXXXX").string();
    path = ::mkdtemp(name.data());
  }
  ~Folder() {
    std::error_code ignored;
    fs::permissions(path, fs::perms::owner_all, ignored);
    fs::remove_all(path, ignored);
  }
  fs::path path;
};

std::string read(const fs::path& path) {
  std::ostringstream out;
  out << std::ifstream(path, std::ios::binary).rdbuf();
  return out.str();
}

std::uint32_t little32(const std::string& text, std::size_t at) {
  std::uint32_t value = 0;
  for (int i = 3; i >= 0; --i) value = value << 8 | static_cast<std::uint8_t>(text[at + static_cast<std::size_t>(i)]);
  return value;
}

std::string sha256(const std::string& text) {
  unsigned char bytes[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), bytes, &size, EVP_sha256(), nullptr);
  std::string out;
  char pair[3];
  for (unsigned i = 0; i < size; ++i) std::snprintf(pair, sizeof pair, "%02x", bytes[i]), out += pair;
  return out;
}

struct Desk {
  explicit Desk(const fs::path& directory, std::size_t ring_size = 4096)
      : ring(std::make_shared<FrameRing>(ring_size)),
        writer(std::make_unique<RecordingWriter>(directory.string(), ring,
                                                 RecordingWriter::Told{[this](std::uint64_t, core::RecordingFinished f) {
                                                                         finished.set_value(std::move(f));
                                                                       },
                                                                       [this](core::Alarm alarm) {
                                                                         const std::lock_guard lock(mutex);
                                                                         alarms.push_back(alarm);
                                                                       }})) {}

  void begin() {
    core::StartRecording what;
    what.recording = {"20261126-172356123-17"};
    what.contact = {17};
    what.queue = {"non-emergency"};
    what.handler = {"a \"quoted\" handler"};
    what.sip_call_id = "call@192.0.2.1";
    what.number = "+442079460123";
    writer->post(BeginRecording{1, what, core::Time{1'795'713'836'123'000'000}, start});
  }
  // So many packets of 20 ms of both, with their times as if they had come in time.
  void say(unsigned from, unsigned to) {
    std::vector<std::uint8_t> audio(frame_samples, 0x2A);
    for (unsigned i = from; i < to; ++i)
      for (const std::uint8_t channel : {0, 1}) {
        RtpPacket packet;
        packet.sequence = static_cast<std::uint16_t>(i);
        packet.timestamp = 160 * i;
        RecordingTap{ring, 1, channel}.take(packet, audio, runtime::AudioCodec::pcma, start + 20ms * (i + 1));
      }
  }
  void end(Instant::duration length) {
    writer->post(EndRecording{1, core::Time{1'795'713'836'123'000'000} + length, start + length});
  }
  core::RecordingFinished result() {
    auto future = finished.get_future();
    REQUIRE(future.wait_for(20s) == std::future_status::ready);
    return future.get();
  }

  const Instant start = std::chrono::steady_clock::now();
  std::promise<core::RecordingFinished> finished;
  std::mutex mutex;
  std::vector<core::Alarm> alarms;
  std::shared_ptr<FrameRing> ring;
  std::unique_ptr<RecordingWriter> writer;
};

const std::string stem = "2026-11-26/20261126-172356123-17";

}  // namespace

TEST_CASE("a recording is a WAV with its description and digest") {
  Folder folder;
  Desk desk(folder.path);
  desk.begin();
  desk.say(0, 50);
  desk.writer->post(PauseOrResume{1, true, "card number", core::Time{1'795'713'837'123'000'000}, desk.start + 1s});
  desk.writer->post(PauseOrResume{1, false, {}, core::Time{1'795'713'838'123'000'000}, desk.start + 2s});
  desk.say(50, 150);
  desk.end(3s);
  const auto result = desk.result();
  CHECK(result.failure.empty());
  CHECK(result.contact == core::ContactId{17});
  CHECK(result.file == stem + ".wav");
  CHECK(result.length == 3s);
  CHECK(result.lost == 0);
  const auto wav = read(folder.path / (stem + ".wav"));
  REQUIRE(wav.size() == 58 + 2 * 24'000);
  CHECK(wav.substr(0, 4) == "RIFF");
  CHECK(little32(wav, 4) == wav.size() - 8);
  CHECK(wav.substr(8, 8) == "WAVEfmt ");
  CHECK(little32(wav, 20) == (2u << 16 | 6));  // A-law, stereo
  CHECK(little32(wav, 24) == 8000);
  CHECK(wav.substr(38, 4) == "fact");
  CHECK(little32(wav, 46) == 24'000);
  CHECK(wav.substr(50, 4) == "data");
  CHECK(little32(wav, 54) == 48'000);
  CHECK(wav[58 + 2 * 4000] == '\x2A');
  CHECK(wav[58 + 2 * 12'000] == '\xD5');  // paused
  CHECK(wav[58 + 2 * 20'000 + 1] == '\x2A');
  CHECK(result.digest == sha256(wav));
  const auto text = read(folder.path / (stem + ".json"));
  INFO(text);
  for (const auto* said : {"\"name\": \"20261126-172356123-17\"", "\"contact\": \"17\"", "\"handler\": \"a \\\"quoted\\\" handler\"",
                           "\"started\": \"2026-11-26T17:23:56.123Z", "\"length\": \"3.000s\"", "\"reason\": \"card number\"", "\"packets_lost\": \"0\""})
    CHECK(text.find(said) != std::string::npos);
  CHECK(text.find(result.digest) != std::string::npos);
  CHECK(text.find("\"number\": \"+442079460123\"") != std::string::npos);
  CHECK(desk.alarms.empty());
  CHECK_FALSE(fs::exists(folder.path / (stem + ".wav.part")));
}

TEST_CASE("a recording is described before it can be found by its name") {
  Folder folder;
  fs::create_directories(folder.path / "2026-11-26");
  const Descriptor watch(::inotify_init1(IN_CLOEXEC));
  REQUIRE(::inotify_add_watch(watch.get(), (folder.path / "2026-11-26").c_str(), IN_CREATE | IN_MOVED_TO) >= 0);
  Desk desk(folder.path);
  desk.begin();
  desk.say(0, 50);
  desk.end(1s);
  CHECK(desk.result().failure.empty());
  std::vector<std::string> appeared;
  alignas(inotify_event) std::array<char, 4096> events{};
  const auto got = ::read(watch.get(), events.data(), events.size());
  for (ssize_t at = 0; at < got;) {
    const auto* event = reinterpret_cast<const inotify_event*>(events.data() + at);
    if (const std::string name = event->name; !name.ends_with(".part")) appeared.push_back(name);
    at += static_cast<ssize_t>(sizeof(inotify_event) + event->len);
  }
  CHECK(appeared == std::vector<std::string>{"20261126-172356123-17.json", "20261126-172356123-17.wav"});
}

TEST_CASE("a disk that is full fails the recording and keeps what there is of it") {
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  Folder folder;
  Desk desk(folder.path);
  const rlimit small{40'000, before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  desk.begin();
  desk.say(0, 500);  // ten seconds: 160 kB
  const auto result = desk.result();
  ::setrlimit(RLIMIT_FSIZE, &before);
  INFO(result.failure);
  CHECK(result.failure.find("cannot write") != std::string::npos);
  CHECK(result.file == stem + ".wav");
  const auto wav = read(folder.path / result.file);
  CHECK(wav.size() > 58);
  CHECK(wav.size() <= 40'000);
  CHECK(little32(wav, 54) == wav.size() - 58);
  CHECK(result.digest == sha256(wav));
}

TEST_CASE("a folder that cannot be written fails each recording at once, with the reason") {
  Folder folder;
  std::ofstream(folder.path / "2026-11-26") << "a file, where the day's folder should be";
  Desk desk(folder.path);
  desk.begin();
  const auto result = desk.result();
  INFO(result.failure);
  CHECK(result.failure.find("2026-11-26") != std::string::npos);
  CHECK(result.file.empty());
}

TEST_CASE("a name that is taken is never overwritten") {
  Folder folder;
  fs::create_directories(folder.path / "2026-11-26");
  std::ofstream(folder.path / (stem + ".wav")) << "earlier";
  Desk desk(folder.path);
  desk.begin();
  CHECK_FALSE(desk.result().failure.empty());
  CHECK(read(folder.path / (stem + ".wav")) == "earlier");
}

TEST_CASE("a full ring loses packets of the recording only, and says how many") {
  Folder folder;
  Desk desk(folder.path, 64);
  desk.say(0, 100);  // 200 packets before anyone reads: 64 of them fit
  CHECK(desk.ring->lost() == 136);
  desk.begin();
  desk.end(1s);
  (void)desk.result();
  desk.writer.reset();
  REQUIRE(desk.alarms.size() == 1);
  CHECK(desk.alarms[0].kind == "recording.slow");
  CHECK(desk.alarms[0].text.find("136 packets") != std::string::npos);
}

TEST_CASE("an engine that is stopped completes its recordings") {
  Folder folder;
  Desk desk(folder.path);
  desk.begin();
  desk.say(0, 10);
  desk.writer.reset();
  const auto result = desk.result();
  CHECK(result.failure == "the engine was stopped");
  CHECK(result.digest == sha256(read(folder.path / result.file)));
}

TEST_CASE("what a crash left is given its sizes and a name that says so; other files are left alone") {
  Folder folder;
  fs::create_directories(folder.path / "2026-11-26");
  std::ofstream(folder.path / "2026-11-26" / "notes.wav.part") << "not a recording";
  {
    auto file = RecordingFile::create(folder.path.string(), stem);
    REQUIRE(file);
    REQUIRE(file->append(std::string(3200, '\x2A'), runtime::AudioCodec::pcmu));
  }
  const auto repaired = RecordingFile::repair(folder.path.string());
  REQUIRE(repaired == std::vector<std::string>{(folder.path / (stem + ".interrupted.wav")).string()});
  const auto wav = read(repaired[0]);
  CHECK(little32(wav, 20) == (2u << 16 | 7));  // µ-law, stereo
  CHECK(little32(wav, 54) == 3200);
  CHECK(fs::exists(folder.path / "2026-11-26" / "notes.wav.part"));
  CHECK(RecordingFile::repair(folder.path.string()).empty());
}
