// Tokens that must be refused, each for the reason that is really wrong with it.
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/auth/jwks.h"
#include "common/auth/jwt.h"
#include "common/auth/test_tokens.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace equity::auth {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

void ExpectRefused(const std::string& name, const TestIssuer& issuer, const std::string& token, const char* why) {
  SCOPED_TRACE(name);
  const auto authenticator = issuer.NewAuthenticator();
  for (int time = 0; time < 2; ++time) {  // a refusal must not leave anything behind that lets the second try in
    const auto principal = authenticator->Authenticate(token, kNow);
    ASSERT_EQ(principal.status().code(), absl::StatusCode::kUnauthenticated);
    EXPECT_THAT(std::string(principal.status().message()), HasSubstr(why));
  }
}

TEST(BadJwt, Claims) {
  const TestIssuer issuer;
  const int64_t now = absl::ToUnixSeconds(kNow);
  const json kGone;  // null: the claim is taken out
  struct Case {
    const char* name;
    json changes;
    const char* why;
  };
  const std::vector<Case> cases = {
      {"wrong issuer", {{"iss", "https://issuer.tes"}}, "issuer"},
      {"no issuer", {{"iss", kGone}}, "issuer"},
      {"issuer of the wrong type", {{"iss", {kTestIssuer}}}, "issuer"},
      {"wrong audience", {{"aud", "equity"}}, "audience"},
      {"no audience", {{"aud", kGone}}, "audience"},
      {"audiences without ours", {{"aud", {"a", "b"}}}, "audience"},
      {"audience as an object", {{"aud", {{"equity-challenge", 1}}}}, "audience"},
      {"expired", {{"exp", now - 3600}}, "expired"},
      {"expired long ago", {{"exp", -1e300}}, "expired"},
      {"no expiry", {{"exp", kGone}}, "exp claim"},
      {"expiry as text", {{"exp", std::to_string(now + 60)}}, "exp claim"},
      {"expiry true", {{"exp", true}}, "exp claim"},
      {"not yet valid", {{"nbf", now + 61}}, "not valid yet"},
      {"nbf as text", {{"nbf", "0"}}, "nbf"},
      {"no subject", {{"sub", kGone}}, "sub claim"},
      {"empty subject", {{"sub", ""}}, "sub claim"},
      {"subject as a number", {{"sub", 7}}, "sub claim"},
      {"huge subject", {{"sub", std::string(256, 'a')}}, "sub claim"},
      {"line break in the subject", {{"sub", "a\nb"}}, "sub claim"},
      {"NUL in the subject", {{"sub", std::string("a\0b", 3)}}, "sub claim"},
      {"no roles", {{"roles", kGone}}, "roles claim"},
      {"empty roles", {{"roles", json::array()}}, "roles claim is empty"},
      {"roles as text", {{"roles", "partner"}}, "roles claim"},
      {"roles of the wrong type", {{"roles", {1, 2}}}, "not a role"},
      {"unknown role", {{"roles", {"admin"}}}, "not a role"},
      {"unknown role beside a known one", {{"roles", {"partner", "admin"}}}, "not a role"},
      {"role in capitals", {{"roles", {"PARTNER"}}}, "not a role"},
      {"the public scope as a role", {{"roles", {"public"}}}, "not a role"},
      {"partner without organisation", {{"organisation", kGone}}, "needs an organisation"},
      {"central team with organisation", {{"roles", {"central_team"}}}, "must not have an organisation"},
      {"partner and central team", {{"roles", {"partner", "central_team"}}}, "must not have an organisation"},
      {"both, without organisation", {{"roles", {"partner", "central_team"}}, {"organisation", kGone}}, "needs an"},
      {"organisation in capitals", {{"organisation", "RDE"}}, "organisation's id"},
      {"organisation with a slash", {{"organisation", "rde/x"}}, "organisation's id"},
      {"organisation as a path", {{"organisation", "../rde"}}, "organisation's id"},
      {"organisation as a wildcard", {{"organisation", "--*"}}, "organisation's id"},
      {"organisation too short", {{"organisation", "r"}}, "organisation's id"},
      {"organisation too long", {{"organisation", std::string(41, 'r')}}, "organisation's id"},
      {"empty organisation", {{"organisation", ""}}, "organisation's id"},
      {"organisation as a list", {{"organisation", {"rde"}}}, "organisation's id"},
      {"organisation with a NUL", {{"organisation", std::string("rde\0", 4)}}, "organisation's id"},
      {"organisation in another script", {{"organisation", "rd\u0435"}}, "organisation's id"},
  };
  for (const Case& c : cases) {
    json claims = GoodClaims();
    for (const auto& [name, value] : c.changes.items()) {
      if (value.is_null()) {
        claims.erase(name);
      } else {
        claims[name] = value;
      }
    }
    ExpectRefused(c.name, issuer, issuer.Token("ES256", claims), c.why);
  }
}

