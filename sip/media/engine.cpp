#include "sip/media/engine.hpp"

#include <boost/asio/post.hpp>
#include <deque>
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

constexpr std::size_t share_parked = 4;       // at most one in so many pairs of the range rests with its sockets open
constexpr std::chrono::seconds shortest_rest{1};  // what is still under way to an ended call has arrived by then

// The loop's side: which leg has which slot and port. Opening and closing four sockets costs as much as the rest of a
// call's media: a leg that ends leaves its slot with sockets bound (the media thread throws away what they receive), for
// the next leg on the same address. Beyond a share of the range they are closed, and slot and ports are free again when
// the media thread has said so.
class MediaEngine::Legs {
 public:
  using Last = std::function<void(MediaCounters)>;
  using HeardOf = std::function<void(const std::vector<runtime::LegSilence>&)>;
  Legs(const MediaOptions& options, std::uint64_t seed)
      : options_(options),
        random_(seed),
        pairs_(options.port_first, options.port_last),
        most_parked_(pairs_.free() / share_parked),
        ringback_(std::make_shared<const Sound>(ringback_samples(options))),
        hold_(std::make_shared<const Sound>(hold_samples(options))),
        nothing_(std::make_shared<const Sound>(std::span<const SharedSound>{}, Sound(std::span<const std::int16_t>{}), 0)) {}

  // Posts to the loop hold only a weak reference: the engine may be gone when they run.
  void start(const std::shared_ptr<Legs>& self, boost::asio::any_io_executor loop) {
    const auto posted = [weak = std::weak_ptr(self), loop](auto member) {
      return [weak, loop, member](auto told) {
        boost::asio::post(loop, [weak, member, told = std::move(told)] {
          if (const auto legs = weak.lock()) ((*legs).*member)(told);
        });
      };
    };
    worker_ = std::make_unique<Worker>(options_, Worker::Reports{posted(&Legs::finish), posted(&Legs::tell_silence), posted(&Legs::tell_heard)});
  }
  void stop() { worker_.reset(); }
  void on_silence(HeardOf heard_of) { heard_of_ = std::move(heard_of); }
  void on_event(std::function<void(core::Event)> heard_of) { events_ = std::move(heard_of); }

  tl::expected<MediaLocal, std::error_code> open(core::LegId leg, const std::string& local_ip);
  void close(core::LegId leg, Last last);
  // Calls on an unknown leg are ignored: its end has crossed them.
  void set_format(core::LegId leg, const MediaFormat& format);
  void connect(core::LegId a, core::LegId b);
  void disconnect(core::LegId a, core::LegId b);
  void mix(core::LegId leg, std::span<const core::LegId> sources, core::Duration tone_every);
  void listen_for_speech(core::LegId leg);
  void play(const core::PlayToLeg& what);
  void record(core::LegId leg, const RecordingTap& tap);
  tl::expected<void, std::string> use(const std::vector<runtime::Announcement>& announcements) {
    auto loaded = SoundLibrary::load(announcements, ringback_);
    if (!loaded) return tl::unexpected(loaded.error());
    sounds_ = std::move(*loaded);
    return {};
  }
  std::uint64_t keys_beyond_bound() const { return worker_->keys_beyond_bound(); }
  std::size_t free_pairs() const { return pairs_.free() + parked_count_; }

 private:
  struct Endpoint {
    std::uint16_t rtp_port = 0;
    std::string local_ip;
    bool in_use = false;  // connected or hearing something, once: changes must not wait
  };
  struct Parked {
    Slot slot;
    Instant since;
  };
  void post(Message message, Urgency urgency = Urgency::now) { worker_->post(std::move(message), urgency); }
  Slot slot(core::LegId leg) const {
    const auto found = slots_.find(leg);
    return found == slots_.end() ? no_slot : found->second;
  }
  // In a dialogue, what is not known ends at once: ring tone would tell the caller that the call is put through.
  SharedSound sound(const core::PlayToLeg& what) const {
    if (auto known = sounds_.sound(what)) return known;
    if (what.sound == "hold") return hold_;
    return what.turn != 0 ? nothing_ : ringback_;
  }
  std::optional<Slot> unpark(const std::string& local_ip);
  tl::expected<Slot, std::error_code> bind(core::LegId leg, const std::string& local_ip);
  tl::expected<SocketPair, std::error_code> bind(SocketAddress local, std::uint16_t& port);
  Slot free_slot();
  LegStart random_start();
  void finish(const std::vector<ClosedLeg>& closed);
  void tell_silence(std::vector<runtime::LegSilence> changed);
  void tell_heard(std::vector<core::Event> events);

