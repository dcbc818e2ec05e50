#pragma once
// Golden transcripts: a file holds what happens (lines that start with a time) and, indented below each, what the core
// answers. The runner plays the former and compares the latter, byte for byte.
//
//   setting:   `handlers 3`, `reserve 1`, `wrap-up 20`, `accept-first h1`  (before the first timed line)
//   happening: `12.5 call 999 from +447700900001`  …  see scenario.cpp for the verbs
#include <string>

namespace pledge::core::test {

// The transcript as the core plays it today.
std::string play(const std::string& transcript);

}  // namespace pledge::core::test
