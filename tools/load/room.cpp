#include "tools/load/room.hpp"

#include <fmt/format.h>

namespace pledge::load {
namespace {

PhoneOptions guest_phone(PhoneOptions options) {
  options.handling_least = options.handling_mean = {};  // the person at the console ends the call, or the caller does
  options.busy_share = options.no_answer_share = 0;
  return options;
}

}  // namespace

tl::expected<std::unique_ptr<Room>, std::string> Room::open(RoomOptions options,
                                                            std::shared_ptr<grpc::Channel> channel) {
  auto loop = std::make_unique<Loop>();
  const Address any{options.phones_at.address(), 0};
  auto callers = UdpWire::open(*loop, any);
  auto phones = UdpWire::open(*loop, options.phones_at);
  auto guest = UdpWire::open(*loop, any);
  if (!phones)
    return tl::unexpected(
        fmt::format("{} (the handlers' phones): {}", host_port(options.phones_at), phones.error().message()));
  if (!callers || !guest) return tl::unexpected(fmt::format("no free UDP port at {}", any.address().to_string()));
  return std::unique_ptr<Room>(new Room(std::move(options), std::move(channel), std::move(*callers), std::move(*phones),
                                        std::move(*guest), std::move(loop)));
}

Room::Room(RoomOptions options, std::shared_ptr<grpc::Channel> channel, std::unique_ptr<UdpWire> callers,
           std::unique_ptr<UdpWire> phones, std::unique_ptr<UdpWire> guest, std::unique_ptr<Loop> loop)
    : options_(std::move(options)),
      loop_(std::move(loop)),
      caller_wire_(std::move(callers)),
      phone_wire_(std::move(phones)),
      guest_wire_(std::move(guest)),
      caller_audio_(*loop_, options_.phones_at.address()),
      phone_audio_(*loop_, options_.phones_at.address()),
      callers_(*caller_wire_, options_.audio ? &caller_audio_ : nullptr, options_.callers,
               [this](const CallRecord& record) { records_.push_back(record); }),
      phones_(*phone_wire_, options_.audio ? &phone_audio_ : nullptr, options_.phones,
              {[this](const PhoneRecord& call) { callers_.connected(call.from_user, call.answered); }, {}}),
      guest_phone_(*guest_wire_, options_.audio ? &phone_audio_ : nullptr, guest_phone(options_.phones),
                   {[this](const PhoneRecord& call) { callers_.connected(call.from_user, call.answered); }, {}}) {
  for (const auto& handler : options_.consoles.handlers) phones_.add(handler);
  caller_wire_->on_receive([this](std::string_view text, const Address& from) { callers_.receive(text, from); });
  phone_wire_->on_receive([this](std::string_view text, const Address& from) { phones_.receive(text, from); });
  if (!options_.guest.empty()) {
    guest_phone_.add(options_.guest);
    guest_ = std::make_unique<Registration>(
        *guest_wire_, RegistrationOptions{options_.callers.engine, options_.guest, options_.guest_secret});
  }
  guest_wire_->on_receive([this](std::string_view text, const Address& from) {
    if (!guest_phone_.receive(text, from) && guest_) guest_->receive(text);
  });
  consoles_ = std::make_unique<Consoles>(*loop_, std::move(channel), options_.consoles);
  thread_ = std::thread([this] {
    const auto busy = boost::asio::make_work_guard(loop_->io());
    loop_->run();
  });
}

Room::~Room() {
  loop_->stop();
  thread_.join();
  consoles_.reset();
}

void Room::run_on_loop(std::function<void()> work) {
  std::promise<void> done;
  boost::asio::post(loop_->io(), [&] {
    work();
    done.set_value();
  });
  done.get_future().wait();
}

void Room::sign_on() {
  run_on_loop([this] {
    consoles_->start();
    if (guest_) guest_->start();
  });
}
void Room::begin_calls() {
  run_on_loop([this] { callers_.start(); });
}
void Room::end_calls() {
  run_on_loop([this] { callers_.stop(); });
}
void Room::hang_up_all() {
  run_on_loop([this] { callers_.hang_up_all(); });
}
void Room::sign_off() {
  run_on_loop([this] {
    consoles_->sign_off_all();
    if (guest_) guest_->stop();
  });
}

Room::Counts Room::count() const {
  Counts out;
  for (const auto& tally : callers_.tallies()) {
    out.offered += tally.offered;
    out.answered += tally.answered;
    out.abandoned += tally.abandoned;
    out.refused += tally.refused;
    out.failed += tally.failed;
  }
  out.in_progress = callers_.in_progress();
  out.consoles_ready = consoles_->ready_once();
  out.guest_registered = guest_ && guest_->registered();
  out.caller_packets = caller_audio_.total();
  out.phone_packets = phone_audio_.total();
  out.last_refusal = consoles_->last_refusal();
  return out;
}

Room::Counts Room::counts() {
  Counts out;
  run_on_loop([&] { out = count(); });
  return out;
}

std::vector<CallRecord> Room::records() {
  std::vector<CallRecord> out;
  run_on_loop([&] { out = records_; });
  return out;
}

}  // namespace pledge::load
