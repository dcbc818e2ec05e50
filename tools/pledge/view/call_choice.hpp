#pragma once
// The calls in progress, of which a supervisor chooses one to listen to: narrowed by what is typed, one of them marked. Pure.
#include <optional>
#include <string>
#include <vector>

#include "pledge/v1/common.pb.h"
#include "tools/pledge/view/text.hpp"

namespace pledge::view {

class CallChoice {
 public:
  // As the engine tells them, the longest in talk first from now on; `more`: it has others. What is marked stays so; when it
  // has ended none is, so that nobody listens to a call they did not choose.
  void take(std::vector<v1::Contact> calls, bool more);
  // Only calls are shown whose number, handler, queue, caller's number or labels have what was typed in them. The one whose
  // number it is gets the mark, else the one marked keeps it, else the first.
  void type(char c);
  void erase();
  void move(int by);  // the mark, round and round
  // The call marked; of none that match, the one whose number was typed: it may be one that the engine has not listed.
  std::optional<std::uint64_t> chosen() const;
  const v1::Contact* find(std::uint64_t call) const;  // nullptr: not listed
  // At most `room.rows` lines.
  Frame draw(core::Time now, Size room, const Paint& paint) const;

 private:
  std::vector<const v1::Contact*> matching() const;
  std::size_t place_of_mark(const std::vector<const v1::Contact*>& shown) const;  // shown.size(): none is marked
  void mark();

  std::vector<v1::Contact> calls_;
  bool more_ = false, known_ = false;  // known: the engine has answered once
  std::string typed_;
  std::uint64_t marked_ = 0;  // 0: none
};

}  // namespace pledge::view
