#include "services/benefit_plans/rules/days.h"

#include "common/clock/clock.h"
#include "gtest/gtest.h"

namespace equity::benefit_plans {
namespace {

absl::Time At(int year, int month, int day, int hour, int minute) {
  return absl::FromCivil(absl::CivilMinute(year, month, day, hour, minute), London());
}

TEST(DaysTest, ADayIsTheDateInLondon) {
  EXPECT_EQ(FormatDay(DayOf(At(2021, 8, 12, 0, 0))), "2021-08-12");
  EXPECT_EQ(FormatDay(DayOf(At(2021, 8, 12, 23, 59))), "2021-08-12");
  // 23:30 in UTC is the next day in summer.
  EXPECT_EQ(FormatDay(DayOf(absl::FromCivil(absl::CivilMinute(2021, 8, 12, 23, 30), absl::UTCTimeZone()))),
            "2021-08-13");
}

TEST(DaysTest, AHundredDaysAfterTheTwelfthOfAugustIsTheTwentiethOfNovember) {
  const absl::CivilDay start = ParseDay("2021-08-12");
  EXPECT_EQ(FormatDay(start + 100), "2021-11-20");
  EXPECT_EQ(DayNumber(start, ParseDay("2021-11-20")), 100);
  // Hours would end a day early: an hour was given back on 31 October.
  EXPECT_EQ(FormatDay(DayOf(At(2021, 8, 12, 0, 0) + absl::Hours(24 * 100))), "2021-11-19");
}

TEST(DaysTest, TheFourWorkshopsOfTheSummer) {
  const std::pair<const char*, std::pair<const char*, const char*>> expected[] = {
      {"2021-07-27", {"2021-09-15", "2021-11-04"}},
      {"2021-08-02", {"2021-09-21", "2021-11-10"}},
      {"2021-08-12", {"2021-10-01", "2021-11-20"}},
      {"2021-08-17", {"2021-10-06", "2021-11-25"}},
  };
  for (const auto& [start, days] : expected) {
    EXPECT_EQ(FormatDay(ParseDay(start) + 50), days.first);
    EXPECT_EQ(FormatDay(ParseDay(start) + 100), days.second);
  }
}

TEST(DaysTest, EveryHourOfTheDaysOnWhichTheClocksChangeIsOfThatDay) {
  for (const auto& [date, day] : {std::pair("2021-10-31", 80), std::pair("2022-03-27", 227)}) {
    const absl::CivilDay civil = ParseDay(date);
    const absl::Time midnight = absl::FromCivil(civil, London());
    const absl::Time next = absl::FromCivil(civil + 1, London());
    EXPECT_NE(next - midnight, absl::Hours(24)) << date;
    for (absl::Time time = midnight; time < next; time += absl::Minutes(30)) {
      EXPECT_EQ(DayNumber(ParseDay("2021-08-12"), DayOf(time)), day) << time;
    }
    EXPECT_EQ(DayNumber(ParseDay("2021-08-12"), DayOf(next)), day + 1);
    EXPECT_EQ(DayNumber(ParseDay("2021-08-12"), DayOf(midnight - absl::Seconds(1))), day - 1);
  }
}

}  // namespace
}  // namespace equity::benefit_plans
