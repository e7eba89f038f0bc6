// The real services in this process, over a disk that fails: a short drill (fault-drill fsync runs longer ones).
#include <stdlib.h>
#include <sys/wait.h>

#include <filesystem>
#include <fstream>

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

class PowerLossTest : public testing::Test {
 protected:
  PowerLossTest() {
    options_.folder = std::filesystem::temp_directory_path() / "faults_test-XXXXXX";
    EXPECT_NE(mkdtemp(options_.folder.data()), nullptr);
    options_.count = 300;
  }
  ~PowerLossTest() override { std::filesystem::remove_all(options_.folder); }

  DrillOptions options_;
};

TEST_F(PowerLossTest, WhatWasAcknowledgedIsThereAfterIt) {
  const auto result = PowerLossDrill(options_, /*without_syncs=*/false);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->images, 300);
  EXPECT_EQ(result->recovered, 1);
  EXPECT_EQ(result->lost + result->corrupt, 0) << result->verdict.Text();
}

TEST_F(PowerLossTest, WithoutSyncsLossesAreFound) {
  const auto result = PowerLossDrill(options_, /*without_syncs=*/true);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_GT(result->lost, 0);
  EXPECT_GT(result->corrupt, 0);
}

// The program itself; nothing of this starts a server.
TEST(EquitydTest, WhatCannotBeAPortIsUsage) {
  std::string folder = std::filesystem::temp_directory_path() / "faults_test-XXXXXX";
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  const std::string data = folder + "/data";
  for (const char* option : {"--port", "--admin-port"}) {
    for (const char* value : {"65536", "-1", "4294967296", "443.5", "http", "''"}) {
      const std::string command = "timeout 20 \"" EQUITYD "\" --data " + data + " --dev-issuer " + option + "=" +
                                  value + " >" + folder + "/out 2>&1";
      const int status = std::system(command.c_str());
      ASSERT_TRUE(WIFEXITED(status));
      EXPECT_EQ(WEXITSTATUS(status), 2) << option << " " << value;
      std::ifstream file(folder + "/out");
      const std::string said{std::istreambuf_iterator<char>(file), {}};
      EXPECT_NE(said.find(option), std::string::npos) << said;
    }
  }
  EXPECT_FALSE(std::filesystem::exists(data));
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace equity::faults
