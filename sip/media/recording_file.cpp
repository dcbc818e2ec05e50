#include "sip/media/recording_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <memory>
#include <system_error>
#include <vector>

#include "runtime/recording_files.hpp"

namespace pledge::media {
namespace {

namespace fs = std::filesystem;
using Result = tl::expected<void, std::string>;

constexpr std::uint32_t rate = 8000, channels = 2;
constexpr std::size_t header_size = 58, fact_at = 46, data_size_at = 54;
constexpr std::uint64_t largest = 0xFFFF'FFFFull - header_size;  // the sizes have 32 bits: 74 hours
constexpr const char* unfinished = ".part";

tl::unexpected<std::string> fault(std::string_view what, const std::string& path, int error = errno) {
  return tl::unexpected(fmt::format("cannot {} {}: {}", what, path, std::system_category().message(error)));
}

void put16(std::string& out, std::uint32_t value) {
  out.push_back(static_cast<char>(value));
  out.push_back(static_cast<char>(value >> 8));
}
void put32(std::string& out, std::uint32_t value) {
  put16(out, value & 0xFFFF);
  put16(out, value >> 16);
}

// With sizes of nothing: what a player makes of a file that was never finished is an empty one, not noise.
std::string header(runtime::AudioCodec codec) {
  constexpr std::uint32_t tag_alaw = 6, tag_mulaw = 7, bits = 8;
  std::string out = "RIFF";
  put32(out, header_size - 8);
  out += "WAVEfmt ";
  put32(out, 18);
  put16(out, codec == runtime::AudioCodec::pcma ? tag_alaw : tag_mulaw);
  put16(out, channels);
  put32(out, rate);
  put32(out, rate * channels);
  put16(out, channels);
  put16(out, bits);
  put16(out, 0);  // of an extension
  out += "fact";
  put32(out, 4);
  put32(out, 0);
  out += "data";
  put32(out, 0);
  return out;
}

Result write_all(int file, std::string_view bytes, std::uint64_t at, const std::string& path) {
  while (!bytes.empty()) {
    const auto written = ::pwrite(file, bytes.data(), bytes.size(), static_cast<off_t>(at));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return fault("write", path, written == 0 ? ENOSPC : errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
    at += static_cast<std::uint64_t>(written);
  }
  return {};
}

Result write_sizes(int file, std::uint64_t bytes, const std::string& path) {
  const auto put = [&](std::uint64_t value, std::size_t at) {
    std::string text;
    put32(text, static_cast<std::uint32_t>(value));
    return write_all(file, text, at, path);
  };
  return put(header_size - 8 + bytes, 4)
      .and_then([&] { return put(bytes / channels, fact_at); })
      .and_then([&] { return put(bytes, data_size_at); });
}

Result to_disk(int file, const std::string& path) {
  if (::fdatasync(file) != 0) return fault("write", path);
  return {};
}

// Never over another file.
Result name(const std::string& from, const std::string& to) {
  if (::link(from.c_str(), to.c_str()) != 0) return fault("name", to);
  (void)::unlink(from.c_str());
  return {};
}

}  // namespace

tl::expected<RecordingFile, std::string> RecordingFile::create(const std::string& directory, const std::string& stem) {
  const std::string path = directory + "/" + stem + ".wav";
  const std::string folder = path.substr(0, path.rfind('/'));
  for (const auto& made : {directory, folder})
    if (::mkdir(made.c_str(), 0750) != 0 && errno != EEXIST) return fault("make the folder", made);
  if (::access(path.c_str(), F_OK) == 0) return fault("write", path, EEXIST);
  const std::string part = path + unfinished;
  Descriptor file(::open(part.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0640));
  if (!file) return fault("make", part);
  return RecordingFile(std::move(file), path);
}

Result RecordingFile::append(std::string_view samples, runtime::AudioCodec codec) {
  const std::string part = path_ + unfinished;
  if (bytes_ + samples.size() > largest) return fault("write", part, EFBIG);
  if (bytes_ == 0)
    if (auto begun = write_all(file_.get(), header(codec), 0, part); !begun) return begun;
  auto written = write_all(file_.get(), samples, header_size + bytes_, part);
  if (written) bytes_ += samples.size();
  return written;
}

Result RecordingFile::finish() {
  const std::string part = path_ + unfinished;
  if (bytes_ == 0) {
    (void)::unlink(part.c_str());
    return tl::unexpected(std::string("it was over before anything could be recorded"));
  }
  // What a failed write left beyond the last whole part is cut off.
  if (::ftruncate(file_.get(), static_cast<off_t>(header_size + bytes_)) != 0) return fault("write", part);
  return write_sizes(file_.get(), bytes_, part).and_then([&] { return to_disk(file_.get(), part); });
}

Result RecordingFile::publish() { return name(path_ + unfinished, path_); }

tl::expected<std::string, std::string> RecordingFile::digest(const std::function<void()>& meanwhile) const {
  const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  if (!context || EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) != 1)
    return tl::unexpected(std::string("no SHA-256 in this machine's OpenSSL"));
  std::vector<char> buffer(1 << 20);
  for (std::uint64_t at = 0;; meanwhile()) {
    const auto got = ::pread(file_.get(), buffer.data(), buffer.size(), static_cast<off_t>(at));
    if (got < 0) return fault("read", path_);
    if (got == 0) break;
    EVP_DigestUpdate(context.get(), buffer.data(), static_cast<std::size_t>(got));
    at += static_cast<std::uint64_t>(got);
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned size = 0;
  EVP_DigestFinal_ex(context.get(), bytes.data(), &size);
  std::string text;
  for (unsigned i = 0; i < size; ++i) text += fmt::format("{:02x}", bytes[i]);
  return text;
}

Result RecordingFile::write_text(const std::string& path, std::string_view text) {
  const std::string part = path + unfinished;
  const Descriptor file(::open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0640));
  if (!file) return fault("make", part);
  auto written = write_all(file.get(), text, 0, part);
  if (written && ::fdatasync(file.get()) != 0) written = fault("write", part);
  if (written && ::rename(part.c_str(), path.c_str()) != 0) written = fault("name", path);
  if (!written) (void)::unlink(part.c_str());
  return written;
}

std::vector<std::string> RecordingFile::repair(const std::string& directory) {
  constexpr std::string_view left_over = ".wav.part";
  std::vector<std::string> repaired;
  std::error_code error;
  for (fs::recursive_directory_iterator it(directory, error), end; !error && it != end; it.increment(error)) {
    const std::string part = it->path().string(), found = it->path().filename().string();
    if (!found.ends_with(left_over) || !runtime::is_recording_name(found.substr(0, found.size() - left_over.size()))) continue;
    const Descriptor file(::open(part.c_str(), O_RDWR | O_NOFOLLOW | O_CLOEXEC));
    struct stat facts{};
    if (!file || ::fstat(file.get(), &facts) != 0) continue;
    const auto size = static_cast<std::uint64_t>(facts.st_size);
    const std::uint64_t bytes = size > header_size ? (size - header_size) & ~std::uint64_t{1} : 0;
    const std::string kept = part.substr(0, part.size() - left_over.size()) + ".interrupted.wav";
    if (bytes == 0) (void)::unlink(part.c_str());
    else if (write_sizes(file.get(), bytes, part)
                 .and_then([&] { return to_disk(file.get(), part); })
                 .and_then([&] { return name(part, kept); }))
      repaired.push_back(kept);
  }
  return repaired;
}

}  // namespace pledge::media
