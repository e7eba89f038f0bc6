// What a row of a registration must be, and what is said about one that is not. Pure: no I/O.
#pragma once

#include <string>
#include <vector>

#include "equity/participants/v1/registrations.pb.h"
#include "equity/workshops/v1/bookings.pb.h"
#include "services/participants/rules.h"

namespace equity::participants::registrations {

using google::protobuf::RepeatedPtrField;

// A row as it was understood.
struct Reading {
  int row = 0;
  Person person;
  std::string organisation;  // as written; empty means the caller's own
  std::string session_date;  // empty registers the person without a place
  workshops::v1::OnFull on_full = workshops::v1::ON_FULL_REJECT;
  std::vector<Fault> faults;  // in the order of the columns
};
Reading Read(const v1::RegistrationRow& row);

// Adds a fault where its column comes.
void AddFault(std::vector<Fault>& faults, Fault fault);

// Faults that only the store or the workshops service knows of.
Fault NoOrganisationNamed();
Fault NoSuchOrganisation();
Fault AmbiguousOrganisation();
Fault DuplicateInFile();
Fault EmailInUse();
Fault EmailInProgress();
Fault ParticipantMoved();
Fault BatchRefused();
// What the workshops service refused a row for, by its code.
Fault Refused(const std::string& code);

// All faults in a few sentences, and what to do about them.
std::string Message(const std::vector<Fault>& faults);
std::string Fix(const std::vector<Fault>& faults);
// Whether a row that was refused for this may fare better when sent again unchanged, in a new operation.
bool IsRetryable(const std::string& code);

// A known person's details with what a row says. A row that has no job title or no access needs says nothing about
// them: a file without those columns must not empty them.
Person Merge(const Person& known, const Person& row);

}  // namespace equity::participants::registrations
