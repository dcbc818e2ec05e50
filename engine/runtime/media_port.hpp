#pragma once
// What signalling asks of media. One endpoint per leg: an RTP/RTCP port pair of the engine. All calls are made on
// the loop's thread and never block; packets move on the media thread.
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <system_error>
#include <tl/expected.hpp>

#include "core/actions.hpp"

namespace pledge::runtime {

enum class AudioCodec : std::uint8_t { pcmu, pcma };  // G.711 µ-law, A-law; 8 kHz, 20 ms

struct MediaAddress {
  std::string ip;          // textual IPv4 or IPv6
  std::uint16_t port = 0;  // RTP; RTCP is port + 1 unless rtcp_port says otherwise
  std::uint16_t rtcp_port = 0;  // 0 = port + 1
  friend bool operator==(const MediaAddress&, const MediaAddress&) = default;
};

// How the far end may be learned. signalled: only packets from the signalled address and port's host are taken, the
// first source that matches it is latched. behind_nat: the first source that stays stable is latched.
enum class SourcePolicy : std::uint8_t { signalled, behind_nat };

// The result of SDP negotiation for one leg, as the engine sees it.
struct MediaFormat {
  MediaAddress remote;
  AudioCodec codec = AudioCodec::pcma;
  std::uint8_t payload_type = 8;                      // of audio on this leg
  std::optional<std::uint8_t> event_payload_type;     // telephone-event (RFC 4733), if negotiated
  bool send = true;                                   // we may send to the peer
  bool receive = true;                                // the peer may send to us
  SourcePolicy source = SourcePolicy::signalled;
  friend bool operator==(const MediaFormat&, const MediaFormat&) = default;
};

struct MediaLocal {
  std::uint16_t rtp_port = 0;  // even; RTCP on the next
  std::string address = {};    // for the peer, where it is not the listener's; empty = the listener's
};

struct MediaCounters {  // of RTP; bytes are those of the payload
  std::uint64_t packets_in = 0, packets_out = 0, bytes_in = 0, bytes_out = 0;
  std::uint64_t refused = 0;  // from strangers, malformed, more than pass of a peer, or of a payload type not negotiated
};

class MediaPort {
 public:
  // Binds a port pair on `local_ip`. Error: port range used up (no_buffer_space) or the system's own.
  virtual tl::expected<MediaLocal, std::error_code> open(core::LegId leg, const std::string& local_ip) = 0;
  virtual void set_format(core::LegId leg, const MediaFormat& format) = 0;
  // Each hears the other and nobody else; cuts whatever either was playing. A leg that either was connected with hears nothing
  // any more; those that hear it by mix() hear it on.
  virtual void connect(core::LegId a, core::LegId b) = 0;
  virtual void disconnect(core::LegId a, core::LegId b) = 0;  // neither hears the other any more
  // The leg hears the sum of the sources from now on, instead of whatever it heard or was played: listen, whisper, mute and
  // conference are made of this. None: silence. Who hears the leg hears it on. A leg never hears itself; unknown sources are
  // left out, and those beyond MediaOptions::mix_sources. A source that is closed leaves the sum. Key events (RFC 4733) are
  // passed on only where one leg alone is heard, and only to the first that hears it so: what a caller keys in is not for all.
  // With `tone_every` a short tone is added (core::MixToLeg): at once and then so often; told again, it goes on in its time.
  virtual void mix(core::LegId leg, std::span<const core::LegId> sources, core::Duration tone_every) = 0;
  // SpeechHeard is told once, at the first speech of the leg's peer from now on.
  virtual void listen_for_speech(core::LegId leg) = 0;
  // "ringback", "hold" (a comfort tone), the name of an announcement, or empty for silence; unknown names play ringback. Heard
  // instead of other legs, until connect() or mix().
  virtual void play(const core::PlayToLeg& what) = 0;
  // Closes the endpoint; `last` (may be empty) gets its counters, on the loop's thread.
  virtual void close(core::LegId leg, std::function<void(MediaCounters)> last) = 0;
  // `moved` is told, on the loop's thread, of an open endpoint that has another address from now on: the peer is to send there,
  // and media sends from there. Endpoints of this machine stay where they are.
  virtual void on_moved(std::function<void(core::LegId, MediaLocal)>) {}

 protected:
  ~MediaPort() = default;
};

}  // namespace pledge::runtime
