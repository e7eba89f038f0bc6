#include "common/text/text.h"

#include <utf8proc.h>

#include <cstdlib>
#include <memory>

#include "absl/functional/function_ref.h"

namespace equity::text {
namespace {

std::string Map(std::string_view text, int options) {
  utf8proc_uint8_t* mapped = nullptr;
  const utf8proc_ssize_t size =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()), static_cast<utf8proc_ssize_t>(text.size()),
                   &mapped, static_cast<utf8proc_option_t>(options));
  if (size < 0) return std::string(text);
  const std::unique_ptr<utf8proc_uint8_t, decltype(&free)> owner(mapped, &free);
  return {reinterpret_cast<char*>(mapped), static_cast<size_t>(size)};
}

bool IsAscii(std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) >= 0x80) return false;
  }
  return true;
}

// Whether the text is UTF-8, and all of it passes.
bool AllCodePoints(std::string_view text, absl::FunctionRef<bool(utf8proc_int32_t)> passes) {
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  auto left = static_cast<utf8proc_ssize_t>(text.size());
  while (left > 0) {
    utf8proc_int32_t code_point;
    const utf8proc_ssize_t used = utf8proc_iterate(bytes, left, &code_point);
    if (used <= 0 || !passes(code_point)) return false;
    bytes += used;
    left -= used;
  }
  return true;
}

bool IsInvisible(utf8proc_int32_t code_point) {
  constexpr utf8proc_int32_t kBlankBraille = 0x2800;  // a symbol by its category, without a dot
  const utf8proc_property_t* property = utf8proc_get_property(code_point);
  switch (property->category) {
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
      return true;
    default:
      return property->ignorable != 0 || code_point == kBlankBraille;
  }
}

}  // namespace

bool IsUtf8(std::string_view text) {
  return AllCodePoints(text, [](utf8proc_int32_t) { return true; });
}

int CodePoints(std::string_view text) {
  int count = 0;
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xc0) != 0x80 ? 1 : 0;
  return count;
}

bool HasControl(std::string_view text) {
  for (size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c < 0x20 || c == 0x7f) return true;
    // U+0080 to U+009F.
    if (c == 0xc2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xa0) return true;
  }
  return false;
}

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kNoBreakSpace = "\xc2\xa0";
  constexpr std::string_view kAscii = " \t\r\n\v\f";
  while (!text.empty()) {
    if (kAscii.find(text.front()) != kAscii.npos) {
      text.remove_prefix(1);
    } else if (text.starts_with(kNoBreakSpace)) {
      text.remove_prefix(2);
    } else {
      break;
    }
  }
  while (!text.empty()) {
    if (kAscii.find(text.back()) != kAscii.npos) {
      text.remove_suffix(1);
    } else if (text.ends_with(kNoBreakSpace)) {
      text.remove_suffix(2);
    } else {
      break;
    }
  }
  return text;
}

bool IsBlank(std::string_view text) { return AllCodePoints(text, IsInvisible); }

bool TurnsDirection(std::string_view text) {
  // U+202A to U+202E and U+2066 to U+2069 in UTF-8.
  for (size_t at = text.find('\xe2'); at != text.npos && at + 2 < text.size(); at = text.find('\xe2', at + 1)) {
    const auto last = static_cast<unsigned char>(text[at + 2]);
    if (text[at + 1] == '\x80' && last >= 0xaa && last <= 0xae) return true;
    if (text[at + 1] == '\x81' && last >= 0xa6 && last <= 0xa9) return true;
  }
  return false;
}

std::string Nfc(std::string_view text) {
  if (IsAscii(text)) return std::string(text);
  return Map(text, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
}

bool IsEmail(std::string_view text) {
  const size_t at = text.find('@');
  if (at == text.npos || at == 0 || at > 64 || text.size() > 254) return false;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20 || byte == 0x7f || std::string_view("()<>,;:\\\"[]").find(c) != std::string_view::npos)
      return false;
  }
  const std::string_view local = text.substr(0, at);
  if (local.front() == '.' || local.back() == '.' || local.find("..") != local.npos) return false;
  std::string_view domain = text.substr(at + 1);
  if (domain.find('@') != domain.npos || domain.find('.') == domain.npos) return false;
  while (true) {
    const std::string_view label = domain.substr(0, domain.find('.'));
    if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-') return false;
    if (label.size() == domain.size()) return true;
    domain.remove_prefix(label.size() + 1);
  }
}

std::string Fold(std::string_view text) {
  if (!IsAscii(text)) return Map(text, UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD);
  std::string folded(text);
  for (char& c : folded) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return folded;
}

}  // namespace equity::text
