#include "tools/pledge/desk_session.hpp"

namespace pledge {
namespace {

void put_place(v1::CallTarget* to, const std::string& place) {
  constexpr std::string_view queue = "queue ";
  if (place.starts_with(queue)) to->set_queue(place.substr(queue.size()));
  else if (!place.empty() && (place.front() == '+' || (place.front() >= '0' && place.front() <= '9'))) to->set_number(place);
  else to->set_handler(place);
}

}  // namespace

template <class Request>
Request DeskSession::about_call() const {
  auto out = request<Request>();
  out.set_contact(desk_.handler.contact());
  return out;
}

grpc::Status DeskSession::hold(bool on) {
  auto asked = about_call<v1::HoldRequest>();
  asked.set_on(on);
  v1::HoldResponse answer;
  return call(*client_.console, &v1::ConsoleService::Stub::Hold, asked, answer);
}

grpc::Status DeskSession::mute(bool on) {
  auto asked = about_call<v1::MuteRequest>();
  asked.set_on(on);
  v1::MuteResponse answer;
  return call(*client_.console, &v1::ConsoleService::Stub::Mute, asked, answer);
}

grpc::Status DeskSession::consult(const std::string& place) {
  auto asked = about_call<v1::ConsultRequest>();
  put_place(asked.mutable_to(), place);
  v1::ConsultResponse answer;
  return call(*client_.console, &v1::ConsoleService::Stub::Consult, asked, answer);
}

grpc::Status DeskSession::transfer(const std::string& place) {
  auto asked = about_call<v1::TransferRequest>();
  if (!place.empty()) put_place(asked.mutable_to(), place);
  v1::TransferResponse answer;
  return call(*client_.console, &v1::ConsoleService::Stub::Transfer, asked, answer);
}

grpc::Status DeskSession::join() {
  auto asked = about_call<v1::JoinRequest>();
  v1::JoinResponse answer;
  return call(*client_.console, &v1::ConsoleService::Stub::Join, asked, answer);
}

grpc::Status DeskSession::drop(std::uint64_t leg) {
  auto asked = about_call<v1::DropRequest>();
  asked.set_leg(leg);
  v1::DropResponse answer;
  return call(*client_.console, &v1::ConsoleService::Stub::Drop, asked, answer);
}

grpc::Status DeskSession::ask_for_keys() {
  auto asked = about_call<v1::AskForKeysRequest>();
  v1::AskForKeysResponse answer;
  return call(*client_.console, &v1::ConsoleService::Stub::AskForKeys, asked, answer);
}

grpc::Status DeskSession::handed_over() {
  auto asked = about_call<v1::HandedOverRequest>();
  v1::HandedOverResponse answer;
  return call(*client_.console, &v1::ConsoleService::Stub::HandedOver, asked, answer);
}

grpc::Status DeskSession::not_reached() {
  auto asked = about_call<v1::NotReachedRequest>();
  v1::NotReachedResponse answer;
  return call(*client_.console, &v1::ConsoleService::Stub::NotReached, asked, answer);
}

grpc::Status DeskSession::mark_wrong_use() {
  auto asked = about_call<v1::MarkWrongUseRequest>();
  v1::MarkWrongUseResponse answer;
  return call(*client_.console, &v1::ConsoleService::Stub::MarkWrongUse, asked, answer);
}

grpc::Status DeskSession::calls_in_progress(std::vector<v1::Contact>& calls, bool& more) {
  constexpr std::size_t most = 1'000;
  constexpr std::uint32_t page = 200;  // what the engine answers between two calls
  constexpr std::chrono::milliseconds within{500};  // keys are not read meanwhile
  const auto until = std::chrono::steady_clock::now() + within;
  v1::ListContactsRequest asked;
  asked.set_page_size(page);
  asked.set_state(v1::CONTACT_STATE_TALKING);
  do {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    v1::ListContactsResponse answer;
    const auto status = call(*client_.supervision, &v1::SupervisionService::Stub::ListContacts, asked, answer, left);
    if (!status.ok()) return status;
    calls.insert(calls.end(), std::make_move_iterator(answer.mutable_contacts()->begin()), std::make_move_iterator(answer.mutable_contacts()->end()));
    asked.set_page_token(answer.next_page_token());
  } while (!asked.page_token().empty() && calls.size() < most);
  more = !asked.page_token().empty();
  return grpc::Status::OK;
}

grpc::Status DeskSession::monitor(std::uint64_t contact, v1::MonitorMode mode, const std::string& reason) {
  auto asked = request<v1::MonitorRequest>();
  asked.set_contact(contact);
  asked.set_mode(mode);
  asked.set_reason(reason);
  v1::MonitorResponse answer;
  return call(*client_.console, &v1::ConsoleService::Stub::Monitor, asked, answer);
}

grpc::Status DeskSession::close_ring_back(std::uint64_t contact, const std::string& reason) {
  auto asked = request<v1::CloseRingBackRequest>();
  asked.set_contact(contact);
  asked.set_reason(reason);
  v1::CloseRingBackResponse answer;
  return call(*client_.console, &v1::ConsoleService::Stub::CloseRingBack, asked, answer);
}

grpc::Status DeskSession::call_out(const std::string& number) {
  auto asked = request<v1::CallOutRequest>();
  asked.set_number(number);
  v1::CallOutResponse answer;
  return call(*client_.console, &v1::ConsoleService::Stub::CallOut, asked, answer);
}

}  // namespace pledge
