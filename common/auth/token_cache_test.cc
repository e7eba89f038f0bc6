#include "common/auth/token_cache.h"

#include <memory>
#include <string>

#include "gtest/gtest.h"

namespace equity::auth {
namespace {

const absl::Time kFirst = absl::FromUnixSeconds(1'800'000'000);

PrincipalPtr Until(absl::Time expires) {
  auto principal = std::make_shared<Principal>();
  principal->expires = expires;
  return principal;
}

TEST(TokenCache, FindsWhatItKnowsUntilItExpires) {
  TokenCache cache;
  const PrincipalPtr principal = Until(kFirst + absl::Seconds(5));
  cache.Insert("a.b.c", principal, kFirst);
  EXPECT_EQ(cache.Find("a.b.c", kFirst), principal);
  EXPECT_EQ(cache.Find("a.b.d", kFirst), nullptr);
  EXPECT_EQ(cache.Find("a.b.c", kFirst + absl::Seconds(5)), nullptr);
}

TEST(TokenCache, NeverHoldsMoreThanItsCapacity) {
  TokenCache cache;
  for (size_t i = 0; i < 3 * TokenCache::kCapacity; ++i) {
    const std::string token = "token." + std::to_string(i);
    cache.Insert(token, Until(absl::InfiniteFuture()), kFirst);
    ASSERT_NE(cache.Find(token, kFirst), nullptr) << "the newest is always there";
  }
  EXPECT_LE(cache.size(), TokenCache::kCapacity);
  EXPECT_GT(cache.size(), TokenCache::kCapacity / 2) << "the shards must fill about evenly";
}

TEST(TokenCache, ClearForgetsAll) {
  TokenCache cache;
  cache.Insert("a", Until(absl::InfiniteFuture()), kFirst);
  cache.Clear();
  EXPECT_EQ(cache.Find("a", kFirst), nullptr);
  EXPECT_EQ(cache.size(), 0u);
}

}  // namespace
}  // namespace equity::auth
