// What a person's and an organisation's fields must be. Pure: no I/O.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "equity/participants/v1/organisations.pb.h"
#include "equity/participants/v1/participants.pb.h"

namespace equity::participants {

// A person's details: text in NFC without outer white space.
struct Person {
  std::string external_ref;
  std::string given_name;
  std::string family_name;
  std::string email;
  std::string job_title;
  uint32_t access_needs = 0;  // bit `1 << AccessNeed`
  std::string other_access_need;

  bool operator==(const Person&) const = default;
};

// What is wrong with a field, named as in RegistrationRow and Participant alike.
struct Fault {
  std::string code;   // such as MISSING_FIELD
  std::string field;  // empty where it is about no field
  std::string what;   // follows the field's name in a sentence: `is missing`
  std::string fix;    // a sentence
};

// Without outer white space and in NFC: how all text is kept. Nothing where there is nothing to be seen.
std::string Clean(std::string_view text);

// Every fault of a person, in the order of the fields, at most one a field.
std::vector<Fault> PersonFaults(const Person& person);

Person PersonFrom(const v1::Participant& participant);
// Adds the details to an answer.
void Describe(const Person& person, v1::Participant& participant);

// Sets the fields of `person` that `mask` names, or with an empty mask those that are set, to what they are in
// `wanted`. Faults name the paths that no update may set.
struct Update {
  Person person;
  std::vector<std::string> unknown_paths;
};
Update Apply(Person person, const v1::Participant& wanted, const google::protobuf::FieldMask& mask);

// The id of an organisation that gave none: its code in lower case, with what an id cannot have replaced by hyphens.
std::string OrganisationId(const v1::OrganisationCode& code);

// NHS_TRUST of SECTOR_NHS_TRUST; empty for the zero value.
std::string SectorName(v1::Sector sector);
std::string PlaceName(v1::Place place);

}  // namespace equity::participants
