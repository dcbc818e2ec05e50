#include "sip/media/engine.hpp"

#include <boost/asio/post.hpp>
#include <random>
#include <unordered_map>
#include <vector>

#include "sip/media/port_pairs.hpp"
#include "sip/media/sound_library.hpp"
#include "sip/media/worker.hpp"

namespace pledge::media {

using runtime::MediaCounters;
using runtime::MediaFormat;
using runtime::MediaLocal;
using runtime::MediaOptions;

// The loop's side: which leg has which slot and port. A slot and its ports are free again when the media thread has
// said that its sockets are closed.
class MediaEngine::Legs {
 public:
  using Last = std::function<void(MediaCounters)>;
  using HeardOf = std::function<void(const std::vector<runtime::LegSilence>&)>;
  Legs(const MediaOptions& options, std::uint64_t seed)
      : options_(options),
        random_(seed),
        pairs_(options.port_first, options.port_last),
        ringback_(std::make_shared<const Sound>(ringback_samples(options))) {}

  // Posts to the loop hold only a weak reference: the engine may be gone when they run.
  void start(const std::shared_ptr<Legs>& self, boost::asio::any_io_executor loop) {
    const auto posted = [weak = std::weak_ptr(self), loop](auto member) {
      return [weak, loop, member](auto told) {
        boost::asio::post(loop, [weak, member, told = std::move(told)] {
          if (const auto legs = weak.lock()) ((*legs).*member)(told);
        });
      };
    };
    worker_ = std::make_unique<Worker>(options_, Worker::Reports{posted(&Legs::finish), posted(&Legs::tell_silence)});
  }
  void stop() { worker_.reset(); }
  void on_silence(HeardOf heard_of) { heard_of_ = std::move(heard_of); }

  tl::expected<MediaLocal, std::error_code> open(core::LegId leg, const std::string& local_ip);
  void close(core::LegId leg, Last last);
  void post(Message message) { worker_->post(std::move(message)); }
  Slot slot(core::LegId leg) const {
    const auto found = slots_.find(leg);
    return found == slots_.end() ? no_slot : found->second;
  }
  tl::expected<void, std::string> use(const std::vector<runtime::Announcement>& announcements) {
    auto loaded = load_sounds(announcements, ringback_);
    if (!loaded) return tl::unexpected(loaded.error());
    sounds_ = std::move(*loaded);
    return {};
  }
  SharedSound sound(const std::string& name) const {
    const auto found = sounds_.find(name);
    return found == sounds_.end() ? ringback_ : found->second;
  }
  std::size_t free_pairs() const { return pairs_.free(); }

 private:
  struct Endpoint {
    core::LegId leg;  // none once closed
    std::uint16_t rtp_port = 0;
    Last last;
  };
  tl::expected<SocketPair, std::error_code> bind(SocketAddress local, std::uint16_t& port);
  Slot free_slot();
  LegStart random_start();
  void finish(const std::vector<ClosedLeg>& closed);
  void tell_silence(const std::vector<SilentLeg>& changed);