TEST(BadJwt, NullOrganisationIsNoOrganisation) {
  const TestIssuer issuer;
  json claims = GoodClaims();
  claims["organisation"] = nullptr;
  ExpectRefused("null", issuer, issuer.Token("ES256", claims), "organisation's id");
}

TEST(BadJwt, Payload) {
  const TestIssuer issuer;
  const json header = {{"alg", "ES256"}, {"kid", "ec-1"}};
  for (const std::string& payload : {std::string("[]"), std::string("x"), std::string("{"), std::string("null"),
                                     GoodClaims().dump() + "x", "\xff" + GoodClaims().dump(), std::string("7"),
                                     std::string(4000, '['), std::string("{\"sub\":\"\xc3\x28\"}")}) {
    ExpectRefused(payload, issuer, Sign(issuer.KeyFor("ES256"), header, payload), "not a JSON object");
  }
}

TEST(BadJwt, Header) {
  const TestIssuer issuer;
  const std::string claims = GoodClaims().dump();
  const cjose_jwk_t* ec = issuer.KeyFor("ES256");
  const auto refused = [&](const char* name, const cjose_jwk_t* key, const json& header, const char* why) {
    ExpectRefused(name, issuer, Sign(key, header, claims), why);
  };
  refused("no key id", ec, {{"alg", "ES256"}}, "names no key");
  refused("empty key id", ec, {{"alg", "ES256"}, {"kid", ""}}, "names no key");
  refused("key id as a number", ec, {{"alg", "ES256"}, {"kid", 1}}, "names no key");
  refused("unknown key id", ec, {{"alg", "ES256"}, {"kid", "ec-2"}}, "key is unknown");
  refused("key id as a path", ec, {{"alg", "ES256"}, {"kid", "../../../etc/passwd"}}, "key is unknown");
  refused("key id as a device", ec, {{"alg", "ES256"}, {"kid", "/dev/null"}}, "key is unknown");
  refused("key id as SQL", ec, {{"alg", "ES256"}, {"kid", "x' OR '1'='1"}}, "key is unknown");
  refused("a key it brings along", NewEcKey().get(), {{"alg", "ES256"}, {"jwk", PublicJwk(ec, "x")}}, "names no key");
  refused("a key set it points to", ec, {{"alg", "ES256"}, {"kid", "x"}, {"jku", "http://evil.test/"}}, "unknown");
  refused("critical header", ec, {{"alg", "ES256"}, {"kid", "ec-1"}, {"crit", {"exp"}}, {"exp", 1}}, "");
  refused("RSA of 512 bits of hash", RsaKey(), {{"alg", "RS512"}, {"kid", "rsa-1"}}, "algorithm");
  refused("ES256 with the id of an RSA key", ec, {{"alg", "ES256"}, {"kid", "rsa-1"}}, "does not fit");
  refused("RS256 with the id of an EC key", RsaKey(), {{"alg", "RS256"}, {"kid", "ec-1"}}, "does not fit");
  refused("wrong EC key", NewEcKey().get(), {{"alg", "ES256"}, {"kid", "ec-1"}}, "signature");
  refused("wrong RSA key", OtherRsaKey(), {{"alg", "RS256"}, {"kid", "rsa-1"}}, "signature");
  refused("wrong RSA key, PSS", OtherRsaKey(), {{"alg", "PS256"}, {"kid", "rsa-1"}}, "signature");
}

TEST(BadJwt, SecretsMadeOfPublicKeys) {
  const TestIssuer issuer;
  for (const std::string& secret : {PublicJwk(RsaKey(), "rsa-1").dump(), PublicJwk(RsaKey(), "rsa-1")["n"].dump()}) {
    const auto* bytes = reinterpret_cast<const uint8_t*>(secret.data());
    const JwkPtr key(cjose_jwk_create_oct_spec(bytes, secret.size(), nullptr));
    const std::string token = Sign(key.get(), {{"alg", "HS256"}, {"kid", "rsa-1"}}, GoodClaims().dump());
    ExpectRefused("HS256 with the public key", issuer, token, "algorithm");
  }
}

TEST(BadJwt, Unsigned) {
  const TestIssuer issuer;
  const std::string body = Base64Url(GoodClaims().dump());
  for (const char* alg : {"none", "None", "NONE", "nOnE", ""}) {
    const std::string header = Base64Url(json{{"alg", alg}, {"kid", "ec-1"}}.dump());
    ExpectRefused("none", issuer, header + "." + body + ".", "three parts");
    ExpectRefused("none with a signature", issuer, header + "." + body + ".AAAA", "the token");
  }
  for (const char* header :
       {"{}", "[]", "x", "", "null", "{\"alg\":7}", "{\"alg\":\"ES256\\u0000\",\"kid\":\"ec-1\"}"}) {
    ExpectRefused(header, issuer, Base64Url(header) + "." + body + ".AAAA", "");
  }
  const std::string header = Base64Url(json{{"alg", "ES256"}, {"kid", "ec-1"}}.dump());
  ExpectRefused("all zero", issuer, header + "." + body + "." + Base64Url(std::string(64, '\0')), "signature");
  ExpectRefused("short", issuer, header + "." + body + "." + Base64Url(std::string(63, '\1')), "signature");
  ExpectRefused("long", issuer, header + "." + body + "." + Base64Url(std::string(65, '\1')), "signature");
}

