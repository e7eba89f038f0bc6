// From what is known of a row to what is answered about it; the same for a real run and a dry one.
#pragma once

#include <string>
#include <vector>

#include "services/participants/registrations/ledger.h"
#include "services/participants/registrations/rules.h"

namespace equity::participants::registrations {

// Makes the entry that of a refused row.
void Refuse(const std::vector<Fault>& faults, Entry& entry);

// The session that a seat outcome is about.
void NoteSession(const workshops::v1::SeatOutcome& seat, Entry& entry);

// What an accepted row comes to. The place outranks `person`, what became of the person: REGISTERED, UPDATED or
// UNCHANGED. `seat` is null where no place was asked for.
void Accept(Kind person, const workshops::v1::SeatOutcome* seat, Entry& entry);

inline bool IsRefusal(const workshops::v1::SeatOutcome& seat) {
  return seat.kind() == workshops::v1::SeatOutcome::KIND_REJECTED ||
         seat.kind() == workshops::v1::SeatOutcome::KIND_UNSPECIFIED;
}

v1::RegistrationOutcome Answer(const Entry& entry, const std::string& external_ref);

}  // namespace equity::participants::registrations
