#pragma once
// XML of strangers (PIDF-LO, Additional-Data) as a small tree. Read with expat, namespaces resolved; a document type
// declaration and with it every entity of its own is refused, nothing external is ever fetched, and every size has a
// bound.
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace pledge::signalling {

struct XmlLimits {
  std::size_t bytes = 32768;     // of the document; locations and data blocks of real calls stay below 10 kB
  std::size_t depth = 24;        // elements within each other; PIDF-LO nests twelve, xCard within it fewer
  std::size_t elements = 1000;   // a polygon of 200 corners has 210
  std::size_t attributes = 16;   // of one element
  std::size_t name_bytes = 256;  // of an element's name with its namespace
};

struct XmlElement {
  struct Attribute {
    std::string name;  // local name; where it has a namespace, that and a blank before it
    std::string value;
  };
  std::string space;  // namespace URI; empty = none
  std::string name;   // local name
  std::vector<Attribute> attributes;
  std::string text;  // its own, all pieces joined, trimmed
  std::vector<XmlElement> children;

  bool is(std::string_view in_space, std::string_view local) const { return name == local && space == in_space; }
  // The first child of that name and namespace; null if there is none.
  const XmlElement* child(std::string_view in_space, std::string_view local) const;
  // "" if there is no such attribute.
  std::string_view attribute(std::string_view local) const;
};

// The root element, or why there is none: "line 3: mismatched tag".
tl::expected<XmlElement, std::string> read_xml(std::string_view document, const XmlLimits& limits = {});

// Text of a document as people are shown it: white space collapsed, printable UTF-8, at most about `most` bytes ("…").
std::string shown_text(std::string_view text, std::size_t most);

}  // namespace pledge::signalling
