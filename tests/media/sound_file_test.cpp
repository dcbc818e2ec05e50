// Sound files of every kind that a person may drop in, and damaged ones.
#include "sip/media/sound_file.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <complex>
#include <filesystem>
#include <fstream>

#include "sip/media/g711.hpp"
#include "sip/media/sound.hpp"
#include "sip/media/sound_library.hpp"

using namespace pledge::media;
using pledge::runtime::AudioCodec;
using Bytes = std::vector<std::uint8_t>;
using Samples = std::vector<std::int16_t>;

namespace {

void add(Bytes& bytes, std::uint64_t value, int size) {
  for (int i = 0; i < size; ++i) bytes.push_back(static_cast<std::uint8_t>(value >> 8 * i));
}
void add(Bytes& bytes, const std::string& word) { bytes.insert(bytes.end(), word.begin(), word.end()); }

struct Wav {
  int tag = 1, channels = 1, bits = 16;
  std::uint32_t rate = 8000;
  Bytes data = {};
  std::uint32_t data_size = 0;  // as the file says; 0 = the true size

  Bytes file() const {
    Bytes bytes;
    add(bytes, "RIFF");
    add(bytes, 0, 4);
    add(bytes, "WAVE");
    add(bytes, "LIST");  // of no interest, and of odd length
    add(bytes, 3, 4);
    add(bytes, "abc");
    bytes.push_back(0);
    add(bytes, "fmt ");
    add(bytes, 16, 4);
    add(bytes, static_cast<unsigned>(tag), 2);
    add(bytes, static_cast<unsigned>(channels), 2);
    add(bytes, rate, 4);
    add(bytes, rate * static_cast<unsigned>(channels * bits / 8), 4);
    add(bytes, static_cast<unsigned>(channels * bits / 8), 2);
    add(bytes, static_cast<unsigned>(bits), 2);
    add(bytes, "data");
    add(bytes, data_size ? data_size : data.size(), 4);
    bytes.insert(bytes.end(), data.begin(), data.end());
    return bytes;
  }
};

std::string fault(const Bytes& file) {
  const auto samples = parse_wav(file);
  return samples ? "none" : samples.error();
}

Samples tone(double hertz, std::uint32_t rate, double seconds) {
  Samples samples;
  for (double t = 0; t < seconds; t += 1.0 / rate)
    samples.push_back(static_cast<std::int16_t>(10'000 * std::sin(2 * M_PI * hertz * t)));
  return samples;
}

// Amplitude of one frequency at 8 kHz, away from both ends.
double amplitude(const Samples& samples, double hertz) {
  std::complex<double> sum;
  const std::size_t margin = 400, count = samples.size() - 2 * margin;
  for (std::size_t i = 0; i < count; ++i)
    sum += std::polar<double>(samples[margin + i], -2 * M_PI * hertz * static_cast<double>(i) / sample_rate);
  return 2 * std::abs(sum) / static_cast<double>(count);
}

struct Folder {
  std::filesystem::path path;
  Folder() {
    auto name = (std::filesystem::temp_directory_path() / "pledge-sounds-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path = name;
  }
  Folder(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path); }
  std::string file(const std::string& name, const Bytes& bytes) const {
    std::ofstream(path / name, std::ios::binary).write(reinterpret_cast<const char*>(bytes.data()),
                                                       static_cast<std::streamsize>(bytes.size()));
    return (path / name).string();
  }
};

}  // namespace

TEST_CASE("samples of every width are read") {
  CHECK(parse_wav(Wav{.data = {0x34, 0x12, 0x00, 0x80}}.file()) == Samples{0x1234, -32'768});
  CHECK(parse_wav(Wav{.bits = 8, .data = {0x80, 0x00, 0xFF}}.file()) == Samples{0, -32'768, 0x7F00});
  CHECK(parse_wav(Wav{.bits = 24, .data = {0xFF, 0x34, 0x12}}.file()) == Samples{0x1234});
  CHECK(parse_wav(Wav{.bits = 32, .data = {0xFF, 0xFF, 0x34, 0x12}}.file()) == Samples{0x1234});
  CHECK(parse_wav(Wav{.tag = 3, .bits = 32, .data = {0, 0, 0, 0x3F, 0, 0, 0x80, 0xC0}}.file()) ==
        Samples{16'383, -32'767});  // 0.5, -4
  CHECK(parse_wav(Wav{.tag = 6, .bits = 8, .data = {0xD5}}.file()) == Samples{g711::decode_alaw(0xD5)});
  CHECK(parse_wav(Wav{.tag = 7, .bits = 8, .data = {0x10}}.file()) == Samples{g711::decode_mulaw(0x10)});
}

TEST_CASE("channels are mixed") {
  CHECK(parse_wav(Wav{.channels = 2, .data = {100, 0, 200, 0, 0, 1, 0, 3}}.file()) == Samples{150, 512});
}

TEST_CASE("another sampling rate is converted: speech stays, what telephony cannot carry does not fold back") {
  const std::uint32_t rate = GENERATE(16'000, 44'100, 48'000, 11'025);
  CAPTURE(rate);
  Wav wav{.rate = rate};
  for (const auto sample : tone(1000, rate, 0.5)) add(wav.data, static_cast<std::uint16_t>(sample), 2);
  const auto speech = parse_wav(wav.file());
  REQUIRE(speech);
  CHECK(speech->size() == Approx(4000).margin(1));
  CHECK(amplitude(*speech, 1000) == Approx(10'000).epsilon(0.01));
  const auto above = resample_to_8khz(tone(5000, rate, 0.5), rate);
  CHECK(amplitude(above, 3000) < 30);  // 5 kHz would come back at 3 kHz
}

TEST_CASE("a damaged or unknown file is refused, with a reason and a remedy") {
  Wav wav{.data = Bytes(320)};
  CHECK(fault(wav.file()) == "none");
  CHECK(fault({}) == "it is not a WAV file; save it as WAV");
  CHECK(fault({'I', 'D', '3', 4}) == "it is not a WAV file; save it as WAV");
  CHECK(fault(Wav{}.file()) == "it holds no sound; record it again");
  wav.data_size = 1000;
  CHECK(fault(wav.file()) == "it is cut off: 320 of 1000 bytes are there; copy it again");
  CHECK(fault(Wav{.channels = 0, .data = {1, 2}}.file()) == "it has 0 channels; save it as mono");
  CHECK(fault(Wav{.rate = 4000, .data = {1, 2}}.file()) == "its rate is 4000 Hz; save it with 8000 to 96000 Hz");
  CHECK(fault(Wav{.tag = 2, .bits = 4, .data = {1, 2}}.file()) ==
        "its encoding (format 2, 4 bits) is not known here; save it as PCM with 16 bits");
  CHECK(fault(Wav{.bits = 8, .data = Bytes(8000 * 302)}.file()) == "it is 302 s long; the most is 300 s");
}

TEST_CASE("no beginning of a file makes the parser read outside it") {
  const Bytes file = Wav{.channels = 2, .data = Bytes(64, 7)}.file();
  for (std::size_t size = 0; size < file.size(); ++size) {
    const Bytes part(file.begin(), file.begin() + static_cast<long>(size));  // its end is the end of the memory
    CHECK_FALSE(parse_wav(part));
  }
}

TEST_CASE("raw G.711 is played as it is") {
  const Folder folder;
  Bytes codes;
  for (int i = 0; i < 160; ++i) codes.push_back(static_cast<std::uint8_t>(i));
  for (const auto& [name, codec] : {std::pair{"p.alaw", AudioCodec::pcma}, {"p.ulaw", AudioCodec::pcmu}}) {
    const auto samples = read_sound_file(folder.file(name, codes));
    REQUIRE(samples);
    const Sound sound(*samples);
    CHECK(std::equal(codes.begin(), codes.end(), sound.frame(codec, 0).begin(), [&](auto sent, auto heard) {
      return sent == heard || (codec == AudioCodec::pcmu && sent == 0x7F && heard == 0xFF);  // both are zero
    }));
  }
  CHECK(read_sound_file(folder.file("empty.alaw", {})).error() == "it holds no sound; record it again");
}

TEST_CASE("a library names the file that it cannot read, and shares what it can") {
  const Folder folder;
  const auto good = folder.file("good.wav", Wav{.data = Bytes(320, 1)}.file());
  const auto bad = folder.file("bad.wav", {1, 2, 3});
  const auto ringback = std::make_shared<const Sound>(Samples(320));
  CHECK(SoundLibrary::load({{"a", {good, bad}, "ringback", {}}}, ringback).error() ==
        bad + ": it is not a WAV file; save it as WAV");
  CHECK(SoundLibrary::load({{"a", {good}, folder.path / "none.wav", {}}}, ringback).error().find("none.wav: it cannot be read") !=
        std::string::npos);
  const auto library = SoundLibrary::load(
      {{"once", {good, good}, "ringback", {}}, {"again", {good}, "", std::chrono::milliseconds(60)}}, ringback);
  REQUIRE(library);
  const auto named = [&](const std::string& name) { return library->sound({{1}, name}); };
  CHECK(named("")->frame(AudioCodec::pcma, 0).front() == g711::encode(AudioCodec::pcma, 0));
  CHECK(named("once")->packets() == 4);
  CHECK(named("again")->packets() == 4);
  CHECK(named("once") == named("once"));
  CHECK_FALSE(named("unknown"));
}

TEST_CASE("a position and a wait are put together from words for each caller, and a wait that is not known is left out") {
  const Folder folder;
  pledge::runtime::Announcement told{"told", {}, "", std::chrono::seconds(30)};
  std::map<std::uint8_t, std::string> word_of;  // by the code that fills it
  const auto word = [&](const std::string& name) {
    const auto code = static_cast<std::uint8_t>(0x10 + word_of.size());
    word_of[code] = name;
    return folder.file(name + ".alaw", Bytes(160, code));
  };
  for (const auto* name : {"position-next", "position-before", "position-after", "wait-before", "wait-after", "number-20",
                           "number-3", "number-43", "number-40"})
    told.words[name] = word(name);
  told.files = {word("welcome"), told.position, told.wait, word("web")};
  const auto library = SoundLibrary::load({told}, std::make_shared<const Sound>(Samples(320)));
  REQUIRE(library);
  const auto heard = [&](std::uint32_t position, std::uint32_t minutes) {
    const auto sound = library->sound({{1}, "told", 1, position, minutes});
    std::string words;
    for (std::size_t i = 0; i < *sound->ends_at(); ++i) words += word_of[sound->frame(AudioCodec::pcma, i)[0]] + " ";
    return words;
  };
  CHECK(heard(1, 0) == "welcome position-next web ");
  CHECK(heard(23, 3) == "welcome position-before number-20 number-3 position-after wait-before number-3 wait-after web ");
  CHECK(heard(43, 0) == "welcome position-before number-43 position-after web ");  // a language that says it in one word
}
