#pragma once
// Handlers' console streams. What concerns one handler is written at the end of the loop's present turn: an offer
// first, for gRPC writes one message at a time and the next waits for a thread to say that the last is gone. Private to
// the service; used on the loop only.
#include <functional>
#include <map>
#include <memory>
#include <unordered_map>
#include <vector>

#include "core/statistics.hpp"
#include "pledge/v1/console.pb.h"
#include "runtime/ports.hpp"
#include "service/convert.hpp"
#include "service/history.hpp"
#include "service/stream.hpp"

namespace pledge::service {

class Consoles {
 public:
  Consoles(const core::Core& core, const History& history, core::Statistics& statistics, const runtime::Clock& clock,
           runtime::EventSink& sink)
      : core_(core), history_(history), statistics_(statistics), clock_(clock), sink_(sink) {}
  // Told of streams that did not keep up.
  void on_dropped(std::function<void(std::shared_ptr<Stream>)> dropped) { dropped_ = std::move(dropped); }
  // Asked to have flush() called soon, once for all that is then to be written.
  void on_turn(std::function<void()> turn) { turn_ = std::move(turn); }
  void flush();

  void attach(std::shared_ptr<Stream> stream, const core::HandlerId& handler, const std::string& session);
  void detach(const std::shared_ptr<Stream>& stream);
  // A session signed on whose stream may have been open before: the core hears of it again.
  void signed_on(const core::HandlerId& handler, const std::string& session);

  void observe(const core::HandlerChanged& change);
  void observe(core::Time now, const core::OfferMade& offer);
  void observe(const core::OfferEnded& offer);
  void observe(const ContactRecord& contact);
  void facts_changed(const ContactRecord& contact);
  void observe(const core::PartiesChanged& parties);  // told to every handler among them
  void observe(const core::ServiceStateChanged& state);
  void heartbeat();
  void end_all(const grpc::Status& status);
  std::size_t count() const { return sessions_.size(); }

 private:
  struct Console {
    std::shared_ptr<Stream> stream;
    std::string session;
  };
  enum class Kind { over, offer, state, contact, parties, statistics };
  struct Event {
    Kind kind;
    Message message;  // of a state and of statistics none: they are told as they are when they are written
  };
  bool watched(const core::HandlerId& handler) const { return consoles_.count(handler) > 0; }
  void add(const core::HandlerId& handler, Kind kind, Message message = {});
  void write(const core::HandlerId& handler, std::vector<Event>& events);
  Message message_of(const core::HandlerId& handler, const Event& event) const;
  void send_all(v1::WatchConsoleResponse& event);
  void push(const core::HandlerId& handler, const Message& message);
  v1::WatchConsoleResponse event() const;
  void tell_of(const core::HandlerId& handler, core::ContactId contact);
  void tell_monitors(const ContactRecord& contact);
  void tell_places();
  void put_offer(v1::Offer* to, const core::OfferMade& offer, core::Time made) const;
  void put_contact(v1::Contact* to, const ContactRecord& record) const;
  void put_statistics(v1::OwnStatistics* to, const core::HandlerId& handler) const;
  Message snapshot(const core::HandlerView& view) const;

  const core::Core& core_;
  const History& history_;
  core::Statistics& statistics_;
  const runtime::Clock& clock_;
  runtime::EventSink& sink_;
  std::function<void(std::shared_ptr<Stream>)> dropped_;
  std::function<void()> turn_;
  std::unordered_map<core::HandlerId, std::vector<Event>> pending_;  // of the present turn
  std::unordered_map<core::HandlerId, std::vector<Console>> consoles_;
  std::unordered_map<const Stream*, core::HandlerId> sessions_;
  std::unordered_map<core::HandlerId, core::ContactId> monitors_;  // supervisors who listen: a few
  std::map<core::ContactId, core::PartiesChanged> consulting_;     // calls that wait for somebody of a queue, as told last
  struct Offered {
    core::OfferMade offer;
    core::Time made;
  };
  std::unordered_map<core::HandlerId, Offered> offers_;  // present ones: at most one a handler
};

}  // namespace pledge::service
