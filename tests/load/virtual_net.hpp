#pragma once
// Two simulated user agents on a virtual clock: datagrams take 1 ms, and the net may lose some of them.
#include <map>

#include "tools/load/random.hpp"
#include "tools/load/wire.hpp"

namespace pledge::load {

class VirtualNet {
 public:
  using Receive = std::function<void(std::string_view, const Address&)>;

  class Port final : public Wire {
   public:
    Port(VirtualNet& net, std::uint16_t port) : net_(net), local_(boost::asio::ip::make_address("127.0.0.1"), port) {}
    core::Time now() const override { return net_.now; }
    Schedule& schedule() override { return net_.schedule; }
    Address local() const override { return local_; }
    void send(const Address& to, std::string_view datagram) override {
      ++net_.sent;
      if (net_.random.unit() < net_.loss) return;
      net_.schedule.at(net_.now + std::chrono::milliseconds{1}, [this, to, text = std::string{datagram}] {
        if (const auto found = net_.listeners.find(to.port()); found != net_.listeners.end())
          found->second(text, local_);
      });
    }

   private:
    VirtualNet& net_;
    Address local_;
  };

  void run_until(core::Time end) {
    while (schedule.next() <= end) {
      now = schedule.next();
      schedule.run_due(now);
    }
    now = end;
  }
  void run_for(core::Duration time) { run_until(now + time); }

  core::Time now{1'000'000'000'000};
  Schedule schedule;
  Random random{7};
  double loss = 0;
  std::uint64_t sent = 0;
  std::map<std::uint16_t, Receive> listeners;
};

}  // namespace pledge::load
