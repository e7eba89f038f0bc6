#include "common/page/page.h"

#include "absl/strings/escaping.h"
#include "common/status/errors.h"
#include "common/strings.h"

namespace equity::page {
namespace {

// FNV-1a: tells one list from another; it protects nothing, as a key reveals nothing and gives no rights.
std::string Mark(std::string_view binding) {
  uint64_t hash = 14695981039346656037u;
  for (const char c : binding) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
  std::string mark(8, '\0');
  for (int i = 0; i < 8; ++i) mark[static_cast<size_t>(i)] = static_cast<char>(hash >> (8 * i));
  return mark;
}

}  // namespace

int Size(int32_t requested) {
  if (requested <= 0) return kDefaultSize;
  return requested < kLargestSize ? requested : kLargestSize;
}

std::string Token(std::string_view binding, std::string_view key) {
  return absl::WebSafeBase64Escape(Mark(binding).append(key));
}

absl::StatusOr<std::string> Key(std::string_view binding, const std::string& token) {
  if (token.empty()) return std::string();
  std::string bytes;
  const std::string mark = Mark(binding);
  if (!absl::WebSafeBase64Unescape(token, &bytes) || bytes.size() <= mark.size() || !bytes.starts_with(mark)) {
    return status::InvalidPageToken();
  }
  return bytes.substr(mark.size());
}

}  // namespace equity::page
