#include "services/reference_group/consents/store.h"

#include "services/reference_group/names.h"
#include "services/reference_group/values.h"

namespace equity::referencegroup::store {
namespace {

#define CONSENT_COLUMNS                                                                                      \
  "number, id, scope, audience, expire_date, give_time, withdraw_time, revision, withdraw_time IS NULL AND " \
  "(expire_date = '' OR expire_date >= $1)"

const sql::Sql kFindConsent{"consents.find", "SELECT " CONSENT_COLUMNS " FROM consents WHERE id = $2"};
const sql::Sql kListConsents{"consents.list",
                             "SELECT " CONSENT_COLUMNS " FROM consents WHERE number > $2 ORDER BY number LIMIT $3"};
const sql::Sql kInsertConsent{
    "consents.insert",
    "INSERT INTO consents (id, scope, audience, expire_date, give_time, revision) VALUES ($1, $2, $3, $4, $5, 1)"};
const sql::Sql kWithdraw{"consents.withdraw",
                         "UPDATE consents SET withdraw_time = $2, revision = revision + 1 WHERE number = $1"};
const sql::Sql kEnded{"consents.ended",
                      "SELECT id FROM consents WHERE withdraw_time IS NULL AND expire_date <> '' AND expire_date < $1 "
                      "ORDER BY expire_date LIMIT $2"};

Consent ReadConsent(const sql::Row& row) {
  Consent consent{.number = row.Int64(0)};
  v1::Consent& message = consent.message;
  message.set_name(Name(kConsents, row.Bytes(1)));
  message.set_scope(static_cast<v1::Consent::Scope>(row.Int(2)));
  message.set_audience(static_cast<v1::Audience>(row.Int(3)));
  message.set_expire_date(row.Text(4));
  SetTime(*message.mutable_give_time(), row.Time(5));
  if (!row.IsNull(6)) SetTime(*message.mutable_withdraw_time(), row.Time(6));
  message.set_etag(row.Text(7));
  message.set_live(row.Bool(8));
  return consent;
}

}  // namespace

std::optional<Consent> FindConsent(sql::ReadTransaction& transaction, std::string_view id, std::string_view today) {
  return transaction.One(kFindConsent, {today, id}, ReadConsent);
}

std::vector<Consent> ListConsents(sql::ReadTransaction& transaction, std::string_view today, int64_t after, int limit) {
  return transaction.All(kListConsents, {today, after, limit}, ReadConsent);
}

void InsertConsent(sql::Transaction& transaction, const v1::Consent& consent, absl::Time now) {
  transaction.Execute(kInsertConsent, {Id(consent.name()), static_cast<int>(consent.scope()),
                                       static_cast<int>(consent.audience()), consent.expire_date(), now});
}

void WithdrawConsent(sql::Transaction& transaction, int64_t number, absl::Time now) {
  transaction.Execute(kWithdraw, {number, now});
  transaction.ForgetTrace();
}

std::vector<std::string> EndedConsents(sql::ReadTransaction& transaction, std::string_view today, int limit) {
  return transaction.All(kEnded, {today, limit}, [](const sql::Row& row) { return row.Text(0); });
}

}  // namespace equity::referencegroup::store
