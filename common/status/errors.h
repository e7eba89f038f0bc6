// Errors as absl::Status with google.rpc details as payloads, ready for the wire. Each service names its own errors on
// top of these; the ones that are the same everywhere are named here.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace equity::status {

// The ErrorInfo domain of every error of this system.
inline constexpr char kDomain[] = "equity-challenge";

using Metadata = std::initializer_list<std::pair<std::string_view, std::string>>;

// An error with an ErrorInfo: `reason` is UPPER_SNAKE, the message is for people and says what to do.
absl::Status Error(absl::StatusCode code, std::string_view reason, std::string message, Metadata metadata = {});

// One wrong field: its path, such as `rows[2].participant`, and what it must be.
struct FieldFault {
  std::string field;
  std::string description;
};
// INVALID_ARGUMENT that lists all faults at once. Needs at least one.
absl::Status InvalidFields(const std::vector<FieldFault>& faults);
absl::Status InvalidField(std::string field, std::string description);

// One guard that is not met: its code, the field that it is about, and what to do.
struct Violation {
  std::string code;
  std::string field;
  std::string fix;
};
// FAILED_PRECONDITION that names all unmet guards at once. Needs at least one.
absl::Status UnmetGuards(std::string_view reason, const std::vector<Violation>& violations);

// NOT_FOUND. The same bytes whether something is missing or somebody else's; it never echoes what was asked for.
absl::Status NotFound();
// ABORTED: somebody else changed it meanwhile.
absl::Status EtagMismatch();
// INVALID_ARGUMENT: a request_id was used before with other contents.
absl::Status RequestIdReused();
// INVALID_ARGUMENT: a page token that is not ours, or is for other arguments.
absl::Status InvalidPageToken();
// UNAVAILABLE with RetryInfo: nothing is known to be wrong with the request.
absl::Status TryAgain(std::string_view reason, std::string message, absl::Duration after);
// RESOURCE_EXHAUSTED with RetryInfo, all four: there are no threads left; the caller's organisation has its share of
// them; too much waits to be stored, and most of it is of that organisation, of which so much waits; what waits of it
// has waited for too long.
absl::Status Overloaded(absl::Duration after);
absl::Status TooManyStreams(absl::Duration after);
absl::Status QueueFull(absl::Duration after, std::string waiting);
absl::Status QueueSlow(absl::Duration after, std::string waiting);
// INTERNAL. Says nothing of the cause, which goes to the log.
absl::Status Internal();

// The ErrorInfo reason, or empty.
std::string Reason(const absl::Status& status);
// A value of the ErrorInfo's metadata, or empty.
std::string Detail(const absl::Status& status, std::string_view key);
// The field violations of a BadRequest.
std::vector<FieldFault> FieldFaults(const absl::Status& status);
// The violations of a PreconditionFailure.
std::vector<Violation> Violations(const absl::Status& status);
// How long RetryInfo asks to wait; zero where there is none.
absl::Duration RetryAfter(const absl::Status& status);

}  // namespace equity::status
