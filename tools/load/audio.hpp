#pragma once
// RTP packets for simulated calls, counted both ways (RFC 3550; G.711 A-law, 20 ms). Contents are silence and key-presses.
#include <cstdint>
#include <optional>

#include "tools/load/wire.hpp"

namespace pledge::load {

class AudioPort {
 public:
  using Stream = std::uint64_t;  // 0 = none
  struct Counts {
    std::uint64_t sent = 0, received = 0;
  };
  virtual Stream open() = 0;  // 0 when the system has no socket left
  virtual std::uint16_t port(Stream stream) const = 0;
  virtual void start(Stream stream, const Address& remote) = 0;  // also: the far end moved
  // A key of the telephone, by its event code (RFC 4733 §3.2), for 160 ms; one at a time. Nothing without a far end.
  virtual void press(Stream stream, std::uint8_t event) = 0;
  virtual Counts close(Stream stream) = 0;

 protected:
  ~AudioPort() = default;
};

}  // namespace pledge::load
