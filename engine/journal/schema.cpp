#include "journal/schema.hpp"

#include <fmt/format.h>

#include <set>

#include "pledge/v1/journal.pb.h"

namespace pledge::journal {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

class Comparison {
 public:
  template <class... Events>
  void events(const std::variant<Events...>*) {
    (event<Events>(), ...);
    const auto* group = record_descriptor().FindOneofByName("event");
    for (int i = 0; i < group->field_count(); ++i) {
      const auto& type = group->field(i)->message_type()->name();
      if (!((type == core::type_name<Events>()) || ...)) say("event {}: in the proto only", type);
    }
  }
  std::vector<std::string> take() { return std::move(differences_); }

 private:
  template <class... Args>
  void say(fmt::format_string<Args...> format, Args&&... args) {
    differences_.push_back(fmt::format(format, std::forward<Args>(args)...));
  }

  template <class T>
  void event() {
    const auto* group = record_descriptor().FindOneofByName("event");
    for (int i = 0; i < group->field_count(); ++i)
      if (group->field(i)->message_type()->name() == core::type_name<T>()) return message<T>();
    say("event {}: missing in JournalRecord.event", core::type_name<T>());
  }

  template <core::HasFields T>
  void message() {
    const std::string type(core::type_name<T>());
    if (!seen_.insert(type).second) return;
    const auto* found = record_descriptor().FindNestedTypeByName(type);
    if (found == nullptr) return say("message {}: missing in journal.proto", type);
    std::set<std::string> names;
    std::apply([&](const auto&... field) { (..., this->field(*found, names, field)); }, T::field_list());
    for (int i = 0; i < found->field_count(); ++i)
      if (!names.contains(found->field(i)->name())) say("{}.{}: in the proto only", type, found->field(i)->name());
  }

  template <class Struct, class Member>
  void field(const Descriptor& message, std::set<std::string>& names, const core::Field<Struct, Member>& field) {
    const std::string name(field.name);
    names.insert(name);
    const auto* found = message.FindFieldByName(name);
    if (found == nullptr) return say("{}.{}: missing in journal.proto", message.name(), name);
    if (!matches<Member>(*found)) say("{}.{}: the types differ", message.name(), name);
  }

  template <class T>
  bool matches(const FieldDescriptor& field) {
    if constexpr (core::detail::IsVector<T>::value)
      return field.is_repeated() && element<typename T::value_type>(field);
    else if constexpr (core::detail::IsOptional<T>::value)
      return field.has_optional_keyword() && element<typename T::value_type>(field);
    else return !field.is_repeated() && !field.has_optional_keyword() && element<T>(field);
  }

  template <class T>
  bool element(const FieldDescriptor& field) {
    const auto type = field.type();
    if constexpr (core::detail::IsShared<T>::value)
      return element<std::remove_const_t<typename T::element_type>>(field);
    else if constexpr (core::HasFields<T>) {
      message<T>();
      return type == FieldDescriptor::TYPE_MESSAGE && field.message_type()->name() == core::type_name<T>();
    } else if constexpr (std::is_same_v<T, std::string> || core::detail::IsNameId<T>::value)
      return type == FieldDescriptor::TYPE_STRING || type == FieldDescriptor::TYPE_BYTES;
    else if constexpr (std::is_same_v<T, core::Time> || std::is_same_v<T, core::Duration>)
      return type == FieldDescriptor::TYPE_INT64;
    else if constexpr (core::detail::IsNumericId<T>::value) return type == FieldDescriptor::TYPE_UINT64;
    else return type == plain<T>();
  }

  template <class T>
  static constexpr FieldDescriptor::Type plain() {
    if constexpr (std::is_same_v<T, bool>) return FieldDescriptor::TYPE_BOOL;
    else if constexpr (std::is_same_v<T, double>) return FieldDescriptor::TYPE_DOUBLE;
    else if constexpr (std::is_same_v<T, std::uint64_t>) return FieldDescriptor::TYPE_UINT64;
    else if constexpr (std::is_same_v<T, std::int32_t>) return FieldDescriptor::TYPE_INT32;
    else return FieldDescriptor::TYPE_UINT32;  // enums and small counts
  }

  std::set<std::string> seen_;
  std::vector<std::string> differences_;
};

}  // namespace

const google::protobuf::Descriptor& record_descriptor() { return *pledge::v1::JournalRecord::descriptor(); }

std::vector<std::string> schema_differences() {
  Comparison comparison;
  comparison.events(static_cast<const core::Event*>(nullptr));
  return comparison.take();
}

}  // namespace pledge::journal