  MediaOptions options_;
  std::mt19937_64 random_;
  PortPairs pairs_;
  SharedSound ringback_;
  SoundLibrary sounds_;
  std::unordered_map<core::LegId, Slot> slots_;
  std::vector<Endpoint> endpoints_;  // by slot
  std::vector<Slot> free_slots_;
  HeardOf heard_of_;
  std::unique_ptr<Worker> worker_;
};

tl::expected<MediaLocal, std::error_code> MediaEngine::Legs::open(core::LegId leg, const std::string& local_ip) {
  if (slots_.count(leg)) return tl::unexpected(make_error_code(std::errc::already_connected));
  const auto local = SocketAddress::parse(local_ip, 0);
  if (!local) return tl::unexpected(make_error_code(std::errc::invalid_argument));
  if (worker_->waiting() >= options_.message_bound) return tl::unexpected(make_error_code(std::errc::no_buffer_space));
  std::uint16_t port = 0;
  auto sockets = bind(*local, port);
  if (!sockets) return tl::unexpected(sockets.error());
  const Slot slot = free_slot();
  slots_.emplace(leg, slot);
  endpoints_[slot] = {leg, port, {}};
  post(OpenLeg{slot, std::move(*sockets), random_start()});
  return MediaLocal{port};
}

// Passes over pairs that another program holds; they go to the end of the line.
tl::expected<SocketPair, std::error_code> MediaEngine::Legs::bind(SocketAddress local, std::uint16_t& port) {
  for (std::uint32_t attempt = 0; attempt < options_.bind_attempts; ++attempt) {
    const auto pair = pairs_.take();
    if (!pair) break;
    auto sockets = bind_pair(local.with_port(*pair), options_);
    if (sockets) {
      port = *pair;
      return sockets;
    }
    pairs_.give_back(*pair);
    if (sockets.error() != std::errc::address_in_use) return sockets;
  }
  return tl::unexpected(make_error_code(std::errc::no_buffer_space));
}

Slot MediaEngine::Legs::free_slot() {
  if (free_slots_.empty()) {
    endpoints_.emplace_back();
    return static_cast<Slot>(endpoints_.size() - 1);
  }
  const Slot slot = free_slots_.back();
  free_slots_.pop_back();
  return slot;
}

LegStart MediaEngine::Legs::random_start() {
  const std::uint64_t bits = random_();
  LegStart start{
      {static_cast<std::uint32_t>(random_()), static_cast<std::uint16_t>(bits), static_cast<std::uint32_t>(bits >> 16)},
      {}};
  for (char& digit : start.cname) digit = "0123456789abcdef"[random_() % 16];
  return start;
}

void MediaEngine::Legs::close(core::LegId leg, Last last) {
  const auto found = slots_.find(leg);
  if (found == slots_.end()) return;
  const Slot slot = found->second;
  slots_.erase(found);
  endpoints_[slot].leg = {};
  endpoints_[slot].last = std::move(last);
  post(CloseLeg{slot});
}

void MediaEngine::Legs::finish(const std::vector<ClosedLeg>& closed) {
  for (const ClosedLeg& leg : closed) {
    const Endpoint endpoint = std::exchange(endpoints_[leg.slot], {});
    pairs_.give_back(endpoint.rtp_port);
    free_slots_.push_back(leg.slot);
    if (endpoint.last) endpoint.last(leg.counters);
  }
}

void MediaEngine::Legs::tell_silence(const std::vector<SilentLeg>& changed) {
  std::vector<runtime::LegSilence> legs;
  for (const SilentLeg& one : changed) {
    const core::LegId leg = endpoints_[one.slot].leg, peer = endpoints_[one.peer].leg;
    if (leg && peer) legs.push_back({leg, peer, one.over, one.peer_heard, one.refused});
  }
  if (heard_of_ && !legs.empty()) heard_of_(legs);
}

MediaEngine::MediaEngine(boost::asio::any_io_executor loop, const MediaOptions& options, std::uint64_t seed)
    : legs_(std::make_shared<Legs>(options, seed)) {
  legs_->start(legs_, std::move(loop));
}
MediaEngine::~MediaEngine() { legs_->stop(); }

tl::expected<MediaLocal, std::error_code> MediaEngine::open(core::LegId leg, const std::string& local_ip) {
  return legs_->open(leg, local_ip);
}

// Calls on an unknown leg are ignored: its end has crossed them.
void MediaEngine::set_format(core::LegId leg, const MediaFormat& format) {
  if (const Slot slot = legs_->slot(leg); slot != no_slot) legs_->post(SetFormat{slot, resolve(format)});
}
void MediaEngine::connect(core::LegId a, core::LegId b) {
  const Slot first = legs_->slot(a), second = legs_->slot(b);
  if (first != no_slot && second != no_slot) legs_->post(ConnectLegs{first, second});
}
void MediaEngine::disconnect(core::LegId a, core::LegId b) {
  const Slot first = legs_->slot(a), second = legs_->slot(b);
  if (first != no_slot && second != no_slot) legs_->post(DisconnectLegs{first, second});
}
tl::expected<void, std::string> MediaEngine::use(const std::vector<runtime::Announcement>& announcements) {
  return legs_->use(announcements);
}
void MediaEngine::play(core::LegId leg, const std::string& sound) {
  if (const Slot slot = legs_->slot(leg); slot != no_slot) legs_->post(PlaySound{slot, legs_->sound(sound)});
}
void MediaEngine::close(core::LegId leg, std::function<void(MediaCounters)> last) {
  legs_->close(leg, std::move(last));
}
void MediaEngine::on_silence(std::function<void(const std::vector<runtime::LegSilence>&)> heard_of) {
  legs_->on_silence(std::move(heard_of));
}
std::size_t MediaEngine::free_pairs() const { return legs_->free_pairs(); }

}  // namespace pledge::media
