#pragma once
// The SIP library behind typed targets and owners. Private to this folder: no type of it leaves.
// The library calls back with a typed target per object; owners release each object exactly once.
#include <cstdint>
#include <memory>

namespace pledge::signalling {
class Agent;

// Who is told of a request in a dialog (or outside of any). Returns 0 when it has answered itself, else the status.
struct RequestTarget;
// Who is told of the ACK or CANCEL of an INVITE (sip is null when neither came: timer H, or no PRACK).
struct AckTarget;
// Who is told of responses (sip is null where the library made up a timeout without one).
struct ResponseTarget;
// Who is told of the PRACK of a reliable provisional response.
struct PrackTarget;
}  // namespace pledge::signalling

#define NTA_AGENT_MAGIC_T pledge::signalling::Agent
#define NTA_LEG_MAGIC_T pledge::signalling::RequestTarget
#define NTA_INCOMING_MAGIC_T pledge::signalling::AckTarget
#define NTA_OUTGOING_MAGIC_T pledge::signalling::ResponseTarget
#define NTA_RELIABLE_MAGIC_T pledge::signalling::PrackTarget
#include <sofia-resolv/sres.h>
#include <sofia-sip/msg_addr.h>
#include <sofia-sip/msg_header.h>
#include <sofia-sip/msg_mclass.h>
#include <sofia-sip/nta.h>
#include <sofia-sip/nta_stateless.h>
#include <sofia-sip/nta_tag.h>
#include <sofia-sip/nta_tport.h>
#include <sofia-sip/sip.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/sip_tag.h>
#include <sofia-sip/sip_util.h>
#include <sofia-sip/su_log.h>
#include <sofia-sip/su_tag_io.h>
#include <sofia-sip/su_wait.h>
#include <sofia-sip/tport.h>
#include <sofia-sip/tport_tag.h>
#include <sofia-sip/url.h>
extern "C" {  // of <sofia-resolv/sres_cache.h>, which is not C++: it has a parameter called `template`
sres_cache_t* sres_cache_new(int expected);
void sres_cache_unref(sres_cache_t* cache);
int sres_cache_get(sres_cache_t* cache, std::uint16_t type, const char* domain, sres_record_t*** found);
void sres_cache_free_answers(sres_cache_t* cache, sres_record_t** answers);
}
#undef sip_status  // a macro of the library, and a function of ours (offer_answer.hpp)

namespace pledge::signalling {

struct RequestTarget {
  virtual int on_request(nta_incoming_t* request, const sip_t* sip) = 0;
  static int call(RequestTarget* target, nta_leg_t*, nta_incoming_t* request, const sip_t* sip) noexcept {
    return target->on_request(request, sip);
  }

 protected:
  ~RequestTarget() = default;
};
struct AckTarget {
  virtual void on_ack_or_cancel(nta_incoming_t* request, const sip_t* sip) = 0;
  static int call(AckTarget* target, nta_incoming_t* request, const sip_t* sip) noexcept {
    target->on_ack_or_cancel(request, sip);
    return 0;
  }

 protected:
  ~AckTarget() = default;
};
struct ResponseTarget {
  virtual void on_response(nta_outgoing_t* request, const sip_t* sip) = 0;
  static int call(ResponseTarget* target, nta_outgoing_t* request, const sip_t* sip) noexcept {
    target->on_response(request, sip);
    return 0;
  }

 protected:
  ~ResponseTarget() = default;
};
struct PrackTarget {
  virtual int on_prack(nta_reliable_t* response, nta_incoming_t* prack, const sip_t* sip) = 0;
  static int call(PrackTarget* target, nta_reliable_t* response, nta_incoming_t* prack, const sip_t* sip) noexcept {
    return target->on_prack(response, prack, sip);
  }

 protected:
  ~PrackTarget() = default;
};

template <auto Destroy>
struct Destroyer {
  template <class T>
  void operator()(T* object) const {
    Destroy(object);
  }
};
// Destroying a transaction only lets go of it: the library keeps it for its retransmissions.
using IncomingPtr = std::unique_ptr<nta_incoming_t, Destroyer<nta_incoming_destroy>>;
using OutgoingPtr = std::unique_ptr<nta_outgoing_t, Destroyer<nta_outgoing_destroy>>;
using DialogPtr = std::unique_ptr<nta_leg_t, Destroyer<nta_leg_destroy>>;
using MessagePtr = std::unique_ptr<msg_t, Destroyer<msg_destroy>>;
using TransportPtr = std::unique_ptr<tport_t, Destroyer<tport_unref>>;
using NameCachePtr = std::unique_ptr<sres_cache_t, Destroyer<sres_cache_unref>>;
struct HomeUnref {
  void operator()(su_home_t* home) const { su_home_unref(home); }
};
using HomePtr = std::unique_ptr<su_home_t, HomeUnref>;  // an arena of the library

inline HomePtr new_home() { return HomePtr{static_cast<su_home_t*>(su_home_new(sizeof(su_home_t)))}; }

}  // namespace pledge::signalling
