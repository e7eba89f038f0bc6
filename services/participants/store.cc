#include "services/participants/store.h"

#include <set>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/text/text.h"
#include "google/protobuf/util/time_util.h"

namespace equity::participants::store {
namespace {

using google::protobuf::util::TimeUtil;
using sql::Row;
using sql::Sql;

const Sql kOrganisationExists{"organisations.exists", "SELECT 1 FROM organisations WHERE id = $1"};
const Sql kOrganisationFind{"organisations.find",
                            "SELECT id, display_name, sector, place, version, create_time, update_time "
                            "FROM organisations WHERE id = $1"};
const Sql kOrganisationList{"organisations.list",
                            "SELECT id, display_name, sector, place, version, create_time, update_time "
                            "FROM organisations WHERE id > $1 ORDER BY id LIMIT $2"};
const Sql kOrganisationInsert{"organisations.insert",
                              "INSERT INTO organisations (id, display_name, sector, place, version, create_time, "
                              "update_time) VALUES ($1, $2, $3, $4, $5, $6, $7)"};
const Sql kOrganisationUpdate{"organisations.update",
                              "UPDATE organisations SET display_name = $2, sector = $3, place = $4, version = $5, "
                              "update_time = $6 WHERE id = $1"};
const Sql kCodeInsert{"organisation_codes.insert",
                      "INSERT INTO organisation_codes (code_key, value_key, scheme, value, organisation) "
                      "VALUES ($1, $2, $3, $4, $5)"};
const Sql kCodeFind{"organisation_codes.find", "SELECT organisation FROM organisation_codes WHERE code_key = $1"};
const Sql kCodeByValue{"organisation_codes.by_value",
                       "SELECT organisation FROM organisation_codes WHERE value_key = $1"};
const Sql kCodesOf{"organisation_codes.of",
                   "SELECT scheme, value FROM organisation_codes WHERE organisation = $1 ORDER BY code_key"};

const std::string kColumns =
    "organisation, id, state, external_ref, given_name, family_name, email, job_title, access_needs, "
    "other_access_need, moved_to, version, create_time, update_time";

const Sql kFind{"participants.find", "SELECT " + kColumns + " FROM participants WHERE organisation = $1 AND id = $2"};
const Sql kByExternalRef{"participants.by_external_ref",
                         "SELECT " + kColumns + " FROM participants WHERE organisation = $1 AND external_ref = $2"};
const Sql kList{"participants.list", "SELECT " + kColumns +
                                         " FROM participants WHERE organisation = $1 AND id > $2 AND state >= 1 "
                                         "AND state <= $3 ORDER BY id LIMIT $4"};
const Sql kPut{"participants.put",
               "INSERT INTO participants (" + kColumns +
                   ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) "
                   "ON CONFLICT (organisation, id) DO UPDATE SET state = excluded.state, "
                   "external_ref = excluded.external_ref, given_name = excluded.given_name, "
                   "family_name = excluded.family_name, email = excluded.email, job_title = excluded.job_title, "
                   "access_needs = excluded.access_needs, other_access_need = excluded.other_access_need, "
                   "moved_to = excluded.moved_to, version = excluded.version, update_time = excluded.update_time"};
const Sql kActivate{"participants.activate",
                    "UPDATE participants SET state = 1, update_time = $3 "
                    "WHERE organisation = $1 AND id = $2 AND state = 0"};

const Sql kEmailHolder{"emails.holder", "SELECT participant FROM emails WHERE organisation = $1 AND email_key = $2"};
const Sql kEmailTake{"emails.take",
                     "INSERT INTO emails (organisation, email_key, participant) VALUES ($1, $2, $3) "
                     "ON CONFLICT (organisation, email_key) DO NOTHING"};
const Sql kEmailDrop{"emails.drop",
                     "DELETE FROM emails WHERE organisation = $1 AND email_key = $2 AND participant = $3"};

const Sql kEmailDropOf{"emails.drop_of", "DELETE FROM emails WHERE organisation = $1 AND participant = $2"};

const Sql kConsentStanding{"consents.standing",
                           "SELECT purpose, wording_version, give_time, withdraw_time FROM consents "
                           "WHERE participant = $1 AND purpose = $2 AND withdraw_time IS NULL"};
const Sql kConsentList{"consents.list",
                       "SELECT purpose, wording_version, give_time, withdraw_time FROM consents "
                       "WHERE participant = $1 ORDER BY id DESC"};
const Sql kConsentInsert{"consents.insert",
                         "INSERT INTO consents (participant, id, purpose, wording_version, give_time) "
                         "VALUES ($1, $2, $3, $4, $5)"};
const Sql kConsentEnd{"consents.end",
                      "UPDATE consents SET withdraw_time = $3 "
                      "WHERE participant = $1 AND purpose = $2 AND withdraw_time IS NULL"};

const Sql kErasureInsert{"erasures.insert",
                         "INSERT INTO erasures (participant, organisation, erase_time) VALUES ($1, $2, $3) "
                         "ON CONFLICT (participant) DO NOTHING"};
const Sql kErasureList{"erasures.list",
                       "SELECT 'organisations/' || organisation || '/participants/' || participant FROM erasures "
                       "WHERE participant > $1 ORDER BY participant LIMIT $2"};

google::protobuf::Timestamp Stamp(const Row& row, int column) {
  return TimeUtil::MicrosecondsToTimestamp(row.Int64(column));
}

std::string CodeKey(const v1::OrganisationCode& code) {
  return absl::StrCat(text::Fold(code.scheme()), ":", text::Fold(code.value()));
}

v1::Organisation ReadOrganisation(const Row& row) {
  v1::Organisation organisation;
  organisation.set_name("organisations/" + row.Text(0));
  organisation.set_display_name(row.Text(1));
  organisation.set_sector(static_cast<v1::Sector>(row.Int(2)));
  organisation.set_place(static_cast<v1::Place>(row.Int(3)));
  organisation.set_etag(absl::StrCat(row.Int64(4)));
  *organisation.mutable_create_time() = Stamp(row, 5);
  *organisation.mutable_update_time() = Stamp(row, 6);
  return organisation;
}

std::string IdOf(const v1::Organisation& organisation) {
  return organisation.name().substr(sizeof("organisations/") - 1);
}

int64_t VersionOf(const v1::Organisation& organisation) {
  int64_t version = 0;
  (void)absl::SimpleAtoi(organisation.etag(), &version);
  return version;
}

void AddCodes(sql::ReadTransaction& transaction, v1::Organisation& organisation) {
  transaction.Each(kCodesOf, {IdOf(organisation)}, [&](const Row& row) {
    auto* code = organisation.add_codes();
    code->set_scheme(row.Text(0));
    code->set_value(row.Text(1));
  });
}

Registered ReadParticipant(const Row& row) {
  return {.organisation = row.Text(0),
          .id = row.Text(1),
          .state = static_cast<State>(row.Int(2)),
          .person = {.external_ref = row.Text(3),
                     .given_name = row.Text(4),
                     .family_name = row.Text(5),
                     .email = row.Text(6),
                     .job_title = row.Text(7),
                     .access_needs = static_cast<uint32_t>(row.Int64(8)),
                     .other_access_need = row.Text(9)},
          .moved_to = row.Text(10),
          .version = row.Int64(11),
          .create_time = row.Time(12),
          .update_time = row.Time(13)};
}

v1::Consent ReadConsent(const Row& row) {
  v1::Consent consent;
  consent.set_purpose(static_cast<v1::Purpose>(row.Int(0)));
  consent.set_wording_version(row.Text(1));
  *consent.mutable_give_time() = Stamp(row, 2);
  if (!row.IsNull(3)) *consent.mutable_withdraw_time() = Stamp(row, 3);
  return consent;
}

}  // namespace