TEST(BadJwt, Shape) {
  const TestIssuer issuer;
  const std::string good = issuer.Token("ES256");
  const size_t first = good.find('.'), second = good.rfind('.');
  const std::string header = good.substr(0, first), body = good.substr(first + 1, second - first - 1);
  const std::string signature = good.substr(second + 1);
  const std::vector<std::pair<const char*, std::string>> cases = {
      {"empty", ""},
      {"one dot", "."},
      {"two dots", ".."},
      {"no signature", header + "." + body},
      {"empty signature", header + "." + body + "."},
      {"empty payload", header + ".." + signature},
      {"empty header", "." + body + "." + signature},
      {"doubled dots", header + ".." + body + ".." + signature},
      {"a fourth part", good + ".AAAA"},
      {"an encrypted token", good + "." + header + "." + body},
      {"a NUL at the end", good + std::string(1, '\0')},
      {"a NUL inside", header + "." + body + std::string(1, '\0') + "." + signature},
      {"padding", good + "=="},
      {"a character that a decoder would pass over", good + "x"},
      {"the other base64", header + "." + body + ".+/+/"},
      {"white space", " " + good},
      {"a line break", good + "\n"},
      {"twice", good + "," + good},
      {"the scheme again", "Bearer " + good},
      {"bytes that are no text", "\xff\xfe." + body + "." + signature},
      {"JSON serialisation", "{\"payload\":\"" + body + "\"}"},
  };
  for (const auto& [name, token] : cases) ExpectRefused(name, issuer, token, "three parts");
  ExpectRefused("parts in another order", issuer, body + "." + header + "." + signature, "cannot be read");
  ExpectRefused("truncated header", issuer, header.substr(0, 8) + "." + body + "." + signature, "cannot be read");
  ExpectRefused("truncated payload", issuer, header + "." + body.substr(4) + "." + signature, "signature");
  ExpectRefused("truncated signature", issuer, good.substr(0, good.size() - 4), "");
  ExpectRefused("huge", issuer, good + std::string(8192, 'A'), "longer than 8 KiB");
  ExpectRefused("just at the limit", issuer, good + std::string(8192 - good.size(), 'A'), "");
}

TEST(BadJwt, AnyChangedCharacterOfTheSignedPart) {
  const TestIssuer issuer;
  const auto authenticator = issuer.NewAuthenticator();
  const std::string good = issuer.Token("ES256");
  ASSERT_TRUE(authenticator->Authenticate(good, kNow).ok());
  for (size_t i = 0; i < good.rfind('.'); ++i) {
    std::string changed = good;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(authenticator->Authenticate(changed, kNow).ok()) << i;
  }
}

// Each of them ended the process, or could have: libcjose asserts that its input is base64url.
TEST(BadJwt, KeysThatCannotBeRead) {
  const JwkPtr key = NewEcKey();
  const json good = PublicJwk(key.get(), "ec-1");
  ASSERT_TRUE(KeySet::Parse(json{{"keys", {good}}}.dump()).ok());
  for (const char* member : {"x", "y"}) {
    for (const json& value : {json(""), json("="), json("AA=A"), json("A A"), json("AA=="), json("+/"), json("A\n"),
                              json("\u00e9"), json(7), json(std::string(100'000, 'A')), json(nullptr)}) {
      json bad = good;
      bad[member] = value;
      EXPECT_FALSE(KeySet::Parse(json{{"keys", {bad}}}.dump()).ok()) << member << " " << value.dump().substr(0, 20);
    }
  }
  json rsa = PublicJwk(RsaKey(), "rsa-1");
  rsa["n"] = rsa["n"].get<std::string>() + "=";
  EXPECT_FALSE(KeySet::Parse(json{{"keys", {rsa}}}.dump()).ok());
}

TEST(BadJwt, RefusalsEchoNothing) {
  const TestIssuer issuer;
  json claims = GoodClaims();
  claims["roles"] = {"SECRET"};
  claims["organisation"] = "SECRET";
  const auto authenticator = issuer.NewAuthenticator();
  for (const std::string& token : {issuer.Token("ES256", claims), std::string("SECRET"),
                                   Sign(RsaKey(), {{"alg", "RS256"}, {"kid", "SECRET"}}, claims.dump())}) {
    const std::string message(authenticator->Authenticate(token, kNow).status().message());
    EXPECT_THAT(message, Not(HasSubstr("SECRET")));
  }
}

}  // namespace
}  // namespace equity::auth
