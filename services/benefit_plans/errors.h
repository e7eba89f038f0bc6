// Every error that this service returns beside those of common/status/errors.h.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/status/errors.h"
#include "common/strings.h"

namespace equity::benefit_plans::errors {

inline absl::Status Unmet(std::string_view reason, std::string message, status::Metadata metadata = {}) {
  return status::Error(absl::StatusCode::kFailedPrecondition, reason, std::move(message), metadata);
}

// A verb on a plan or benefit that does not lead anywhere from its state.
inline absl::Status TransitionForbidden(std::string_view verb, std::string state) {
  return Unmet("TRANSITION_FORBIDDEN",
               absl::StrCat(ToAbsl(verb), " is not possible in the state ", state,
                            ". The tables of states in the documentation say which verb leads where."),
               {{"verb", std::string(verb)}, {"state", state}});
}

// Anything else on a plan in a state in which it cannot be done.
inline absl::Status PlanState(std::string state) {
  return Unmet("PLAN_STATE", absl::StrCat("The plan's state, ", state, ", does not allow that."), {{"state", state}});
}

inline absl::Status ActivityState(std::string state) {
  return Unmet("ACTIVITY_STATE", absl::StrCat("The activity's state, ", state, ", does not allow that."),
               {{"state", state}});
}

inline absl::Status BarrierState(std::string state) {
  return Unmet("BARRIER_STATE", absl::StrCat("The barrier is ", state, ", so that is over. Raise a new one."),
               {{"state", state}});
}

inline absl::Status BenefitEnded() {
  return Unmet("BENEFIT_ENDED", "The benefit has ended. Reopen it with ReopenBenefit to change it.");
}

inline absl::Status BenefitNotAgreed(std::string benefit) {
  return Unmet(
      "BENEFIT_NOT_AGREED",
      "An activity begins when the community agreed to its benefits, and one of them has not ended. Agree this "
      "one with AgreeBenefit, or link another.",
      {{"benefit", std::move(benefit)}});
}

inline absl::Status PlanFull(int64_t most) {
  return Unmet("PLAN_FULL", absl::StrCat("There are ", most, " of these, which is the most that a plan can have."));
}

inline absl::Status OwnerNeeded() {
  return Unmet("OWNER_NEEDED", "A plan keeps its owner until there is another. Add a new owner with AddMember.");
}

inline absl::Status OriginNotClosed() {
  return Unmet(
      "ORIGIN_NOT_CLOSED",
      "A plan follows a closed one whose next path is RESET, BUILD or SCALE. Leave origin_plan empty, or close "
      "that plan first.");
}

inline absl::Status OverrideNotAllowed() {
  return status::Error(absl::StatusCode::kPermissionDenied, "OVERRIDE_NOT_ALLOWED",
                       "Only the central team lets a plan start without a workshop. Leave the reason out, or ask the "
                       "central team to start it.");
}

inline absl::Status AlreadySuperseded(std::string by) {
  return Unmet("ALREADY_SUPERSEDED", "That measurement was corrected before. Correct the newer one.",
               {{"superseded_by", std::move(by)}});
}

inline absl::Status ReviewHeld() { return Unmet("REVIEW_HELD", "This review was recorded before. Each is held once."); }

inline absl::Status ReviewOutsideWindow(const std::string& first, const std::string& last) {
  return Unmet("REVIEW_OUTSIDE_WINDOW", absl::StrCat("This review can be held from ", first, " to ", last, "."),
               {{"window_start", first}, {"window_end", last}});
}

inline absl::Status ParticipantNotActive() {
  return Unmet("PARTICIPANT_NOT_ACTIVE", "That person left or moved. Choose somebody else, or use the new name.");
}

// The same of an organisation or a challenge.
inline absl::Status NotKnownYet() {
  return status::TryAgain("NOT_KNOWN_YET",
                          "The organisation or the challenge has not arrived here. Send the same request again in a "
                          "moment; if this stays, check their names.",
                          absl::Seconds(1));
}

// The registration is on its way here by the change feed, or there is none: neither is known.
inline absl::Status ParticipantNotKnownYet() {
  return status::TryAgain("PARTICIPANT_NOT_KNOWN_YET",
                          "The person's registration has not arrived here. Send the same request again in a moment; if "
                          "this stays, check the participant's name.",
                          absl::Seconds(1));
}

}  // namespace equity::benefit_plans::errors