bool OrganisationExists(sql::ReadTransaction& transaction, std::string_view id) {
  return transaction.Exists(kOrganisationExists, {id});
}

std::optional<v1::Organisation> FindOrganisation(sql::ReadTransaction& transaction, const std::string& id) {
  auto organisation = transaction.One(kOrganisationFind, {id}, ReadOrganisation);
  if (organisation) AddCodes(transaction, *organisation);
  return organisation;
}

std::optional<std::string> FindCode(sql::ReadTransaction& transaction, const v1::OrganisationCode& code) {
  return transaction.One(kCodeFind, {CodeKey(code)}, [](const Row& row) { return row.Text(0); });
}

std::vector<std::string> FindOrganisations(sql::ReadTransaction& transaction, const std::string& text) {
  std::set<std::string> found;
  const auto add = [&](const Row& row) { found.insert(row.Text(0)); };
  const std::string key = text::Fold(text);
  if (OrganisationExists(transaction, key)) found.insert(key);
  transaction.Each(kCodeByValue, {key}, add);
  if (key.find(':') != key.npos) transaction.Each(kCodeFind, {key}, add);
  return {found.begin(), found.end()};
}

std::vector<v1::Organisation> ListOrganisations(sql::ReadTransaction& transaction, const std::string& after,
                                                int limit) {
  auto organisations = transaction.All(kOrganisationList, {after, limit}, ReadOrganisation);
  for (auto& organisation : organisations) AddCodes(transaction, organisation);
  return organisations;
}

void InsertOrganisation(sql::Transaction& transaction, const v1::Organisation& organisation) {
  const std::string id = IdOf(organisation);
  transaction.Execute(kOrganisationInsert,
                      {id, organisation.display_name(), organisation.sector(), organisation.place(),
                       VersionOf(organisation), TimeUtil::TimestampToMicroseconds(organisation.create_time()),
                       TimeUtil::TimestampToMicroseconds(organisation.update_time())});
  for (const auto& code : organisation.codes()) {
    transaction.Execute(kCodeInsert, {CodeKey(code), text::Fold(code.value()), code.scheme(), code.value(), id});
  }
}

