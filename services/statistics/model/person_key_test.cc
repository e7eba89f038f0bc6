#include "services/statistics/model/person_key.h"

#include <filesystem>
#include <fstream>

#include "gtest/gtest.h"
#include "services/statistics/testing/testing.h"

namespace equity::statistics {
namespace {

TEST(PersonKeyTest, TheKeyIsKept) {
  const testing::TemporaryFolder folder;
  const std::string hash = PersonKey::OpenOrCreate(folder.path())->Hash("organisations/a/participants/1");
  EXPECT_EQ(hash.size(), 16u);
  EXPECT_EQ(PersonKey::OpenOrCreate(folder.path())->Hash("organisations/a/participants/1"), hash);
  EXPECT_NE(PersonKey::OpenOrCreate(folder.path())->Hash("organisations/a/participants/2"), hash);
}

TEST(PersonKeyTest, AnotherFolderHasAnotherKey) {
  const testing::TemporaryFolder one;
  const testing::TemporaryFolder other;
  EXPECT_NE(PersonKey::OpenOrCreate(one.path())->Hash("name"), PersonKey::OpenOrCreate(other.path())->Hash("name"));
}

TEST(PersonKeyTest, OnlyTheOwnerMayReadIt) {
  const testing::TemporaryFolder folder;
  ASSERT_TRUE(PersonKey::OpenOrCreate(folder.path()).ok());
  const std::string file = folder.path() + "/statistics.key";
  EXPECT_EQ(std::filesystem::file_size(file), 32u);
  EXPECT_EQ(std::filesystem::status(file).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST(PersonKeyTest, ADamagedKeyIsRefused) {
  const testing::TemporaryFolder folder;
  std::ofstream(folder.path() + "/statistics.key") << "short";
  EXPECT_EQ(PersonKey::OpenOrCreate(folder.path()).status().code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace equity::statistics
