// The floor of the signalling benchmark: the least that a two-leg B2BUA on nta can do for a call, on sofia's own loop. No
// queue, no media, no journal: an INVITE goes to one phone's address, the 200 comes back, BYE ends both legs.
//
// Usage: bench_nta_floor PORT PHONE_PORT     both on 127.0.0.1, UDP; prints "ready" when it listens. Ends with SIGTERM.
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

namespace {
struct Call;
struct Floor;
}  // namespace
#define NTA_AGENT_MAGIC_T Floor
#define NTA_LEG_MAGIC_T Call
#define NTA_INCOMING_MAGIC_T Call
#define NTA_OUTGOING_MAGIC_T Call
#define SU_ROOT_MAGIC_T Floor
#include <sofia-sip/nta.h>
#include <sofia-sip/nta_tag.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/sip_tag.h>
#include <sofia-sip/su_wait.h>

namespace {

struct Floor {
  nta_agent_t* agent = nullptr;
  std::string contact, phone;
};

// Lives from the caller's INVITE until the other side has answered the BYE.
struct Call {
  Floor& floor;
  nta_leg_t* caller = nullptr;
  nta_leg_t* handler = nullptr;
  nta_incoming_t* invite = nullptr;   // the caller's, until its ACK
  nta_outgoing_t* request = nullptr;  // ours to the phone, then our BYE

  explicit Call(Floor& f) : floor(f) {}
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;
  ~Call() {
    if (request) nta_outgoing_destroy(request);
    if (invite) nta_incoming_destroy(invite);
    if (caller) nta_leg_destroy(caller);
    if (handler) nta_leg_destroy(handler);
  }
};

int on_bye_answered(Call* call, nta_outgoing_t*, sip_t const* sip) {
  if (!sip || sip->sip_status->st_status >= 200) delete call;
  return 0;
}

int on_in_dialog(Call* call, nta_leg_t* leg, nta_incoming_t*, sip_t const* sip) {
  if (sip->sip_request->rq_method != sip_method_bye) return 405;
  nta_leg_t* other = leg == call->caller ? call->handler : call->caller;
  if (call->request) nta_outgoing_destroy(call->request);
  call->request = nta_outgoing_tcreate(other, on_bye_answered, call, nullptr, SIP_METHOD_BYE, nullptr, TAG_END());
  return 200;
}

int on_ack(Call* call, nta_incoming_t* invite, sip_t const*) {
  if (call->invite == invite) call->invite = nullptr;
  nta_incoming_destroy(invite);
  return 0;
}

void acknowledge(Call& call, sip_t const* sip) {
  nta_leg_rtag(call.handler, sip->sip_to->a_tag);
  nta_leg_client_route(call.handler, sip->sip_record_route, sip->sip_contact);
  const std::string cseq = std::to_string(sip->sip_cseq->cs_seq) + " ACK";
  nta_outgoing_destroy(nta_outgoing_tcreate(call.handler, nullptr, nullptr, nullptr, SIP_METHOD_ACK, nullptr,
                                            SIPTAG_CSEQ_STR(cseq.c_str()), TAG_END()));
}

int on_answer(Call* call, nta_outgoing_t*, sip_t const* sip) {
  const int status = sip ? sip->sip_status->st_status : 408;
  if (status < 200 || !call->invite) return 0;
  if (status >= 300) {
    nta_incoming_treply(call->invite, status, sip ? sip->sip_status->st_phrase : "Request Timeout", TAG_END());
    delete call;
    return 0;
  }
  acknowledge(*call, sip);
  nta_incoming_treply(call->invite, SIP_200_OK, SIPTAG_CONTACT_STR(call->floor.contact.c_str()),
                      SIPTAG_CONTENT_TYPE(sip->sip_content_type), SIPTAG_PAYLOAD(sip->sip_payload), TAG_END());
  return 0;
}

void adopt_caller(Call& call, nta_incoming_t* invite, sip_t const* sip) {
  call.invite = invite;
  call.caller = nta_leg_tcreate(call.floor.agent, on_in_dialog, &call, SIPTAG_CALL_ID(sip->sip_call_id),
                                SIPTAG_FROM(sip->sip_to), SIPTAG_TO(sip->sip_from), TAG_END());
  nta_leg_tag(call.caller, nullptr);
  nta_leg_server_route(call.caller, sip->sip_record_route, sip->sip_contact);
  nta_incoming_tag(invite, nta_leg_get_tag(call.caller));
  nta_incoming_bind(invite, on_ack, &call);
  nta_incoming_treply(invite, SIP_100_TRYING, TAG_END());
}

void ring_phone(Call& call, sip_t const* sip) {
  const Floor& floor = call.floor;
  const std::string user = sip->sip_from->a_url->url_user ? sip->sip_from->a_url->url_user : "anonymous";
  const std::string from = "<sip:" + user + "@" + floor.contact.substr(floor.contact.find('@') + 1);
  call.handler = nta_leg_tcreate(floor.agent, on_in_dialog, &call, SIPTAG_FROM_STR(from.c_str()),
                                 SIPTAG_TO_STR(floor.phone.c_str()), TAG_END());
  nta_leg_tag(call.handler, nullptr);
  call.request = nta_outgoing_tcreate(call.handler, on_answer, &call, nullptr, SIP_METHOD_INVITE,
                                      URL_STRING_MAKE(floor.phone.c_str()), SIPTAG_CONTACT_STR(floor.contact.c_str()),
                                      SIPTAG_CONTENT_TYPE(sip->sip_content_type), SIPTAG_PAYLOAD(sip->sip_payload),
                                      TAG_END());
}

int on_request(Floor* floor, nta_agent_t*, msg_t* message, sip_t* sip) {
  if (!sip->sip_request || sip->sip_request->rq_method != sip_method_invite) {
    nta_msg_discard(floor->agent, message);
    return 0;
  }
  auto call = std::make_unique<Call>(*floor);
  nta_incoming_t* invite = nta_incoming_create(floor->agent, nullptr, message, sip, TAG_END());
  if (!invite) return 0;
  adopt_caller(*call, invite, sip);
  ring_phone(*call, sip);
  call.release();  // NOLINT: owned by its dialogs; on_bye_answered deletes it
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return std::fprintf(stderr, "usage: %s PORT PHONE_PORT\n", argv[0]), 2;
  const std::string address = std::string("127.0.0.1:") + argv[1];
  Floor floor;
  floor.contact = "<sip:floor@" + address + ">";
  floor.phone = std::string("sip:phone@127.0.0.1:") + argv[2];
  su_init();
  su_root_t* root = su_root_create(&floor);
  const std::string url = "sip:" + address + ";transport=udp";
  floor.agent = nta_agent_create(root, URL_STRING_MAKE(url.c_str()), on_request, &floor, NTATAG_UA(1),
                                 NTATAG_UDP_MTU(65535), NTATAG_SERVER_RPORT(1), TAG_END());
  if (!floor.agent) return std::fprintf(stderr, "cannot listen on %s\n", url.c_str()), 1;
  std::puts("ready");
  std::fflush(stdout);
  su_root_run(root);
  return 0;
}
