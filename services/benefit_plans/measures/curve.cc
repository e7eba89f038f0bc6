#include "services/benefit_plans/rules/curve.h"

#include "common/status/macros.h"
#include "services/benefit_plans/lists.h"
#include "services/benefit_plans/measures/measures.h"
#include "services/benefit_plans/measures/values.h"

namespace equity::benefit_plans {
namespace {

std::vector<Point> ForecastOf(const v1::Measure& measure) {
  std::vector<Point> points;
  for (const v1::Point& point : measure.forecast()) points.push_back({ParseDay(point.date()), point.value()});
  return points;
}

// Where the line is looked at: on the target's date, else on the last day of the plan; for a draft where it ends.
absl::CivilDay EndOf(const v1::Plan& plan, const v1::Measure& measure, const std::vector<Point>& points) {
  if (!measure.target().date().empty()) return ParseDay(measure.target().date());
  return plan.last_date().empty() ? points.back().day : ParseDay(plan.last_date());
}

void SetProjection(const v1::Plan& plan, const v1::Measure& measure, const std::vector<Point>& points,
                   v1::Projection& projection) {
  const auto line = Project(points);
  projection.set_n_points(line ? line->points : static_cast<int>(points.size()));
  if (!line) {
    projection.set_state(v1::Projection::STATE_INSUFFICIENT_DATA);
    return;
  }
  projection.set_state(v1::Projection::STATE_COMPUTED);
  projection.set_slope_per_day(line->slope_per_day);
  const absl::CivilDay end = EndOf(plan, measure, points);
  projection.mutable_end()->set_date(FormatDay(end));
  projection.mutable_end()->set_value(line->On(end));
  if (measure.has_target()) {
    projection.set_meets_target(AtLeastAsGood(line->On(end), measure.target().value(),
                                              measure.polarity() == v1::Measure::POLARITY_HIGHER_BETTER));
  }
}

void SetVerdict(const v1::Plan& plan, const v1::Measure& measure, const std::vector<Point>& points,
                v1::GetCurveResponse& response) {
  if (points.empty() || points.back().day < AfterBaseline(plan, measure)) {
    response.set_verdict(v1::GetCurveResponse::VERDICT_INSUFFICIENT_DATA);
    return;
  }
  const auto forecast = ForecastOn(ForecastOf(measure), points.back().day);
  if (!forecast) {
    response.set_verdict(v1::GetCurveResponse::VERDICT_NO_FORECAST);
    return;
  }
  const bool turned = Better(points.back().value, *forecast, measure.polarity() == v1::Measure::POLARITY_HIGHER_BETTER);
  response.set_verdict(turned ? v1::GetCurveResponse::VERDICT_TURNED : v1::GetCurveResponse::VERDICT_NOT_TURNED);
  response.set_forecast_at_last(*forecast);
  response.set_difference(points.back().value - *forecast);
}

}  // namespace

absl::StatusOr<v1::GetCurveResponse> GetCurve(const rpc::Context& context, sql::ReadTransaction& transaction,
                                              const v1::GetCurveRequest& request) {
  ASSIGN_OR_RETURN(const v1::Plan plan, Find(context, transaction, request.name()));
  ASSIGN_OR_RETURN(v1::Measure measure, FindOne<v1::Measure>(context, transaction, request.name()));
  const auto measurements = Standing(transaction, measure.name());
  const auto points = PointsOf(measurements);
  v1::GetCurveResponse response;
  for (const auto& measurement : measurements) *response.add_measurements() = measurement;
  SetProjection(plan, measure, points, *response.mutable_projection());
  SetVerdict(plan, measure, points, response);
  *response.mutable_measure() = std::move(measure);
  return response;
}

}  // namespace equity::benefit_plans
