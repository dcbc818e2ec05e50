#pragma once
// A whole room on a thread of its own: callers, handlers' consoles and phones, and a phone for the free seat.
#include <grpcpp/grpcpp.h>

#include <future>
#include <memory>
#include <thread>

#include "tools/load/callers.hpp"
#include "tools/load/consoles.hpp"
#include "tools/load/phones.hpp"
#include "tools/load/registration.hpp"

namespace pledge::load {

struct RoomOptions {
  CallerOptions callers;
  PhoneOptions phones;
  Address phones_at;  // where the handlers' static contacts point
  ConsoleOptions consoles;
  bool audio = true;                // RTP both ways
  std::string guest, guest_secret;  // a phone that registers and answers by itself; empty: none
};

class Room {
 public:
  struct Counts {
    std::uint64_t offered = 0, answered = 0, abandoned = 0, refused = 0, failed = 0;
    std::size_t in_progress = 0, consoles_ready = 0;
    bool guest_registered = false;
    AudioPort::Counts caller_packets, phone_packets;
    std::string last_refusal;  // of a console
  };

  // The error names what could not be bound.
  static tl::expected<std::unique_ptr<Room>, std::string> open(RoomOptions options,
                                                               std::shared_ptr<grpc::Channel> channel);
  ~Room();

  void sign_on();  // consoles and the guest's phone
  void begin_calls();
  void end_calls();  // no further arrivals
  void hang_up_all();
  void sign_off();
  Counts counts();
  std::vector<CallRecord> records();  // of ended calls
  Address phones_address() const { return phone_wire_->local(); }

 private:
  Room(RoomOptions options, std::shared_ptr<grpc::Channel> channel, std::unique_ptr<UdpWire> callers,
       std::unique_ptr<UdpWire> phones, std::unique_ptr<UdpWire> guest, std::unique_ptr<Loop> loop);
  void run_on_loop(std::function<void()> work);  // and waits for it
  Counts count() const;

  RoomOptions options_;
  std::unique_ptr<Loop> loop_;
  std::unique_ptr<UdpWire> caller_wire_, phone_wire_, guest_wire_;
  UdpAudio caller_audio_, phone_audio_;
  std::vector<CallRecord> records_;
  Callers callers_;
  Phones phones_, guest_phone_;
  std::unique_ptr<Registration> guest_;
  std::unique_ptr<Consoles> consoles_;
  std::thread thread_;
};

}  // namespace pledge::load
