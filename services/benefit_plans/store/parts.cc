#include "services/benefit_plans/store/parts.h"

namespace equity::benefit_plans::store {
namespace {

const sql::Sql kFindPart{"parts.find",
                         "SELECT part FROM parts WHERE plan = $1 AND kind = $2 AND parent = $3 AND number = $4"};
const sql::Sql kList{"parts.list",
                     "SELECT part FROM parts WHERE plan = $1 AND kind = $2 AND parent = $3 AND number > $4 "
                     "ORDER BY number LIMIT $5"};
const sql::Sql kLast{"parts.last",
                     "SELECT coalesce(max(number), 0) FROM parts WHERE plan = $1 AND kind = $2 AND parent = $3"};
const sql::Sql kPutPart{"parts.put",
                        "INSERT INTO parts (plan, kind, parent, number, state, part) VALUES ($1, $2, $3, $4, $5, $6) "
                        "ON CONFLICT (plan, kind, parent, number) DO UPDATE SET state = excluded.state, part = "
                        "excluded.part"};
const sql::Sql kStates{"parts.states", "SELECT state FROM parts WHERE plan = $1 AND kind = $2"};
const sql::Sql kWithData{"parts.measures_with_data",
                         "SELECT count(DISTINCT parent) FROM parts WHERE plan = $1 AND kind = 4"};

std::string Part(const sql::Row& row) { return row.Text(0); }

}  // namespace

std::optional<std::string> ReadPart(sql::ReadTransaction& transaction, std::string_view plan, Kind kind, int64_t parent,
                                    int64_t number) {
  return transaction.One(kFindPart, {plan, static_cast<int>(kind), parent, number}, Part);
}

std::vector<std::string> ReadParts(sql::ReadTransaction& transaction, std::string_view plan, Kind kind, int64_t parent,
                                   int64_t after, int limit) {
  return transaction.All(kList, {plan, static_cast<int>(kind), parent, after, limit}, Part);
}

int64_t LastNumber(sql::ReadTransaction& transaction, std::string_view plan, Kind kind, int64_t parent) {
  return *transaction.One(kLast, {plan, static_cast<int>(kind), parent},
                          [](const sql::Row& row) { return row.Int64(0); });
}

void WritePart(sql::Transaction& transaction, std::string_view plan, Kind kind, int64_t parent, int64_t number,
               int state, const std::string& bytes) {
  transaction.Execute(kPutPart, {plan, static_cast<int>(kind), parent, number, state, sql::Blob{bytes}});
}

std::vector<int> States(sql::ReadTransaction& transaction, std::string_view plan, Kind kind) {
  return transaction.All(kStates, {plan, static_cast<int>(kind)}, [](const sql::Row& row) { return row.Int(0); });
}

int MeasuresWithData(sql::ReadTransaction& transaction, std::string_view plan) {
  return *transaction.One(kWithData, {plan}, [](const sql::Row& row) { return row.Int(0); });
}

std::vector<const sql::Sql*> PartStatements() { return {&kFindPart, &kList, &kLast, &kPutPart, &kStates, &kWithData}; }

}  // namespace equity::benefit_plans::store
