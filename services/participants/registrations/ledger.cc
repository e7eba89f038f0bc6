#include "services/participants/registrations/ledger.h"

#include "common/text/text.h"

namespace equity::participants::registrations::ledger {
namespace {

using sql::Row;
using sql::Sql;

const Sql kOperationFind{"operations.find",
                         "SELECT id, tenant, subject, workshop, atomic FROM local_operations WHERE id = $1"};
const Sql kOperationInsert{"operations.insert",
                           "INSERT INTO local_operations (id, tenant, subject, workshop, atomic, create_time) "
                           "VALUES ($1, $2, $3, $4, $5, $6)"};
const Sql kOperationOld{"operations.old",
                        "SELECT id FROM local_operations WHERE create_time < $1 ORDER BY create_time LIMIT 1"};
const Sql kOperationDelete{"operations.delete", "DELETE FROM local_operations WHERE id = $1"};

const Sql kEntries{"registration_rows.range",
                   "SELECT row, hash, pending, organisation, participant, session_date, on_full, has_details, kind, "
                   "code, field, message, fix, booking, session, booked_date, waiting_position "
                   "FROM local_registration_rows WHERE operation = $1 AND row BETWEEN $2 AND $3"};
const Sql kPending{"registration_rows.pending",
                   "SELECT row FROM local_registration_rows "
                   "WHERE operation = $1 AND row BETWEEN $2 AND $3 AND pending = 1"};
const Sql kInsert{"registration_rows.insert",
                  "INSERT INTO local_registration_rows (operation, row, hash, pending, organisation, participant, "
                  "session_date, on_full, has_details, kind, code, field, message, fix, booking, session, booked_date, "
                  "waiting_position) "
                  "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, '', '', '', 0)"};
const Sql kDecide{"registration_rows.decide",
                  "UPDATE local_registration_rows SET pending = 0, participant = $3, kind = $4, code = $5, field = $6, "
                  "message = $7, fix = $8, booking = $9, session = $10, booked_date = $11, waiting_position = $12 "
                  "WHERE operation = $1 AND row = $2"};
const Sql kConcerns{"registration_rows.concerns",
                    "SELECT 1 FROM local_registration_rows "
                    "WHERE participant = $1 AND participant <> '' AND operation = $2 LIMIT 1"};
const Sql kIsPending{"registration_rows.is_pending",
                     "SELECT 1 FROM local_registration_rows "
                     "WHERE participant = $1 AND participant <> '' AND pending = 1 LIMIT 1"};
const Sql kForgetRows{"registration_rows.forget",
                      "DELETE FROM local_registration_rows WHERE operation = $1 AND row IN "
                      "(SELECT row FROM local_registration_rows WHERE operation = $1 ORDER BY row LIMIT $2)"};

const Sql kDetailsInsert{
    "pending_details.insert",
    "INSERT INTO local_pending_details (operation, row, given_name, family_name, email, email_key, "
    "job_title, access_needs, other_access_need) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"};
const Sql kDetailsDropOf{"pending_details.drop_of",
                         "DELETE FROM local_pending_details WHERE (operation, row) IN (SELECT operation, row FROM "
                         "local_registration_rows WHERE participant = $1 AND participant <> '')"};
const Sql kDetailsTake{"pending_details.take",
                       "DELETE FROM local_pending_details WHERE operation = $1 AND row = $2 RETURNING given_name, "
                       "family_name, email, job_title, access_needs, other_access_need"};
const Sql kReserved{"pending_details.reserved",
                    "SELECT 1 FROM local_registration_rows AS rows CROSS JOIN local_pending_details AS details "
                    "ON details.operation = rows.operation AND details.row = rows.row "
                    "WHERE rows.participant = $1 AND rows.participant <> '' AND details.email_key = $2 LIMIT 1"};
const Sql kDrop{"participants.drop",
                "DELETE FROM participants WHERE organisation = $1 AND id = $2 AND state = 0 AND NOT EXISTS "
                "(SELECT 1 FROM local_registration_rows WHERE participant = $2 AND participant <> '' AND pending = 1) "
                "RETURNING email"};

const Sql kOpen{"open_segments.insert",
                "INSERT INTO local_open_segments (operation, first_row, last_row, begin_time) VALUES ($1, $2, $3, $4) "
                "ON CONFLICT (operation, first_row) DO UPDATE SET last_row = excluded.last_row "
                "WHERE local_open_segments.last_row < excluded.last_row"};
const Sql kClose{"open_segments.delete",
                 "DELETE FROM local_open_segments WHERE operation = $1 AND first_row = $2 AND last_row <= $3"};
const Sql kOpenList{"open_segments.list",
                    "SELECT operation, first_row, last_row FROM local_open_segments WHERE begin_time < $1 "
                    "ORDER BY begin_time LIMIT $2"};

Entry ReadEntry(const Row& row) {
  return {.row = row.Int(0),
          .hash = row.Text(1),
          .pending = row.Bool(2),
          .organisation = row.Text(3),
          .participant = row.Text(4),
          .session_date = row.Text(5),
          .on_full = static_cast<workshops::v1::OnFull>(row.Int(6)),
          .has_details = row.Bool(7),
          .kind = static_cast<Kind>(row.Int(8)),
          .code = row.Text(9),
          .field = row.Text(10),
          .message = row.Text(11),
          .fix = row.Text(12),
          .booking = row.Text(13),
          .session = row.Text(14),
          .booked_date = row.Text(15),
          .waiting_position = row.Int(16)};
}

}  // namespace

std::optional<Operation> FindOperation(sql::ReadTransaction& transaction, const std::string& id) {
  return transaction.One(kOperationFind, {id}, [](const Row& row) {
    return Operation{row.Text(0), row.Text(1), row.Text(2), row.Text(3), row.Bool(4)};
  });
}

void InsertOperation(sql::Transaction& transaction, const Operation& operation, absl::Time system_now) {
  transaction.Execute(kOperationInsert, {operation.id, operation.tenant, operation.subject, operation.workshop,
                                         operation.atomic, system_now});
}

std::map<int, Entry> Entries(sql::ReadTransaction& transaction, const Segment& segment) {
  std::map<int, Entry> entries;
  transaction.Each(kEntries, {segment.operation, segment.first, segment.last}, [&](const Row& row) {
    Entry entry = ReadEntry(row);
    entries.emplace_hint(entries.end(), entry.row, std::move(entry));
  });
  return entries;
}

std::set<int> Pending(sql::ReadTransaction& transaction, const Segment& segment) {
  std::set<int> rows;
  transaction.Each(kPending, {segment.operation, segment.first, segment.last},
                   [&](const Row& row) { rows.insert(rows.end(), row.Int(0)); });
  return rows;
}

void Insert(sql::Transaction& transaction, const std::string& operation, const Entry& entry) {
  transaction.Execute(
      kInsert, {operation, entry.row, sql::Blob{entry.hash}, entry.pending, entry.organisation, entry.participant,
                entry.session_date, static_cast<int>(entry.on_full), entry.has_details, static_cast<int>(entry.kind),
                entry.code, entry.field, entry.message, entry.fix});
}

void Decide(sql::Transaction& transaction, const std::string& operation, const Entry& entry) {
  transaction.Execute(
      kDecide, {operation, entry.row, entry.participant, static_cast<int>(entry.kind), entry.code, entry.field,
                entry.message, entry.fix, entry.booking, entry.session, entry.booked_date, entry.waiting_position});
}

bool Concerns(sql::ReadTransaction& transaction, const std::string& operation, std::string_view participant) {
  return transaction.Exists(kConcerns, {participant, operation});
}

bool IsPending(sql::ReadTransaction& transaction, std::string_view participant) {
  return transaction.Exists(kIsPending, {participant});
}

void KeepDetails(sql::Transaction& transaction, const std::string& operation, int row, const Person& person) {
  transaction.Execute(kDetailsInsert,
                      {operation, row, person.given_name, person.family_name, person.email, text::Fold(person.email),
                       person.job_title, int64_t{person.access_needs}, person.other_access_need});
}

std::optional<Person> TakeDetails(sql::Transaction& transaction, const std::string& operation, int row) {
  return transaction.One(kDetailsTake, {operation, row}, [](const Row& each) {
    return Person{.given_name = each.Text(0),
                  .family_name = each.Text(1),
                  .email = each.Text(2),
                  .job_title = each.Text(3),
                  .access_needs = static_cast<uint32_t>(each.Int64(4)),
                  .other_access_need = each.Text(5)};
  });
}

void DropDetailsOf(sql::Transaction& transaction, std::string_view participant) {
  transaction.Execute(kDetailsDropOf, {participant});
}

void ReleaseEmail(sql::Transaction& transaction, const std::string& organisation, const std::string& participant,
                  const std::string& email_key) {
  const auto registered = store::FindParticipant(transaction, organisation, participant);
  if (registered && registered->IsLive() && registered->EmailKey() == email_key) return;
  if (transaction.Exists(kReserved, {participant, email_key})) return;
  store::DropEmail(transaction, organisation, email_key, participant);
}

void DropPending(sql::Transaction& transaction, const std::string& organisation, const std::string& participant) {
  const auto email = transaction.One(kDrop, {organisation, participant}, [](const Row& row) { return row.Text(0); });
  if (email) store::DropEmail(transaction, organisation, text::Fold(*email), participant);
}

void OpenSegment(sql::Transaction& transaction, const Segment& segment, absl::Time system_now) {
  transaction.Execute(kOpen, {segment.operation, segment.first, segment.last, system_now});
}

void CloseSegment(sql::Transaction& transaction, const Segment& segment) {
  transaction.Execute(kClose, {segment.operation, segment.first, segment.last});
}

std::vector<Segment> OpenSegments(sql::ReadTransaction& transaction, absl::Time begun_before, int limit) {
  return transaction.All(kOpenList, {begun_before, limit}, [](const Row& row) {
    return Segment{row.Text(0), row.Int(1), row.Int(2)};
  });
}

bool Forget(sql::Transaction& transaction, absl::Time begun_before, int limit) {
  const auto operation = transaction.One(kOperationOld, {begun_before}, [](const Row& row) { return row.Text(0); });
  if (!operation) return false;
  if (transaction.Execute(kForgetRows, {*operation, limit}) < limit) {
    transaction.Execute(kOperationDelete, {*operation});
  }
  return true;
}

std::vector<const sql::Sql*> Statements() {
  return {&kOperationFind, &kOperationInsert, &kOperationOld, &kOperationDelete,
          &kEntries,       &kPending,         &kInsert,       &kDecide,
          &kConcerns,      &kIsPending,       &kForgetRows,   &kDetailsInsert,
          &kDetailsTake,   &kDetailsDropOf,   &kReserved,     &kDrop,
          &kOpen,          &kClose,           &kOpenList};
}

}  // namespace equity::participants::registrations::ledger
