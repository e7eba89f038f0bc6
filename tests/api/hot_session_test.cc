#include "tests/api/hot_session.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace equity::api {
namespace {

TEST(HotSessionTest, PlacesAreNeverOversoldAndTheWaitingListIsInOrder) {
  Environment environment;
  const HotSessionReport report = RunHotSession(environment, {});
  EXPECT_THAT(report.violations, ::testing::IsEmpty());
  EXPECT_EQ(report.violation_count, 0);
  EXPECT_GE(report.operations, 20000);
  EXPECT_EQ(report.most_seated, 20);
  EXPECT_GT(report.promotions, 100);
  EXPECT_GT(report.refusals, 100);
  EXPECT_GT(report.duplicates, 100);
  std::printf(
      "HOT %d answers, %d effects, %d promotions, %d refusals, %d sent twice, at most %d seated, %d violations\n",
      report.operations, report.effects, report.promotions, report.refusals, report.duplicates, report.most_seated,
      report.violation_count);
}

}  // namespace
}  // namespace equity::api
