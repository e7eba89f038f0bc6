// What the measurements of a measure say.
#pragma once

#include <vector>

#include "common/sql/sql.h"
#include "services/benefit_plans/rules/curve.h"
#include "services/benefit_plans/rules/days.h"
#include "services/benefit_plans/store/parts.h"

namespace equity::benefit_plans {

namespace v1 = ::equity::benefitplans::v1;

// The measurements that stand, by date and then by number.
std::vector<v1::Measurement> Standing(sql::ReadTransaction& transaction, const std::string& measure);
std::vector<Point> PointsOf(const std::vector<v1::Measurement>& measurements);

// The first day on which a measurement says something about the plan: after the baseline, or from the start date.
absl::CivilDay AfterBaseline(const v1::Plan& plan, const v1::Measure& measure);

struct Shown {
  bool measured = false;    // after the baseline
  bool target_met = false;  // by one of these
};
Shown ShownBy(sql::ReadTransaction& transaction, const v1::Plan& plan, const v1::Measure& measure);

}  // namespace equity::benefit_plans
