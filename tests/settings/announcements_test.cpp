// Announcements and the files of their prompts, as `pledge check` judges them.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "house.hpp"
#include "settings/spoken_hours.hpp"

namespace pledge::settings::test {

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

// A folder with default prompts, and a configuration folder with the operator's own.
struct House {
  fs::path path;
  Environment environment{noon};

  House() {
    auto name = (fs::temp_directory_path() / "pledge-prompts-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path = name;
    environment.default_prompts = path / "defaults";
    put("defaults/en-GB/welcome.wav");
    put("defaults/en-GB/music.ulaw");
    put("defaults/pl/welcome.wav");
    environment.sound_fault = [](const std::string& file) {
      std::ifstream in(file);
      std::string line;
      std::getline(in, line);
      return line;  // the file says itself what is wrong with it
    };
  }
  House(const House&) = delete;
  ~House() { fs::remove_all(path); }

  void put(const std::string& file, const std::string& text = {}) const {
    fs::create_directories((path / file).parent_path());
    std::ofstream(path / file) << text;
  }
  auto load_with(const std::string& more) const {
    const std::vector<File> files{{"base.toml", base}, {"rules.toml", rules}, {path / "config/x.toml", more}};
    return settings::load(files, environment);
  }
  Lines faults(const std::string& more) const {
    const auto settings = load_with(more);
    auto lines = texts(settings ? settings->warnings : settings.error());
    const auto folder = path.string() + "/";
    for (auto& line : lines)
      for (auto at = line.find(folder); at != std::string::npos; at = line.find(folder)) line.erase(at, folder.size());
    return lines;
  }
};

const std::string announced =
    "[[queue]]\nname = \"q\"\nclass = \"non-emergency\"\nbound = 100\nwaiting = \"answer\"\nwaiting_sound = \"wait\"\n"
    "[[role]]\nname = \"r\"\nqueues = [\"q\"]\n[[handler]]\nname = \"h\"\ncentre = \"bow\"\npool = \"bow\"\nroles = "
    "[\"r\"]\nsecret = \"s\"\n[[announcement]]\nname = \"wait\"\n";  // 17 lines

}  // namespace

TEST_CASE("an announcement becomes the files of its prompts, the operator's before the defaults") {
  House house;
  const std::string text = announced + "prompts = [\"welcome\", \"fee\"]\nthen = \"music\"\nrepeat_after = \"20 s\"\n" +
                           "[prompts]\ndirectory = \"own\"\n";
  house.put("config/own/en-GB/fee.alaw");
  const auto before = house.load_with(text);
  REQUIRE(before);
  REQUIRE(before->announcements.size() == 1);
  const auto& one = before->announcements[0];
  CHECK(one.id == "wait");
  CHECK(one.files == Lines{house.path / "defaults/en-GB/welcome.wav", house.path / "config/own/en-GB/fee.alaw"});
  CHECK(one.background == (house.path / "defaults/en-GB/music.ulaw").string());
  CHECK(one.repeat_after == 20s);
  house.put("config/own/en-GB/welcome.wav");
  CHECK(house.load_with(text)->announcements[0].files[0] == (house.path / "config/own/en-GB/welcome.wav").string());
}

TEST_CASE("what is told of the queue needs every word of it, and becomes a message of the core") {
  House house;
  const std::string text = announced + "prompts = [\"welcome\", \"{position}\"]\nrepeat_after = \"20 s\"\n";
  for (const auto* word : {"position-next", "position-before", "position-after", "position-far"})
    house.put(std::string("defaults/en-GB/") + word + ".wav");
  for (int n = 1; n <= 90; n += n < 20 ? 1 : 10) house.put("defaults/en-GB/number-" + std::to_string(n) + ".wav");
  const auto good = house.load_with(text);
  REQUIRE(good);
  CHECK(good->announcements[0].files == Lines{house.path / "defaults/en-GB/welcome.wav", "{position}"});
  CHECK(good->announcements[0].words.at("number-30") == (house.path / "defaults/en-GB/number-30.wav").string());
  REQUIRE(good->core.wait_messages.size() == 1);
  CHECK(good->core.wait_messages[0].announcement == "wait");
  CHECK(good->core.wait_messages[0].position);
  CHECK_FALSE(good->core.wait_messages[0].wait);
  CHECK(good->core.wait_messages[0].repeat_after == 20s);

  fs::remove(house.path / "defaults/en-GB/number-30.wav");
  CHECK(house.faults(text) ==
        Lines{"config/x.toml:18:23: {position} cannot be said in language en-GB: the prompts of these words are missing: "
              "number-30; record them in the folder en-GB of [prompts], or leave {position} out"});
  CHECK(house.faults(announced + "prompts = [\"welcome\", \"{place}\"]\n") ==
        Lines{"config/x.toml:18:23: announcement \"wait\" cannot tell {place}: what is put together of words is "
              "{position}, {wait} or {hours CALENDAR}; write one of these, or the name of a prompt"});
}

TEST_CASE("an announcement has the language of its own, else that of all") {
  const House house;
  const std::string text = announced + "prompts = [\"welcome\"]\n";
  CHECK(house.load_with(text + "language = \"pl\"\n")->announcements[0].files ==
        Lines{house.path / "defaults/pl/welcome.wav"});
  CHECK(house.load_with(text + "[prompts]\nlanguage = \"pl\"\n")->announcements[0].files ==
        Lines{house.path / "defaults/pl/welcome.wav"});
  CHECK(house.load_with(text)->announcements[0].background == "ringback");
  CHECK(house.load_with(text + "then = \"\"\n")->announcements[0].background.empty());
}

TEST_CASE("a new recording under a name that stays is a difference, said for each announcement that plays it") {
  House house;
  const std::string text = announced + "prompts = [\"welcome\", \"fee\"]\nthen = \"music\"\n[prompts]\ndirectory = \"own\"\n";
  house.put("config/own/en-GB/fee.alaw", "");
  house.environment.sound_fault = {};
  const auto running = house.load_with(text);
  REQUIRE(running);
  const auto changes = [&] {
    Lines lines;
    for (const auto& change : diff(*running, *house.load_with(text))) lines.push_back(change.text);
    return lines;
  };
  CHECK(changes().empty());
  SECTION("another file of the same length in its place") {
    house.put("config/own/en-GB/fee.alaw", "1");
    const auto first = house.load_with(text);
    house.put("config/own/en-GB/fee.alaw", "2");
    CHECK(diff(*first, *house.load_with(text)).size() == 1);
    CHECK(changes() == Lines{"announcement wait: prompt fee has a new recording"});
  }
  SECTION("what it goes on with, and a file of the operator's in front of the default") {
    house.put("defaults/en-GB/music.ulaw", "another tune");
    house.put("config/own/en-GB/welcome.wav", "another voice");
    CHECK(changes() == Lines{"announcement wait: prompt music has a new recording",
                             "announcement wait: prompt welcome has a new recording"});
  }
  SECTION("a prompt that is new in words is not said twice") {
    const auto other = house.load_with(replaced(text, ", \"fee\"", ""));
    CHECK(diff(*other, *running).size() == 1);
  }
}

TEST_CASE("a missing prompt is said where it is named, with the nearest that there is") {
  const House house;
  CHECK(house.faults(announced + "prompts = [\"welcome\", \"welcom\"]\nthen = \"organ\"\n") ==
        Lines{"config/x.toml:18:23: prompt \"welcom\" is missing in language en-GB: it is not in defaults/en-GB; did you "
              "mean \"welcome\"?",
              "config/x.toml:19:8: prompt \"organ\" is missing in language en-GB: it is not in defaults/en-GB; put "
              "organ.wav there"});
  CHECK(house.faults(announced + "prompts = [\"music\"]\nlanguage = \"pl\"\n[prompts]\ndirectory = \"own\"\n") ==
        Lines{"config/x.toml:18:12: prompt \"music\" is missing in language pl: it is not in config/own/pl nor in "
              "defaults/pl; put music.wav there"});
}

TEST_CASE("a prompt that cannot be played is said where it is named, with its file and the remedy") {
  House house;
  house.put("defaults/en-GB/broken.wav", "it is cut off: 1 of 2 bytes are there; copy it again");
  CHECK(house.faults(announced + "prompts = [\"broken\"]\n") ==
        Lines{"config/x.toml:18:12: prompt \"broken\" cannot be played: defaults/en-GB/broken.wav: it is cut off: 1 of 2 "
              "bytes are there; copy it again"});
}

TEST_CASE("a damaged recording of the operator's gives way to the default, with a warning") {
  House house;
  house.put("config/own/en-GB/welcome.wav", "it is cut off: 1 of 2 bytes are there; copy it again");
  const std::string text = announced + "prompts = [\"welcome\"]\n[prompts]\ndirectory = \"own\"\n";
  CHECK(house.load_with(text)->announcements[0].files == Lines{house.path / "defaults/en-GB/welcome.wav"});
  CHECK(house.faults(text) == Lines{"config/x.toml:18:12: warning: prompt \"welcome\" cannot be played: config/own/en-GB/welcome.wav: it "
                                    "is cut off: 1 of 2 bytes are there; defaults/en-GB/welcome.wav is heard instead; copy it again"});
}

TEST_CASE("announcements that nobody hears, that say nothing, or that nobody knows") {
  const House house;
  CHECK(house.faults("[[announcement]]\nname = \"a\"\nprompts = [\"welcome\"]\n") ==
        Lines{"config/x.toml:2:8: warning: announcement \"a\" is not used: nothing refers to it; remove it, or use it"});
  CHECK(house.faults(announced + "prompts = []\n") ==
        Lines{"config/x.toml:18:11: announcement \"wait\" says nothing: it has no prompts; name one at least, or remove "
              "the announcement"});
  CHECK(house.faults(replaced(announced, "\"wait\"\n[[role]]", "\"wiat\"\nnobody = \"announcement wait\"\n[[role]]") +
                     "prompts = [\"welcome\"]\n") ==
        Lines{"config/x.toml:6:17: unknown announcement \"wiat\": \"waiting_sound\" needs the name of an announcement "
              "defined by an [[announcement]]; did you mean \"wait\"?"});
  CHECK(house.faults(replaced(announced, "\"answer\"", "\"alert\"") + "prompts = [\"welcome\"]\n") ==
        Lines{"config/x.toml:6:17: warning: waiting_sound has no effect: with waiting = \"alert\" callers hear the "
              "network; remove it, or use waiting = \"answer\""});
  CHECK(house.faults(announced + "prompts = [\"../x\"]\n") ==
        Lines{"config/x.toml:18:12: \"prompts\" = \"../x\" is not a file name: it has no folder and no ending; up to 64 "
              "characters without \", :, comma, * and /; write e.g. \"welcome\""});
}

TEST_CASE("the ring tone needs no announcement, and none may take its name") {
  const House house;
  CHECK(house.faults(replaced(announced, "\"wait\"\n[[role]]", "\"ringback\"\n[[role]]") + "prompts = [\"welcome\"]\n") ==
        Lines{"config/x.toml:17:8: warning: announcement \"wait\" is not used: nothing refers to it; remove it, or use it"});
  const auto faults = house.faults("[[announcement]]\nname = \"ringback\"\nprompts = [\"welcome\"]\n");
  REQUIRE_FALSE(faults.empty());
  CHECK(faults[0] == "config/x.toml:2:8: announcement \"ringback\" is the engine's own: ringback is the ring tone of [media], hold the tone of a caller on hold; use "
                     "another name");
}

TEST_CASE("opening hours are put together from the words of a calendar") {
  House house;
  for (const std::string word : {"before", "and", "to", "from", "until", "noon", "oh", "am", "pm", "not-some-days"})
    house.put("defaults/en-GB/hours-" + word + ".wav");
  for (const std::string day : {"monday", "friday", "saturday"}) house.put("defaults/en-GB/day-" + day + ".wav");
  for (const std::string number : {"1", "5", "8", "20", "30"}) house.put("defaults/en-GB/number-" + number + ".wav");
  const std::string calendar =
      "[[holidays]]\nname = \"bank\"\ndates = [\"2030-12-25\"]\n[[calendar]]\nname = \"counters\"\n"
      "open = [\"mon-fri 08:30-17:05\", \"sat 12:00-13:20\"]\nclosed = [\"bank\"]\n";
  const auto settings = house.load_with(announced + "prompts = [\"welcome\", \"{hours counters}\"]\n" + calendar);
  REQUIRE(settings);
  CHECK(settings->warnings.empty());  // the calendar is in use
  std::string said;
  for (const auto& file : settings->announcements.at(0).files) said += fs::path(file).stem().string() + " ";
  CHECK(said ==
        "welcome hours-before day-monday hours-to day-friday hours-from number-8 number-30 hours-am hours-until number-5 hours-oh "
        "number-5 hours-pm hours-and day-saturday hours-from hours-noon hours-until number-1 number-20 hours-pm "
        "hours-not-some-days ");
  CHECK_FALSE(settings->announcements.at(0).composed());
  fs::remove(house.path / "defaults/en-GB/hours-noon.wav");
  CHECK(house.faults(announced + "prompts = [\"{hours counters}\"]\n" + calendar) ==
        Lines{"config/x.toml:18:12: {hours counters} cannot be said in language en-GB: the prompts of these words are missing: "
              "hours-noon; record them in the folder en-GB of [prompts], or leave {hours counters} out"});
  CHECK(house.faults(announced + "prompts = [\"welcome\", \"{hours counter}\"]\n" + calendar)[0] ==
        "config/x.toml:18:23: unknown calendar \"counter\": \"prompts\" needs the name of a calendar defined by a [[calendar]]; did "
        "you mean \"counters\"?");
}

TEST_CASE("hours in words: days in rows, midnight, noon, all day, tens before units") {
  const auto said = [](const std::string& open, bool whole_numbers = false) {
    std::string words;
    for (const auto& word : hours_in_words({"c", {open}, {}}, [&](const std::string&) { return whole_numbers; }))
      words += word.substr(word.find('-') + 1) + " ";
    return words;
  };
  CHECK(said("daily 00:00-24:00") == "before every-day all-day ");
  CHECK(said("daily 22:00-06:00") == "before every-day from 10 pm until 6 am ");
  CHECK(said("sat,sun 00:45-12:00") == "before saturday and sunday from 12 40 5 am until noon ");
  CHECK(said("sat,sun 00:45-12:00", true) == "before saturday and sunday from 12 45 am until noon ");
  CHECK(said("fri-mon 12:01-24:00") == "before monday and friday to sunday from 12 oh 1 pm until midnight ");
  CHECK(said("mon,wed,fri 09:00-11:59", true) == "before monday and wednesday and friday from 9 am until 11 59 am ");
}

}  // namespace pledge::settings::test
