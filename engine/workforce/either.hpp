#pragma once
// Several lambdas as one, to visit a variant with.

namespace pledge::workforce {

template <class... Ts>
struct Either : Ts... {
  using Ts::operator()...;
};

}  // namespace pledge::workforce
