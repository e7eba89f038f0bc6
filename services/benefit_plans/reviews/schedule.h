// The four reviews of a plan as they stand on a day.
#pragma once

#include <vector>

#include "common/sql/sql.h"
#include "equity/benefitplans/v1/plans.pb.h"
#include "equity/benefitplans/v1/reviews.pb.h"
#include "services/benefit_plans/rules/days.h"

namespace equity::benefit_plans {

namespace v1 = ::equity::benefitplans::v1;

// In the order of their kinds; none for a plan that has not started. The close of a plan that is reported late can be
// held for ever.
std::vector<v1::Review> ScheduleOf(sql::ReadTransaction& transaction, const v1::Plan& plan, const Policy& policy,
                                   absl::CivilDay today);

}  // namespace equity::benefit_plans
