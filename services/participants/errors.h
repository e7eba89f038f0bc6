// Every error that this service adds to those of common/status/errors.h. What is wrong with a row of a registration is
// no error but an outcome: registrations/rules.h.
#pragma once

#include "absl/strings/str_cat.h"
#include "common/status/errors.h"
#include "services/participants/rules.h"

namespace equity::participants::errors {

using absl::StatusCode;

inline absl::Status ExternalRefInUse() {
  return status::Error(
      StatusCode::kAlreadyExists, "EXTERNAL_REF_IN_USE",
      "The organisation has somebody with this external_ref already, perhaps somebody who left. Update "
      "that person, or give another external_ref; who left comes back by a registration row.");
}
inline absl::Status EmailInUse() {
  return status::Error(StatusCode::kAlreadyExists, "EMAIL_IN_USE",
                       "The organisation has somebody else with this e-mail address. Correct one of the two.");
}
inline absl::Status ParticipantNotActive() {
  return status::Error(StatusCode::kFailedPrecondition, "PARTICIPANT_NOT_ACTIVE",
                       "The person left or moved. Register the person again, or use the name under which the person is "
                       "registered now.");
}
inline absl::Status SameOrganisation() {
  return status::Error(StatusCode::kFailedPrecondition, "SAME_ORGANISATION",
                       "The person is with this organisation already. Name the organisation to move to.");
}
inline absl::Status ConsentNotGiven() {
  return status::Error(StatusCode::kFailedPrecondition, "CONSENT_NOT_GIVEN",
                       "The person has no consent to this purpose that stands. There is nothing to take back.");
}
// Somebody's file is being registered, and a row about this person has no outcome yet.
inline absl::Status RegistrationInProgress() {
  return status::TryAgain("REGISTRATION_IN_PROGRESS",
                          "A registration that concerns this person is in progress. Send the same request again.",
                          absl::Seconds(1));
}
inline absl::Status OperationReused() {
  return status::Error(StatusCode::kFailedPrecondition, "OPERATION_REUSED",
                       "This operation was begun by somebody else. Use a new request_id for each file.");
}
inline absl::Status WorkshopsUnreachable() {
  return status::TryAgain(
      "WORKSHOPS_UNREACHABLE",
      "Places cannot be asked for at the moment. Send the same rows again with the same request_id: "
      "what is done stays done.",
      absl::Seconds(1));
}
inline absl::Status RowsNotRising(int index) {
  return status::InvalidField(absl::StrCat("rows[", index, "].row"), "must be greater than the row before it");
}
inline absl::Status OperationMissing() {
  return status::InvalidField("request_id", "must be given in the first message of a stream");
}

// The faults of a person in a request's field `participant`.
inline absl::Status WrongPerson(const std::vector<Fault>& faults) {
  std::vector<status::FieldFault> fields;
  for (const Fault& fault : faults) fields.push_back({"participant." + fault.field, fault.what});
  return status::InvalidFields(fields);
}
inline absl::Status WrongMask(const std::vector<std::string>& paths) {
  std::vector<status::FieldFault> faults;
  for (const std::string& path : paths) faults.push_back({"update_mask", "has a path that cannot be set: " + path});
  return status::InvalidFields(faults);
}

}  // namespace equity::participants::errors
