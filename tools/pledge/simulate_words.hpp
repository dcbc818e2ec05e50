#pragma once
// What the command lines of simulated rooms say, and the files that they name.
#include <string>
#include <string_view>
#include <vector>

#include "tools/pledge/command.hpp"
#include "workforce/study.hpp"
#include "workforce/traces.hpp"

namespace pledge {

// What is wrong with the command line or its files; printed as it is.
struct Wrong {
  std::vector<std::string> lines;
  int exit = exit_usage;
};

// These throw Wrong; `of` is the option with its text.
std::string text_of(const std::string& path);
double number(const std::string& text, const std::string& of);
// NAME:SECONDS:SHARE
workforce::RoomClass room_class(const std::string& option, const std::string& text);

std::vector<std::string> split(const std::string& text, char by);

template <class Row>
std::vector<Row> rows_or_wrong(const std::string& path, workforce::Trace<Row> trace) {
  if (trace.faults.empty()) return std::move(trace.rows);
  Wrong wrong{{}, exit_no};
  for (const workforce::TraceFault& fault : trace.faults) wrong.lines.push_back(to_text(path, fault));
  throw wrong;
}

template <class Row>
std::vector<Row> rows_of(const std::string& path, workforce::Trace<Row> (*read)(std::string_view)) {
  return rows_or_wrong(path, read(text_of(path)));
}

}  // namespace pledge
