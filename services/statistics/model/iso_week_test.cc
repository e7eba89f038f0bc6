#include "services/statistics/model/iso_week.h"

#include "common/clock/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace equity::statistics {
namespace {

using ::testing::ElementsAre;

TEST(IsoWeekTest, WeeksBeginOnMonday) {
  EXPECT_EQ(IsoWeek(absl::CivilDay(2021, 7, 25)), "2021-W29");  // a Sunday
  EXPECT_EQ(IsoWeek(absl::CivilDay(2021, 7, 26)), "2021-W30");
  EXPECT_EQ(IsoWeek(absl::CivilDay(2021, 8, 1)), "2021-W30");
}

TEST(IsoWeekTest, AtTheTurnOfTheYear) {
  EXPECT_EQ(IsoWeek(absl::CivilDay(2021, 1, 3)), "2020-W53");
  EXPECT_EQ(IsoWeek(absl::CivilDay(2021, 1, 4)), "2021-W01");
  EXPECT_EQ(IsoWeek(absl::CivilDay(2024, 12, 30)), "2025-W01");
}

TEST(IsoWeekTest, LondonDecidesTheDay) {
  // Monday 00:30 in London is Sunday 23:30 UTC in summer.
  EXPECT_EQ(IsoWeek(absl::FromCivil(absl::CivilMinute(2021, 7, 25, 23, 30), absl::UTCTimeZone())), "2021-W30");
}

TEST(IsoWeekTest, OfDates) {
  EXPECT_EQ(IsoWeekOfDate("2021-08-12"), "2021-W32");
  EXPECT_EQ(IsoWeekOfDate(""), std::nullopt);
  EXPECT_EQ(IsoWeekOfDate("soon"), std::nullopt);
}

TEST(IsoWeekTest, BetweenIsWithoutGaps) {
  EXPECT_THAT(WeeksBetween("2020-W52", "2021-W02"), ElementsAre("2020-W52", "2020-W53", "2021-W01", "2021-W02"));
  EXPECT_THAT(WeeksBetween("2021-W30", "2021-W30"), ElementsAre("2021-W30"));
}

}  // namespace
}  // namespace equity::statistics
