// Who can agree to something for the community.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "services/benefit_plans/updates.h"

namespace equity::benefit_plans {

// NOT_FOUND unless it is the name of a partner or an engagement of this plan.
inline absl::Status CheckAgreedBy(sql::ReadTransaction& transaction, const std::string& plan, const std::string& name) {
  const std::vector<std::string> names = {name};
  if (CheckParts<v1::Partner>(transaction, plan, names).ok()) return absl::OkStatus();
  return CheckParts<v1::Engagement>(transaction, plan, names);
}

}  // namespace equity::benefit_plans
