#include "services/gateway/path_template.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/strings.h"
#include "services/gateway/url.h"

namespace equity::gateway {
namespace {

constexpr char kAny[] = "*";

bool IsLiteral(std::string_view segment) {
  return !segment.empty() && segment.find_first_of("{}=*%:") == std::string_view::npos;
}

}  // namespace

absl::StatusOr<PathTemplate> PathTemplate::Parse(std::string_view text) {
  const auto wrong = [&] { return absl::InvalidArgumentError(absl::StrCat("not a path template: ", ToAbsl(text))); };
  PathTemplate parsed;
  std::string_view rest = text;
  const size_t colon = rest.rfind(':');
  if (colon != std::string_view::npos && rest.find_first_of("/}", colon) == std::string_view::npos) {
    parsed.verb_ = rest.substr(colon + 1);
    rest = rest.substr(0, colon);
    if (!IsLiteral(parsed.verb_)) return wrong();
  }
  while (!rest.empty()) {
    if (rest.front() != '/') return wrong();
    rest.remove_prefix(1);
    if (!rest.starts_with('{')) {
      const std::string_view segment = rest.substr(0, rest.find('/'));
      if (!IsLiteral(segment)) return wrong();
      parsed.segments_.emplace_back(segment);
      rest.remove_prefix(segment.size());
      continue;
    }
    const size_t close = rest.find('}');
    if (close == std::string_view::npos) return wrong();
    const std::string_view inside = rest.substr(1, close - 1);
    const size_t equals = inside.find('=');
    const std::string_view pattern = equals == std::string_view::npos ? kAny : inside.substr(equals + 1);
    Variable variable{std::string(inside.substr(0, equals)), parsed.segments_.size(), 0};
    for (const auto segment : absl::StrSplit(ToAbsl(pattern), '/')) {
      if (segment != kAny && !IsLiteral(ToStd(segment))) return wrong();
      parsed.segments_.emplace_back(segment);
    }
    variable.end = parsed.segments_.size();
    if (variable.field.empty()) return wrong();
    parsed.variables_.push_back(std::move(variable));
    rest.remove_prefix(close + 1);
  }
  if (parsed.segments_.empty()) return wrong();
  return parsed;
}

std::optional<PathTemplate::Captures> PathTemplate::Match(std::string_view path) const {
  if (!verb_.empty()) {
    const size_t colon = path.rfind(':');
    if (colon == std::string_view::npos || path.substr(colon + 1) != verb_) return std::nullopt;
    path = path.substr(0, colon);
  }
  if (!path.starts_with('/')) return std::nullopt;
  const std::vector<absl::string_view> raw = absl::StrSplit(ToAbsl(path.substr(1)), '/');
  if (raw.size() != segments_.size()) return std::nullopt;
  for (size_t i = 0; i < raw.size(); ++i) {
    if (segments_[i] == kAny ? raw[i].empty() : PercentDecode(ToStd(raw[i])) != segments_[i]) return std::nullopt;
  }
  Captures captures;
  for (const Variable& variable : variables_) {
    std::string& value = captures[variable.field];
    const bool single = variable.end - variable.begin == 1;
    for (size_t i = variable.begin; i < variable.end; ++i) {
      const auto decoded = PercentDecode(ToStd(raw[i]), {.keep_slashes = !single});
      if (!decoded) return std::nullopt;
      absl::StrAppend(&value, i == variable.begin ? "" : "/", *decoded);
    }
  }
  return captures;
}

bool PathTemplate::Overlaps(const PathTemplate& other) const {
  if (verb_ != other.verb_ || segments_.size() != other.segments_.size()) return false;
  for (size_t i = 0; i < segments_.size(); ++i) {
    if (segments_[i] != other.segments_[i] && segments_[i] != kAny && other.segments_[i] != kAny) return false;
  }
  return true;
}

}  // namespace equity::gateway
