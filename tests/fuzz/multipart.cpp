// Bodies: the first line is the Content-Type, the rest the body. The parts together are never more than the body.
#include "sip/signalling/multipart.hpp"

#include <cstdint>
#include <cstdlib>

using namespace pledge::signalling;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto type = text.substr(0, text.find('\n'));
  const auto body = text.substr(std::min(text.size(), type.size() + 1));
  const auto result = split_body(type, body);
  if (!result) return to_string(result.error()).empty() ? std::abort(), 0 : 0;
  std::size_t bytes = result->sdp ? result->sdp->size() : 0;
  for (const auto& part : result->parts) bytes += part.bytes.size();
  if (bytes > body.size() || result->parts.size() > MultipartLimits{}.parts) std::abort();
  return 0;
}
