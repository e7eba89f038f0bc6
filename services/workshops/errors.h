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

}  // namespace equity::workshops::errors
