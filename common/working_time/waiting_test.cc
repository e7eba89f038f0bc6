#include "common/working_time/waiting.h"

#include "gtest/gtest.h"

namespace equity {
namespace {

TEST(WaitingTest, WithoutOpenQuestionsItIsTheUsualMedian) {
  EXPECT_EQ(AnsweredBy(0.5, {}), std::nullopt);
  EXPECT_EQ(AnsweredBy(0.5, {{7, true}}), 7);
  EXPECT_EQ(AnsweredBy(0.5, {{1, true}, {2, true}, {30, true}}), 2);
  EXPECT_EQ(AnsweredBy(0.9, {{1, true}, {2, true}, {30, true}}), 30);
}

TEST(WaitingTest, OpenQuestionsCount) {
  std::vector<Wait> waits = {{1, true}, {2, true}, {3, true}};
  for (int i = 0; i < 7; ++i) waits.push_back({30, false});
  EXPECT_EQ(AnsweredBy(0.5, waits), std::nullopt);
  EXPECT_EQ(AnsweredBy(0.3, waits), 3);
}

TEST(WaitingTest, WhoLeftBeforeAnAnswerWasNotAtRiskThen) {
  // 1 of 4 answered at 10; one leaves at 15; 1 of 2 at 20: 3/4 * 1/2.
  EXPECT_EQ(AnsweredBy(0.5, {{10, true}, {15, false}, {20, true}, {25, false}}), 20);
  // At the same time, an answer comes before a leave.
  EXPECT_EQ(AnsweredBy(0.5, {{10, true}, {10, false}}), 10);
}

}  // namespace
}  // namespace equity
