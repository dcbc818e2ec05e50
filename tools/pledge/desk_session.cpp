#include "tools/pledge/desk_session.hpp"

namespace pledge {
namespace {
constexpr std::chrono::milliseconds retry_after{500};
}  // namespace

DeskSession::DeskSession(const Client& client, std::string handler)
    : client_(client), handler_(std::move(handler)), session_("console-" + new_request_id()) {
  open();
}

void DeskSession::open() {
  v1::WatchConsoleRequest request;
  request.set_handler(handler_);
  request.set_session(session_);
  feed_ = std::make_unique<Feed<v1::WatchConsoleResponse>>(
      [this, request](grpc::ClientContext& context) { return client_.console->WatchConsole(&context, request); });
}

DeskSession::News DeskSession::take() {
  News news;
  if (!feed_) {
    if (std::chrono::steady_clock::now() >= retry_) open();
    return news;
  }
  news.messages = feed_->take();
  for (const auto& message : news.messages) {
    live_ = true;
    if (auto words = desk_.apply(message); !words.empty()) news.words.push_back(std::move(words));
  }
  if (const auto status = feed_->ended()) {
    problem_ = *status;
    live_ = false;
    feed_.reset();
    retry_ = std::chrono::steady_clock::now() + retry_after;
  }
  return news;
}

bool DeskSession::hopeless() const {
  const auto code = problem_.error_code();
  return !live_ && (code == grpc::NOT_FOUND || code == grpc::PERMISSION_DENIED || code == grpc::INVALID_ARGUMENT ||
                    code == grpc::UNIMPLEMENTED);
}

grpc::Status DeskSession::sign_on(const std::string& role, bool takeover) {
  auto asked = request<v1::SignOnRequest>();
  asked.set_role(role);
  asked.set_session(session_);
  asked.set_takeover(takeover);
  v1::SignOnResponse answer;
  return call(*client_.console, &v1::ConsoleService::Stub::SignOn, asked, answer);
}

grpc::Status DeskSession::sign_off(const std::string& reason) {
  auto asked = request<v1::SignOffRequest>();
  asked.set_reason(reason);
  v1::SignOffResponse answer;
  return call(*client_.console, &v1::ConsoleService::Stub::SignOff, asked, answer);
}

grpc::Status DeskSession::ready() {
  v1::ReadyResponse answer;
  return call(*client_.console, &v1::ConsoleService::Stub::Ready, request<v1::ReadyRequest>(), answer);
}

grpc::Status DeskSession::not_ready(const std::string& reason) {
  auto asked = request<v1::NotReadyRequest>();
  asked.set_reason(reason);
  v1::NotReadyResponse answer;
  return call(*client_.console, &v1::ConsoleService::Stub::NotReady, asked, answer);
}

grpc::Status DeskSession::accept() {
  auto asked = request<v1::AcceptRequest>();
  asked.set_offer(desk_.offer ? desk_.offer->id() : 0);
  v1::AcceptResponse answer;
  return call(*client_.console, &v1::ConsoleService::Stub::Accept, asked, answer);
}

grpc::Status DeskSession::decline() {
  auto asked = request<v1::DeclineRequest>();
  asked.set_offer(desk_.offer ? desk_.offer->id() : 0);
  v1::DeclineResponse answer;
  return call(*client_.console, &v1::ConsoleService::Stub::Decline, asked, answer);
}

grpc::Status DeskSession::release() {
  auto asked = request<v1::ReleaseRequest>();
  asked.set_contact(desk_.handler.contact());
  v1::ReleaseResponse answer;
  return call(*client_.console, &v1::ConsoleService::Stub::Release, asked, answer);
}

grpc::Status DeskSession::pause_recording(const std::string& reason) {
  v1::PauseRecordingRequest asked;
  *asked.mutable_mutation() = mutation_by(handler_);
  asked.set_contact(desk_.handler.contact());
  asked.set_reason(reason);
  v1::PauseRecordingResponse answer;
  return call(*client_.recordings, &v1::RecordingService::Stub::PauseRecording, asked, answer);
}

grpc::Status DeskSession::resume_recording() {
  v1::ResumeRecordingRequest asked;
  *asked.mutable_mutation() = mutation_by(handler_);
  asked.set_contact(desk_.handler.contact());
  v1::ResumeRecordingResponse answer;
  return call(*client_.recordings, &v1::RecordingService::Stub::ResumeRecording, asked, answer);
}

grpc::Status DeskSession::finish_wrap_up() {
  v1::FinishWrapUpResponse answer;
  return call(*client_.console, &v1::ConsoleService::Stub::FinishWrapUp, request<v1::FinishWrapUpRequest>(), answer);
}

grpc::Status DeskSession::extend_wrap_up(std::chrono::seconds by) {
  auto asked = request<v1::ExtendWrapUpRequest>();
  asked.mutable_by()->set_seconds(by.count());
  v1::ExtendWrapUpResponse answer;
  return call(*client_.console, &v1::ConsoleService::Stub::ExtendWrapUp, asked, answer);
}

}  // namespace pledge
