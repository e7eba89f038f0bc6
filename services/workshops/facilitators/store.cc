#include "services/workshops/facilitators/store.h"

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/strings.h"
#include "services/workshops/names.h"
#include "services/workshops/timestamps.h"

namespace equity::workshops::store {
namespace {

#define FACILITATOR_SELECT                                                                                       \
  "SELECT f.number, f.id, f.organisation, f.participant, f.public_name, f.biography, f.lived_experience, "       \
  "f.retired, f.revision, f.create_time, f.update_time, c.aspects, c.audience, c.expire_date, c.give_time FROM " \
  "facilitators f LEFT JOIN facilitator_consents c ON c.facilitator = f.number AND c.withdraw_time IS NULL AND " \
  "(c.expire_date = '' OR c.expire_date >= $1) "

const sql::Sql kFindFacilitator{"facilitators.find", FACILITATOR_SELECT "WHERE f.id = $2"};
const sql::Sql kFacilitatorOfPerson{"facilitators.of_person", "SELECT id FROM facilitators WHERE participant = $1"};
const sql::Sql kListFacilitators{
    "facilitators.list", FACILITATOR_SELECT
    "WHERE f.number > $2 AND (f.retired = 0 OR $3 = 1) AND ($4 = 0 OR (c.audience >= $4 AND f.public_name || "
    "f.biography || f.lived_experience <> '')) AND ($5 = 0 OR EXISTS (SELECT 1 FROM facilitator_sessions s WHERE "
    "s.facilitator = f.number AND s.session = $5)) ORDER BY f.number LIMIT $6"};
const sql::Sql kInsertFacilitator{
    "facilitators.insert",
    "INSERT INTO facilitators (id, organisation, participant, public_name, biography, lived_experience, retired, "
    "revision, create_time, update_time) VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8, $8) RETURNING number"};
const sql::Sql kUpdateFacilitator{"facilitators.update",
                                  "UPDATE facilitators SET public_name = $2, biography = $3, lived_experience = $4, "
                                  "retired = $5, revision = revision + 1, update_time = $6 WHERE number = $1"};
const sql::Sql kMoveFacilitator{"facilitators.move",
                                "UPDATE facilitators SET organisation = $2 WHERE participant = $1"};

const sql::Sql kSessionsOfFacilitator{
    "facilitator_sessions.list",
    "SELECT s.workshop, s.id FROM facilitator_sessions f CROSS JOIN sessions s ON s.number = f.session WHERE "
    "f.facilitator = $1 ORDER BY f.session"};
const sql::Sql kClearFacilitatorSessions{"facilitator_sessions.clear",
                                         "DELETE FROM facilitator_sessions WHERE facilitator = $1"};
const sql::Sql kInsertFacilitatorSession{
    "facilitator_sessions.insert",
    "INSERT INTO facilitator_sessions (facilitator, session) VALUES ($1, $2) ON CONFLICT DO NOTHING"};

const sql::Sql kInsertFacilitatorConsent{
    "facilitator_consents.insert",
    "INSERT INTO facilitator_consents (facilitator, aspects, audience, expire_date, give_time) VALUES ($1, $2, $3, $4, "
    "$5)"};
const sql::Sql kWithdrawFacilitatorConsent{
    "facilitator_consents.withdraw",
    "UPDATE facilitator_consents SET withdraw_time = $2 WHERE facilitator = $1 AND withdraw_time IS NULL"};
const sql::Sql kEndedFacilitatorConsents{
    "facilitator_consents.ended",
    "SELECT f.id FROM facilitator_consents c CROSS JOIN facilitators f ON f.number = c.facilitator WHERE "
    "c.withdraw_time IS NULL AND c.expire_date <> '' AND c.expire_date < $1 ORDER BY c.expire_date LIMIT $2"};

// The texts that the consent covers; others were erased, and are not read even if they were not.
void ReadConsented(const sql::Row& row, v1::Facilitator& message) {
  if (row.IsNull(11)) return;
  v1::FacilitatorConsent& consent = *message.mutable_consent();
  for (const auto& text : absl::StrSplit(ToAbsl(row.Bytes(11)), ',', absl::SkipEmpty())) {
    const auto aspect = static_cast<v1::FacilitatorConsent::Aspect>(std::stoi(std::string(text)));
    consent.add_aspects(aspect);
    if (aspect == v1::FacilitatorConsent::ASPECT_NAME) message.set_public_name(row.Text(4));
    if (aspect == v1::FacilitatorConsent::ASPECT_BIOGRAPHY) message.set_biography(row.Text(5));
    if (aspect == v1::FacilitatorConsent::ASPECT_LIVED_EXPERIENCE) message.set_lived_experience(row.Text(6));
  }
  consent.set_audience(static_cast<v1::FacilitatorConsent::Audience>(row.Int(12)));
  consent.set_expire_date(row.Text(13));
  SetTime(*consent.mutable_give_time(), row.Time(14));
}

Facilitator ReadFacilitator(const sql::Row& row) {
  Facilitator facilitator{.number = row.Int64(0)};
  v1::Facilitator& message = facilitator.message;
  message.set_name(FacilitatorName(row.Bytes(1)));
  message.set_participant(ParticipantName(row.Bytes(2), row.Bytes(3)));
  message.set_retired(row.Bool(7));
  message.set_etag(std::to_string(row.Int64(8)));
  SetTime(*message.mutable_create_time(), row.Time(9));
  SetTime(*message.mutable_update_time(), row.Time(10));
  ReadConsented(row, message);
  return facilitator;
}

void ReadSessions(sql::ReadTransaction& transaction, Facilitator& facilitator) {
  transaction.Each(kSessionsOfFacilitator, {facilitator.number}, [&](const sql::Row& row) {
    facilitator.message.add_sessions(SessionName(row.Bytes(0), row.Bytes(1)));
  });
}

}  // namespace

std::optional<Facilitator> FindFacilitator(sql::ReadTransaction& transaction, std::string_view id,
                                           std::string_view today) {
  auto facilitator = transaction.One(kFindFacilitator, {today, id}, ReadFacilitator);
  if (facilitator) ReadSessions(transaction, *facilitator);
  return facilitator;
}

std::optional<std::string> FacilitatorOfPerson(sql::ReadTransaction& transaction, std::string_view participant) {
  return transaction.One(kFacilitatorOfPerson, {participant}, [](const sql::Row& row) { return row.Text(0); });
}

std::vector<Facilitator> ListFacilitators(sql::ReadTransaction& transaction, const FacilitatorFilter& filter,
                                          int64_t after, int limit) {
  auto facilitators = transaction.All(
      kListFacilitators, {filter.today, after, filter.show_retired, filter.audience, filter.session, limit},
      ReadFacilitator);
  for (Facilitator& facilitator : facilitators) ReadSessions(transaction, facilitator);
  return facilitators;
}

int64_t InsertFacilitator(sql::Transaction& transaction, std::string_view id, const v1::Facilitator& facilitator,
                          absl::Time now) {
  return *transaction.One(
      kInsertFacilitator,
      {id, OrganisationId(facilitator.participant()), ChildId(facilitator.participant()), facilitator.public_name(),
       facilitator.biography(), facilitator.lived_experience(), facilitator.retired(), now},
      [](const sql::Row& row) { return row.Int64(0); });
}

void UpdateFacilitator(sql::Transaction& transaction, int64_t number, const v1::Facilitator& facilitator,
                       absl::Time now) {
  transaction.Execute(kUpdateFacilitator, {number, facilitator.public_name(), facilitator.biography(),
                                           facilitator.lived_experience(), facilitator.retired(), now});
  transaction.ForgetTrace();
}

void SetFacilitatorSessions(sql::Transaction& transaction, int64_t number, const std::vector<int64_t>& sessions) {
  transaction.Execute(kClearFacilitatorSessions, {number});
  for (const int64_t session : sessions) transaction.Execute(kInsertFacilitatorSession, {number, session});
}

void SetFacilitatorOrganisation(sql::Transaction& transaction, std::string_view participant,
                                std::string_view organisation) {
  transaction.Execute(kMoveFacilitator, {participant, organisation});
}

void InsertFacilitatorConsent(sql::Transaction& transaction, int64_t number, const v1::FacilitatorConsent& consent,
                              absl::Time now) {
  WithdrawFacilitatorConsent(transaction, number, now);
  transaction.Execute(kInsertFacilitatorConsent, {number, absl::StrJoin(consent.aspects(), ","),
                                                  static_cast<int>(consent.audience()), consent.expire_date(), now});
}

bool WithdrawFacilitatorConsent(sql::Transaction& transaction, int64_t number, absl::Time now) {
  return transaction.Execute(kWithdrawFacilitatorConsent, {number, now}) > 0;
}

std::vector<std::string> EndedFacilitatorConsents(sql::ReadTransaction& transaction, std::string_view today,
                                                  int limit) {
  return transaction.All(kEndedFacilitatorConsents, {today, limit}, [](const sql::Row& row) { return row.Text(0); });
}

std::vector<const sql::Sql*> FacilitatorStatements() {
  return {&kFindFacilitator,          &kFacilitatorOfPerson,        &kListFacilitators,
          &kInsertFacilitator,        &kUpdateFacilitator,          &kMoveFacilitator,
          &kSessionsOfFacilitator,    &kClearFacilitatorSessions,   &kInsertFacilitatorSession,
          &kInsertFacilitatorConsent, &kWithdrawFacilitatorConsent, &kEndedFacilitatorConsents};
}

}  // namespace equity::workshops::store
