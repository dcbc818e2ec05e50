#pragma once
// Trunks as places to call: how each is reached, and whether it answers OPTIONS.
#include <map>
#include <string>
#include <vector>

#include "sip/signalling/leg.hpp"
#include "sip/signalling/other_targets.hpp"
#include "sip/signalling/sip_adapter.hpp"

namespace pledge::signalling {

class Trunks {
 public:
  explicit Trunks(Shell& shell);

  void configure(const runtime::SignallingOptions& options);
  // The trunk for an outside number: the configured one, or the first that is up; null if none can take it.
  const runtime::TrunkOptions* choose() const;
  std::vector<TrunkHealth> health() const;
  std::size_t down() const;

  // Asks those whose time has come. Called every second or so.
  void check(core::Time now);

 private:
  struct Trunk final : ResponseTarget {
    Trunk(Trunks& all, runtime::TrunkOptions of) : owner(all), options(std::move(of)) {}
    void on_response(nta_outgoing_t* request, const sip_t* sip) override;

    Trunks& owner;
    runtime::TrunkOptions options;
    OutgoingPtr question;
    OtherTargets others;  // of the present question
    core::Time next{0};
    bool up = true;
    std::uint32_t missed = 0;
  };
  // `place`: URI of one of the trunk's places; empty: the first that is there.
  void ask(Trunk& trunk, const std::string& place);
  bool ask_elsewhere(Trunk& trunk, bool refused);
  void judge(Trunk& trunk, bool answered);

  Shell& shell_;
  std::vector<std::unique_ptr<Trunk>> trunks_;
  core::TrunkId preferred_;
};

// "sip:NUMBER@target" of a trunk (RFC 3261 §19.1); an empty number gives the trunk's own URI.
std::string trunk_uri(const runtime::TrunkOptions& trunk, const std::string& number);

}  // namespace pledge::signalling
