#pragma once
// Several lambdas as one, to visit a variant with.

namespace pledge::workforce {

template <class... Ts>
struct Either : Ts... {
  using Ts::operator()...;
};
template <class... Ts>
Either(Ts...) -> Either<Ts...>;  // clang 16 does not deduce it by itself

}  // namespace pledge::workforce
