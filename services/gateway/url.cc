#include "services/gateway/url.h"

#include <algorithm>

#include "absl/strings/str_split.h"
#include "common/strings.h"
#include "common/text/text.h"

namespace equity::gateway {
namespace {

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::optional<std::string> PercentDecode(std::string_view text, Decoding how) {
  std::string decoded;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += how.form && text[i] == '+' ? ' ' : text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const int high = HexValue(text[i + 1]);
    const int low = HexValue(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    const char c = static_cast<char>(high * 16 + low);
    if (how.keep_slashes && c == '/') {
      decoded += text.substr(i, 3);
    } else {
      decoded += c;
    }
    i += 2;
  }
  return decoded;
}

std::optional<Target> ParseTarget(std::string_view target) {
  Target parsed;
  const size_t mark = target.find('?');
  parsed.path = target.substr(0, mark);
  if (!PercentDecode(parsed.path)) return std::nullopt;
  if (mark == std::string_view::npos) return parsed;
  for (const auto part : absl::StrSplit(ToAbsl(target.substr(mark + 1)), '&', absl::SkipEmpty())) {
    const std::pair<absl::string_view, absl::string_view> sides = absl::StrSplit(part, absl::MaxSplits('=', 1));
    auto name = PercentDecode(ToStd(sides.first), {.form = true});
    auto value = PercentDecode(ToStd(sides.second), {.form = true});
    if (!name || !value || !text::IsUtf8(*name)) return std::nullopt;
    parsed.query.emplace_back(*std::move(name), *std::move(value));
  }
  return parsed;
}

std::string TakeParameter(Query& query, std::string_view name) {
  std::string value;
  const auto taken = std::remove_if(query.begin(), query.end(), [&](auto& parameter) {
    if (parameter.first != name) return false;
    value = std::move(parameter.second);
    return true;
  });
  query.erase(taken, query.end());
  return value;
}

}  // namespace equity::gateway
