// The one way in which a benefit changes its state.
#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "common/rpc/context.h"
#include "common/sql/sql.h"
#include "services/benefit_plans/rules/states.h"

namespace equity::benefit_plans {

// By a verb of the table; stores and tells. TRANSITION_FORBIDDEN.
absl::Status Move(rpc::WriteContext& context, sql::Transaction& transaction, v1::Benefit& benefit,
                  std::string_view verb);

}  // namespace equity::benefit_plans
