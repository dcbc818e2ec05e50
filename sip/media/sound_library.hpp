#pragma once
// The configured announcements in memory, by name.
#include <map>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "core/actions.hpp"
#include "runtime/media_options.hpp"
#include "sip/media/sound.hpp"

namespace pledge::media {

class SoundLibrary {
 public:
  // Reads each file once, however many announcements use it. The error names the file and says what is wrong with it.
  static tl::expected<SoundLibrary, std::string> load(const std::vector<runtime::Announcement>& announcements,
                                                      const SharedSound& ringback);

  // What is to be heard; empty if no announcement has the name. One that tells a position or a wait is put together for this
  // caller from packets that all share, and is heard once: the core has it repeated with other words.
  SharedSound sound(const core::PlayToLeg& what) const;

 private:
  struct Announcement {
    SharedSound whole;                 // of one that tells the same to everybody
    std::vector<std::string> files;    // of one that does not: paths, and what is composed
    std::map<std::string, std::string> words;
    SharedSound background;
  };
  std::vector<SharedSound> parts_of(const Announcement& announcement, const core::PlayToLeg& what) const;

  std::map<std::string, SharedSound, std::less<>> files_;  // by path
  std::map<std::string, Announcement, std::less<>> announcements_;
};

}  // namespace pledge::media
