#include "services/participants/registrations/outcomes.h"

#include "services/participants/names.h"

namespace equity::participants::registrations {

using v1::RegistrationOutcome;
using workshops::v1::SeatOutcome;

void Refuse(const std::vector<Fault>& faults, Entry& entry) {
  entry.pending = false;
  entry.participant.clear();
  entry.kind = RegistrationOutcome::KIND_REJECTED;
  entry.code = faults.front().code;
  entry.field = faults.front().field;
  entry.message = Message(faults);
  entry.fix = Fix(faults);
}

void NoteSession(const SeatOutcome& seat, Entry& entry) {
  entry.booking = seat.booking().name();
  entry.session = seat.booking().session();
  entry.booked_date = seat.booking().session_date();
  entry.waiting_position = seat.booking().waiting_position();
}

void Accept(Kind person, const SeatOutcome* seat, Entry& entry) {
  entry.pending = false;
  entry.kind = person;
  if (seat == nullptr) return;
  NoteSession(*seat, entry);
  if (seat->kind() == SeatOutcome::KIND_SEATED) entry.kind = RegistrationOutcome::KIND_SEATED;
  if (seat->kind() == SeatOutcome::KIND_WAITLISTED) entry.kind = RegistrationOutcome::KIND_WAITLISTED;
}

RegistrationOutcome Answer(const Entry& entry, const std::string& external_ref) {
  RegistrationOutcome outcome;
  outcome.set_row(entry.row);
  outcome.set_external_ref(external_ref);
  outcome.set_kind(entry.kind);
  outcome.set_code(entry.code);
  outcome.set_field(entry.field);
  outcome.set_message(entry.message);
  outcome.set_fix(entry.fix);
  outcome.set_retryable(IsRetryable(entry.code));
  if (!entry.participant.empty()) outcome.set_participant(ParticipantName(entry.organisation, entry.participant));
  outcome.set_booking(entry.booking);
  outcome.set_session(entry.session);
  outcome.set_session_date(entry.booked_date);
  outcome.set_waiting_position(entry.waiting_position);
  return outcome;
}

}  // namespace equity::participants::registrations
