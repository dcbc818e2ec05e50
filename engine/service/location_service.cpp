#include <algorithm>

#include "service/services.hpp"

namespace pledge::service {

namespace {

constexpr std::size_t longest_number = 64;  // bytes; E.164 has 15 digits, and people write more signs

// Why nothing can be done with what the document says; empty: something can.
std::string fault_of(const std::vector<core::Location>& locations) {
  const auto useful = [](const core::Location& l) { return l.circle || !l.civic.empty(); };
  if (std::any_of(locations.begin(), locations.end(), useful)) return {};
  return locations.empty() ? "no location in the document" : locations.front().fault;
}

}  // namespace

Reply LocationService::Report(Context context, const v1::ReportRequest* request, v1::ReportResponse* response) {
  using Response = v1::ReportResponse;
  return front_->unary(context, request, response,
                       [reader = reader_](Hub& hub, const v1::ReportRequest& r, const Answer<Response>& answer) {
    const auto refused = [&](const char* reason, std::string detail) {
      answer.refuse(refuse(grpc::StatusCode::INVALID_ARGUMENT, reason, std::move(detail)));
    };
    if (!reader)
      return answer.refuse(refuse(grpc::StatusCode::UNIMPLEMENTED, "NO_LOCATIONS", "this engine takes no locations"));
    if (r.caller().empty() == (r.contact() == 0)) return refused("BAD_TARGET", "name the caller's number or the contact: one of them");
    if (r.caller().size() > longest_number) return refused("BAD_TARGET", "a number has at most 64 signs");
    auto reading = reader->read_location(r.document());
    if (auto fault = fault_of(reading.locations); !fault.empty()) return refused("BAD_LOCATION", std::move(fault));
    core::LocationArrived event{{}, {r.contact()}, r.caller().empty() ? "" : reader->normal_number(r.caller()),
                                std::move(reading.locations), std::move(reading.place)};
    hub.requests.submit(
        r.mutation(), r.mutation().actor(), fingerprint(r),
        [&](core::Request q) {
          auto made = event;
          made.request = std::move(q);
          return made;
        },
        [answer, event](const Outcome& outcome) {
          if (!outcome.status.ok()) return answer.refuse(outcome.status);
          answer.with([&](Response& done) {
            done.set_version(outcome.version);
            done.set_place(event.place);
            for (const auto& location : event.locations) put(done.add_locations(), location);
          });
        });
  });
}

}  // namespace pledge::service
