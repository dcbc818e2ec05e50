#include "sip/media/recording_tap.hpp"

#include <algorithm>

namespace pledge::media {

void RecordingTap::take(const RtpPacket& packet, std::span<const std::uint8_t> audio, runtime::AudioCodec codec,
                        Instant now) const {
  std::size_t at = 0;
  do {
    RecordedFrame* frame = ring->room();
    if (frame == nullptr) return;
    const auto part = audio.subspan(at, std::min(audio.size() - at, frame_samples));
    frame->recording = recording;
    frame->arrival = now.time_since_epoch().count();
    frame->ssrc = packet.ssrc;
    frame->timestamp = packet.timestamp + static_cast<std::uint32_t>(at);
    frame->sequence = packet.sequence;
    frame->channel = channel;
    frame->turn = turn;
    frame->continued = at > 0;
    frame->codec = codec;
    frame->samples = static_cast<std::uint8_t>(part.size());
    std::copy(part.begin(), part.end(), frame->audio.begin());
    ring->written();
    at += frame_samples;
  } while (at < audio.size());
}

}  // namespace pledge::media
