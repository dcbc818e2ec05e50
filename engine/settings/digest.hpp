#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace pledge::settings {

struct Source;

// Names a configuration: 16 hexadecimal digits over the text of every option. The same tables give the same digest
// on every machine, at any time, however they are spread over files.
std::string digest(const Source& source);

// 64-bit FNV-1a (Fowler, Noll, Vo): stable, which std::hash is not. Not for secrets.
std::uint64_t fnv1a(std::string_view bytes, std::uint64_t state = 0xcbf29ce484222325ull);

}  // namespace pledge::settings
