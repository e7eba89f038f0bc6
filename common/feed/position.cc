#include "common/feed/position.h"

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/status/errors.h"

namespace equity::feed {
namespace {

constexpr char kMark[] = "p1";

}  // namespace

std::string Format(const Position& position) {
  std::string text = kMark;
  for (const auto& [service, sequence] : position) absl::StrAppend(&text, "|", service, "=", sequence);
  return absl::WebSafeBase64Escape(text);
}

absl::StatusOr<Position> Parse(const std::string& text, const std::string& field) {
  Position position;
  if (text.empty()) return position;
  const absl::Status wrong = status::InvalidField(field, "must be a position that the change feed gave out");
  std::string plain;
  if (!absl::WebSafeBase64Unescape(text, &plain)) return wrong;
  bool first = true;
  for (const absl::string_view part : absl::StrSplit(plain, '|')) {
    if (first) {
      if (part != kMark) return wrong;
      first = false;
      continue;
    }
    const std::pair<std::string, std::string> pair = absl::StrSplit(part, absl::MaxSplits('=', 1));
    int64_t sequence = 0;
    if (pair.first.empty() || !absl::SimpleAtoi(pair.second, &sequence) || sequence < 0) return wrong;
    position[pair.first] = sequence;
  }
  return position;
}

}  // namespace equity::feed
