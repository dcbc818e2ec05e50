#include "journal/reader.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "journal/file.hpp"

namespace pledge::journal {
namespace fs = std::filesystem;

Records::Records(std::string_view file) : frames_("") {
  if (!file.starts_with(magic)) return;
  Frames frames(file.substr(magic.size()), magic.size());
  const auto first = frames.next();
  const auto* frame = std::get_if<Frame>(&first);
  if (frame == nullptr) return;
  header_ = decode_header(frame->payload);
  if (header_) frames_ = frames;
}

std::variant<Record, Fault, End> Records::next() {
  const auto next = frames_.next();
  if (std::holds_alternative<End>(next)) return End{};
  if (const auto* bad = std::get_if<Unreadable>(&next)) {
    const auto* what = bad->torn
                           ? "torn tail: {} bytes at offset {} are no whole record; nothing readable follows"
                           : "damaged: {} bytes at offset {} do not match their checksum; records are missing here";
    return Fault{bad->torn, bad->offset, bad->bytes, fmt::format(fmt::runtime(what), bad->bytes, bad->offset)};
  }
  const auto& frame = std::get<Frame>(next);
  if (auto record = decode_record(frame.payload)) return std::move(*record);
  return Fault{
      false, frame.offset, frame_head + frame.payload.size(),
      fmt::format("the record at offset {} is whole but not understood: written by another version", frame.offset)};
}

tl::expected<MappedFile, std::string> MappedFile::open(const fs::path& path) {
  const auto fault = [&] {
    return tl::unexpected(fmt::format("{}: {}", path.string(), std::generic_category().message(errno)));
  };
  const Descriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status {};
  if (fd.get() < 0 || ::fstat(fd.get(), &status) != 0) return fault();
  if (!S_ISREG(status.st_mode)) return tl::unexpected(path.string() + ": not a file");
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size == 0) return MappedFile({});
  void* start = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd.get(), 0);
  if (start == MAP_FAILED) return fault();
  return MappedFile(std::string_view(static_cast<const char*>(start), size));
}

MappedFile::~MappedFile() {
  if (!bytes_.empty()) ::munmap(const_cast<char*>(bytes_.data()), bytes_.size());
}

tl::expected<std::vector<fs::path>, std::string> find_files(const std::vector<std::string>& paths) {
  std::vector<fs::path> found;
  for (const fs::path path : paths) {
    std::error_code error;
    if (!fs::is_directory(path, error)) {
      found.push_back(path);
      continue;
    }
    auto inside = files_in(path);
    if (inside.empty()) return tl::unexpected(path.string() + ": no *.journal file in it");
    found.insert(found.end(), inside.begin(), inside.end());
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const fs::path& a, const fs::path& b) { return a.filename() < b.filename(); });
  return found;
}

}  // namespace pledge::journal
