#include "common/auth/authenticator.h"

#include <utility>

#include "gtest/gtest.h"

namespace equity::auth {
namespace {

const absl::Time kStart = absl::FromUnixSeconds(1'800'000'000);

TEST(ProcessSecret, KnowsOnlyItself) {
  ProcessSecret secret("participants"), other("participants");
  const auto principal = secret.Authenticate(secret.bearer(), kStart);
  ASSERT_TRUE(principal.ok()) << principal.status();
  EXPECT_EQ((*principal)->subject, "participants");
  EXPECT_EQ((*principal)->scopes, 1u << common::v1::SCOPE_SERVICE);
  EXPECT_FALSE((*principal)->IsBound());
  EXPECT_NE(secret.bearer(), other.bearer());
  const std::string& bearer = secret.bearer();
  for (const std::string& wrong : {std::string(), other.bearer(), bearer.substr(1), bearer + "0", bearer + '\0'}) {
    EXPECT_EQ(secret.Authenticate(wrong, kStart).status().code(), absl::StatusCode::kUnauthenticated);
  }
}

TEST(AnyOf, TheFirstThatAcceptsWins) {
  auto first = std::make_unique<ProcessSecret>("one"), second = std::make_unique<ProcessSecret>("two");
  const std::string bearer = second->bearer();
  std::vector<std::unique_ptr<Authenticator>> members;
  members.push_back(std::move(first));
  members.push_back(std::move(second));
  AnyOf any(std::move(members));
  const auto principal = any.Authenticate(bearer, kStart);
  ASSERT_TRUE(principal.ok()) << principal.status();
  EXPECT_EQ((*principal)->subject, "two");
  EXPECT_EQ(any.Authenticate("x", kStart).status().code(), absl::StatusCode::kUnauthenticated);
}

TEST(AnyOf, WithoutMembersRefuses) {
  AnyOf none({});
  EXPECT_EQ(none.Authenticate("x", kStart).status().code(), absl::StatusCode::kUnauthenticated);
}

}  // namespace
}  // namespace equity::auth
