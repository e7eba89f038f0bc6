#include "services/benefit_plans/measures/values.h"

#include <algorithm>

namespace equity::benefit_plans {

std::vector<v1::Measurement> Standing(sql::ReadTransaction& transaction, const std::string& measure) {
  std::vector<v1::Measurement> standing;
  for (auto& measurement : store::ListParts<v1::Measurement>(transaction, measure)) {
    if (measurement.superseded_by().empty()) standing.push_back(std::move(measurement));
  }
  std::stable_sort(standing.begin(), standing.end(), [](const auto& a, const auto& b) { return a.date() < b.date(); });
  return standing;
}

std::vector<Point> PointsOf(const std::vector<v1::Measurement>& measurements) {
  std::vector<Point> points;
  for (const auto& measurement : measurements) points.push_back({ParseDay(measurement.date()), measurement.value()});
  return points;
}

absl::CivilDay AfterBaseline(const v1::Plan& plan, const v1::Measure& measure) {
  absl::CivilDay day = plan.start_date().empty() ? absl::CivilDay() : ParseDay(plan.start_date());
  if (measure.baseline().empty()) return day;
  day = absl::CivilDay::min();
  for (const v1::Point& point : measure.baseline()) day = std::max(day, ParseDay(point.date()) + 1);
  return day;
}

Shown ShownBy(sql::ReadTransaction& transaction, const v1::Plan& plan, const v1::Measure& measure) {
  Shown shown;
  const absl::CivilDay first = AfterBaseline(plan, measure);
  const bool higher_is_better = measure.polarity() == v1::Measure::POLARITY_HIGHER_BETTER;
  for (const Point& point : PointsOf(Standing(transaction, measure.name()))) {
    if (point.day < first) continue;
    shown.measured = true;
    shown.target_met |= measure.has_target() && AtLeastAsGood(point.value, measure.target().value(), higher_is_better);
  }
  return shown;
}

}  // namespace equity::benefit_plans
