#include <fcntl.h>
#include <unistd.h>

#include <atomic>

#include "runtime/recording_files.hpp"
#include "service/services.hpp"

namespace pledge::service {
namespace {

constexpr std::size_t part_bytes = 64 * 1024;  // of audio in one message: four seconds

grpc::Status no_archive() {
  return refuse(grpc::StatusCode::FAILED_PRECONDITION, "NO_RECORDINGS", "this engine keeps no recordings");
}
grpc::Status unknown_recording(const std::string& name) {
  return refuse(grpc::StatusCode::NOT_FOUND, "UNKNOWN_RECORDING",
                "no recording " + name + " is complete, or it has been removed; `pledge recording list` shows those that are");
}

grpc::Status too_many() {
  return refuse(grpc::StatusCode::RESOURCE_EXHAUSTED, "TOO_MANY_LISTENERS", "too many recordings are being heard: try again later");
}

// One listener's stream. gRPC tells when the last part has left; the archive's thread reads the next. It owns itself until
// gRPC is done with it; whoever holds it longer does so to no effect.
class Hearing final : public grpc::ServerWriteReactor<v1::HearRecordingResponse> {
 public:
  static std::shared_ptr<Hearing> open(std::shared_ptr<RecordingArchive> archive) {
    std::shared_ptr<Hearing> hearing(new Hearing(std::move(archive)));
    hearing->self_ = hearing;
    return hearing;
  }
  ~Hearing() override {
    if (file_ >= 0) ::close(file_);
    if (counted_) archive_->listeners -= 1;
  }

  void refuse(const grpc::Status& status) {
    if (!claimed_.exchange(true)) Finish(status);
  }
  // On the archive's thread: the core allowed it.
  void begin(const std::string& name) {
    if (claimed_.exchange(true)) return;
    const auto recording = archive_->find(name);
    if (recording) file_ = ::open(archive_->path_of(name).c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (file_ < 0) return Finish(unknown_recording(name));
    counted_ = true;
    if (archive_->listeners++ >= RecordingArchive::most_listeners) return Finish(too_many());
    *part_.mutable_recording() = *recording;
    StartWrite(&part_);
  }
  void OnWriteDone(bool ok) override {
    if (!ok) return Finish({grpc::StatusCode::CANCELLED, "the listener is gone"});
    archive_->post([hearing = self_] { hearing->next(); });
  }
  // Before it has begun; afterwards a write fails.
  void OnCancel() override { refuse({grpc::StatusCode::CANCELLED, "the listener is gone, or the engine is shutting down"}); }
  void OnDone() override { self_.reset(); }

 private:
  explicit Hearing(std::shared_ptr<RecordingArchive> archive) : archive_(std::move(archive)) {}

  void next() {
    std::string& audio = *part_.mutable_audio();
    audio.resize(part_bytes);
    const auto got = ::read(file_, audio.data(), audio.size());
    if (got < 0) return Finish(service::refuse(grpc::StatusCode::DATA_LOSS, "UNREADABLE", "the recording cannot be read"));
    if (got == 0) return Finish(grpc::Status::OK);
    audio.resize(static_cast<std::size_t>(got));
    StartWrite(&part_);
  }

  const std::shared_ptr<RecordingArchive> archive_;
  std::shared_ptr<Hearing> self_;
  std::atomic<bool> claimed_{false};  // it has begun, or was refused
  bool counted_ = false;
  int file_ = -1;
  v1::HearRecordingResponse part_;
};

bool is_day(const std::string& text) {
  if (text.size() != 10) return false;
  std::string digits = text;
  digits.erase(7, 1).erase(4, 1);
  return text[4] == '-' && text[7] == '-' && digits.find_first_not_of("0123456789") == std::string::npos;
}

}  // namespace

Reply RecordingService::PauseRecording(Context context, const v1::PauseRecordingRequest* request,
                                       v1::PauseRecordingResponse* response) {
  using Response = v1::PauseRecordingResponse;
  return front_->unary(context, request, response,
                       [](Hub& hub, const v1::PauseRecordingRequest& r, const Answer<Response>& answer) {
                         const auto make = [&](core::Request q) {
                           return core::PauseRecording{std::move(q), {r.contact()}, r.reason()};
                         };
                         hub.requests.submit(r.mutation(), r.mutation().actor(), fingerprint(r), make, with_version(answer));
                       });
}

Reply RecordingService::ResumeRecording(Context context, const v1::ResumeRecordingRequest* request,
                                        v1::ResumeRecordingResponse* response) {
  using Response = v1::ResumeRecordingResponse;
  return front_->unary(context, request, response,
                       [](Hub& hub, const v1::ResumeRecordingRequest& r, const Answer<Response>& answer) {
                         const auto make = [&](core::Request q) { return core::ResumeRecording{std::move(q), {r.contact()}}; };
                         hub.requests.submit(r.mutation(), r.mutation().actor(), fingerprint(r), make, with_version(answer));
                       });
}

Reply RecordingService::ListRecordings(Context context, const v1::ListRecordingsRequest* request,
                                       v1::ListRecordingsResponse* response) {
  using Response = v1::ListRecordingsResponse;
  return front_->unary(
      context, request, response,
      [archive = archive_](Hub& hub, const v1::ListRecordingsRequest& r, const Answer<Response>& answer) {
        if (!archive) return answer.refuse(no_archive());
        if (!r.page_token().empty() && !runtime::is_recording_name(r.page_token())) return answer.refuse(bad_page_token());
        if (!r.day().empty() && !is_day(r.day()))
          return answer.refuse(refuse(grpc::StatusCode::INVALID_ARGUMENT, "BAD_DAY", "a day is written YYYY-MM-DD"));
        const std::size_t most = page_size(hub.options, r.page_size());
        archive->post([archive, r, answer, most] {
          auto found = archive->list(r.page_token(), r.day(), most + 1);
          const bool more = found.size() > most;
          if (more) found.resize(most);
          answer.with([&](Response& to) {
            if (more) to.set_next_page_token(found.back().name());
            for (auto& recording : found) *to.add_recordings() = std::move(recording);
          });
        });
      });
}

grpc::ServerWriteReactor<v1::HearRecordingResponse>* RecordingService::HearRecording(Context,
                                                                                     const v1::HearRecordingRequest* request) {
  const auto hearing = Hearing::open(archive_);
  if (!archive_) hearing->refuse(no_archive());
  else if (!runtime::is_recording_name(request->name())) hearing->refuse(unknown_recording(request->name()));
  else
    front_->on_loop([hearing, archive = archive_, r = *request](Hub& hub) {
      const auto make = [&](core::Request q) { return core::HearRecording{std::move(q), {r.name()}, r.reason()}; };
      hub.requests.submit(r.mutation(), r.mutation().actor(), fingerprint(r), make,
                          [hearing, archive, name = r.name()](const Outcome& outcome) {
                            if (!outcome.status.ok()) return hearing->refuse(outcome.status);
                            archive->post([hearing, name] { hearing->begin(name); });
                          });
    });
  return hearing.get();
}

}  // namespace pledge::service