  MediaOptions options_;
  std::mt19937_64 random_;
  PortPairs pairs_;
  const std::size_t most_parked_;
  std::size_t parked_count_ = 0;
  std::unordered_map<std::string, std::deque<Parked>> parked_;  // by address; the longest at rest first
  SharedSound ringback_, hold_;
  SharedSound nothing_;  // an announcement without prompts
  SoundLibrary sounds_;
  std::unordered_map<core::LegId, Slot> slots_;
  std::vector<Endpoint> endpoints_;  // by slot
  std::vector<Slot> free_slots_;
  std::unordered_map<std::uint64_t, Last> last_words_;  // by ticket
  std::uint64_t next_ticket_ = 0;
  HeardOf heard_of_;
  std::function<void(core::Event)> events_;
  std::unique_ptr<Worker> worker_;
};

tl::expected<MediaLocal, std::error_code> MediaEngine::Legs::open(core::LegId leg, const std::string& local_ip) {
  if (slots_.count(leg)) return tl::unexpected(make_error_code(std::errc::already_connected));
  if (worker_->waiting() >= options_.message_bound) return tl::unexpected(make_error_code(std::errc::no_buffer_space));
  Slot slot = no_slot;
  if (const auto parked = unpark(local_ip)) {
    slot = *parked;
    post(OpenLeg{slot, leg, std::nullopt, random_start()}, Urgency::soon);
  } else {
    const auto bound = bind(leg, local_ip);
    if (!bound) return tl::unexpected(bound.error());
    slot = *bound;
  }
  slots_.emplace(leg, slot);
  return MediaLocal{endpoints_[slot].rtp_port};
}

// A pair that has hardly rested is the last resort: the peer of the call before may still be sending to it.
std::optional<Slot> MediaEngine::Legs::unpark(const std::string& local_ip) {
  const auto found = parked_.find(local_ip);
  if (found == parked_.end() || found->second.empty()) return std::nullopt;
  const Parked longest = found->second.front();
  if (pairs_.free() > 0 && std::chrono::steady_clock::now() - longest.since < shortest_rest) return std::nullopt;
  found->second.pop_front();
  --parked_count_;
  return longest.slot;
}

tl::expected<Slot, std::error_code> MediaEngine::Legs::bind(core::LegId leg, const std::string& local_ip) {
  const auto local = SocketAddress::parse(local_ip, 0);
  if (!local) return tl::unexpected(make_error_code(std::errc::invalid_argument));
  std::uint16_t port = 0;
  auto sockets = bind(*local, port);
  if (!sockets) return tl::unexpected(sockets.error());
  const Slot slot = free_slot();
  endpoints_[slot] = {port, local_ip};
  post(OpenLeg{slot, leg, std::move(*sockets), random_start()});
  return slot;
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
  Endpoint& endpoint = endpoints_[slot];
  endpoint.in_use = false;
  const bool park = parked_count_ < most_parked_;
  if (park) parked_[endpoint.local_ip].push_back({slot, std::chrono::steady_clock::now()}), ++parked_count_;
  std::uint64_t ticket = 0;
  if (last) last_words_.emplace(ticket = ++next_ticket_, std::move(last));
  post(CloseLeg{slot, park, ticket}, park && ticket == 0 ? Urgency::soon : Urgency::now);
}

void MediaEngine::Legs::finish(const std::vector<ClosedLeg>& closed) {
  for (const ClosedLeg& leg : closed) {
    if (!leg.parked) {
      pairs_.give_back(std::exchange(endpoints_[leg.slot], {}).rtp_port);
      free_slots_.push_back(leg.slot);
    }
    if (const auto words = last_words_.extract(leg.ticket)) words.mapped()(leg.counters);
  }
}

void MediaEngine::Legs::set_format(core::LegId leg, const MediaFormat& format) {
  const Slot its = slot(leg);
  if (its != no_slot) post(SetFormat{its, resolve(format)}, endpoints_[its].in_use ? Urgency::now : Urgency::soon);
}

