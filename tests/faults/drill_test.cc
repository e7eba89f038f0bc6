// The real services in this process, over a disk that fails: a short drill (fault-drill fsync runs longer ones).
#include <stdlib.h>

#include <filesystem>

#include "gtest/gtest.h"
#include "tests/faults/drills.h"

namespace equity::faults {
namespace {

TEST(FailingDiskDrillTest, NothingIsAcknowledgedThatIsNotStored) {
  DrillOptions options;
  options.folder = std::filesystem::temp_directory_path() / "faults_test-XXXXXX";
  ASSERT_NE(mkdtemp(options.folder.data()), nullptr);
  options.count = 6;
  const auto result = FailingDiskDrill(options);
  std::filesystem::remove_all(options.folder);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_TRUE(result->verdict.ok()) << result->verdict.Text();
  EXPECT_GT(result->acknowledged, 0);
}

}  // namespace
}  // namespace equity::faults
