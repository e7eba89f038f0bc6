// The same check on a build whose seat function decides before it acts: it must be found out, or the check is blind.
#include <stdlib.h>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/api/hot_session.h"

namespace equity::api {
namespace {

TEST(HotSessionPlantedTest, CheckThenActIsFoundOut) {
  setenv("EQUITY_MISTAKE", "check-then-act", 1);
  Environment environment;
  const HotSessionReport report = RunHotSession(environment, {.operations = 5000});
  EXPECT_GT(report.violation_count, 0);
  EXPECT_THAT(report.violations, ::testing::Contains(::testing::HasSubstr("beyond the capacity")));
  std::printf("PLANTED %d violations found, first: %s\n", report.violation_count,
              report.violations.empty() ? "none" : report.violations.front().c_str());
}

}  // namespace
}  // namespace equity::api
