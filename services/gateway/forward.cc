#include "services/gateway/forward.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/time/clock.h"
#include "common/status/errors.h"

namespace equity::gateway {
namespace {

// gRPC ends the process over metadata with other characters.
bool IsPrintable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return absl::ascii_isprint(c); });
}

bool IsTrace(std::string_view text) {
  return text.size() >= 55 && text.size() <= 128 &&
         std::all_of(text.begin(), text.end(), [](char c) { return absl::ascii_isalnum(c) || c == '-'; });
}

}  // namespace

absl::StatusOr<Outgoing> Forward(const Request& request, const Operation& operation) {
  Outgoing outgoing{.path = operation.path, .authorization = std::string(request.Header("authorization"))};
  if (request.Count("authorization") > 1 || !IsPrintable(outgoing.authorization)) {
    return status::Error(absl::StatusCode::kUnauthenticated, "CREDENTIAL_INVALID",
                         "The authorization must be `Bearer` and a token, once.");
  }
  if (IsTrace(request.Header("traceparent"))) outgoing.traceparent = std::string(request.Header("traceparent"));
  if (!operation.streams) outgoing.deadline = absl::Now() + kLongestCall;
  return outgoing;
}

}  // namespace equity::gateway
