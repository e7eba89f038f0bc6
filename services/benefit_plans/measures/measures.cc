#include "services/benefit_plans/measures/measures.h"

#include <algorithm>
#include <cmath>

#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/benefit_plans/errors.h"
#include "services/benefit_plans/lists.h"
#include "services/benefit_plans/updates.h"

namespace equity::benefit_plans {
namespace {

constexpr const char* kChangeableOfMeasure[] = {"title",       "unit",     "polarity", "headline", "qualitative",
                                                "data_source", "benefits", "baseline", "forecast", "target"};
constexpr int kMostHeadlines = 5;  // more than that nobody looks at first

template <class Points>
void CheckPoints(const Points& points, const char* field, std::vector<status::FieldFault>& faults) {
  for (const v1::Point& point : points) {
    if (!std::isfinite(point.value())) faults.push_back({field, "must hold numbers"});
  }
  const auto later = [](const v1::Point& a, const v1::Point& b) { return a.date() >= b.date(); };
  if (std::adjacent_find(points.begin(), points.end(), later) != points.end()) {
    faults.push_back({field, "must be in the order of the dates, each date once"});
  }
}

int OtherHeadlines(sql::ReadTransaction& transaction, const v1::Plan& plan, const v1::Measure& measure) {
  int count = 0;
  for (const auto& each : store::ListParts<v1::Measure>(transaction, plan.name())) {
    if (each.headline() && each.name() != measure.name()) ++count;
  }
  return count;
}

absl::Status CheckMeasure(sql::ReadTransaction& transaction, const v1::Plan& plan, const v1::Measure& measure) {
  std::vector<status::FieldFault> faults;
  CheckSet(measure.title(), "measure.title", faults);
  if (measure.quadrant() == v1::Measure::QUADRANT_UNSPECIFIED) faults.push_back({"measure.quadrant", "must be set"});
  if (measure.polarity() == v1::Measure::POLARITY_UNSPECIFIED) faults.push_back({"measure.polarity", "must be set"});
  CheckPoints(measure.baseline(), "measure.baseline", faults);
  CheckPoints(measure.forecast(), "measure.forecast", faults);
  if (!std::isfinite(measure.target().value())) faults.push_back({"measure.target.value", "must be a number"});
  if (measure.headline() && OtherHeadlines(transaction, plan, measure) >= kMostHeadlines) {
    faults.push_back({"measure.headline", absl::StrCat("must be set for at most ", kMostHeadlines, " measures")});
  }
  if (!faults.empty()) return status::InvalidFields(faults);
  return CheckParts<v1::Benefit>(transaction, plan.name(), measure.benefits());
}

// The value as it is kept, or what is wrong with it.
std::vector<status::FieldFault> Complete(const v1::Measure& measure, absl::CivilDay today, v1::Measurement& given) {
  std::vector<status::FieldFault> faults;
  if (ParseDay(given.date()) > today) faults.push_back({"measurement.date", "must not lie in the future"});
  if (measure.quadrant() == v1::Measure::QUADRANT_BETTER_OFF_PERCENT) {
    if (!given.has_numerator() || !given.has_denominator() || given.has_value()) {
      faults.push_back({"measurement", "must have numerator and denominator, and no value, as it is a percentage"});
    } else if (!(given.denominator() > 0 && given.numerator() >= 0 && given.numerator() <= given.denominator())) {
      faults.push_back({"measurement.denominator", "must be above 0, and the numerator from 0 up to it"});
    } else {
      given.set_value(100 * given.numerator() / given.denominator());
    }
  } else if (!given.has_value() || given.has_numerator() || given.has_denominator()) {
    faults.push_back({"measurement.value", "must be set, without numerator and denominator"});
  }
  if (given.has_value() && !std::isfinite(given.value())) faults.push_back({"measurement.value", "must be a number"});
  if (given.quality() == v1::Measurement::QUALITY_UNSPECIFIED) given.set_quality(v1::Measurement::QUALITY_ACTUAL);
  return faults;
}

}  // namespace

absl::StatusOr<v1::CreateMeasureResponse> CreateMeasure(rpc::WriteContext& context, sql::Transaction& transaction,
                                                        const v1::CreateMeasureRequest& request) {
  ASSIGN_OR_RETURN(const v1::Plan plan, Take(context, transaction, request.parent(), kOpen));
  v1::Measure measure = request.measure();
  measure.clear_name();
  RETURN_IF_ERROR(CheckMeasure(transaction, plan, measure));
  measure.set_title(text::Nfc(measure.title()));
  RETURN_IF_ERROR(store::AddPart(transaction, plan.name(), measure, context.now()));
  context.SetResource(measure.name());
  v1::CreateMeasureResponse response;
  *response.mutable_measure() = std::move(measure);
  return response;
}

absl::StatusOr<v1::GetMeasureResponse> GetMeasure(const rpc::Context& context, sql::ReadTransaction& transaction,
                                                  const v1::GetMeasureRequest& request) {
  v1::GetMeasureResponse response;
  ASSIGN_OR_RETURN(*response.mutable_measure(), FindOne<v1::Measure>(context, transaction, request.name()));
  return response;
}

absl::StatusOr<v1::ListMeasuresResponse> ListMeasures(const rpc::Context& context, sql::ReadTransaction& transaction,
                                                      const v1::ListMeasuresRequest& request) {
  return ListPage<v1::Measure, v1::ListMeasuresRequest, v1::ListMeasuresResponse>(
      context, transaction, request, [](v1::ListMeasuresResponse& response) { return response.add_measures(); });
}

absl::StatusOr<v1::UpdateMeasureResponse> UpdateMeasure(rpc::WriteContext& context, sql::Transaction& transaction,
                                                        const v1::UpdateMeasureRequest& request) {
  ASSIGN_OR_RETURN(const auto mask, UpdateMask(request, request.measure(), "measure", kChangeableOfMeasure));
  ASSIGN_OR_RETURN(const v1::Plan plan, Take(context, transaction, request.measure().name(), {v1::Plan::STATE_DRAFT}));
  auto measure = store::FindPart<v1::Measure>(transaction, request.measure().name());
  if (!measure) return status::NotFound();
  RETURN_IF_ERROR(Merge(mask, request.measure(), *measure));
  RETURN_IF_ERROR(CheckMeasure(transaction, plan, *measure));
  measure->set_title(text::Nfc(measure->title()));
  store::UpdatePart(transaction, *measure, context.now());
  v1::UpdateMeasureResponse response;
  *response.mutable_measure() = *std::move(measure);
  return response;
}

absl::StatusOr<v1::RecordMeasurementResponse> RecordMeasurement(rpc::WriteContext& context,
                                                                sql::Transaction& transaction,
                                                                const v1::RecordMeasurementRequest& request) {
  RETURN_IF_ERROR(Take(context, transaction, request.parent(), kOpen).status());
  const auto measure = store::FindPart<v1::Measure>(transaction, request.parent());
  if (!measure) return status::NotFound();
  v1::Measurement measurement = request.measurement();
  measurement.clear_superseded_by();
  const auto faults = Complete(*measure, DayOf(context.now()), measurement);
  if (!faults.empty()) return status::InvalidFields(faults);
  std::optional<v1::Measurement> former;
  if (!measurement.supersedes().empty()) {
    RETURN_IF_ERROR(CheckParts<v1::Measurement>(transaction, measure->name(), std::vector{measurement.supersedes()}));
    former = store::FindPart<v1::Measurement>(transaction, measurement.supersedes());
    if (!former->superseded_by().empty()) return errors::AlreadySuperseded(former->superseded_by());
  }
  RETURN_IF_ERROR(store::AddPart(transaction, measure->name(), measurement, context.now()));
  if (former) {
    former->set_superseded_by(measurement.name());
    store::PutPart(transaction, *former);
  }
  context.SetResource(measurement.name());
  v1::RecordMeasurementResponse response;
  *response.mutable_measurement() = std::move(measurement);
  return response;
}

absl::StatusOr<v1::ListMeasurementsResponse> ListMeasurements(const rpc::Context& context,
                                                              sql::ReadTransaction& transaction,
                                                              const v1::ListMeasurementsRequest& request) {
  RETURN_IF_ERROR(FindOne<v1::Measure>(context, transaction, request.parent()).status());
  return ListPage<v1::Measurement, v1::ListMeasurementsRequest, v1::ListMeasurementsResponse>(
      context, transaction, request,
      [](v1::ListMeasurementsResponse& response) { return response.add_measurements(); });
}

}  // namespace equity::benefit_plans
