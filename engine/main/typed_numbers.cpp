#include "main/typed_numbers.hpp"

#include <type_traits>
#include <utility>

namespace pledge {

void TypedNumbers::submit(core::Event event) {
  const auto normalise = [this](std::string& number) {
    if (!number.empty()) number = numbers_.normalise(number);
  };
  std::visit(
      [&](auto& asked) {
        using Asked = std::decay_t<decltype(asked)>;
        if constexpr (std::is_same_v<Asked, core::CallOut>) normalise(asked.number);
        if constexpr (std::is_same_v<Asked, core::ConsultCall> || std::is_same_v<Asked, core::TransferCall>) normalise(asked.to.number);
      },
      event);
  next_.submit(std::move(event));
}

}  // namespace pledge
