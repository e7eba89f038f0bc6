// The SQL of organisations, people and consents. That of registration rows is in registrations/ledger.h.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/exec/store.h"
#include "common/sql/sql.h"
#include "equity/participants/v1/organisations.pb.h"
#include "equity/participants/v1/participants.pb.h"
#include "services/participants/rules.h"

namespace equity::participants {

// The tables of this service; made from schema/*.sql.
std::vector<exec::Migration> Schema();

namespace store {

// --- Organisations, in the form in which they are answered.

bool OrganisationExists(sql::ReadTransaction& transaction, std::string_view id);
std::optional<v1::Organisation> FindOrganisation(sql::ReadTransaction& transaction, const std::string& id);
// The id of who has this code.
std::optional<std::string> FindCode(sql::ReadTransaction& transaction, const v1::OrganisationCode& code);
// The ids of all that a text can mean: an id, a code, or SCHEME:CODE.
std::vector<std::string> FindOrganisations(sql::ReadTransaction& transaction, const std::string& text);
// Up to `limit` after `after`, by id.
std::vector<v1::Organisation> ListOrganisations(sql::ReadTransaction& transaction, const std::string& after, int limit);
// With the codes.
void InsertOrganisation(sql::Transaction& transaction, const v1::Organisation& organisation);
void UpdateOrganisation(sql::Transaction& transaction, const v1::Organisation& organisation);

// --- People.

enum class State {
  kPending = 0,  // in a registration that is not decided yet; no answer shows it
  kActive = 1,
  kInactive = 2,
  kMoved = 3,
  kErased = 4,
};

// What stands for the external_ref of who was erased: it must be there, and be unique.
inline std::string ErasedRef(std::string_view id) { return "erased-" + std::string(id); }

// A person's registration with an organisation.
struct Registered {
  std::string organisation;
  std::string id;
  State state = State::kActive;
  Person person;
  std::string moved_to;  // an organisation's id
  int64_t version = 1;
  absl::Time create_time;
  absl::Time update_time;

  // Whether the address is taken for the organisation's others.
  bool IsLive() const { return state == State::kActive || state == State::kPending; }
  std::string Name() const;
  std::string EmailKey() const;
};

std::optional<Registered> FindParticipant(sql::ReadTransaction& transaction, std::string_view organisation,
                                          std::string_view id);
std::optional<Registered> FindByExternalRef(sql::ReadTransaction& transaction, std::string_view organisation,
                                            std::string_view external_ref);
// Up to `limit` after the id `after`, oldest first; without those who are pending.
std::vector<Registered> ListParticipants(sql::ReadTransaction& transaction, const std::string& organisation,
                                         const std::string& after, bool show_inactive, int limit);
// Adds the registration, or makes it what it says.
void Put(sql::Transaction& transaction, const Registered& registered);
// Makes a pending registration active; whether it was pending.
bool Activate(sql::Transaction& transaction, std::string_view organisation, std::string_view id, absl::Time now);

// The id of who holds an address.
std::optional<std::string> EmailHolder(sql::ReadTransaction& transaction, std::string_view organisation,
                                       std::string_view email_key);
// Does nothing when somebody holds it already.
void TakeEmail(sql::Transaction& transaction, std::string_view organisation, std::string_view email_key,
               std::string_view participant);
void DropEmail(sql::Transaction& transaction, std::string_view organisation, std::string_view email_key,
               std::string_view participant);
// All of a person. It looks through those of the organisation.
void DropEmailsOf(sql::Transaction& transaction, std::string_view organisation, std::string_view participant);

// --- Consents, by the person's UUID.

std::optional<v1::Consent> StandingConsent(sql::ReadTransaction& transaction, std::string_view participant,
                                           v1::Purpose purpose);
std::vector<v1::Consent> ListConsents(sql::ReadTransaction& transaction, std::string_view participant);
void InsertConsent(sql::Transaction& transaction, std::string_view participant, std::string_view id,
                   const v1::Consent& consent);
void EndConsent(sql::Transaction& transaction, std::string_view participant, v1::Purpose purpose, absl::Time now);

// --- Erasures, kept for good: that, and when, and nothing of the person.

void InsertErasure(sql::Transaction& transaction, std::string_view participant, std::string_view organisation,
                   absl::Time now);
// The names of who was erased, those after `after` in the order of their UUIDs.
std::vector<std::string> ListErasures(sql::ReadTransaction& transaction, const std::string& after, int limit);

// Every statement, for the test that none scans a table.
std::vector<const sql::Sql*> Statements();

}  // namespace store
}  // namespace equity::participants
