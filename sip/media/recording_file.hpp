#pragma once
// A recording on its way to disk: WAV with G.711 as it came (format tag 6 or 7; RFC 2361), 8 kHz, stereo. It is written as
// NAME.wav.part and takes its name when it is complete and on disk. Blocking: the recorder's thread only.
#include <functional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "runtime/media_port.hpp"
#include "sip/media/sockets.hpp"

namespace pledge::media {

class RecordingFile {
 public:
  // `stem`: relative to `directory`, without ".wav"; its folder is made. A name that is taken is refused.
  static tl::expected<RecordingFile, std::string> create(const std::string& directory, const std::string& stem);

  // Two bytes a sample; `codec`: the same each time. Errors are texts for a person: "cannot write ...: No space left".
  tl::expected<void, std::string> append(std::string_view samples, runtime::AudioCodec codec);
  // The sizes into the header, and everything on disk. May be called after a failed append: what there is of the recording
  // is kept.
  tl::expected<void, std::string> finish();
  // SHA-256 of the finished file, in hexadecimal. `meanwhile` is called after each mebibyte.
  tl::expected<std::string, std::string> digest(const std::function<void()>& meanwhile) const;
  // Gives the finished file its name, never over another file. From here on it is listed: its description comes before.
  tl::expected<void, std::string> publish();

  // The text becomes the file at `path`, as a whole or not at all.
  static tl::expected<void, std::string> write_text(const std::string& path, std::string_view text);
  // Gives the files that a crash left their header and the name NAME.interrupted.wav. Returns them.
  static std::vector<std::string> repair(const std::string& directory);

 private:
  RecordingFile(Descriptor file, std::string path) : file_(std::move(file)), path_(std::move(path)) {}
  Descriptor file_;
  std::string path_;         // complete, with ".wav"
  std::uint64_t bytes_ = 0;  // of samples
};

}  // namespace pledge::media
