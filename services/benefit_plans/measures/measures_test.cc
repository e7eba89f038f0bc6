#include <limits>

#include "services/benefit_plans/testing/fixture.h"

namespace equity::benefit_plans {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

class MeasuresTest : public ServerTest {
 protected:
  v1::GetCurveResponse Curve(const std::string& measure) {
    v1::GetCurveRequest request;
    request.set_name(measure);
    return Must(measures_->GetCurve(request));
  }
  absl::StatusOr<v1::UpdateMeasureResponse> Update(const v1::Measure& measure) {
    v1::UpdateMeasureRequest request;
    *request.mutable_measure() = measure;
    return measures_->UpdateMeasure(request);
  }
  void SetForecast(const std::string& measure, double value) {
    v1::Measure change;
    change.set_name(measure);
    v1::Point& point = *change.add_forecast();
    point.set_date(Day(0));
    point.set_value(value);
    Must(Update(change));
  }
};

TEST_F(MeasuresTest, WhatAMeasureNeeds) {
  v1::CreateMeasureRequest request;
  request.set_parent(NewPlan());
  auto* point = request.mutable_measure()->add_forecast();
  point->set_date("2021-09-02");
  *request.mutable_measure()->add_forecast() = *point;
  request.mutable_measure()->mutable_target()->set_value(std::numeric_limits<double>::quiet_NaN());
  EXPECT_THAT(
      FieldsOf(measures_->CreateMeasure(request).status()),
      ElementsAre("measure.title", "measure.quadrant", "measure.polarity", "measure.forecast", "measure.target.value"));
  request.set_parent("organisations/rde/plans/none");
  EXPECT_EQ(ReasonOf(measures_->CreateMeasure(request)), "NOT_FOUND");
}

TEST_F(MeasuresTest, AtMostFiveHeadlines) {
  const Ready ready = NewReady();
  v1::CreateMeasureRequest request;
  request.set_parent(ready.plan);
  request.mutable_measure()->set_title("Visits");
  request.mutable_measure()->set_quadrant(v1::Measure::QUADRANT_HOW_MUCH);
  request.mutable_measure()->set_polarity(v1::Measure::POLARITY_HIGHER_BETTER);
  request.mutable_measure()->set_headline(true);
  for (int i = 0; i < 5; ++i) {
    request.clear_request_id();
    Must(measures_->CreateMeasure(request));
  }
  EXPECT_THAT(FieldsOf(measures_->CreateMeasure(request).status()), ElementsAre("measure.headline"));
  request.mutable_measure()->set_headline(false);
  request.mutable_measure()->add_benefits(ready.plan + "/benefits/9");
  EXPECT_EQ(ReasonOf(measures_->CreateMeasure(request)), "NOT_FOUND");
}

TEST_F(MeasuresTest, FromTheStartOnAMeasureStands) {
  const Ready ready = NewReady();
  v1::Measure change;
  change.set_name(ready.measure);
  change.mutable_target()->set_value(30);
  EXPECT_EQ(Must(Update(change)).measure().target().value(), 30);
  change.set_etag("1");
  EXPECT_EQ(ReasonOf(Update(change)), "ETAG_MISMATCH");
  Must(Start(ready.plan));
  change.clear_etag();
  EXPECT_EQ(ReasonOf(Update(change)), "PLAN_STATE");
}

TEST_F(MeasuresTest, MeasurementsAreAppendedAndCorrected) {
  const Ready ready = NewStarted();
  const auto first = Must(Measure(ready.measure, Day(0), 12)).measurement();
  EXPECT_EQ(first.quality(), v1::Measurement::QUALITY_ACTUAL);
  v1::RecordMeasurementRequest correction;
  correction.set_parent(ready.measure);
  correction.mutable_measurement()->set_date(Day(0));
  correction.mutable_measurement()->set_value(13);
  correction.mutable_measurement()->set_supersedes(first.name());
  const auto second = Must(measures_->RecordMeasurement(correction)).measurement();
  EXPECT_EQ(ReasonOf(measures_->RecordMeasurement(correction)), "ALREADY_SUPERSEDED");
  correction.mutable_measurement()->set_supersedes(ready.measure + "/measurements/99");
  EXPECT_EQ(ReasonOf(measures_->RecordMeasurement(correction)), "NOT_FOUND");
  v1::ListMeasurementsRequest list;
  list.set_parent(ready.measure);
  const auto all = Must(measures_->ListMeasurements(list)).measurements();
  ASSERT_THAT(all, SizeIs(2));
  EXPECT_EQ(all[0].value(), 12);  // what was corrected stays to be seen
  EXPECT_EQ(all[0].superseded_by(), second.name());
  EXPECT_THAT(Curve(ready.measure).measurements(), SizeIs(1));
  list.set_parent(ready.plan + "/measures/9");
  EXPECT_EQ(ReasonOf(measures_->ListMeasurements(list)), "NOT_FOUND");
  EXPECT_THAT(FieldsOf(Measure(ready.measure, Day(1), 12).status()), ElementsAre("measurement.date"));
  EXPECT_THAT(FieldsOf(Measure(ready.measure, Day(0), std::numeric_limits<double>::infinity()).status()),
              ElementsAre("measurement.value"));
  Must(Withdraw(ready.plan));
  EXPECT_EQ(ReasonOf(Measure(ready.measure, Day(0), 12)), "PLAN_STATE");
}

TEST_F(MeasuresTest, APercentageIsNumeratorAndDenominator) {
  const std::string plan = NewPlan();
  v1::CreateMeasureRequest create;
  create.set_parent(plan);
  create.mutable_measure()->set_title("Share of warm homes");
  create.mutable_measure()->set_quadrant(v1::Measure::QUADRANT_BETTER_OFF_PERCENT);
  create.mutable_measure()->set_polarity(v1::Measure::POLARITY_HIGHER_BETTER);
  const std::string measure = Must(measures_->CreateMeasure(create)).measure().name();
  EXPECT_THAT(FieldsOf(Measure(measure, Day(0), 12).status()), ElementsAre("measurement"));
  v1::RecordMeasurementRequest record;
  record.set_parent(measure);
  record.mutable_measurement()->set_date(Day(0));
  record.mutable_measurement()->set_numerator(30);
  record.mutable_measurement()->set_denominator(0);
  EXPECT_THAT(FieldsOf(measures_->RecordMeasurement(record).status()), ElementsAre("measurement.denominator"));
  record.mutable_measurement()->set_denominator(40);
  EXPECT_DOUBLE_EQ(Must(measures_->RecordMeasurement(record)).measurement().value(), 75);
  // And nothing else is.
  record.set_parent(AddMeasure(plan, AddBenefit(plan)));
  EXPECT_THAT(FieldsOf(measures_->RecordMeasurement(record).status()), ElementsAre("measurement.value"));
}

TEST_F(MeasuresTest, TheCurveIsJudgedAgainstTheForecast) {
  const Ready ready = NewReady();
  EXPECT_EQ(Curve(ready.measure).verdict(), v1::GetCurveResponse::VERDICT_INSUFFICIENT_DATA);
  SetForecast(ready.measure, 14);
  Must(Start(ready.plan));
  SetDay("2021-08-30");
  Must(Measure(ready.measure, "2021-08-20", 12));
  auto curve = Curve(ready.measure);
  EXPECT_EQ(curve.verdict(), v1::GetCurveResponse::VERDICT_NOT_TURNED);  // more than before, less than forecast
  EXPECT_DOUBLE_EQ(curve.difference(), -2);
  EXPECT_EQ(curve.projection().state(), v1::Projection::STATE_INSUFFICIENT_DATA);
  EXPECT_EQ(curve.projection().n_points(), 1);
  EXPECT_FALSE(curve.projection().has_end());
  Must(Measure(ready.measure, "2021-08-25", 13));
  Must(Measure(ready.measure, "2021-08-30", 14.5));
  curve = Curve(ready.measure);
  EXPECT_EQ(curve.verdict(), v1::GetCurveResponse::VERDICT_TURNED);
  EXPECT_EQ(curve.projection().state(), v1::Projection::STATE_COMPUTED);
  EXPECT_EQ(curve.projection().n_points(), 3);
  EXPECT_NEAR(curve.projection().slope_per_day(), 0.25, 1e-9);
  EXPECT_EQ(curve.projection().end().date(), "2021-11-20");
  EXPECT_TRUE(curve.projection().meets_target());
}

TEST_F(MeasuresTest, WithoutAForecastThereIsNoVerdict) {
  const Ready ready = NewStarted();
  Must(Measure(ready.measure, Day(0), 12));
  EXPECT_EQ(Curve(ready.measure).verdict(), v1::GetCurveResponse::VERDICT_NO_FORECAST);
  v1::GetCurveRequest request;
  request.set_name(ready.plan + "/measures/9");
  EXPECT_EQ(ReasonOf(measures_->GetCurve(request)), "NOT_FOUND");
}

}  // namespace
}  // namespace equity::benefit_plans
