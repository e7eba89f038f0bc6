#include "common/working_time/working_time.h"

#include "common/clock/clock.h"
#include "gtest/gtest.h"

namespace equity {
namespace {

absl::Time At(const std::string& local) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime("%Y-%m-%d %H:%M", local, London(), &time, &error)) << error;
  return time;
}

class WorkingTimeTest : public testing::Test {
 protected:
  int64_t Minutes(const std::string& from, const std::string& until) { return calendar_.Minutes(At(from), At(until)); }
  std::string After(const std::string& from, int64_t minutes) {
    return absl::FormatTime("%Y-%m-%d %H:%M", calendar_.After(At(from), minutes), London());
  }
  const Calendar calendar_{BankHolidays()};
};

TEST_F(WorkingTimeTest, CountsOfficeHoursOfWeekdays) {
  EXPECT_EQ(Minutes("2021-07-20 09:00", "2021-07-20 09:00"), 0);
  EXPECT_EQ(Minutes("2021-07-20 08:00", "2021-07-20 09:30"), 30);
  EXPECT_EQ(Minutes("2021-07-20 16:30", "2021-07-20 23:00"), 30);
  EXPECT_EQ(Minutes("2021-07-20 16:30", "2021-07-21 09:30"), 60);
  EXPECT_EQ(Minutes("2021-07-23 16:00", "2021-07-26 10:00"), 120);  // over a weekend
  EXPECT_EQ(Minutes("2021-07-24 10:00", "2021-07-25 16:00"), 0);
  EXPECT_EQ(Minutes("2021-07-21 10:00", "2021-07-20 10:00"), 0);
}

TEST_F(WorkingTimeTest, BankHolidaysOfEnglandDoNotCount) {
  EXPECT_EQ(Minutes("2021-08-27 17:00", "2021-08-31 17:00"), kMinutesPerWorkingDay);  // summer bank holiday
  EXPECT_EQ(Minutes("2021-12-24 17:00", "2021-12-29 17:00"), kMinutesPerWorkingDay);  // substitute days of 2021
  EXPECT_FALSE(calendar_.IsWorkingDay(absl::CivilDay(2022, 9, 19)));
  EXPECT_FALSE(calendar_.IsWorkingDay(absl::CivilDay(2023, 5, 8)));
  EXPECT_TRUE(calendar_.IsWorkingDay(absl::CivilDay(2021, 3, 17)));  // of Northern Ireland alone
}

TEST_F(WorkingTimeTest, EveryYearHasItsEightHolidaysOrMore) {
  for (int year = 2021; year <= 2027; ++year) {
    int weekdays_off = 0;
    for (absl::CivilDay day(year, 1, 1); day.year() == year; ++day) {
      const auto weekday = absl::GetWeekday(day);
      const bool weekend = weekday == absl::Weekday::saturday || weekday == absl::Weekday::sunday;
      weekdays_off += !weekend && !calendar_.IsWorkingDay(day) ? 1 : 0;
    }
    EXPECT_EQ(weekdays_off, year == 2022 ? 10 : year == 2023 ? 9 : 8) << year;
  }
}

TEST_F(WorkingTimeTest, AChangeOfTheClocksChangesNothing) {
  EXPECT_EQ(Minutes("2021-10-29 09:00", "2021-11-01 17:00"), 2 * kMinutesPerWorkingDay);
  EXPECT_EQ(Minutes("2022-03-25 09:00", "2022-03-28 17:00"), 2 * kMinutesPerWorkingDay);
}

TEST_F(WorkingTimeTest, AfterIsWhereTheMinutesAreOver) {
  EXPECT_EQ(After("2021-07-20 09:00", 60), "2021-07-20 10:00");
  EXPECT_EQ(After("2021-07-20 16:30", 60), "2021-07-21 09:30");
  EXPECT_EQ(After("2021-07-23 10:00", 5 * kMinutesPerWorkingDay), "2021-07-30 10:00");
  EXPECT_EQ(After("2021-07-24 10:00", 0), "2021-07-26 09:00");
  for (const int minutes : {1, 479, 480, 481, 4800}) {
    const absl::Time from = At("2021-12-20 11:11");
    EXPECT_EQ(calendar_.Minutes(from, calendar_.After(from, minutes)), minutes);
  }
}

TEST_F(WorkingTimeTest, SaysWhichYearsItKnows) {
  EXPECT_EQ(calendar_.version(), "england-2027.1");
  EXPECT_TRUE(calendar_.Covers(At("2021-01-01 00:00"), At("2027-12-31 23:59")));
  EXPECT_FALSE(calendar_.Covers(At("2027-12-31 23:59"), At("2028-01-01 00:00")));
  EXPECT_FALSE(calendar_.Covers(At("2020-12-31 23:59"), At("2021-01-01 00:00")));
}

}  // namespace
}  // namespace equity
