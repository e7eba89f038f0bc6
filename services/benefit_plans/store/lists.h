// Versioned data: code lists and the rules of time.
#pragma once

#include <string>
#include <vector>

#include "common/sql/sql.h"
#include "equity/benefitplans/v1/plans.pb.h"
#include "services/benefit_plans/rules/days.h"

namespace equity::benefit_plans::store {

namespace v1 = ::equity::benefitplans::v1;

// The rules in this version; in the newest one for version 0.
Policy FindPolicy(sql::ReadTransaction& transaction, int version);

bool IsCode(sql::ReadTransaction& transaction, std::string_view list, const std::string& code, const std::string& day);
std::vector<v1::CodeList> ListCodes(sql::ReadTransaction& transaction, const std::string& day);

std::vector<const sql::Sql*> ListStatements();

}  // namespace equity::benefit_plans::store
