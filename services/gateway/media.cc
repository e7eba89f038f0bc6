#include "services/gateway/media.h"

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "common/strings.h"

namespace equity::gateway {
namespace {

std::string Clean(absl::string_view text) { return absl::AsciiStrToLower(absl::StripAsciiWhitespace(text)); }

// How exactly a range of an Accept header names the type: 0 not at all.
int Exactness(std::string_view range, std::string_view media_type) {
  if (range == media_type) return 3;
  if (range == "*/*") return 1;
  const size_t slash = media_type.find('/');
  return range.size() == slash + 2 && range.ends_with("/*") && range.substr(0, slash) == media_type.substr(0, slash)
             ? 2
             : 0;
}

}  // namespace

std::string MediaType(std::string_view content_type) {
  const std::vector<std::string> parts = absl::StrSplit(ToAbsl(content_type), ';');
  for (size_t i = 1; i < parts.size(); ++i) {
    const std::string parameter = Clean(parts[i]);
    if (!parameter.empty() && parameter != "charset=utf-8" && parameter != "charset=\"utf-8\"") return "*";
  }
  return Clean(parts[0]);
}

double Quality(const Request& request, std::string_view media_type) {
  const std::string_view accept = request.Header("accept");
  if (accept.empty()) return 1;
  int exactness = 0;
  double quality = 0;
  for (const auto part : absl::StrSplit(ToAbsl(accept), ',')) {
    const std::vector<std::string> pieces = absl::StrSplit(part, ';');
    const int exact = Exactness(Clean(pieces[0]), media_type);
    if (exact <= exactness) continue;
    exactness = exact;
    quality = 1;
    for (const std::string& piece : pieces) {
      const std::string parameter = Clean(piece);
      if (parameter.starts_with("q=") && !absl::SimpleAtod(parameter.substr(2), &quality)) quality = 0;
    }
  }
  return quality;
}

}  // namespace equity::gateway
