#include "sip/media/sound_library.hpp"

#include "core/spoken.hpp"
#include "sip/media/sound_file.hpp"

namespace pledge::media {
namespace {

// Reads the files of an announcement that are not known yet.
tl::expected<void, std::string> read(const runtime::Announcement& announcement,
                                     std::map<std::string, SharedSound, std::less<>>& files) {
  std::vector<std::string> wanted;
  for (const auto& file : announcement.files)
    if (!runtime::Announcement::is_composed(file)) wanted.push_back(file);
  for (const auto& [word, file] : announcement.words) wanted.push_back(file);
  const auto& background = announcement.background;
  if (!background.empty() && background != "ringback") wanted.push_back(background);
  for (const auto& path : wanted) {
    if (files.count(path)) continue;
    const auto samples = read_sound_file(path);
    if (!samples) return tl::unexpected(path + ": " + samples.error());
    files[path] = std::make_shared<const Sound>(*samples);
  }
  return {};
}

}  // namespace

tl::expected<SoundLibrary, std::string> SoundLibrary::load(const std::vector<runtime::Announcement>& announcements,
                                                           const SharedSound& ringback) {
  SoundLibrary library;
  const auto silence = std::make_shared<const Sound>(std::span<const std::int16_t>{});
  library.announcements_[""] = {silence, {}, {}, silence};
  for (const auto& announcement : announcements) {
    if (auto done = read(announcement, library.files_); !done) return tl::unexpected(done.error());
    const std::string& name = announcement.background;
    const auto background = name == "ringback" ? ringback : name.empty() ? silence : library.files_[name];
    Announcement& made = library.announcements_[announcement.id] =
        Announcement{nullptr, announcement.files, announcement.words, background};
    if (announcement.composed()) continue;
    const auto repeat_after = packets_in(announcement.repeat_after);
    made.whole = std::make_shared<const Sound>(library.parts_of(made, {}), *background, repeat_after);
  }
  return library;
}

std::vector<SharedSound> SoundLibrary::parts_of(const Announcement& announcement, const core::PlayToLeg& what) const {
  std::vector<SharedSound> parts;
  const auto has = [&](const std::string& word) { return announcement.words.count(word) > 0; };
  const auto say = [&](const core::Words& words) {
    for (const auto& word : words)
      if (has(word)) parts.push_back(files_.find(announcement.words.at(word))->second);
  };
  for (const auto& file : announcement.files) {
    if (file == runtime::Announcement::position) say(core::position_in_words(what.position, has));
    else if (file == runtime::Announcement::wait) say(core::wait_in_words(what.wait_minutes, has));
    else parts.push_back(files_.find(file)->second);
  }
  return parts;
}

SharedSound SoundLibrary::sound(const core::PlayToLeg& what) const {
  const auto found = announcements_.find(what.sound);
  if (found == announcements_.end()) return nullptr;
  const Announcement& announcement = found->second;
  if (announcement.whole) return announcement.whole;
  return std::make_shared<const Sound>(parts_of(announcement, what), *announcement.background, 0);
}

}  // namespace pledge::media
