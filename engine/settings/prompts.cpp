#include "settings/prompts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "core/spoken.hpp"
#include "settings/checks.hpp"
#include "settings/digest.hpp"
#include "settings/spoken_hours.hpp"

namespace pledge::settings {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view endings[] = {".wav", ".alaw", ".ulaw"};

std::string fault_of(const Environment& environment, const std::string& path) {
  return environment.sound_fault ? environment.sound_fault(path) : std::string{};
}

// Folders of one language, the operator's first.
std::vector<fs::path> folders(const Prompts& prompts, const Environment& environment, const std::string& language) {
  std::vector<fs::path> result;
  if (!prompts.directory.empty()) result.push_back(fs::path(prompts.written_in) / prompts.directory / language);
  if (!environment.default_prompts.empty()) result.push_back(fs::path(environment.default_prompts) / language);
  return result;
}

// The files of that name, the operator's first.
std::vector<std::string> files_of(const Prompts& prompts, const Environment& environment, const std::string& language,
                                  const std::string& name) {
  std::vector<std::string> files;
  std::error_code error;
  for (const auto& folder : folders(prompts, environment, language))
    for (const auto ending : endings)
      if (const auto path = folder / (name + std::string{ending}); fs::is_regular_file(path, error)) files.push_back(path.string());
  return files;
}

struct AnnouncementCheck {
  Reader& reader;
  const Source& source;
  const Environment& environment;
  const Announcement& announcement;
  std::size_t row;

  Place at(std::string_view key) const { return reader.place(fmt::format("announcement.{}.{}", row, key)); }
  void prompt(const std::string& name, const Place& place) const;
  void composed(const std::string& what, const Place& place) const;
  void missing(const std::string& name, const Place& place) const;
  void all() const;
};

void AnnouncementCheck::missing(const std::string& name, const Place& place) const {
  const auto language = language_of(source.prompts, announcement);
  const auto where = folders(source.prompts, environment, language);
  std::string looked;
  for (const auto& folder : where) looked += (looked.empty() ? "" : " nor in ") + folder.string();
  const auto near = nearest(name, prompts_in(source.prompts, environment, language));
  reader.error(place, fmt::format("prompt \"{}\" is missing in language {}", name, language),
               where.empty() ? "[prompts] names no directory" : "it is not in " + looked,
               near ? fmt::format("did you mean \"{}\"?", *near) : fmt::format("put {}.wav there", name));
}

void AnnouncementCheck::prompt(const std::string& name, const Place& place) const {
  const auto language = language_of(source.prompts, announcement);
  const auto files = files_of(source.prompts, environment, language, name);
  if (files.empty()) return missing(name, place);
  const auto fault = fault_of(environment, files.front());
  if (fault.empty()) return;
  const auto split = fault.find("; ");
  const auto what = fmt::format("prompt \"{}\" cannot be played", name), why = files.front() + ": " + fault.substr(0, split);
  const auto todo = split == std::string::npos ? "replace the file" : fault.substr(split + 2);
  const auto instead = find_prompt(source.prompts, environment, language, name);
  if (instead == files.front()) reader.error(place, what, why, todo);
  else reader.warning(place, what, fmt::format("{}; {} is heard instead", why, instead), todo);
}

// All its words, in one line: a language that lacks one lacks most of them.
void AnnouncementCheck::composed(const std::string& what, const Place& place) const {
  if (!runtime::Announcement::is_composed(what) && !calendar_told(what))
    return reader.error(place, fmt::format("announcement \"{}\" cannot tell {}", announcement.id, what),
                        "what is put together of words is {position}, {wait} or {hours CALENDAR}",
                        "write one of these, or the name of a prompt");
  const auto language = language_of(source.prompts, announcement);
  std::vector<std::string> absent;
  for (const auto& word : calendar_told(what) ? hours_told(source, environment, announcement, what)
                                              : words_of(source.prompts, environment, language, what))
    if (find_prompt(source.prompts, environment, language, word).empty()) absent.push_back(word);
    else prompt(word, place);
  if (absent.empty()) return;
  reader.error(place, fmt::format("{} cannot be said in language {}", what, language),
               fmt::format("the prompts of these words are missing: {}", fmt::join(absent, ", ")),
               fmt::format("record them in the folder {} of [prompts], or leave {} out", language, what));
}

void AnnouncementCheck::all() const {
  if (announcement.id.empty() || is_own_sound(announcement.id))
    reader.error(at("name"), fmt::format("announcement \"{}\" is the engine's own", announcement.id),
                 "ringback is the ring tone of [media], hold the tone of a caller on hold", "use another name");
  if (announcement.prompts.empty())
    reader.error(at("prompts"), fmt::format("announcement \"{}\" says nothing", announcement.id), "it has no prompts",
                 "name one at least, or remove the announcement");
  for (std::size_t i = 0; i < announcement.prompts.size(); ++i)
    if (const auto& name = announcement.prompts[i]; name.starts_with('{')) composed(name, at(fmt::format("prompts.{}", i)));
    else prompt(name, at(fmt::format("prompts.{}", i)));
  if (is_prompt(announcement.then)) prompt(announcement.then, at("then"));
}

}  // namespace

