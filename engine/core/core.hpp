#pragma once
// The decision core. Pure: no clock, no I/O, no randomness of its own. The same options and the same sequence of
// (time, event) give byte-identical actions, live, in replay and in simulation.
#include <functional>
#include <memory>

#include "core/actions.hpp"

namespace pledge::core {

// What adapters may read of a contact between steps.
struct ContactView {
  ContactChanged now;
  CallFacts facts;
  std::string rule;                  // the triage rule that matched
  std::vector<std::string> labels;
  Waiting waiting = Waiting::alert;
  LegId caller_leg, handler_leg;
  std::uint32_t position = 0;        // 1 = next of its queue; 0 = not waiting
  RecordingId recording;             // empty: not recorded
  RecordingState recording_state = RecordingState::none;
  std::optional<PartiesChanged> parties;  // after a first use of call control
};
struct HandlerView {
  HandlerChanged now;
  RoleId role;
  CentreId centre;
  PoolId pool;
  std::vector<QueueId> queues;       // served now
  PhoneMode phone_mode = PhoneMode::ring;
  bool console_attached = false;
  bool phone_bound = false;
  OfferId offer;
  Time idle_since;
  std::uint64_t calls_handled = 0;   // since sign-on
};
struct QueueView {
  QueueId queue;
  ClassId service_class;
  std::uint32_t waiting = 0;
  Time oldest = never;               // queue entry of the longest-waiting call
  std::uint32_t signed_on = 0;       // handlers who serve it
  std::uint32_t idle = 0;            // of these, ready
};
struct PoolView {
  PoolId pool;
  double reserve = 0;
  std::uint32_t idle = 0;            // able to serve the first class and idle
  std::uint32_t signed_on = 0;
};

// Where a call that did not happen would be at first: Core::what_if.
enum class RoutingEnd : std::uint8_t { waits, announcement, number, menu, tested, refused };
constexpr std::string_view name(RoutingEnd e) {
  constexpr std::string_view names[] = {"waits", "announcement", "number", "menu", "tested", "refused"};
  return names[static_cast<std::size_t>(e)];
}
struct Routing {
  std::vector<Decision> decisions;   // that a call would get until then, in their order; at least one
  Grade grade = Grade::none;
  std::vector<Requirement> skills;   // needed beyond those of the queue
  std::vector<std::string> labels;
  RoutingEnd end = RoutingEnd::refused;
  std::string target;                // queue, announcement (heard while waiting), outside number or menu; else empty
  std::uint32_t status = 0;          // refused: with this SIP status
};

// off: no Decision among the actions; nothing else differs. For simulations, which count outcomes only.
enum class Explanations : bool { off, on };

class Core {
 public:
  explicit Core(Explanations explanations = Explanations::on);
  ~Core();
  Core(Core&&) noexcept;
  Core& operator=(Core&&) noexcept;

  // Applies one event. `now` never goes back. The first event is Configured. The result is valid until the next step.
  const Actions& step(Time now, const Event& event);

  const Options& options() const;
  const std::string& service_state() const;
  bool draining() const;

  std::optional<ContactView> contact(ContactId id) const;
  std::optional<HandlerView> handler(const HandlerId& id) const;
  std::optional<QueueView> queue(const QueueId& id) const;
  void for_each_contact(const std::function<void(const ContactView&)>& visit) const;   // live ones, by id
  void for_each_handler(const std::function<void(const HandlerView&)>& visit) const;   // configured ones, by id
  void for_each_queue(const std::function<void(const QueueView&)>& visit) const;       // in configured order
  void for_each_pool(const std::function<void(const PoolView&)>& visit) const;
  std::uint32_t contacts_live() const;
  std::uint32_t calls_live() const;  // of these, with somebody on the line: not those who are only to be rung back

  // Whether the triage rules that hold at `at` send such a call to a queue of the first class with nothing before it. In
  // overload nothing else is taken on, and this is asked before anything is spent on the call.
  bool is_first_class(Time at, const CallFacts& facts) const;

  // "How would this call be routed?": by the rules that hold at `at` and the queues, handlers and drain of now, with nothing
  // changed. It is a call of its own: no former call's place, and not another call presented again. Whether a free handler
  // takes it at once, or is held back for the first class, is decided when it comes.
  Routing what_if(Time at, const CallFacts& facts) const;

  // Aborts with a message if an invariant of the house (rule 5) is broken. Walks everything: tests and simulation only.
  void check_invariants() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace pledge::core
