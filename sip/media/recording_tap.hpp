#pragma once
// From the media thread to the recorder's: what each recorded leg sends, in a ring that neither waits for the other. A full
// ring loses packets of the recording, never of the call.
#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <span>

#include "runtime/media_port.hpp"
#include "sip/media/reception.hpp"
#include "sip/media/rtp.hpp"

namespace pledge::media {

inline constexpr std::size_t frame_samples = 160;  // 20 ms; longer packets come as several frames

// Without initial values: the ring's memory is not touched before it is used.
struct RecordedFrame {
  std::uint64_t recording;
  std::chrono::steady_clock::rep arrival;  // of its packet, an Instant
  std::uint32_t ssrc, timestamp;           // timestamp: of the first sample
  std::uint16_t sequence;
  std::uint8_t channel, turn;
  bool continued;  // a further part of the packet before
  runtime::AudioCodec codec;
  std::uint8_t samples;  // 0: a packet without audio (a key press, or of a leg on hold): counted only
  std::array<std::uint8_t, frame_samples> audio;
};

class FrameRing {
 public:
  explicit FrameRing(std::size_t capacity)
      : capacity_(capacity), frames_(std::make_unique_for_overwrite<RecordedFrame[]>(capacity)) {}

  // The media thread's. Where the next frame is to be written; nullptr: there is no room, and that is counted.
  RecordedFrame* room() {
    if (tail_.load(std::memory_order_relaxed) - head_.load(std::memory_order_acquire) < capacity_)
      return &frames_[tail_.load(std::memory_order_relaxed) % capacity_];
    lost_.fetch_add(1, std::memory_order_relaxed);
    return nullptr;
  }
  void written() { tail_.store(tail_.load(std::memory_order_relaxed) + 1, std::memory_order_release); }

  // The recorder's: every frame before end() may be read, from front() on.
  std::uint64_t end() const { return tail_.load(std::memory_order_acquire); }
  std::uint64_t begin() const { return head_.load(std::memory_order_relaxed); }
  const RecordedFrame& front() const { return frames_[begin() % capacity_]; }
  void pop() { head_.store(begin() + 1, std::memory_order_release); }

  std::uint64_t lost() const { return lost_.load(std::memory_order_relaxed); }  // any thread; since the start

 private:
  const std::uint64_t capacity_;
  std::unique_ptr<RecordedFrame[]> frames_;
  alignas(64) std::atomic<std::uint64_t> tail_{0};
  alignas(64) std::atomic<std::uint64_t> head_{0};
  std::atomic<std::uint64_t> lost_{0};
};

// Where a leg's packets go besides its peer; empty: nowhere.
struct RecordingTap {
  std::shared_ptr<FrameRing> ring;
  std::uint64_t recording = 0;
  std::uint8_t channel = 0;  // 0 left; those from 1 on are summed on the right
  std::uint8_t turn = 0;     // another than before in this channel: another leg, or one that was not recorded meanwhile

  // `audio` is empty for a packet that carries none.
  void take(const RtpPacket& packet, std::span<const std::uint8_t> audio, runtime::AudioCodec codec, Instant now) const;
};

}  // namespace pledge::media
