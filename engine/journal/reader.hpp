#pragma once
// Reads journal files, whatever state they are in: damage is a value, never a crash.
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <variant>

#include "journal/frame.hpp"
#include "journal/record.hpp"

namespace pledge::journal {

// Bytes that could not be read as records.
struct Fault {
  bool torn_tail = false;  // nothing readable follows: as a crash in mid-write leaves it
  std::uint64_t offset = 0, bytes = 0;
  std::string text;  // what is wrong, for a person
};

// The records of one file's bytes, which must outlive it.
class Records {
 public:
  explicit Records(std::string_view file);
  // Empty when the file has no readable header: then it is no journal file of this format, and next() is End.
  const std::optional<FileHeader>& header() const { return header_; }
  std::variant<Record, Fault, End> next();

 private:
  std::optional<FileHeader> header_;
  Frames frames_;
};

// A file's bytes, mapped. A file that is being written is seen as long as it was when opened.
class MappedFile {
 public:
  static tl::expected<MappedFile, std::string> open(const std::filesystem::path& path);
  MappedFile(MappedFile&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}
  MappedFile& operator=(MappedFile&& other) noexcept { return std::swap(bytes_, other.bytes_), *this; }
  ~MappedFile();
  std::string_view bytes() const { return bytes_; }

 private:
  explicit MappedFile(std::string_view bytes) : bytes_(bytes) {}
  std::string_view bytes_;
};

// The files named, and those of the directories named, in the order in which they were written.
tl::expected<std::vector<std::filesystem::path>, std::string> find_files(const std::vector<std::string>& paths);

}  // namespace pledge::journal
