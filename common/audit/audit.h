// The audit trail: one row for every change that was acknowledged, in the transaction of the change.
#pragma once

#include <string_view>

#include "absl/time/time.h"
#include "common/sql/sql.h"

namespace equity::audit {

struct Entry {
  absl::Time time;                // system clock
  std::string_view actor;         // who, by the credential, or for whom a service acted
  std::string_view organisation;  // the actor's organisation id; empty for who is bound to none
  std::string_view method;        // such as equity.workshops.v1.BookingService.BookPlace
  std::string_view resource;      // what was changed, by name
  std::string_view request_id;
  std::string_view trace_id;
};

void Append(sql::Transaction& transaction, const Entry& entry);

}  // namespace equity::audit
