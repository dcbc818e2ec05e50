#pragma once
// What can happen to a call in progress at the wish of its handler (unless it says otherwise): hold, consultation, transfer,
// conference, listening, calls from here.
#include "core/options.hpp"
#include "core/request.hpp"

namespace pledge::core {

// Where a consultation, a transfer or a call goes: exactly one is named.
struct CallTarget {
  HandlerId handler;
  QueueId queue;        // one of its handlers
  std::string number;   // allowed by CallControlOptions::numbers
  PLEDGE_FIELDS(CallTarget, handler, queue, number)
};
// On hold the caller hears CallControlOptions::hold_sound, and nobody hears the caller.
struct HoldCall {
  Request request;
  HandlerId handler;
  ContactId contact;
  bool on = true;
  PLEDGE_FIELDS(HoldCall, request, handler, contact, on)
};
// Nobody hears the handler, who hears everybody.
struct MuteCall {
  Request request;
  HandlerId handler;
  ContactId contact;
  bool on = true;
  PLEDGE_FIELDS(MuteCall, request, handler, contact, on)
};
// The handler talks to another handler or an outside number while the caller is on hold; one at a time. Of a queue: to the one
// of its handlers whom the queue finds, as it does for a call that waits there; see consultations.cpp for the order.
struct ConsultCall {
  Request request;
  HandlerId handler;
  ContactId contact;
  CallTarget to;
  PLEDGE_FIELDS(ConsultCall, request, handler, contact, to)
};
// With a target: to there at once; a caller whom nobody takes there waits at the former place. Without one: to who is
// being consulted, and has answered. The handler leaves the call, and with a target so do all others but the caller.
struct TransferCall {
  Request request;
  HandlerId handler;
  ContactId contact;
  CallTarget to;
  PLEDGE_FIELDS(TransferCall, request, handler, contact, to)
};
// Who is being consulted, and has answered, joins the call: everybody hears everybody.
struct JoinCall {
  Request request;
  HandlerId handler;
  ContactId contact;
  PLEDGE_FIELDS(JoinCall, request, handler, contact)
};
// Ends the part of one who was consulted or has joined.
struct DropParty {
  Request request;
  HandlerId handler;
  ContactId contact;
  LegId leg;
  PLEDGE_FIELDS(DropParty, request, handler, contact, leg)
};
// listen: hears what the handler says and hears. whisper: the handler hears the supervisor too. barge: everybody does.
enum class MonitorMode : std::uint8_t { off, listen, whisper, barge };
constexpr std::string_view name(MonitorMode m) {
  constexpr std::string_view names[] = {"off", "listen", "whisper", "barge"};
  return names[static_cast<std::size_t>(m)];
}
// Asked for by a supervisor who is signed on and not ready: the supervisor's own phone is rung. The reason is kept.
struct MonitorCall {
  Request request;
  HandlerId handler;  // the supervisor
  ContactId contact;
  MonitorMode mode = MonitorMode::listen;
  std::string reason;
  PLEDGE_FIELDS(MonitorCall, request, handler, contact, mode, reason)
};
// By a handler in no call: the handler's phone is rung, then the number.
struct CallOut {
  Request request;
  HandlerId handler;
  std::string number;
  PLEDGE_FIELDS(CallOut, request, handler, number)
};
// Of a call to ring back: ends it without another try. By the handler who has it, or a supervisor.
struct CloseTask {
  Request request;
  ContactId contact;
  std::string reason;
  PLEDGE_FIELDS(CloseTask, request, contact, reason)
};
// The handler has found that the caller misused the emergency number. Of calls of the first class, and refused for silent and
// abandoned ones.
struct MarkWrongUse {
  Request request;
  HandlerId handler;
  ContactId contact;
  PLEDGE_FIELDS(MarkWrongUse, request, handler, contact)
};
// The caller is silent: SilentOptions::announcement asks for its keys, while the handler goes on listening.
struct AskForKeys {
  Request request;
  HandlerId handler;
  ContactId contact;
  PLEDGE_FIELDS(AskForKeys, request, handler, contact)
};

}  // namespace pledge::core
