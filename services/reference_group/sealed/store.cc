#include "services/reference_group/sealed/store.h"

#include "services/reference_group/names.h"
#include "services/reference_group/values.h"

namespace equity::referencegroup::store {
namespace {

#define REVEAL_COLUMNS "number, id, target, reason, state, proposed_by, confirmed_by, create_time, confirm_time"

const sql::Sql kInsertSeal{"sealed_people.insert", "INSERT INTO sealed_people (target, box) VALUES ($1, $2)"};
const sql::Sql kFindSeal{"sealed_people.find", "SELECT box FROM sealed_people WHERE target = $1"};
const sql::Sql kInsertReveal{
    "reveals.insert",
    "INSERT INTO reveals (id, target, reason, state, proposed_by, confirmed_by, create_time) VALUES ($1, $2, $3, "
    "$4, $5, '', $6)"};
const sql::Sql kFindReveal{"reveals.find", "SELECT " REVEAL_COLUMNS " FROM reveals WHERE id = $1"};
const sql::Sql kListReveals{"reveals.list",
                            "SELECT " REVEAL_COLUMNS " FROM reveals WHERE number > $1 ORDER BY number LIMIT $2"};
const sql::Sql kConfirmReveal{"reveals.confirm",
                              "UPDATE reveals SET state = $2, confirmed_by = $3, confirm_time = $4 WHERE number = $1"};
const sql::Sql kRevealed{"reveals.of_target", "SELECT 1 FROM reveals WHERE target = $1 AND state = $2"};

Reveal ReadReveal(const sql::Row& row) {
  Reveal reveal{.number = row.Int64(0), .create_time = row.Time(7)};
  v1::Reveal& message = reveal.message;
  message.set_name(Name(kReveals, row.Bytes(1)));
  message.set_target(row.Text(2));
  message.set_reason(row.Text(3));
  message.set_state(static_cast<v1::Reveal::State>(row.Int(4)));
  message.set_proposed_by(row.Text(5));
  message.set_confirmed_by(row.Text(6));
  SetTime(*message.mutable_create_time(), row.Time(7));
  if (!row.IsNull(8)) SetTime(*message.mutable_confirm_time(), row.Time(8));
  return reveal;
}

}  // namespace

void InsertSeal(sql::Transaction& transaction, std::string_view target, std::string_view box) {
  transaction.Execute(kInsertSeal, {target, sql::Blob{box}});
}

std::optional<std::string> FindSeal(sql::ReadTransaction& transaction, std::string_view target) {
  return transaction.One(kFindSeal, {target}, [](const sql::Row& row) { return row.Text(0); });
}

void InsertReveal(sql::Transaction& transaction, const v1::Reveal& reveal, absl::Time now) {
  transaction.Execute(kInsertReveal, {Id(reveal.name()), reveal.target(), reveal.reason(),
                                      static_cast<int>(reveal.state()), reveal.proposed_by(), now});
}

std::optional<Reveal> FindReveal(sql::ReadTransaction& transaction, std::string_view id) {
  return transaction.One(kFindReveal, {id}, ReadReveal);
}

std::vector<Reveal> ListReveals(sql::ReadTransaction& transaction, int64_t after, int limit) {
  return transaction.All(kListReveals, {after, limit}, ReadReveal);
}

void ConfirmReveal(sql::Transaction& transaction, int64_t number, std::string_view by, absl::Time now) {
  transaction.Execute(kConfirmReveal, {number, static_cast<int>(v1::Reveal::STATE_CONFIRMED), by, now});
}

bool IsRevealed(sql::ReadTransaction& transaction, std::string_view target) {
  return transaction.Exists(kRevealed, {target, static_cast<int>(v1::Reveal::STATE_CONFIRMED)});
}

}  // namespace equity::referencegroup::store