void MediaEngine::Legs::connect(core::LegId a, core::LegId b) {
  const Slot first = slot(a), second = slot(b);
  if (first == no_slot || second == no_slot) return;
  endpoints_[first].in_use = endpoints_[second].in_use = true;
  post(ConnectLegs{first, second});
}

void MediaEngine::Legs::disconnect(core::LegId a, core::LegId b) {
  const Slot first = slot(a), second = slot(b);
  if (first != no_slot && second != no_slot) post(DisconnectLegs{first, second});
}

void MediaEngine::Legs::play(const core::PlayToLeg& what) {
  const Slot its = slot(what.leg);
  if (its == no_slot) return;
  endpoints_[its].in_use = true;
  post(PlaySound{its, sound(what), what.turn, what.keys});
}

void MediaEngine::Legs::mix(core::LegId leg, std::span<const core::LegId> sources, core::Duration tone_every) {
  const Slot its = slot(leg);
  if (its == no_slot) return;
  MixToLeg message{its, {}, std::chrono::duration_cast<std::chrono::milliseconds>(tone_every)};
  for (const core::LegId source : sources) {
    const Slot known = slot(source);
    if (known == no_slot) continue;
    endpoints_[known].in_use = true;
    message.sources.push_back(known);
  }
  endpoints_[its].in_use = true;
  post(std::move(message));
}

void MediaEngine::Legs::listen_for_speech(core::LegId leg) {
  if (const Slot its = slot(leg); its != no_slot) post(ListenForSpeech{its});
}

void MediaEngine::Legs::record(core::LegId leg, const RecordingTap& tap) {
  if (const Slot its = slot(leg); its != no_slot) post(RecordLeg{its, tap});
}

void MediaEngine::Legs::tell_silence(std::vector<runtime::LegSilence> changed) {
  std::erase_if(changed, [&](const auto& one) { return !slots_.count(one.leg) || !slots_.count(one.peer); });
  if (heard_of_ && !changed.empty()) heard_of_(changed);
}

void MediaEngine::Legs::tell_heard(std::vector<core::Event> events) {
  if (!events_) return;
  for (auto& event : events) events_(std::move(event));
}

MediaEngine::MediaEngine(boost::asio::any_io_executor loop, const MediaOptions& options, std::uint64_t seed)
    : legs_(std::make_shared<Legs>(options, seed)) {
  legs_->start(legs_, std::move(loop));
}
MediaEngine::~MediaEngine() { legs_->stop(); }

tl::expected<MediaLocal, std::error_code> MediaEngine::open(core::LegId leg, const std::string& local_ip) {
  return legs_->open(leg, local_ip);
}

void MediaEngine::set_format(core::LegId leg, const MediaFormat& format) { legs_->set_format(leg, format); }
void MediaEngine::connect(core::LegId a, core::LegId b) { legs_->connect(a, b); }
void MediaEngine::disconnect(core::LegId a, core::LegId b) { legs_->disconnect(a, b); }
tl::expected<void, std::string> MediaEngine::use(const std::vector<runtime::Announcement>& announcements) {
  return legs_->use(announcements);
}
void MediaEngine::mix(core::LegId leg, std::span<const core::LegId> sources, core::Duration tone_every) {
  legs_->mix(leg, sources, tone_every);
}
void MediaEngine::listen_for_speech(core::LegId leg) { legs_->listen_for_speech(leg); }
void MediaEngine::play(const core::PlayToLeg& what) { legs_->play(what); }
void MediaEngine::close(core::LegId leg, std::function<void(MediaCounters)> last) {
  legs_->close(leg, std::move(last));
}
void MediaEngine::record(core::LegId leg, const RecordingTap& tap) { legs_->record(leg, tap); }
void MediaEngine::on_silence(std::function<void(const std::vector<runtime::LegSilence>&)> heard_of) {
  legs_->on_silence(std::move(heard_of));
}
void MediaEngine::on_event(std::function<void(core::Event)> heard_of) { legs_->on_event(std::move(heard_of)); }
std::uint64_t MediaEngine::keys_beyond_bound() const { return legs_->keys_beyond_bound(); }
std::size_t MediaEngine::free_pairs() const { return legs_->free_pairs(); }

}  // namespace pledge::media
