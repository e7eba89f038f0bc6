#include "common/auth/dev_issuer.h"

#include <sys/stat.h>

#include <fstream>

#include "common/auth/test_tokens.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace equity::auth {
namespace {

using testing::HasSubstr;

mode_t ModeOf(const std::string& path) {
  struct stat info = {};
  EXPECT_EQ(stat(path.c_str(), &info), 0) << path;
  return info.st_mode & 0777;
}

absl::StatusOr<PrincipalPtr> Check(const DevIssuer& issuer, const std::string& token) {
  JwtOptions options;
  options.jwks_file = issuer.jwks_file();
  options.issuer = DevIssuer::kIssuer;
  auto authenticator = NewJwtAuthenticator(options);
  return authenticator.ok() ? (*authenticator)->Authenticate(token, kNow) : authenticator.status();
}

TEST(DevIssuer, MintsTokensThatAreAccepted) {
  const TestFolder folder;
  const std::string home = folder.path() + "/deep/issuer";
  const auto issuer = DevIssuer::OpenOrCreate(home);
  ASSERT_TRUE(issuer.ok()) << issuer.status();
  EXPECT_EQ(ModeOf(home), 0700u);
  EXPECT_EQ(ModeOf(home + "/issuer.jwk"), 0600u);
  const auto token = issuer->Mint({.subject = "tester", .roles = {"partner"}, .organisation = "rde"}, kNow);
  ASSERT_TRUE(token.ok()) << token.status();
  const auto principal = Check(*issuer, *token);
  ASSERT_TRUE(principal.ok()) << principal.status();
  EXPECT_EQ((*principal)->subject, "tester");
  EXPECT_EQ((*principal)->organisation, "rde");
  EXPECT_EQ((*principal)->expires, kNow + absl::Hours(12) + absl::Seconds(60));
}

TEST(DevIssuer, OpensWhatItMade) {
  const TestFolder folder;
  const auto missing = DevIssuer::Open(folder.path());
  EXPECT_EQ(missing.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(missing.status().message()), HasSubstr("./run"));

  const auto made = DevIssuer::OpenOrCreate(folder.path());
  ASSERT_TRUE(made.ok()) << made.status();
  std::remove(made->jwks_file().c_str());
  ASSERT_TRUE(DevIssuer::OpenOrCreate(folder.path()).ok()) << "makes the key set again";
  const auto opened = DevIssuer::Open(folder.path());
  ASSERT_TRUE(opened.ok()) << opened.status();
  const auto token = opened->Mint({.subject = "tester", .roles = {"central_team"}}, kNow);
  ASSERT_TRUE(token.ok());
  EXPECT_TRUE(Check(*made, *token).ok());
}

TEST(DevIssuer, TheKeySetHoldsNoPrivateKey) {
  const TestFolder folder;
  const auto issuer = DevIssuer::OpenOrCreate(folder.path());
  ASSERT_TRUE(issuer.ok());
  std::ifstream file(issuer->jwks_file());
  const auto jwks = nlohmann::json::parse(file);
  EXPECT_FALSE(jwks["keys"][0].contains("d"));
}

TEST(DevIssuer, BadTextDoesNotThrow) {
  const TestFolder folder;
  const auto issuer = DevIssuer::OpenOrCreate(folder.path());
  ASSERT_TRUE(issuer.ok());
  EXPECT_TRUE(issuer->Mint({.subject = "\xff\xfe", .roles = {"analyst"}}, kNow).ok());
}

TEST(DevIssuer, ABrokenKeySaysWhatToDo) {
  const TestFolder folder;
  WriteFile(folder.path() + "/issuer.jwk", "{}");
  EXPECT_THAT(std::string(DevIssuer::OpenOrCreate(folder.path()).status().message()), HasSubstr("remove issuer.jwk"));
}

}  // namespace
}  // namespace equity::auth
