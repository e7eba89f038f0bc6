#include "services/benefit_plans/store/lists.h"

#include <algorithm>

namespace equity::benefit_plans::store {
namespace {

const sql::Sql kNewest{"policies.newest", "SELECT max(version) FROM policies"};
const sql::Sql kFindPolicy{
    "policies.find",
    "SELECT version, length_days, grace_days, start_ahead_days, check_in_days FROM policies WHERE version = $1"};
const sql::Sql kWindows{"review_windows.list",
                        "SELECT review, due_day, first_day, last_day FROM review_windows WHERE version = $1"};
const sql::Sql kIsCode{"codes.find",
                       "SELECT 1 FROM codes WHERE list = $1 AND code = $2 AND valid_from <= $3 AND valid_to >= $3"};
// All of them, which are some dozens.
const sql::Sql kListCodes{"codes.list",
                          "SELECT list, code, label, parent, version FROM codes WHERE valid_from <= $1 AND valid_to >= "
                          "$1 ORDER BY list, position"};

}  // namespace

Policy FindPolicy(sql::ReadTransaction& transaction, int version) {
  if (version == 0) version = *transaction.One(kNewest, {}, [](const sql::Row& row) { return row.Int(0); });
  Policy policy;
  transaction.Each(kFindPolicy, {version}, [&](const sql::Row& row) {
    policy = {.version = row.Int(0),
              .length_days = row.Int(1),
              .grace_days = row.Int(2),
              .start_ahead_days = row.Int(3),
              .check_in_days = row.Int(4)};
  });
  transaction.Each(kWindows, {version}, [&](const sql::Row& row) {
    policy.windows[row.Int(0)] = {.due = row.Int(1), .first = row.Int(2), .last = row.Int(3)};
  });
  return policy;
}

bool IsCode(sql::ReadTransaction& transaction, std::string_view list, const std::string& code, const std::string& day) {
  return transaction.Exists(kIsCode, {list, code, day});
}

std::vector<v1::CodeList> ListCodes(sql::ReadTransaction& transaction, const std::string& day) {
  std::vector<v1::CodeList> lists;
  transaction.Each(kListCodes, {day}, [&](const sql::Row& row) {
    if (lists.empty() || lists.back().list() != row.Bytes(0)) lists.emplace_back().set_list(row.Text(0));
    v1::CodeList& list = lists.back();
    v1::Code& code = *list.add_codes();
    code.set_code(row.Text(1));
    code.set_label(row.Text(2));
    code.set_parent(row.Text(3));
    list.set_version(std::max(list.version(), row.Int(4)));
  });
  return lists;
}

std::vector<const sql::Sql*> ListStatements() { return {&kNewest, &kFindPolicy, &kWindows, &kIsCode, &kListCodes}; }

}  // namespace equity::benefit_plans::store
