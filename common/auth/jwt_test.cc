#include "common/auth/jwt.h"

#include <atomic>
#include <chrono>
#include <thread>

#include "common/auth/test_tokens.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace equity::auth {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class GoodToken : public testing::TestWithParam<const char*> {};

TEST_P(GoodToken, MakesAPrincipal) {
  const TestIssuer issuer;
  const auto principal = issuer.NewAuthenticator()->Authenticate(issuer.Token(GetParam()), kNow);
  ASSERT_TRUE(principal.ok()) << principal.status();
  EXPECT_EQ((*principal)->subject, "hr-system");
  EXPECT_EQ((*principal)->organisation, "rde");
  EXPECT_TRUE((*principal)->IsBound());
  EXPECT_EQ((*principal)->scopes, 1u << common::v1::SCOPE_PARTNER);
  EXPECT_EQ((*principal)->expires, kNow + absl::Hours(1) + absl::Seconds(60));
}

INSTANTIATE_TEST_SUITE_P(Algorithms, GoodToken, testing::Values("RS256", "PS256", "ES256"));

absl::StatusOr<PrincipalPtr> Check(const json& claims, absl::Time now = kNow) {
  const TestIssuer issuer;
  return issuer.NewAuthenticator()->Authenticate(issuer.Token("ES256", claims), now);
}

TEST(Jwt, AudienceMayBeOneOfAList) {
  json claims = GoodClaims();
  claims["aud"] = {"another", "equity-challenge"};
  EXPECT_TRUE(Check(claims).ok());
}

TEST(Jwt, RolesAddUp) {
  json claims = GoodClaims();
  claims["roles"] = {"facilitator", "analyst", "reference_group"};
  claims.erase("organisation");
  const auto principal = Check(claims);
  ASSERT_TRUE(principal.ok()) << principal.status();
  EXPECT_TRUE((*principal)->Has(common::v1::SCOPE_FACILITATOR));
  EXPECT_TRUE((*principal)->Has(common::v1::SCOPE_ANALYST));
  EXPECT_TRUE((*principal)->Has(common::v1::SCOPE_REFERENCE_GROUP));
  EXPECT_FALSE((*principal)->Has(common::v1::SCOPE_PARTNER));
  EXPECT_FALSE((*principal)->IsBound());
}

TEST(Jwt, TimesHaveALeewayOfAMinute) {
  json claims = GoodClaims();
  claims["exp"] = absl::ToUnixSeconds(kNow) - 59;
  EXPECT_TRUE(Check(claims).ok());
  claims["exp"] = absl::ToUnixSeconds(kNow) - 60;
  EXPECT_FALSE(Check(claims).ok());
  claims["exp"] = absl::ToUnixSeconds(kNow) + 60.5;
  claims["nbf"] = absl::ToUnixSeconds(kNow) + 60;
  EXPECT_TRUE(Check(claims).ok());
}

TEST(Jwt, ExpiryHoldsForARememberedTokenToo) {
  const TestIssuer issuer;
  const auto authenticator = issuer.NewAuthenticator();
  const std::string token = issuer.Token("ES256");
  const auto first = authenticator->Authenticate(token, kNow);
  const auto second = authenticator->Authenticate(token, kNow + absl::Minutes(60));
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_EQ(*first, *second) << "one principal for one token";
  const auto late = authenticator->Authenticate(token, kNow + absl::Minutes(61));
  EXPECT_EQ(late.status().code(), absl::StatusCode::kUnauthenticated);
  EXPECT_THAT(std::string(late.status().message()), HasSubstr("expired"));
}

TEST(Jwt, RefusesToStartWithoutAGoodkey_set) {
  const TestFolder folder;
  JwtOptions options;
  options.jwks_file = folder.path() + "/jwks.json";
  EXPECT_EQ(NewJwtAuthenticator(options).status().code(), absl::StatusCode::kNotFound);
  json p384 = PublicJwk(NewEcKey().get(), "a");
  p384["crv"] = "P-384";
  json off_curve = PublicJwk(NewEcKey().get(), "a");
  off_curve["y"] = off_curve["x"];
  const auto key_set = [](std::initializer_list<json> keys) { return json{{"keys", std::vector<json>(keys)}}.dump(); };
  const json key = PublicJwk(NewEcKey().get(), "a");
  for (const std::string& text :
       {std::string("not JSON"), std::string("[]"), std::string(R"({"keys": 1})"), std::string(R"({"keys": []})"),
        std::string(R"({"keys": [{"kty": "oct", "kid": "a", "k": "c2VjcmV0"}]})"), key_set({p384}),
        key_set({off_curve}), key_set({key, key})}) {
    WriteFile(options.jwks_file, text);
    EXPECT_EQ(NewJwtAuthenticator(options).status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
}

TEST(Jwt, ManyThreadsMayAsk) {
  const TestIssuer issuer;
  const auto authenticator = issuer.NewAuthenticator();
  std::vector<std::string> tokens;
  for (int i = 0; i < 8; ++i) {
    json claims = GoodClaims();
    claims["sub"] = "caller-" + std::to_string(i);
    tokens.push_back(issuer.Token("ES256", claims));
  }
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 2000; ++i) {
        const int which = (i + t) % 8;
        const auto principal = authenticator->Authenticate(tokens[which], kNow + absl::Seconds(i));
        if (!principal.ok() || (*principal)->subject != "caller-" + std::to_string(which)) ++wrong;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

// Not a promise about any machine: says loudly when a hit has become a verification.
TEST(Jwt, ARememberedTokenIsCheap) {
  const TestIssuer issuer;
  const auto authenticator = issuer.NewAuthenticator();
  const std::string token = issuer.Token("RS256");
  constexpr int kCalls = 200'000;
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < kCalls; ++i) ASSERT_TRUE(authenticator->Authenticate(token, kNow).ok());
  const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - start;
  RecordProperty("nanoseconds_per_hit", static_cast<int>(took.count() / kCalls));
  std::printf("a hit costs %.0f ns\n", took.count() / kCalls);
  EXPECT_LT(took.count() / kCalls, 20'000);
}

}  // namespace
}  // namespace equity::auth
