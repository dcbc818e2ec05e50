#include "sip/signalling/xml.hpp"

#include <expat.h>
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "sip/signalling/text.hpp"

namespace pledge::signalling {
namespace {

// Stands between namespace and local name. No URI may hold it (RFC 3986), so that expat refuses those that do.
constexpr char separator = '\n';

// expat copies a namespace for each name in it before anyone is asked: one that is long, with many attributes, would cost what a
// document of megabytes costs.
std::size_t longest_namespace(std::string_view document) {
  std::size_t longest = 0;
  for (auto at = document.find("xmlns"); at != std::string_view::npos; at = document.find("xmlns", at + 1)) {
    const auto begin = document.find_first_of("\"'", at);
    if (begin == std::string_view::npos) break;
    const auto end = std::min(document.find(document[begin], begin + 1), document.size());
    longest = std::max(longest, end - begin - 1);
  }
  return longest;
}

struct Freed {
  void operator()(XML_Parser parser) const { XML_ParserFree(parser); }
};

// Builds the tree while expat reads. The first thing that is too much stops the reading.
class Builder {
 public:
  explicit Builder(const XmlLimits& limits) : limits_(limits) {}

  tl::expected<XmlElement, std::string> read(std::string_view document) {
    if (document.size() > limits_.bytes) return tl::unexpected(fmt::format("more than {} bytes", limits_.bytes));
    if (longest_namespace(document) > limits_.name_bytes)
      return tl::unexpected(fmt::format("a namespace longer than {} bytes", limits_.name_bytes));
    parser_.reset(XML_ParserCreateNS("UTF-8", separator));
    if (!parser_) return tl::unexpected(std::string("no memory for reading it"));
    XML_SetUserData(parser_.get(), this);
    XML_SetElementHandler(parser_.get(), on_start, on_end);
    XML_SetCharacterDataHandler(parser_.get(), on_text);
    XML_SetStartDoctypeDeclHandler(parser_.get(), on_doctype);
    const auto status = XML_Parse(parser_.get(), document.data(), static_cast<int>(document.size()), XML_TRUE);
    if (status == XML_STATUS_OK && fault_.empty()) return std::move(root_);
    const auto why = fault_.empty() ? XML_ErrorString(XML_GetErrorCode(parser_.get())) : fault_.c_str();
    return tl::unexpected(fmt::format("line {}: {}", XML_GetCurrentLineNumber(parser_.get()), why));
  }

 private:
  static Builder& self(void* user) { return *static_cast<Builder*>(user); }
  static void XMLCALL on_start(void* user, const XML_Char* name, const XML_Char** attributes) {
    self(user).start(name, attributes);
  }
  static void XMLCALL on_end(void* user, const XML_Char*) { self(user).end(); }
  static void XMLCALL on_text(void* user, const XML_Char* text, int size) {
    self(user).add(std::string_view(text, static_cast<std::size_t>(size)));
  }
  static void XMLCALL on_doctype(void* user, const XML_Char*, const XML_Char*, const XML_Char*, int) {
    self(user).stop("a document type declaration is not allowed");
  }

  void stop(std::string why) {
    if (fault_.empty()) fault_ = std::move(why);
    XML_StopParser(parser_.get(), XML_FALSE);
  }

  void start(std::string_view name, const XML_Char** attributes) {
    if (!fault_.empty()) return;  // expat may still finish what it has begun
    if (++elements_ > limits_.elements) return stop(fmt::format("more than {} elements", limits_.elements));
    if (open_.size() == limits_.depth) return stop(fmt::format("nested deeper than {}", limits_.depth));
    if (name.size() > limits_.name_bytes) return stop(fmt::format("a name longer than {} bytes", limits_.name_bytes));
    auto& element = open_.empty() ? root_ : open_.back()->children.emplace_back();
    const auto at = name.find(separator);
    if (at != std::string_view::npos) element.space = name.substr(0, at);
    element.name = at == std::string_view::npos ? name : name.substr(at + 1);
    open_.push_back(&element);
    for (; *attributes; attributes += 2) take(element, attributes[0], attributes[1]);
  }

  void take(XmlElement& element, std::string_view name, std::string_view value) {
    if (element.attributes.size() == limits_.attributes)
      return stop(fmt::format("more than {} attributes", limits_.attributes));
    if (name.size() > limits_.name_bytes) return stop(fmt::format("a name longer than {} bytes", limits_.name_bytes));
    element.attributes.push_back({std::string(name), std::string(value)});
    for (char& c : element.attributes.back().name)
      if (c == separator) c = ' ';
  }

  void add(std::string_view text) {
    if (fault_.empty() && !open_.empty()) open_.back()->text += text;
  }

  void end() {
    if (!fault_.empty() || open_.empty()) return;
    auto& text = open_.back()->text;
    text = std::string(text::trim(text));
    open_.pop_back();
  }

  const XmlLimits& limits_;
  std::unique_ptr<XML_ParserStruct, Freed> parser_;
  XmlElement root_;
  std::vector<XmlElement*>
      open_;  // from the root to the innermost; only the last one grows, so that all stay where they are
  std::size_t elements_ = 0;
  std::string fault_;
};

}  // namespace

const XmlElement* XmlElement::child(std::string_view in_space, std::string_view local) const {
  for (const auto& c : children)
    if (c.is(in_space, local)) return &c;
  return nullptr;
}

std::string_view XmlElement::attribute(std::string_view local) const {
  for (const auto& a : attributes)
    if (a.name == local) return a.value;
  return {};
}

tl::expected<XmlElement, std::string> read_xml(std::string_view document, const XmlLimits& limits) {
  return Builder(limits).read(document);
}

std::string shown_text(std::string_view text, std::size_t most) {
  std::string out;
  for (text = text::trim(text); !text.empty() && out.size() < most;) {
    const auto length = std::max<std::size_t>(text::utf8_length(text), 1);
    if (!text::is_space(text.front())) out += text::printable(text.substr(0, length));
    else if (out.back() != ' ') out += ' ';
    text.remove_prefix(length);
  }
  return text.empty() ? out : out + "…";
}

}  // namespace pledge::signalling
