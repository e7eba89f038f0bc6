// Keys and tokens for the tests of this folder, good ones and bad ones.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "common/auth/cjose_ptr.h"
#include "common/auth/jwt.h"
#include "nlohmann/json.hpp"

namespace equity::auth {

inline constexpr char kTestIssuer[] = "https://issuer.test";
inline const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);

// A folder of the test's own, removed at its end.
class TestFolder {
 public:
  TestFolder();
  ~TestFolder();
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// Made once for all tests: RSA keys take long.
const cjose_jwk_t* RsaKey();
const cjose_jwk_t* OtherRsaKey();
JwkPtr NewEcKey();

std::string Base64Url(std::string_view text);
// The public half as it stands in a key set.
nlohmann::json PublicJwk(const cjose_jwk_t* key, std::string_view kid);
void WriteFile(const std::string& path, std::string_view text);
void WriteJwks(const std::string& path, const nlohmann::json& keys);

// A compact JWS over any header and payload.
std::string Sign(const cjose_jwk_t* key, const nlohmann::json& header, std::string_view payload);

// Claims of a good token of a partner called rde.
nlohmann::json GoodClaims();

// An issuer with the keys rsa-1 and ec-1, and an authenticator that trusts it.
class TestIssuer {
 public:
  TestIssuer();
  std::string Token(const char* alg, const nlohmann::json& claims = GoodClaims()) const;
  const cjose_jwk_t* KeyFor(std::string_view alg) const;
  static const char* KidFor(std::string_view alg);
  std::string jwks_file() const { return folder_.path() + "/jwks.json"; }
  JwtOptions Options() const;
  std::unique_ptr<Authenticator> NewAuthenticator() const;

 private:
  TestFolder folder_;
  JwkPtr ec_ = NewEcKey();
};

}  // namespace equity::auth
