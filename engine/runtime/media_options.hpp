#pragma once
// Options of the media engine (sip/media): plain data, filled by `settings` from the TOML files. MediaOptions are read
// once, when the engine is built; a reload does not move live ports.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/fields.hpp"

namespace pledge::runtime {

// Whose ports the parties of a call send to.
enum class MediaEngineKind : std::uint8_t {
  embedded,  // the engine's own
  rtpengine  // those of an rtpengine in front of them, where one is at hand
};
constexpr std::string_view name(MediaEngineKind kind) {
  return kind == MediaEngineKind::embedded ? "embedded" : "rtpengine";
}

// rtpengine (Debian: rtpengine-daemon), asked over its ng protocol. How it is used: sip/rtpengine/calls.hpp.
struct RtpengineOptions {
  std::string address = "127.0.0.1:2223";  // IP address and port of its --listen-ng
  // Where rtpengine reaches the engine's own ports, if not at the address that they are bound to; empty = there.
  std::string inside_address;
  // Names of its interfaces towards the engine and towards the parties (--interface=NAME/ADDRESS); empty = its first.
  std::string inside_interface, outside_interface;
  // Calls kept ready in rtpengine, so that a leg has its ports at once; they are made anew one by one as they are taken. At
  // 1 ms each, 64 are enough for any burst that a network lets through; beyond them a leg has ports of the engine.
  std::uint32_t ready = 64;
  // Those older than this are replaced: rtpengine forgets what is not completed within its --offer-timeout (1 h). An
  // --offer-timeout little above it (900 s) frees the ports of those that nobody asks for any more sooner.
  std::chrono::milliseconds renew_after{10 * 60'000};
  // A request without an answer is sent again after `repeat_after`, and given up, and rtpengine held to be down, after
  // `timeout`: an answer takes 1 ms, also of a busy one less than 100.
  std::chrono::milliseconds repeat_after{100}, timeout{500};
  // How often each leg is asked for. One of which no packet has passed since is told again, as rtpengine ends calls that are
  // silent for its --timeout (60 s): a caller who hears its own telephone ring is. Less than a third of that.
  std::chrono::milliseconds refresh_after{15'000};
  // How often it is looked after. With `timeout`, how long a rtpengine that died may still be given calls: 0.75 s.
  std::chrono::milliseconds watch_every{250};
  // Requests without an answer at a time; a further one waits for the next watch. At most a quarter of them delete calls, and
  // another quarter asks for legs. As many legs as calls are ready may have to be told at once.
  std::uint32_t requests_open = 256;

  PLEDGE_FIELDS(RtpengineOptions, address, inside_address, inside_interface, outside_interface, ready, renew_after,
                repeat_after, timeout, refresh_after, watch_every, requests_open)
};

struct MediaOptions {
  MediaEngineKind engine = MediaEngineKind::embedded;
  RtpengineOptions rtpengine = {};

  // ---- ports --------------------------------------------------------------------------------------------------
  // First port of the range, inclusive. An odd value is raised to the next even one: RTP is even (RFC 3550 §11).
  // The default range lies below Linux's range for outgoing connections (32768 and up), so that nothing on this
  // machine takes its ports by chance.
  std::uint16_t port_first = 16384;
  // Last port of the range, inclusive; RTCP may use it. Two ports a leg, two legs a call: 8,192 legs by default.
  std::uint16_t port_last = 32767;
  // Pairs tried before open() gives up when other programs hold ports of the range. Bounds the time of one open().
  std::uint32_t bind_attempts = 64;

  // ---- sockets ------------------------------------------------------------------------------------------------
  // Receive buffer of one RTP socket, bytes. 64 KiB holds about 1 s of a call, so that a stalled machine loses
  // nothing, and keeps a flood on every port within 1 GB of kernel memory.
  std::uint32_t receive_buffer = 64 * 1024;
  // Send buffer of one RTP socket, bytes. A packet that does not fit is dropped: late voice is worth nothing.
  std::uint32_t send_buffer = 64 * 1024;
  // Differentiated-services code point of RTP and RTCP, 0..63. 46 = expedited forwarding (RFC 3246, RFC 4594).
  std::uint8_t dscp = 46;

  // ---- learning where a peer sends from -------------------------------------------------------------------------
  // Packets in sequence, of one SSRC, that a source behind NAT must show before it is believed (SourcePolicy::
  // behind_nat). 5 packets are 100 ms: a stray packet or a port scan never captures a leg, a caller's first word is
  // kept. A source equal to the signalled address is believed at once.
  std::uint32_t stable_packets = 5;
  // Sources watched at a time while learning; a further one replaces the one least advanced. Bounds a flood.
  std::uint32_t learning_candidates = 4;

  // Silence of a believed source after which another port of the same host may take its place, by `stable_packets`. A
  // NAT that forgets its binding must not leave a caller unheard; 2 s is longer than any pause of a live stream.
  std::chrono::milliseconds relearn_after{2000};

  // ---- faults -----------------------------------------------------------------------------------------------------
  // Silence of a connected leg, held by neither side, after which it is reported: no RTP at all is no pause in talking, but
  // a phone that vanished or a path that is broken. 2 s, looked for five times a second, is reported within 3 s. 0 = never.
  std::chrono::milliseconds silence_after{2000};

  // Silence of a leg's peer, under the same conditions, after which the core is told that it is lost (MediaTimeout), where the
  // other party is still heard: a call is not kept for a phone that is gone. Longer than a network takes to find another way,
  // shorter than a caller's patience with a dead line: 10 s. 0 = never.
  std::chrono::milliseconds lost_after{10'000};

  // ---- mixing -----------------------------------------------------------------------------------------------------
  // Legs that one leg hears at a time; further ones are not heard. 15: a conference of 16, and the bound of a mix's cost.
  std::uint32_t mix_sources = 15;

  // ---- key-presses --------------------------------------------------------------------------------------------------
  // Key-presses of one leg told in a second; more are only counted. 10: twice what a quick finger does, so that nobody is
  // misunderstood, and a flood of them costs the loop next to nothing.
  std::uint32_t keys_a_second = 10;

  // ---- sequence numbers (RFC 3550 appendix A.1) -----------------------------------------------------------------
  // A step forward of more packets than this is a restarted sender, not loss. 3000 = one minute at 50 packets/s.
  std::uint16_t max_dropout = 3000;
  // A packet later than this many others is no longer relayed. 100 = two seconds at 50 packets/s.
  std::uint16_t max_misorder = 100;

  // ---- ring tone played to waiting callers ------------------------------------------------------------------------
  // UK ringing tone (ITU-T E.180 suppl. 2): two tones together, 0.4 s on, 0.2 s off, 0.4 s on, 2.0 s off. Times are
  // rounded to whole packets of 20 ms.
  std::uint16_t ringback_hz_low = 400;
  std::uint16_t ringback_hz_high = 450;
  std::chrono::milliseconds ringback_on{400};
  std::chrono::milliseconds ringback_gap{200};
  std::chrono::milliseconds ringback_pause{2000};
  // Level of each of the two tones, dBm0 (0 dBm0 lies 3.14 dB below the full scale of A-law, G.711). Both together
  // reach -13.
  double ringback_level = -16.0;

  // ---- comfort tone on hold -----------------------------------------------------------------------------------------
  // A short soft beep every few seconds, "hold": the line is alive, nobody is put through (ITU-T E.182: comfort tone). Low and
  // quiet, as it may be heard for minutes; far below the ring tone, so as not to be taken for it.
  std::uint16_t hold_hz = 425;
  std::chrono::milliseconds hold_on{200};
  std::chrono::milliseconds hold_pause{4800};
  double hold_level = -26.0;  // dBm0

  // ---- tone while a supervisor listens ------------------------------------------------------------------------------
  // A short tone in the mix that a leg hears (core::MixToLeg). 1400 Hz, as the recorder warning tone (FED-STD-1037C), which
  // stands out of speech without covering it. How often it comes is the core's.
  std::uint16_t monitor_hz = 1400;
  std::chrono::milliseconds monitor_on{200};
  double monitor_level = -22.0;  // dBm0

  // ---- pace -------------------------------------------------------------------------------------------------------
  // Groups into which playing legs are spread over each 20 ms, 1..20. One group would send a packet to every waiting
  // caller in one burst and make talking calls wait behind it; 10 groups keep 1,000 callers' bursts under 0.4 ms.
  std::uint32_t tick_groups = 10;
  // Real-time priority (SCHED_RR, 1..99) of the media thread; 0 = none. It needs a tenth of a core, but needs it at
  // once: on a machine with a load of 12, 1 % of packets waited 15 ms for a time slice without it, 0.02 ms with it. Not
  // used where there is one processor only (a flood of packets would stop the engine), nor without CAP_SYS_NICE.
  std::uint32_t realtime_priority = 1;
  // Time between RTCP reports to one peer (RFC 3550 §6.2 recommends at least 5 s). 0 = send none.
  std::chrono::milliseconds rtcp_interval{5000};

  // ---- bounds -----------------------------------------------------------------------------------------------------
  // Messages waiting for the media thread beyond which open() refuses with no_buffer_space. Reached only when that
  // thread is stalled: new calls are refused rather than memory used without bound.
  std::uint32_t message_bound = 65'536;

  PLEDGE_FIELDS(MediaOptions, engine, rtpengine, port_first, port_last, bind_attempts, receive_buffer, send_buffer, dscp, stable_packets,
                learning_candidates, relearn_after, silence_after, lost_after, mix_sources, keys_a_second, max_dropout,
                max_misorder, ringback_hz_low, ringback_hz_high, ringback_on, ringback_gap, ringback_pause, ringback_level,
                hold_hz, hold_on, hold_pause, hold_level, monitor_hz, monitor_on, monitor_level, tick_groups, realtime_priority,
                rtcp_interval, message_bound)
};

// What a caller hears under one name: files one after the other, then a background until they begin again. A reload
// replaces all of them; callers who hear one hear it to their end.
struct Announcement {
  std::string id;
  std::vector<std::string> files;  // WAV or raw G.711; or one of the two below, composed anew each time it is heard
  std::string background;          // a file that repeats, "ringback", or empty = silence
  std::chrono::milliseconds repeat_after{};  // background between the end and the next beginning; 0 = never again
  std::map<std::string, std::string> words{};  // files of what positions and waits are composed of (core/spoken.hpp)

  static constexpr const char* position = "{position}";
  static constexpr const char* wait = "{wait}";
  static bool is_composed(const std::string& file) { return file == position || file == wait; }
  bool composed() const { return std::any_of(files.begin(), files.end(), is_composed); }
};

}  // namespace pledge::runtime
