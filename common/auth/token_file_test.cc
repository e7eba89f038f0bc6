#include "common/auth/token_file.h"

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "gtest/gtest.h"

namespace equity::auth {
namespace {

TEST(TokenFileTest, ATokenIsReadAnewWhenTheFileChangesAndKeptWhileItIsGone) {
  const std::string path = testing::TempDir() + "/token_file_test";
  std::filesystem::remove(path);
  EXPECT_FALSE(TokenFile::Open(path).ok());
  std::ofstream(path) << "";
  EXPECT_FALSE(TokenFile::Open(path).ok());
  std::ofstream(path) << "first\n";
  auto file = TokenFile::Open(path);
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ((*file)->Token(), "first");
  std::filesystem::remove(path);
  EXPECT_EQ((*file)->Token(), "first");
  std::ofstream(path) << "";
  EXPECT_EQ((*file)->Token(), "first");
  std::ofstream(path) << "renewed";
  EXPECT_EQ((*file)->Token(), "renewed");
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace equity::auth
