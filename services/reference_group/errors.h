// Every error that this service returns beside those of common/status/errors.h.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/status/errors.h"

namespace equity::referencegroup::errors {

inline absl::Status Unmet(std::string_view reason, std::string message) {
  return status::Error(absl::StatusCode::kFailedPrecondition, reason, std::move(message));
}

inline absl::Status OfMember(std::string_view reason, std::string message, const std::string& member) {
  return status::Error(absl::StatusCode::kFailedPrecondition, reason, std::move(message), {{"member", member}});
}

// `state` is the contract's name of the state that it is in.
inline absl::Status WrongState(const std::string& state) {
  return status::Error(absl::StatusCode::kFailedPrecondition, "WRONG_STATE",
                       "That cannot be done in the state that it is in. Read it again, and choose what fits.",
                       {{"state", state}});
}

inline absl::Status MemberExists() {
  return status::Error(absl::StatusCode::kAlreadyExists, "MEMBER_EXISTS",
                       "That person is a member already. Change the member that is there.");
}

inline absl::Status ConflictOfInterest(const std::string& member) {
  return OfMember("CONFLICT_OF_INTEREST",
                  "The member has a conflict of interest with whoever asks. Choose another member.", member);
}
inline absl::Status MemberAway(const std::string& member) {
  return OfMember("MEMBER_AWAY", "The member is away. Choose another member.", member);
}
inline absl::Status MemberBusy(const std::string& member) {
  return OfMember("MEMBER_BUSY",
                  "The member has as many questions this week as the member can take. Choose another member.", member);
}
inline absl::Status MemberNotAvailable(const std::string& member) {
  return OfMember("MEMBER_NOT_AVAILABLE", "The member left the group, or only looks on. Choose another member.",
                  member);
}

inline absl::Status NotAssigned() {
  return Unmet("NOT_ASSIGNED", "That member does not work on the question. Assign it to the member first.");
}
inline absl::Status NoSuchResponse() {
  return Unmet("NO_SUCH_RESPONSE", "One of those is not an answer to this question. Choose among its answers.");
}
inline absl::Status CannotMerge() {
  return Unmet("CANNOT_MERGE",
               "A question cannot be merged into itself, nor into one that was merged or withdrawn. Choose another.");
}
inline absl::Status AskerOnly() {
  return Unmet("ASKER_ONLY", "Only whoever asked can do that, with the secret that was given for the question.");
}

inline absl::Status SamePerson() {
  return Unmet("SAME_PERSON", "Somebody else must do that: you wrote, flagged or decided it.");
}
inline absl::Status ConsentMissing() {
  return Unmet("CONSENT_MISSING",
               "That needs a consent that holds and allows this audience. Record one and name it in the item.");
}
inline absl::Status NotPublished() { return Unmet("NOT_PUBLISHED", "The item is not published. Choose one that is."); }
inline absl::Status NotAuthor() {
  return Unmet("NOT_AUTHOR", "Only whoever wrote it can change it. Flag it if something is wrong.");
}

inline absl::Status NotSealed() { return Unmet("NOT_SEALED", "Nobody is sealed behind that name."); }
inline absl::Status RevealNotOpen() {
  return Unmet("REVEAL_NOT_OPEN", "That was agreed to before, or is too old. Propose it again.");
}
inline absl::Status NotConfirmed() { return Unmet("NOT_CONFIRMED", "A second person must agree first."); }
inline absl::Status NotProposer() { return Unmet("NOT_PROPOSER", "Only whoever proposed it can read it again."); }

}  // namespace equity::referencegroup::errors
