#pragma once
// Where the sound of a prompt is.
#include <string>

#include "settings/settings.hpp"
#include "settings/source.hpp"

namespace pledge::settings {

// ringback, hold: sounds that the engine makes.
bool is_own_sound(const std::string& name);

// False for what `then` says without a file: "ringback", and empty for silence.
bool is_prompt(const std::string& then);
std::string language_of(const Prompts& prompts, const Announcement& announcement);

// The operator's file before the one that comes with the engine, unless it cannot be played: a damaged file is no reason to
// refuse to start, and `check` warns of it. Empty if there is neither.
std::string find_prompt(const Prompts& prompts, const Environment& environment, const std::string& language,
                        const std::string& name);

// The words that "{position}" or "{wait}" is put together from in a language: names of prompts, recorded or not.
std::vector<std::string> words_of(const Prompts& prompts, const Environment& environment, const std::string& language,
                                  const std::string& composed);

// The words of "{hours CALENDAR}" in an announcement, likewise; none if there is no such calendar.
std::vector<std::string> hours_told(const Source& source, const Environment& environment, const Announcement& announcement,
                                    const std::string& prompt);

// Digest of the bytes of each file that the announcements play, by path: tells a new recording under the old name. A file
// that cannot be read has that of an empty one.
std::map<std::string, std::uint64_t> digests_of(const std::vector<runtime::Announcement>& announcements);

// Names of all prompts in this language, for the case that one is mistyped.
std::vector<std::string> prompts_in(const Prompts& prompts, const Environment& environment, const std::string& language);

}  // namespace pledge::settings
