#include <vector>

#include "common/auth/jwt.h"
#include "common/auth/test_tokens.h"
#include "gtest/gtest.h"

namespace equity::auth {
namespace {

using nlohmann::json;

class KeyRotation : public testing::Test {
 protected:
  KeyRotation() {
    Publish(json::array({PublicJwk(old_key_.get(), "old")}));
    JwtOptions options;
    options.jwks_file = file_;
    options.issuer = kTestIssuer;
    options.on_bad_file = [this](const absl::Status& status) { complaints_.push_back(status); };
    authenticator_ = *NewJwtAuthenticator(options);
  }

  void Publish(const json& keys) { WriteJwks(file_, keys); }
  std::string Token(const JwkPtr& key, const char* kid) {
    return Sign(key.get(), {{"alg", "ES256"}, {"kid", kid}}, GoodClaims().dump());
  }
  bool Accepts(const std::string& token, int second) {
    return authenticator_->Authenticate(token, kNow + absl::Seconds(second)).ok();
  }

  const TestFolder folder_;
  const std::string file_ = folder_.path() + "/jwks.json";
  const JwkPtr old_key_ = NewEcKey(), new_key_ = NewEcKey();
  const std::string old_token_ = Token(old_key_, "old"), new_token_ = Token(new_key_, "new");
  std::vector<absl::Status> complaints_;
  std::unique_ptr<Authenticator> authenticator_;
};

TEST_F(KeyRotation, ANewKeyIsFoundWhenATokenNamesIt) {
  EXPECT_TRUE(Accepts(old_token_, 0));
  EXPECT_FALSE(Accepts(new_token_, 1));
  Publish(json::array({PublicJwk(old_key_.get(), "old"), PublicJwk(new_key_.get(), "new")}));
  EXPECT_TRUE(Accepts(new_token_, 2));
  EXPECT_TRUE(Accepts(old_token_, 2));
}

TEST_F(KeyRotation, TheFileIsReadAtMostOncePerFloor) {
  Publish(json::array({PublicJwk(old_key_.get(), "old")}));
  EXPECT_FALSE(Accepts(new_token_, 0));  // read
  Publish(json::array({PublicJwk(old_key_.get(), "old"), PublicJwk(new_key_.get(), "new")}));
  EXPECT_FALSE(Accepts(new_token_, 9));
  EXPECT_TRUE(Accepts(new_token_, 10));
}

TEST_F(KeyRotation, AWithdrawnKeyStopsWorkingEvenForRememberedTokens) {
  EXPECT_TRUE(Accepts(old_token_, 0));
  Publish(json::array({PublicJwk(new_key_.get(), "new")}));
  EXPECT_TRUE(Accepts(old_token_, 9)) << "within the floor nobody has looked yet";
  EXPECT_FALSE(Accepts(old_token_, 10));
  EXPECT_TRUE(Accepts(new_token_, 10));
}

TEST_F(KeyRotation, ABrokenFileChangesNothingAndIsReported) {
  EXPECT_TRUE(Accepts(old_token_, 0));
  WriteFile(file_, "{\"keys\": [");
  EXPECT_TRUE(Accepts(old_token_, 20));
  EXPECT_FALSE(Accepts(new_token_, 20));
  ASSERT_FALSE(complaints_.empty());
  EXPECT_NE(complaints_[0].message().find("jwks.json"), absl::string_view::npos);
  std::remove(file_.c_str());
  EXPECT_TRUE(Accepts(old_token_, 40));
  Publish(json::array({PublicJwk(new_key_.get(), "new")}));
  EXPECT_TRUE(Accepts(new_token_, 60));
  EXPECT_FALSE(Accepts(old_token_, 60));
}

TEST_F(KeyRotation, AnUnchangedFileIsNotReadAgain) {
  for (int second = 0; second < 100; ++second) EXPECT_TRUE(Accepts(old_token_, second));
  EXPECT_FALSE(Accepts(new_token_, 200));
  EXPECT_TRUE(complaints_.empty());
}

TEST_F(KeyRotation, AClockThatGoesBackDoesNotStopReloading) {
  EXPECT_TRUE(Accepts(old_token_, 1000));
  Publish(json::array({PublicJwk(new_key_.get(), "new")}));
  EXPECT_FALSE(Accepts(old_token_, 500));
}

}  // namespace
}  // namespace equity::auth
