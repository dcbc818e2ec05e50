#pragma once
// What every leg has: its dialog, its media, its session timer, and the requests that come inside the dialog.
#include <optional>
#include <string>

#include "sip/signalling/leg_record.hpp"
#include "sip/signalling/leg_states.hpp"
#include "sip/signalling/legs.hpp"
#include "sip/signalling/offer_answer.hpp"
#include "sip/signalling/session_timer.hpp"

namespace pledge::signalling {

// Who a leg's own requests go to, besides what its dialog says.
struct Reach {
  TransportPtr connection;  // TCP connection the peer opened: used as long as it is open
  std::string route;        // URI requests are sent to instead of the peer's Contact (NAT); empty = Contact
  bool behind_nat = false;  // media source is learned
  bool by_name = false;     // DNS says over which transport (RFC 3263 §4.1): no listener is prescribed
};

class Leg : public RequestTarget, public AckTarget, public ResponseTarget {
 public:
  Leg(Shell& shell, core::LegId id, const Listener& listener);
  virtual ~Leg();
  Leg(const Leg&) = delete;
  Leg& operator=(const Leg&) = delete;

  core::LegId id() const { return id_; }
  const MediaSession& session() const { return session_; }
  // Writes down what a successor of the engine needs of the leg as it is now (leg_keeping.cpp).
  void keep();

  virtual void alert() {}
  virtual void answer() {}
  virtual void refuse(int, const std::string&) {}
  virtual void release(const std::string& reason) = 0;
  virtual void deadline_due();
  // Our endpoint is elsewhere from now on: the peer is told by a re-INVITE, as soon as its dialog allows one, if it has been told
  // of another before.
  void move_media(const runtime::MediaLocal& local);

  int on_request(nta_incoming_t* request, const sip_t* sip) final;
  void on_ack_or_cancel(nta_incoming_t* request, const sip_t* sip) override;
  void on_response(nta_outgoing_t* request, const sip_t* sip) override;

 protected:
  virtual void peer_hung_up() = 0;
  virtual void peer_lost() = 0;
  virtual bool established() const = 0;
  // Whether the first offer has been answered, so that another may follow.
  virtual bool may_change_session() const { return established(); }
  virtual bool owns_call_id() const = 0;
  // The INVITE that began the leg has not been acknowledged: no other may be sent (RFC 3261 §14.1).
  virtual bool invite_open() const { return false; }
  // Writes our SDP anew where it has not been sent. False: it has.
  virtual bool rewrite_unsent_sdp() { return false; }
  // Whether the network's operator may be on the line (a hand-over trunk).
  virtual bool has_operator() const { return false; }
  // Whether the peer may ask for credentials that we have.
  virtual bool may_be_challenged() const { return false; }
  // Takes a 401 or 407 to a request of ours. True: it can be answered, with the credentials below.
  virtual bool authorise(const sip_t*) { return false; }
  // Header line with credentials for a request of ours, where the peer has asked for them before; else empty.
  virtual std::string credentials(const std::string&) { return {}; }

  // Adds the role, the state, and what only this kind of leg has.
  virtual void describe(LegRecord& record) const = 0;

  // ---- media
  bool open_media();  // false: no ports
  const std::string& address_of(const runtime::MediaLocal& local) const;  // what the peer shall send to
  void close_media();
  void use(runtime::MediaFormat format);  // tells media, and the core of a hold

  // ---- the dialog (dialog.cpp)
  void send_bye(const std::string& reason);
  void keep_reach(nta_incoming_t* request, bool behind_nat);
  url_string_t* route() const;
  tport_t* connection() const;
  const char* ident() const { return reach_.by_name ? nullptr : listener_.ident.c_str(); }

  void learn_methods(const sip_t* sip) {
    peer_allows_update_ = sip->sip_allow && sip_is_allowed(sip->sip_allow, SIP_METHOD_UPDATE);
  }

  // ---- session timer (leg_timer.cpp)
  void start_timer(const SessionTimer& timer);
  void refreshed();
  void tell_moved();  // to be called when something has ended that stood in the way of a re-INVITE

  void report(core::Event event) { shell_.events.submit(std::move(event)); }
  void finish();

  Shell& shell_;
  const core::LegId id_;
  const Listener& listener_;
  DialogPtr dialog_;
  std::string call_id_, local_uri_, remote_uri_;  // of the dialog: the library gives them to nobody
  std::uint32_t invite_cseq_ = 0;                 // of the INVITE that makes the dialog
  Reach reach_;
  MediaSession session_;
  SessionTimer timer_;
  core::Time refreshed_at_{0};  // what the timer counts from
  bool held_ = false;

 private:
  int answer_request(nta_incoming_t* request, const sip_t* sip);
  void look_for_operator(const sip_t* sip);
  int on_reinvite(nta_incoming_t* request, const sip_t* sip);
  int on_update(nta_incoming_t* request, const sip_t* sip);
  // Takes a new target, timer and SDP from a request; what the 200 shall say is then in `sdp_answer_`. False: refused,
  // the response is sent and nothing has changed.
  bool change_session(nta_incoming_t* request, const sip_t* sip, bool make_offer_if_none);
  void send_session_answer(nta_incoming_t* request);
  void on_reinvite_acknowledged(const sip_t* sip);

  void on_bye_answered(const sip_t* sip);

  void refresh();
  void send_refresh(bool by_update);
  void on_refresh_answered(const sip_t* sip);
  void on_refresh_refused(int status, const sip_t* sip);
  bool tell_moved_later(int status, const sip_t* sip);
  void refresh_in(std::chrono::milliseconds time);

  IncomingPtr reinvite_;  // the peer's, until its ACK
  OutgoingPtr refresh_;   // ours
  OutgoingPtr bye_;       // ours, where it may be challenged
  std::string bye_reason_;
  bool bye_authorised_ = false;
  bool refresh_has_offer_ = false;
  bool moved_ = false, telling_moved_ = false;  // the endpoint; and `refresh_` says so
  std::uint8_t moved_refused_ = 0;              // so often, for now
  bool refresh_authorised_ = false;  // its challenge has been answered once
  bool peer_allows_update_ = false;
  bool media_open_ = false;
  bool kept_ = false;  // there is a record of this leg
  std::string sdp_answer_;    // of the request being answered
  bool refresh_due_ = false;  // which of the two the deadline is for
};

TimerWish timer_wish(const sip_t* sip);
// Reason header field (RFC 3326): `SIP;cause=480;text="queue full"`; empty for an empty text.
std::string reason_header(int status, const std::string& text);
// Value of any header field, one of a list.
std::string header_text(const void* header);
// Value of a header field of challenges or credentials: the library's own printer loses the last parameter.
std::string auth_text(const msg_auth_t* header);
// "scheme:user@host:port;params".
std::string url_text(const url_t* url);
// The session description in a message's body, also out of a multipart one; empty if there is none.
std::string session_body(const sip_t* sip);
// Value of Content-Type with its parameters; SDP where nothing is said (many phones).
std::string content_type(const sip_t* sip);
// Body of a message, if any.
std::string_view payload(const sip_t* sip);
// Answers 513 to a request beyond the limit of bytes, counts and alarms it. True: so it was.
bool refuse_oversized(const Shell& shell, nta_incoming_t* request);
// Answers and lets go.
template <class... Tags>
int reply(nta_incoming_t* request, int status, const char* phrase, Tags... tags) {
  nta_incoming_treply(request, status, phrase, tags..., TAG_END());
  nta_incoming_destroy(request);
  return 0;
}

}  // namespace pledge::signalling
