#pragma once
// A leg's two UDP sockets. They are never connected: a peer may move by re-INVITE, and strangers are to be counted.
#include <unistd.h>

#include <cstdint>
#include <optional>
#include <span>
#include <system_error>
#include <tl/expected.hpp>
#include <utility>

#include "runtime/media_options.hpp"
#include "sip/media/address.hpp"

namespace pledge::media {

// Owns a file descriptor.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

struct SocketPair {
  Descriptor rtp, rtcp;
};

// One socket on `local`; port 0 lets the system choose. Error: the system's own.
tl::expected<Descriptor, std::error_code> bind_socket(const SocketAddress& local, const runtime::MediaOptions& options);
// Binds `local` (its port is the RTP port) and the port above it. Error: the system's own.
tl::expected<SocketPair, std::error_code> bind_pair(const SocketAddress& local, const runtime::MediaOptions& options);

// One datagram. nullopt if there is none. A datagram longer than `buffer` comes back empty: it is no voice packet.
std::optional<std::span<std::uint8_t>> receive_from(const Descriptor& socket, std::span<std::uint8_t> buffer,
                                                    SocketAddress& from);
// False if the system did not take it: dropped, as late voice is worth nothing.
bool send_to(const Descriptor& socket, std::span<const std::uint8_t> bytes, const SocketAddress& to);

}  // namespace pledge::media
