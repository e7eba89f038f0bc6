#include "common/clock/clock.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "gtest/gtest.h"

namespace equity {
namespace {

class ClockTest : public testing::Test {
 protected:
  ClockTest() : folder_(std::filesystem::temp_directory_path() / ("clock_test." + std::to_string(getpid()))) {
    std::filesystem::create_directories(folder_);
  }
  ~ClockTest() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path folder_;
};

TEST_F(ClockTest, WithoutADemonstrationItIsRealTime) {
  const auto clock = BusinessClock::Open(folder_);
  ASSERT_TRUE(clock.ok());
  EXPECT_FALSE(clock->IsDemonstration());
  EXPECT_LT(absl::AbsDuration(clock->Now() - absl::Now()), absl::Seconds(1));
}

TEST_F(ClockTest, ADemonstrationStartsWhereToldAndGoesOnAfterARestart) {
  const absl::Time start = absl::FromCivil(absl::CivilMinute(2021, 7, 20, 9, 0), London());
  const auto first = BusinessClock::OpenDemonstration(folder_, start);
  ASSERT_TRUE(first.ok());
  EXPECT_TRUE(first->IsDemonstration());
  EXPECT_LT(absl::AbsDuration(first->Now() - start), absl::Seconds(1));
  // A restart with another start keeps the clock that the folder has.
  const auto second = BusinessClock::OpenDemonstration(folder_, start - absl::Hours(48));
  ASSERT_TRUE(second.ok());
  EXPECT_GE(second->Now(), start);
}

TEST_F(ClockTest, ADemonstrationMovesForwardAndStaysThere) {
  const absl::Time start = absl::FromCivil(absl::CivilMinute(2021, 7, 20, 9, 0), London());
  auto clock = BusinessClock::OpenDemonstration(folder_, start);
  ASSERT_TRUE(clock.ok());
  const BusinessClock copy = *clock;
  ASSERT_TRUE(clock->AdvanceTo(start + absl::Hours(48)).ok());
  EXPECT_GE(copy.Now(), start + absl::Hours(48)) << "a copy is the same clock";
  ASSERT_TRUE(clock->AdvanceTo(start).ok());
  EXPECT_GE(clock->Now(), start + absl::Hours(48)) << "it never goes back";
  EXPECT_GE(BusinessClock::Open(folder_)->Now(), start + absl::Hours(48));
  EXPECT_EQ(BusinessClock().AdvanceTo(absl::Now() + absl::Hours(1)).code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(ClockTest, ADamagedOffsetIsReported) {
  std::ofstream(folder_ / "business-clock") << "soon";
  EXPECT_EQ(BusinessClock::Open(folder_).status().code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace equity
