#pragma once
// Text in JSON.
#include <string>
#include <string_view>

namespace pledge {

std::string json_quoted(std::string_view text);  // with its quotes

}  // namespace pledge
