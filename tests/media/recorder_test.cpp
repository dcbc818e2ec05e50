// The recorder with real media on the loopback: whose packets come into which recording. Each packet is awaited at another phone,
// so that the media thread has done all that was asked before it, and comes after the one before has been spoken; nothing sleeps.
#include "sip/media/recorder.hpp"

#include <poll.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "packets.hpp"
#include "runtime/clock.hpp"

using namespace pledge;
using namespace pledge::media;
using namespace pledge::media::test;
using core::LegId;

namespace {

namespace fs = std::filesystem;
constexpr const char* ip = "127.0.0.1";
constexpr std::uint8_t silence = 0xD5;

struct Phone {
  Descriptor rtp = std::move(*bind_socket(address(ip, 0), {}));
  std::uint16_t engine = 0, sequence = 1;

  std::uint16_t port() const {
    SocketAddress local;
    socklen_t size = SocketAddress::capacity();
    getsockname(rtp.get(), local.data(), &size);
    return local.port();
  }
  void send(std::uint8_t code) {
    ++sequence;
    send_to(rtp, test::rtp({8, false, sequence, 160u * sequence, port()}, Bytes(160, code)), address(ip, engine));
  }
  // What the next packet is full of; silence, if it is not of one code: ring tone.
  std::optional<std::uint8_t> hear() {
    pollfd waiting{rtp.get(), POLLIN, 0};
    Bytes buffer(2048);
    SocketAddress from;
    if (::poll(&waiting, 1, 5000) != 1) return std::nullopt;
    const auto datagram = receive_from(rtp, buffer, from);
    if (!datagram) return std::nullopt;
    const auto audio = datagram->subspan(rtp_header_size);
    const bool of_one = std::all_of(audio.begin(), audio.end(), [&](std::uint8_t code) { return code == audio.front(); });
    return of_one ? audio.front() : silence;
  }
};

// A caller, a handler and one who has joined them, and a witness who hears whoever speaks: their legs are 2, 3, 5 and 7. Who is
// recorded is not who hears whom here: that is the core's to keep the same.
struct Conference {
  Conference() {
    auto name = (fs::temp_directory_path() / "pledge-recorder-XXXXXX").string();
    options.directory = ::mkdtemp(name.data());
    for (auto& [leg, phone] : phones) {
      phone.engine = media.open(leg, ip)->rtp_port;
      runtime::MediaFormat format;
      format.remote = {ip, phone.port(), 0};
      media.set_format(leg, format);
    }
    recorder.emplace(loop.get_executor(), media, clock, options,
                     Recorder::Told{[this](const core::RecordingFinished& one) { finished.push_back(one); }, [](core::Alarm) {}});
  }
  ~Conference() {
    recorder.reset();
    fs::remove_all(options.directory);
  }
  void say(std::uint64_t leg, std::uint8_t code) {
    Phone& witness = phones.at({7});
    const auto due = std::chrono::steady_clock::now() + 40ms;
    media.play({{7}, "ringback", 0});
    while (std::chrono::steady_clock::now() < due) REQUIRE(witness.hear());  // a packet each 20 ms
    media.mix({7}, std::vector<LegId>{{leg}}, {});
    phones.at({leg}).send(code);
    INFO("leg " << leg << " says " << int{code});
    std::optional<std::uint8_t> heard;
    do heard = witness.hear();
    while (heard && *heard != code);
    REQUIRE(heard);
  }
  static core::StartRecording start(const char* name, std::uint64_t caller, std::uint64_t handler) {
    return {{name}, {1}, {caller}, {handler}, {}, {}, {}, {}};
  }
  // What the recording has beside silence: {left, right}.
  std::vector<std::set<std::uint8_t>> stop(const char* name) {
    recorder->perform(core::StopRecording{{name}});
    const auto before = finished.size();
    loop.restart();
    const auto work = boost::asio::make_work_guard(loop);
    while (finished.size() == before && loop.run_one_for(std::chrono::seconds(5)) > 0) {
    }
    REQUIRE(finished.size() > before);
    CHECK(finished.back().failure.empty());
    std::ostringstream wav;
    wav << std::ifstream(options.directory + "/" + finished.back().file, std::ios::binary).rdbuf();
    const std::string bytes = wav.str();
    std::vector<std::set<std::uint8_t>> said(2);
    for (std::size_t i = 58; i < bytes.size(); ++i)
      if (static_cast<std::uint8_t>(bytes[i]) != silence) said[i % 2].insert(static_cast<std::uint8_t>(bytes[i]));
    return said;
  }

  boost::asio::io_context loop;
  MediaEngine media{loop.get_executor(), runtime::MediaOptions{.bind_attempts = 10'000}, 1};
  std::map<LegId, Phone> phones = [] {
    std::map<LegId, Phone> all;
    for (const std::uint64_t leg : {2, 3, 5, 7}) all[{leg}];
    return all;
  }();
  runtime::SystemClock clock;
  runtime::RecordingOptions options;
  std::vector<core::RecordingFinished> finished;
  std::optional<Recorder> recorder;
};

constexpr const char* first = "20261126-172356123-1";
constexpr const char* second = "20261126-172357123-2";
using Codes = std::set<std::uint8_t>;

}  // namespace

TEST_CASE("in the right channel are the legs that are to be, as long as they are") {
  Conference c;
  c.recorder->perform(Conference::start(first, 2, 3));
  c.say(2, 0x21);
  c.say(3, 0x31);
  c.say(5, 0x51);
  c.recorder->perform(core::RecordLegs{{first}, {{3}, {5}}});
  c.say(5, 0x52);
  c.recorder->perform(core::RecordLegs{{first}, {{5}}});
  c.say(3, 0x33);
  c.say(5, 0x53);
  c.recorder->perform(core::RecordLegs{{first}, {}});
  c.say(5, 0x54);
  c.recorder->perform(core::RecordLegs{{first}, {{3}}});
  c.say(3, 0x35);
  c.say(2, 0x25);
  const auto said = c.stop(first);
  CHECK(said[0] == Codes{0x21, 0x25});
  CHECK(said[1] == Codes{0x31, 0x52, 0x53, 0x35});
}

TEST_CASE("a leg that another recording has asked for is left to it") {
  Conference c;
  c.recorder->perform(Conference::start(first, 2, 3));
  c.recorder->perform(Conference::start(second, 5, 3));
  c.recorder->perform(core::RecordLegs{{first}, {}});
  c.say(3, 0x31);
  CHECK(c.stop(first)[1].empty());
  c.say(3, 0x32);
  CHECK(c.stop(second)[1] == Codes{0x31, 0x32});
}
