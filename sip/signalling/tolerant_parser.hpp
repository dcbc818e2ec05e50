#pragma once
// The library's message class, with a request line and a Via that are read once more, with forgiveness, when they are
// malformed: the library drops such requests without a word, and for an emergency service a 400 beats silence.
#include "sip/signalling/sofia.hpp"

namespace pledge::signalling {

inline constexpr char other_version_host[] = "version.invalid";  // host of the stand-in URI

struct FreeMessageClass {
  void operator()(msg_mclass_t* message_class) const;
};
using MessageClassPtr = std::unique_ptr<msg_mclass_t, FreeMessageClass>;

// Of the messages received with it:
// - a request line that cannot be read keeps its method and gets a stand-in URI; the library then answers 400, and an
//   unknown method is left to be answered with 501;
// - a first line that cannot be read is kept in sip_user, as it came;
// - one whose version is not SIP/2.0 gets a URI at `other_version_host` and is left to be answered with 505;
// - a Via that cannot be read is cut down to its first value without empty parameters, and answered with 400;
// - a Via branch shorter than the magic cookie is answered with 400: the library would read past its end;
// - a NUL in the head of a request, as far as it has come with the first line, becomes DEL: the library would stop at it;
// - a Via that names another transport than the one it came over is corrected: the socket is right.
// Null where the library's table of headers is not as expected.
MessageClassPtr tolerant_message_class();

}  // namespace pledge::signalling
