#pragma once
// The protobuf wire format, as far as the journal's records use it: appending to a string, and a cursor that reads
// within bounds whatever it is given. (https://protobuf.dev/programming-guides/encoding)
#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace pledge::journal::wire {

static_assert(std::endian::native == std::endian::little, "fixed-width fields are copied as they lie in memory");

enum class Type : std::uint8_t { varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5 };

inline void put_varint(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<char>(value | 0x80));
  out.push_back(static_cast<char>(value));
}
inline void put_tag(std::string& out, std::uint32_t number, Type type) {
  put_varint(out, std::uint64_t{number} << 3 | static_cast<std::uint64_t>(type));
}
template <class T>
void put_fixed(std::string& out, T value) {
  char bytes[sizeof value];
  std::memcpy(bytes, &value, sizeof value);
  out.append(bytes, sizeof value);
}
inline void put_bytes(std::string& out, std::uint32_t number, std::string_view value) {
  put_tag(out, number, Type::bytes);
  put_varint(out, value.size());
  out.append(value);
}
// A message within a message: `body` appends its fields, the length is put before them afterwards.
template <class Body>
void put_nested(std::string& out, std::uint32_t number, Body&& body) {
  put_tag(out, number, Type::bytes);
  const std::size_t at = out.size();
  out.push_back(0);  // most lengths take one byte
  body();
  std::string length;
  put_varint(length, out.size() - at - 1);
  out.replace(at, 1, length);
}

class Cursor {
 public:
  explicit Cursor(std::string_view bytes) : rest_(bytes) {}
  bool at_end() const { return rest_.empty(); }

  bool varint(std::uint64_t& value) {
    value = 0;
    for (unsigned shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      value |= std::uint64_t{byte & 0x7fu} << shift;
      if (byte < 0x80) return true;
    }
    return false;
  }
  bool tag(std::uint32_t& number, Type& type) {
    std::uint64_t value = 0;
    if (!varint(value) || value >> 32 != 0) return false;
    number = static_cast<std::uint32_t>(value >> 3);
    type = static_cast<Type>(value & 7);
    return number != 0;
  }
  template <class T>
  bool fixed(T& value) {
    if (rest_.size() < sizeof value) return false;
    std::memcpy(&value, rest_.data(), sizeof value);
    rest_.remove_prefix(sizeof value);
    return true;
  }
  bool bytes(std::string_view& value) {
    std::uint64_t size = 0;
    if (!varint(size) || size > rest_.size()) return false;
    value = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return true;
  }
  bool skip(Type type) {
    std::uint64_t number = 0;
    std::uint32_t half = 0;
    std::string_view text;
    switch (type) {
      case Type::varint:
        return varint(number);
      case Type::fixed64:
        return fixed(number);
      case Type::bytes:
        return bytes(text);
      case Type::fixed32:
        return fixed(half);
    }
    return false;
  }

 private:
  std::string_view rest_;
};

}  // namespace pledge::journal::wire