bool is_own_sound(const std::string& name) { return name == "ringback" || name == "hold"; }

bool is_prompt(const std::string& then) { return !then.empty() && then != "ringback"; }

std::string language_of(const Prompts& prompts, const Announcement& announcement) {
  return announcement.language.empty() ? prompts.language : announcement.language;
}

std::string find_prompt(const Prompts& prompts, const Environment& environment, const std::string& language,
                        const std::string& name) {
  const auto files = files_of(prompts, environment, language, name);
  if (files.size() < 2) return files.empty() ? std::string{} : files.front();
  const auto played = std::find_if(files.begin(), files.end(), [&](const auto& path) { return fault_of(environment, path).empty(); });
  return played == files.end() ? files.front() : *played;
}

std::vector<std::string> words_of(const Prompts& prompts, const Environment& environment, const std::string& language,
                                  const std::string& composed) {
  const auto has = [&](const std::string& word) { return !find_prompt(prompts, environment, language, word).empty(); };
  return composed == runtime::Announcement::position ? core::words_of_positions(has) : core::words_of_waits(has);
}

std::vector<std::string> hours_told(const Source& source, const Environment& environment, const Announcement& announcement,
                                    const std::string& prompt) {
  const auto calendar = std::find_if(source.calendars.begin(), source.calendars.end(),
                                     [&](const Calendar& c) { return calendar_told(prompt) == c.id; });
  if (calendar == source.calendars.end()) return {};
  const auto language = language_of(source.prompts, announcement);
  return hours_in_words(*calendar, [&](const std::string& word) {
    return !find_prompt(source.prompts, environment, language, word).empty();
  });
}

std::map<std::string, std::uint64_t> digests_of(const std::vector<runtime::Announcement>& announcements) {
  std::map<std::string, std::uint64_t> digests;
  const auto add = [&](const std::string& path) {
    if (path.empty() || runtime::Announcement::is_composed(path) || digests.count(path)) return;
    std::ostringstream bytes;
    bytes << std::ifstream(path, std::ios::binary).rdbuf();
    digests[path] = fnv1a(bytes.view());
  };
  for (const auto& announcement : announcements) {
    for (const auto& file : announcement.files) add(file);
    for (const auto& [word, file] : announcement.words) add(file);
    if (is_prompt(announcement.background)) add(announcement.background);
  }
  return digests;
}

std::vector<std::string> prompts_in(const Prompts& prompts, const Environment& environment,
                                    const std::string& language) {
  std::vector<std::string> names;
  for (const auto& folder : folders(prompts, environment, language)) {
    std::error_code error;
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
      names.push_back(it->path().stem().string());
  }
  return names;
}

// Like any other option that names a calendar.
void refer_to_calendars(Reader& reader, const Source& source) {
  for (std::size_t row = 0; row < source.announcements.size(); ++row)
    for (std::size_t i = 0; i < source.announcements[row].prompts.size(); ++i)
      if (const auto calendar = calendar_told(source.announcements[row].prompts[i]))
        reader.references.push_back(
            {Named::calendar, *calendar, reader.place(fmt::format("announcement.{}.prompts.{}", row, i)), "prompts"});
}

void check_announcements(Reader& reader, const Source& source, const Environment& environment) {
  if (reader.any_broken("prompts")) return;
  for (std::size_t row = 0; row < source.announcements.size(); ++row) {
    if (!reader.broken("announcement", row))
      AnnouncementCheck{reader, source, environment, source.announcements[row], row}.all();
  }
}

}  // namespace pledge::settings
