#include "sip/media/sound_library.hpp"

#include "sip/media/sound_file.hpp"

namespace pledge::media {
namespace {

class Files {
 public:
  tl::expected<SharedSound, std::string> sound(const std::string& path) {
    if (const auto known = sounds_.find(path); known != sounds_.end()) return known->second;
    const auto samples = read_sound_file(path);
    if (!samples) return tl::unexpected(path + ": " + samples.error());
    return sounds_[path] = std::make_shared<const Sound>(*samples);
  }

 private:
  SoundLibrary sounds_;  // by path
};

}  // namespace

tl::expected<SoundLibrary, std::string> load_sounds(const std::vector<runtime::Announcement>& announcements,
                                                    const SharedSound& ringback) {
  Files files;
  SoundLibrary library;
  const auto silence = std::make_shared<const Sound>(std::span<const std::int16_t>{});
  library[""] = silence;
  for (const auto& announcement : announcements) {
    std::vector<SharedSound> parts;
    for (const auto& path : announcement.files) {
      const auto sound = files.sound(path);
      if (!sound) return tl::unexpected(sound.error());
      parts.push_back(*sound);
    }
    const std::string& name = announcement.background;
    const auto background = name == "ringback" ? ringback : name.empty() ? silence : files.sound(name);
    if (!background) return tl::unexpected(background.error());
    library[announcement.id] =
        std::make_shared<const Sound>(parts, **background, packets_in(announcement.repeat_after));
  }
  return library;
}

}  // namespace pledge::media
