// Consents in the store.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/sql/sql.h"
#include "equity/referencegroup/v1/consents.pb.h"

namespace equity::referencegroup::store {

struct Consent {
  v1::Consent message;
  int64_t number = 0;
};

std::optional<Consent> FindConsent(sql::ReadTransaction& transaction, std::string_view id, std::string_view today);
std::vector<Consent> ListConsents(sql::ReadTransaction& transaction, std::string_view today, int64_t after, int limit);
void InsertConsent(sql::Transaction& transaction, const v1::Consent& consent, absl::Time now);
void WithdrawConsent(sql::Transaction& transaction, int64_t number, absl::Time now);
// Those that ended before today and were not withdrawn.
std::vector<std::string> EndedConsents(sql::ReadTransaction& transaction, std::string_view today, int limit);

}  // namespace equity::referencegroup::store
