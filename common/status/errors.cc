#include "common/status/errors.h"

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "common/strings.h"
#include "google/rpc/error_details.pb.h"

namespace equity::status {
namespace {

template <class Detail>
std::string TypeUrl() {
  return "type.googleapis.com/" + Detail::descriptor()->full_name();
}

template <class Detail>
void Attach(absl::Status& status, const Detail& detail) {
  status.SetPayload(TypeUrl<Detail>(), absl::Cord(detail.SerializeAsString()));
}

template <class Detail>
bool Extract(const absl::Status& status, Detail& detail) {
  const auto payload = status.GetPayload(TypeUrl<Detail>());
  return payload.has_value() && detail.ParseFromString(std::string(*payload));
}

void AttachRetry(absl::Status& status, absl::Duration after) {
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_seconds(absl::ToInt64Seconds(after));
  retry.mutable_retry_delay()->set_nanos(
      static_cast<int>(absl::ToInt64Nanoseconds(after - absl::Seconds(absl::ToInt64Seconds(after)))));
  Attach(status, retry);
}

absl::Status Exhausted(std::string_view reason, std::string message, absl::Duration after, Metadata metadata = {}) {
  absl::Status status = Error(absl::StatusCode::kResourceExhausted, reason, std::move(message), metadata);
  AttachRetry(status, after);
  return status;
}

}  // namespace

absl::Status Error(absl::StatusCode code, std::string_view reason, std::string message, Metadata metadata) {
  absl::Status status(code, message);
  google::rpc::ErrorInfo info;
  info.set_reason(std::string(reason));
  info.set_domain(kDomain);
  for (const auto& [key, value] : metadata) (*info.mutable_metadata())[std::string(key)] = value;
  Attach(status, info);
  return status;
}

absl::Status InvalidFields(const std::vector<FieldFault>& faults) {
  std::string message =
      faults.size() == 1 ? "One field is wrong: " : absl::StrCat(faults.size(), " fields are wrong: ");
  google::rpc::BadRequest details;
  for (size_t i = 0; i < faults.size(); ++i) {
    absl::StrAppend(&message, i == 0 ? "" : "; ", faults[i].field, " ", faults[i].description);
    auto* violation = details.add_field_violations();
    violation->set_field(faults[i].field);
    violation->set_description(faults[i].description);
  }
  absl::Status status = Error(absl::StatusCode::kInvalidArgument, "INVALID_FIELDS", message + ".");
  Attach(status, details);
  return status;
}

absl::Status InvalidField(std::string field, std::string description) {
  return InvalidFields({{std::move(field), std::move(description)}});
}

absl::Status UnmetGuards(std::string_view reason, const std::vector<Violation>& violations) {
  std::string message =
      violations.size() == 1 ? "One thing is missing:" : absl::StrCat(violations.size(), " things are missing:");
  google::rpc::PreconditionFailure details;
  for (const Violation& each : violations) {
    absl::StrAppend(&message, " ", each.fix);
    auto* violation = details.add_violations();
    violation->set_type(each.code);
    violation->set_subject(each.field);
    violation->set_description(each.fix);
  }
  absl::Status status = Error(absl::StatusCode::kFailedPrecondition, reason, std::move(message));
  Attach(status, details);
  return status;
}

absl::Status NotFound() {
  return Error(absl::StatusCode::kNotFound, "NOT_FOUND",
               "It does not exist, or it is not yours to see. Check the name that you asked for.");
}

absl::Status EtagMismatch() {
  return Error(absl::StatusCode::kAborted, "ETAG_MISMATCH",
               "Somebody else changed it since you read it. Read it again, and repeat your change on the new one.");
}

absl::Status RequestIdReused() {
  return Error(absl::StatusCode::kInvalidArgument, "REQUEST_ID_REUSED",
               "This request_id was used before for another request. Use a new one for each request, and the same one "
               "only to send the same request again.");
}

absl::Status InvalidPageToken() {
  return InvalidField("page_token", "must be a next_page_token of the same list with the same arguments");
}

absl::Status TryAgain(std::string_view reason, std::string message, absl::Duration after) {
  absl::Status status = Error(absl::StatusCode::kUnavailable, reason, std::move(message));
  AttachRetry(status, after);
  return status;
}

absl::Status Overloaded(absl::Duration after) {
  return Exhausted("OVERLOADED", "The server has more work than it can do. Send the same request again a little later.",
                   after);
}

absl::Status TooManyStreams(absl::Duration after) {
  return Exhausted("TOO_MANY_STREAMS",
                   "Your organisation has as many streams and registrations open as one may have. End some, or come "
                   "back a little later.",
                   after);
}

absl::Status QueueFull(absl::Duration after, std::string waiting) {
  return Exhausted(
      "QUEUE_FULL",
      "As many requests wait as may, and your organisation has the most of them. Nothing was changed. Send "
      "the same request again when the retry_delay is over, with the same request_id.",
      after, {{"waiting", std::move(waiting)}});
}

absl::Status QueueSlow(absl::Duration after, std::string waiting) {
  return Exhausted(
      "QUEUE_SLOW",
      "Your organisation's requests wait too long already. Nothing was changed. Send the same request again "
      "when the retry_delay is over, with the same request_id.",
      after, {{"waiting", std::move(waiting)}});
}

absl::Status Internal() {
  return Error(absl::StatusCode::kInternal, "INTERNAL",
               "Something went wrong on our side; it has been logged. Send the same request again, with the same "
               "request_id.");
}

std::string Reason(const absl::Status& status) {
  google::rpc::ErrorInfo info;
  return Extract(status, info) ? info.reason() : "";
}

std::string Detail(const absl::Status& status, std::string_view key) {
  google::rpc::ErrorInfo info;
  if (!Extract(status, info)) return "";
  const auto found = info.metadata().find(std::string(key));
  return found == info.metadata().end() ? "" : found->second;
}

std::vector<FieldFault> FieldFaults(const absl::Status& status) {
  google::rpc::BadRequest details;
  std::vector<FieldFault> faults;
  if (!Extract(status, details)) return faults;
  for (const auto& violation : details.field_violations())
    faults.push_back({violation.field(), violation.description()});
  return faults;
}

std::vector<Violation> Violations(const absl::Status& status) {
  google::rpc::PreconditionFailure details;
  std::vector<Violation> violations;
  if (!Extract(status, details)) return violations;
  for (const auto& each : details.violations()) {
    violations.push_back({each.type(), each.subject(), each.description()});
  }
  return violations;
}

absl::Duration RetryAfter(const absl::Status& status) {
  google::rpc::RetryInfo retry;
  if (!Extract(status, retry)) return absl::ZeroDuration();
  return absl::Seconds(retry.retry_delay().seconds()) + absl::Nanoseconds(retry.retry_delay().nanos());
}

}  // namespace equity::status
