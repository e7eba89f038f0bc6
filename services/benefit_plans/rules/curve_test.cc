#include "services/benefit_plans/rules/curve.h"

#include "gtest/gtest.h"

namespace equity::benefit_plans {
namespace {

absl::CivilDay Day(int n) { return absl::CivilDay(2021, 8, 12) + n; }

TEST(CurveTest, AForecastIsALineBetweenItsPointsAndLevelBesideThem) {
  EXPECT_FALSE(ForecastOn({}, Day(0)));
  const std::vector<Point> forecast = {{Day(0), 10}, {Day(10), 20}, {Day(20), 20}};
  EXPECT_DOUBLE_EQ(*ForecastOn(forecast, Day(-5)), 10);
  EXPECT_DOUBLE_EQ(*ForecastOn(forecast, Day(0)), 10);
  EXPECT_DOUBLE_EQ(*ForecastOn(forecast, Day(3)), 13);
  EXPECT_DOUBLE_EQ(*ForecastOn(forecast, Day(10)), 20);
  EXPECT_DOUBLE_EQ(*ForecastOn(forecast, Day(15)), 20);
  EXPECT_DOUBLE_EQ(*ForecastOn(forecast, Day(99)), 20);
  EXPECT_DOUBLE_EQ(*ForecastOn({{Day(5), 7}}, Day(99)), 7);
}

TEST(CurveTest, AProjectionNeedsThreeDays) {
  EXPECT_FALSE(Project({}));
  EXPECT_FALSE(Project({{Day(0), 1}, {Day(10), 2}}));
  EXPECT_FALSE(Project({{Day(0), 1}, {Day(10), 2}, {Day(10), 3}, {Day(10), 4}}));
  const auto line = Project({{Day(0), 1}, {Day(10), 2}, {Day(20), 3}});
  ASSERT_TRUE(line);
  EXPECT_EQ(line->points, 3);
  EXPECT_DOUBLE_EQ(line->slope_per_day, 0.1);
  EXPECT_DOUBLE_EQ(line->On(Day(100)), 11);
}

TEST(CurveTest, AProjectionLooksAtTheLastFive) {
  // What was long ago, and far off, does not count.
  const auto line = Project({{Day(0), 900}, {Day(10), 2}, {Day(20), 3}, {Day(30), 4}, {Day(40), 5}, {Day(50), 6}});
  ASSERT_TRUE(line);
  EXPECT_EQ(line->points, 5);
  EXPECT_NEAR(line->slope_per_day, 0.1, 1e-12);
  EXPECT_NEAR(line->On(Day(100)), 11, 1e-9);
  // More, where the last five are of too few days.
  const auto longer =
      Project({{Day(0), 1}, {Day(10), 2}, {Day(20), 3}, {Day(20), 3}, {Day(20), 3}, {Day(20), 3}, {Day(20), 3}});
  ASSERT_TRUE(longer);
  EXPECT_EQ(longer->points, 7);
}

TEST(CurveTest, ALineThatIsNotExactIsTheBestOne) {
  const auto line = Project({{Day(0), 0}, {Day(1), 3}, {Day(2), 0}});
  ASSERT_TRUE(line);
  EXPECT_NEAR(line->slope_per_day, 0, 1e-12);
  EXPECT_NEAR(line->On(Day(50)), 1, 1e-12);
}

TEST(CurveTest, WhichWayIsBetter) {
  EXPECT_TRUE(Better(2, 1, true));
  EXPECT_FALSE(Better(1, 1, true));
  EXPECT_TRUE(Better(1, 2, false));
  EXPECT_TRUE(AtLeastAsGood(1, 1, true));
  EXPECT_TRUE(AtLeastAsGood(1, 1, false));
  EXPECT_FALSE(AtLeastAsGood(2, 1, false));
}

}  // namespace
}  // namespace equity::benefit_plans
