#include "absl/strings/escaping.h"
#include "common/feed/position.h"
#include "common/page/page.h"
#include "common/strings.h"
#include "tests/fuzz/properties.h"

namespace equity::fuzz {
namespace {

std::string TakeLine(std::string_view& text) {
  const size_t end = std::min(text.find('\n'), text.size());
  const std::string line(text.substr(0, end));
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

// Any text as a token of a list: either it is one that the list could have made, or it is refused.
std::string CheckAnyText(const std::string& binding, const std::string& other, const std::string& text) {
  const auto key = page::Key(binding, text);
  if (text.empty()) return key.ok() && key->empty() ? "" : "no token is not the first page";
  if (!key.ok()) return "";
  std::string bytes, made;
  absl::WebSafeBase64Unescape(text, &bytes);
  absl::WebSafeBase64Unescape(page::Token(binding, *key), &made);
  if (bytes != made) return "a token is accepted that the list did not make";
  return binding == other || !page::Key(other, text).ok() ? "" : "a token is good for two lists";
}

std::string CheckPosition(const std::string& text) {
  const auto position = feed::Parse(text, "position");
  if (!position.ok()) return "";
  const auto again = feed::Parse(feed::Format(*position), "position");
  return again.ok() && *again == *position ? "" : "a position does not read as it was written";
}

}  // namespace

std::string CheckPage(std::string_view input) {
  const std::string binding = TakeLine(input), other = TakeLine(input);
  const std::string rest(input);
  if (!rest.empty()) {
    const std::string token = page::Token(binding, rest);
    const auto key = page::Key(binding, token);
    if (!key.ok() || *key != rest) return "a token does not lead back to its key";
    if (binding != other && page::Key(other, token).ok()) return "a token is good for another list";
    // A token with one character of its mark changed is nobody's.
    std::string changed = token;
    char& character = changed[rest.size() % 10];
    character = character == 'A' ? 'B' : 'A';
    if (page::Key(binding, changed).ok()) return "a changed token is accepted";
  }
  std::string wrong = CheckAnyText(binding, other, rest);
  if (wrong.empty()) wrong = CheckPosition(rest);
  if (wrong.empty()) wrong = CheckPosition(absl::WebSafeBase64Escape("p1|" + rest));
  return wrong;
}

}  // namespace equity::fuzz
