// Every error that this service returns beside those of common/status/errors.h. Those about a session's places carry
// the version that they were decided on.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/status/errors.h"
#include "services/workshops/rules.h"

namespace equity::workshops::errors {

inline absl::Status Unmet(std::string_view reason, std::string message) {
  return status::Error(absl::StatusCode::kFailedPrecondition, reason, std::move(message));
}

inline absl::Status Unmet(std::string_view reason, std::string message, const Places& places) {
  return status::Error(absl::StatusCode::kFailedPrecondition, reason, std::move(message),
                       {{"version", std::to_string(places.version)}});
}

inline absl::Status ChallengeExists() {
  return status::Error(absl::StatusCode::kAlreadyExists, "CHALLENGE_EXISTS",
                       "There is a challenge with this id. Choose another id, or use the one that is there.");
}

inline absl::Status WorkshopExists() {
  return status::Error(absl::StatusCode::kAlreadyExists, "WORKSHOP_EXISTS",
                       "There is a workshop with this id. Choose another id, or change the one that is there.");
}

inline absl::Status SessionExists(std::string session) {
  return status::Error(
      absl::StatusCode::kAlreadyExists, "SESSION_EXISTS",
      "The workshop has a session on that day at that time. Choose another start, or change that session.",
      {{"session", std::move(session)}});
}

inline absl::Status SessionFull(const Places& places) {
  return Unmet("SESSION_FULL",
               "The session is sold out. Ask with on_full WAITLIST or NEXT_DATE, or choose another session.", places);
}

inline absl::Status SessionCancelled(const Places& places) {
  return Unmet("SESSION_CANCELLED", "The session was cancelled. Choose another session.", places);
}

inline absl::Status SessionInPast(const Places& places) {
  return Unmet("SESSION_IN_PAST", "The session has begun or is over, so its places cannot change any more.", places);
}

inline absl::Status SessionNotBegun(const Places& places) {
  return Unmet("SESSION_NOT_BEGUN", "The session has not begun. Record who came when it has.", places);
}

inline absl::Status CapacityBelowTaken(const Places& places) {
  return status::Error(absl::StatusCode::kFailedPrecondition, "CAPACITY_BELOW_TAKEN",
                       "More places are taken than that. Choose a larger capacity, or cancel bookings first.",
                       {{"version", std::to_string(places.version)}, {"taken", std::to_string(places.taken)}});
}

// Of BookPlace. The refusals of a date that names no session occur in batches only.
inline absl::Status Refused(Refusal refusal, const Places& places) {
  switch (refusal) {
    case Refusal::kSessionCancelled:
      return SessionCancelled(places);
    case Refusal::kSessionInPast:
      return SessionInPast(places);
    case Refusal::kSessionFull:
      return SessionFull(places);
    default:
      return status::NotFound();
  }
}

inline absl::Status BookingNotLive(const Places& places) {
  return Unmet("BOOKING_NOT_LIVE", "The booking was cancelled, so there is no place to hand over. Book a new one.",
               places);
}

inline absl::Status AlreadyBooked(const Places& places) {
  return Unmet("ALREADY_BOOKED", "That person has a place on this session or waits for one. Choose somebody else.",
               places);
}

inline absl::Status OtherOrganisation() {
  return Unmet("OTHER_ORGANISATION",
               "A place can be handed to a colleague of the same organisation only. Cancel it and book a new one.");
}

inline absl::Status ParticipantNotActive() {
  return Unmet("PARTICIPANT_NOT_ACTIVE",
               "That person left or moved. Use the person's new name, or register the person again.");
}

// The registration is on its way here by the change feed, or there is none: neither is known.
inline absl::Status ParticipantNotKnownYet() {
  return status::TryAgain("PARTICIPANT_NOT_KNOWN_YET",
                          "The person's registration has not arrived here. Send the same request again in a moment; if "
                          "this stays, check the participant's name.",
                          absl::Milliseconds(100));
}

inline absl::Status FacilitatorExists() {
  return status::Error(absl::StatusCode::kAlreadyExists, "FACILITATOR_EXISTS",
                       "That person is a facilitator already. Change the facilitator that is there.");
}

inline absl::Status ConsentMissing() {
  return Unmet("CONSENT_MISSING",
               "That needs a consent of the facilitator that holds and covers it. Record the consent first.");
}

inline absl::Status NotAttended() {
  return Unmet("NOT_ATTENDED",
               "Feedback is for those who came, and this person is not recorded as attended at the session.");
}

inline absl::Status FeedbackClosed() {
  return Unmet("FEEDBACK_CLOSED", "The session takes no more feedback: it does so for 14 days.");
}

inline absl::Status FeedbackGiven() {
  return Unmet(
      "FEEDBACK_GIVEN",
      "This person gave feedback on the session already. To change it, use the secret that it was given with.");
}

inline absl::Status FeedbackSecretUsed() {
  return Unmet("FEEDBACK_SECRET_USED", "An answer was given with this secret. Take a new random UUID for each person.");
}

inline absl::Status NotSeated() {
  return Unmet("NOT_SEATED", "This person has no place on the session, so there is nothing to answer.");
}

inline absl::Status QuizStarted() {
  return Unmet("QUIZ_STARTED", "A question of the quiz was opened, so it stays as it is. Add another quiz.");
}

inline absl::Status QuestionNotOpen() {
  return Unmet("QUESTION_NOT_OPEN", "The question is not open: it waits to be opened, or is closed for good.");
}

inline absl::Status QuestionClosed() {
  return Unmet("QUESTION_CLOSED", "The question was closed, and stays so. Ask it again in another quiz.");
}

inline absl::Status SessionOver() {
  return Unmet("SESSION_OVER", "The session has been over for a day, so its questions cannot be opened any more.");
}

}  // namespace equity::workshops::errors
