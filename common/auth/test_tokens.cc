#include "common/auth/test_tokens.h"

#include <jansson.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "absl/strings/escaping.h"
#include "common/strings.h"
#include "gtest/gtest.h"

namespace equity::auth {
namespace {

using nlohmann::json;

JwkPtr NewRsaKey() {
  const uint8_t exponent[] = {1, 0, 1};
  return JwkPtr(cjose_jwk_create_RSA_random(2048, exponent, sizeof exponent, nullptr));
}

}  // namespace

TestFolder::TestFolder() {
  std::string pattern = testing::TempDir() + "/auth_test.XXXXXX";
  path_ = mkdtemp(pattern.data());
}

TestFolder::~TestFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

const cjose_jwk_t* RsaKey() {
  static const JwkPtr key = NewRsaKey();
  return key.get();
}

const cjose_jwk_t* OtherRsaKey() {
  static const JwkPtr key = NewRsaKey();
  return key.get();
}

JwkPtr NewEcKey() { return JwkPtr(cjose_jwk_create_EC_random(CJOSE_JWK_EC_P_256, nullptr)); }

std::string Base64Url(std::string_view text) { return absl::WebSafeBase64Escape(ToAbsl(text)); }

json PublicJwk(const cjose_jwk_t* key, std::string_view kid) {
  const CTextPtr text(cjose_jwk_to_json(key, /*priv=*/false, nullptr));
  json jwk = json::parse(text.get());
  jwk["kid"] = kid;
  return jwk;
}

void WriteFile(const std::string& path, std::string_view text) {
  // By a rename, as a careful operator would: the file's identity changes even within one tick of its time stamp.
  std::ofstream(path + ".new", std::ios::binary) << text;
  std::filesystem::rename(path + ".new", path);
}

void WriteJwks(const std::string& path, const json& keys) { WriteFile(path, json{{"keys", keys}}.dump()); }

std::string Sign(const cjose_jwk_t* key, const json& header, std::string_view payload) {
  const HeaderPtr fields(json_loads(header.dump().c_str(), 0, nullptr));  // a header of libcjose is one of jansson
  const auto* bytes = reinterpret_cast<const uint8_t*>(payload.data());
  const JwsPtr jws(cjose_jws_sign(key, fields.get(), bytes, payload.size(), nullptr));
  const char* token = nullptr;
  if (!jws || !cjose_jws_export(jws.get(), &token, nullptr)) {
    ADD_FAILURE() << "cannot sign with header " << header;
    return "";
  }
  return token;
}

json GoodClaims() {
  return {{"iss", kTestIssuer},   {"aud", "equity-challenge"},
          {"sub", "hr-system"},   {"exp", absl::ToUnixSeconds(kNow) + 3600},
          {"roles", {"partner"}}, {"organisation", "rde"}};
}

TestIssuer::TestIssuer() {
  WriteJwks(jwks_file(), json::array({PublicJwk(RsaKey(), "rsa-1"), PublicJwk(ec_.get(), "ec-1")}));
}

const cjose_jwk_t* TestIssuer::KeyFor(std::string_view alg) const { return alg == "ES256" ? ec_.get() : RsaKey(); }

const char* TestIssuer::KidFor(std::string_view alg) { return alg == "ES256" ? "ec-1" : "rsa-1"; }

std::string TestIssuer::Token(const char* alg, const json& claims) const {
  return Sign(KeyFor(alg), {{"alg", alg}, {"kid", KidFor(alg)}}, claims.dump());
}

JwtOptions TestIssuer::Options() const {
  JwtOptions options;
  options.jwks_file = jwks_file();
  options.issuer = kTestIssuer;
  return options;
}

std::unique_ptr<Authenticator> TestIssuer::NewAuthenticator() const {
  auto authenticator = NewJwtAuthenticator(Options());
  EXPECT_TRUE(authenticator.ok()) << authenticator.status();
  return authenticator.ok() ? *std::move(authenticator) : nullptr;
}

}  // namespace equity::auth