void UpdateOrganisation(sql::Transaction& transaction, const v1::Organisation& organisation) {
  transaction.Execute(kOrganisationUpdate,
                      {IdOf(organisation), organisation.display_name(), organisation.sector(), organisation.place(),
                       VersionOf(organisation), TimeUtil::TimestampToMicroseconds(organisation.update_time())});
}

std::string Registered::Name() const { return absl::StrCat("organisations/", organisation, "/participants/", id); }
std::string Registered::EmailKey() const { return text::Fold(person.email); }

std::optional<Registered> FindParticipant(sql::ReadTransaction& transaction, std::string_view organisation,
                                          std::string_view id) {
  return transaction.One(kFind, {organisation, id}, ReadParticipant);
}

std::optional<Registered> FindByExternalRef(sql::ReadTransaction& transaction, std::string_view organisation,
                                            std::string_view external_ref) {
  return transaction.One(kByExternalRef, {organisation, external_ref}, ReadParticipant);
}

std::vector<Registered> ListParticipants(sql::ReadTransaction& transaction, const std::string& organisation,
                                         const std::string& after, bool show_inactive, int limit) {
  const State last = show_inactive ? State::kErased : State::kActive;
  return transaction.All(kList, {organisation, after, static_cast<int>(last), limit}, ReadParticipant);
}

void Put(sql::Transaction& transaction, const Registered& registered) {
  const Person& person = registered.person;
  transaction.Execute(kPut, {registered.organisation, registered.id, static_cast<int>(registered.state),
                             person.external_ref, person.given_name, person.family_name, person.email, person.job_title,
                             int64_t{person.access_needs}, person.other_access_need, registered.moved_to,
                             registered.version, registered.create_time, registered.update_time});
}

bool Activate(sql::Transaction& transaction, std::string_view organisation, std::string_view id, absl::Time now) {
  return transaction.Execute(kActivate, {organisation, id, now}) > 0;
}

std::optional<std::string> EmailHolder(sql::ReadTransaction& transaction, std::string_view organisation,
                                       std::string_view email_key) {
  return transaction.One(kEmailHolder, {organisation, email_key}, [](const Row& row) { return row.Text(0); });
}

void TakeEmail(sql::Transaction& transaction, std::string_view organisation, std::string_view email_key,
               std::string_view participant) {
  transaction.Execute(kEmailTake, {organisation, email_key, participant});
}

void DropEmail(sql::Transaction& transaction, std::string_view organisation, std::string_view email_key,
               std::string_view participant) {
  transaction.Execute(kEmailDrop, {organisation, email_key, participant});
}

void DropEmailsOf(sql::Transaction& transaction, std::string_view organisation, std::string_view participant) {
  transaction.Execute(kEmailDropOf, {organisation, participant});
}

std::optional<v1::Consent> StandingConsent(sql::ReadTransaction& transaction, std::string_view participant,
                                           v1::Purpose purpose) {
  return transaction.One(kConsentStanding, {participant, static_cast<int>(purpose)}, ReadConsent);
}

std::vector<v1::Consent> ListConsents(sql::ReadTransaction& transaction, std::string_view participant) {
  return transaction.All(kConsentList, {participant}, ReadConsent);
}

void InsertConsent(sql::Transaction& transaction, std::string_view participant, std::string_view id,
                   const v1::Consent& consent) {
  transaction.Execute(kConsentInsert, {participant, id, static_cast<int>(consent.purpose()), consent.wording_version(),
                                       TimeUtil::TimestampToMicroseconds(consent.give_time())});
}

void EndConsent(sql::Transaction& transaction, std::string_view participant, v1::Purpose purpose, absl::Time now) {
  transaction.Execute(kConsentEnd, {participant, static_cast<int>(purpose), now});
  transaction.ForgetTrace();
}

void InsertErasure(sql::Transaction& transaction, std::string_view participant, std::string_view organisation,
                   absl::Time now) {
  transaction.Execute(kErasureInsert, {participant, organisation, now});
}

std::vector<std::string> ListErasures(sql::ReadTransaction& transaction, const std::string& after, int limit) {
  return transaction.All(kErasureList, {after, limit}, [](const Row& row) { return row.Text(0); });
}

std::vector<const sql::Sql*> Statements() {
  return {&kOrganisationExists,
          &kOrganisationFind,
          &kOrganisationList,
          &kOrganisationInsert,
          &kOrganisationUpdate,
          &kCodeInsert,
          &kCodeFind,
          &kCodeByValue,
          &kCodesOf,
          &kFind,
          &kByExternalRef,
          &kList,
          &kPut,
          &kActivate,
          &kEmailHolder,
          &kEmailTake,
          &kEmailDrop,
          &kEmailDropOf,
          &kConsentStanding,
          &kConsentList,
          &kConsentInsert,
          &kConsentEnd,
          &kErasureInsert,
          &kErasureList};
}

}  // namespace equity::participants::store
