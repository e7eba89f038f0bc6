// Credentials that must be refused, by a real server: each is UNAUTHENTICATED, and nothing of it is in the answer or
// the log. What is wrong with a token in itself is in common/auth/jwt_bad_test.cc at length; here it comes as a header.
#include <jansson.h>

#include <fstream>
#include <sstream>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "common/auth/cjose_ptr.h"
#include "common/status/errors.h"
#include "equity/changes/v1/changes.grpc.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/api/environment.h"

namespace equity::api {
namespace {

// A claim's name and its value as JSON; an empty value leaves the claim out.
using Claims = std::map<std::string, std::string>;

class BadTokensTest : public testing::Test {
 protected:
  BadTokensTest() : key_(ReadKey(environment_.dev_issuer_folder() + "/issuer.jwk")) {
    cjose_err error;
    kid_ = cjose_jwk_get_kid(key_.get(), &error);
    stranger_.reset(cjose_jwk_create_EC_random(CJOSE_JWK_EC_P_256, nullptr));
  }

  static auth::JwkPtr ReadKey(const std::string& file) {
    std::stringstream text;
    text << std::ifstream(file).rdbuf();
    auth::JwkPtr key(cjose_jwk_import(text.str().data(), text.str().size(), nullptr));
    if (key == nullptr) ADD_FAILURE() << file;
    return key;
  }

  static std::string Payload(const Claims& changes = {}) {
    const int64_t now = absl::ToUnixSeconds(absl::Now());
    Claims claims = {{"iss", absl::StrCat("\"", auth::DevIssuer::kIssuer, "\"")},
                     {"aud", "\"equity-challenge\""},
                     {"sub", "\"smuggler\""},
                     {"exp", absl::StrCat(now + 3'600)},
                     {"roles", "[\"central_team\"]"}};
    for (const auto& [name, value] : changes) claims[name] = value;
    std::string text;
    for (const auto& [name, value] : claims) {
      if (!value.empty()) absl::StrAppend(&text, text.empty() ? "{" : ",", "\"", name, "\":", value);
    }
    return text + "}";
  }

  std::string Header(const std::string& alg, const std::string& more = "") const {
    return absl::StrCat("{\"alg\":\"", alg, "\",\"kid\":\"", kid_, "\"", more, "}");
  }

  static std::string Sign(const cjose_jwk_t* key, const std::string& header, const std::string& payload) {
    const auth::HeaderPtr fields(json_loads(header.c_str(), 0, nullptr));
    const auto* bytes = reinterpret_cast<const uint8_t*>(payload.data());
    const auth::JwsPtr jws(cjose_jws_sign(key, fields.get(), bytes, payload.size(), nullptr));
    const char* token = nullptr;
    if (!jws || !cjose_jws_export(jws.get(), &token, nullptr)) ADD_FAILURE() << "cannot sign " << header;
    return token == nullptr ? "" : token;
  }
  std::string Token(const Claims& changes) const { return Sign(key_.get(), Header("ES256"), Payload(changes)); }
  std::string Good() const { return Token({}); }
  static std::string Unsigned(const std::string& header, const std::string& payload, const std::string& signature) {
    return absl::StrCat(absl::WebSafeBase64Escape(header), ".", absl::WebSafeBase64Escape(payload), ".", signature);
  }

  // With the public key as a secret, in the forms in which somebody may have it.
  std::string SignedWithPublicKey(bool whole) const {
    const auth::CTextPtr text(cjose_jwk_to_json(key_.get(), /*priv=*/false, nullptr));
    const std::string secret = whole ? std::string(text.get()) : std::string(text.get()).substr(10, 43);
    const auto* bytes = reinterpret_cast<const uint8_t*>(secret.data());
    const auth::JwkPtr key(cjose_jwk_create_oct_spec(bytes, secret.size(), nullptr));
    return Sign(key.get(), Header("HS256"), Payload());
  }

  // Calls with these authorization headers, one after the other.
  absl::Status CallWith(const std::vector<std::string>& headers) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(10));
    for (const std::string& header : headers) context.AddMetadata("authorization", header);
    const auto channel = environment_.ChannelTo(changes::v1::ChangesService::service_full_name());
    changes::v1::GetFeedPositionResponse response;
    const grpc::Status status = changes::v1::ChangesService::NewStub(channel)->GetFeedPosition(&context, {}, &response);
    return absl::Status(static_cast<absl::StatusCode>(status.error_code()),
                        status.error_message() + status.error_details());
  }

  struct Case {
    std::string name;
    std::vector<std::string> headers;
  };
  std::vector<Case> Cases() const;
  void AddClaims(std::vector<Case>& cases) const;
  void AddHeaders(std::vector<Case>& cases) const;
  void AddShapes(std::vector<Case>& cases) const;

  Environment environment_;
  auth::JwkPtr key_;
  auth::JwkPtr stranger_;
  std::string kid_;
};

void BadTokensTest::AddClaims(std::vector<Case>& cases) const {
  const int64_t now = absl::ToUnixSeconds(absl::Now());
  const std::vector<std::pair<const char*, Claims>> all = {
      {"wrong issuer", {{"iss", "\"https://issuer.example.org\""}}},
      {"issuer with a slash more", {{"iss", absl::StrCat("\"", auth::DevIssuer::kIssuer, "/\"")}}},
      {"no issuer", {{"iss", ""}}},
      {"wrong audience", {{"aud", "\"equity\""}}},
      {"no audience", {{"aud", ""}}},
      {"empty list of audiences", {{"aud", "[]"}}},
      {"audience null", {{"aud", "null"}}},
      {"expired an hour ago", {{"exp", absl::StrCat(now - 3'600)}}},
      {"expired just beyond the leeway", {{"exp", absl::StrCat(now - 61)}}},
      {"expiry 0", {{"exp", "0"}}},
      {"expiry negative", {{"exp", "-1"}}},
      {"expiry as text", {{"exp", absl::StrCat("\"", now + 3'600, "\"")}}},
      {"expiry null", {{"exp", "null"}}},
      {"expiry beyond all numbers", {{"exp", "1e999"}}},
      {"no expiry", {{"exp", ""}}},
      {"not valid yet", {{"nbf", absl::StrCat(now + 600)}}},
      {"not before as a list", {{"nbf", "[]"}}},
      {"no subject", {{"sub", ""}}},
      {"subject null", {{"sub", "null"}}},
      {"subject with a line break", {{"sub", "\"smuggler\\n{}\""}}},
      {"no roles", {{"roles", ""}}},
      {"roles as text", {{"roles", "\"central_team\""}}},
      {"roles as an object", {{"roles", "{\"central_team\":true}"}}},
      {"an unknown role", {{"roles", "[\"root\"]"}}},
      {"a role with a NUL behind it", {{"roles", "[\"central_team\\u0000\"]"}}},
      {"a role in other letters", {{"roles", "[\"central_te\\u0430m\"]"}}},
      {"partner of nowhere", {{"roles", "[\"partner\"]"}}},
      {"partner of a path", {{"roles", "[\"partner\"]"}, {"organisation", "\"../rde\""}}},
      {"partner of all", {{"roles", "[\"partner\"]"}, {"organisation", "\"-\""}}},
      {"central team with an organisation", {{"organisation", "\"rde\""}}},
  };
  for (const auto& [name, changes] : all) cases.push_back({name, {"Bearer " + Token(changes)}});
  for (const char* payload : {"[]", "null", "", "{", "\"smuggler\"", "{}"}) {
    cases.push_back({absl::StrCat("payload ", payload), {"Bearer " + Sign(key_.get(), Header("ES256"), payload)}});
  }
  cases.push_back({"a payload nested deeply",
                   {"Bearer " + Sign(key_.get(), Header("ES256"), Payload({{"x", std::string(2'500, '[')}}))}});
}

void BadTokensTest::AddHeaders(std::vector<Case>& cases) const {
  const auto add = [&](const char* name, const cjose_jwk_t* key, const std::string& header) {
    cases.push_back({name, {"Bearer " + Sign(key, header, Payload())}});
  };
  const auth::CTextPtr own(cjose_jwk_to_json(stranger_.get(), /*priv=*/false, nullptr));
  add("signed by a stranger", stranger_.get(), Header("ES256"));
  add("a stranger's key in jwk", stranger_.get(), Header("ES256", absl::StrCat(",\"jwk\":", own.get())));
  add("a key to be fetched", stranger_.get(), Header("ES256", ",\"jku\":\"http://127.0.0.1/keys\""));
  add("a certificate to be fetched", stranger_.get(), Header("ES256", ",\"x5u\":\"http://127.0.0.1/c\""));
  add("a certificate in x5c", stranger_.get(), Header("ES256", ",\"x5c\":[\"MIIB\"]"));
  for (const char* kid :
       {"", "other", "../../../../dev/null", "/etc/passwd", "file:///dev/null", "' OR 1=1 --", "%00"}) {
    add("another key id", stranger_.get(), absl::StrCat("{\"alg\":\"ES256\",\"kid\":\"", kid, "\"}"));
  }
  add("no key id", key_.get(), R"({"alg":"ES256"})");
  add("a key id that is a list", key_.get(), R"({"alg":"ES256","kid":["x"]})");
  add("critical: exp", key_.get(), Header("ES256", ",\"crit\":[\"exp\"],\"exp\":9999999999"));
  add("critical: b64", key_.get(), Header("ES256", ",\"crit\":[\"b64\"],\"b64\":false"));
  add("critical: nothing", key_.get(), Header("ES256", ",\"crit\":[]"));
  cases.push_back({"HS256 with the public key", {"Bearer " + SignedWithPublicKey(true)}});
  cases.push_back({"HS256 with a part of the public key", {"Bearer " + SignedWithPublicKey(false)}});
  for (const char* alg : {"none", "None", "NONE", "", "ES256K", "es256"}) {
    cases.push_back({absl::StrCat("algorithm ", alg), {"Bearer " + Unsigned(Header(alg), Payload(), "")}});
    cases.push_back({absl::StrCat("algorithm ", alg, " and a signature"),
                     {"Bearer " + Unsigned(Header(alg), Payload(), Good().substr(Good().rfind('.') + 1))}});
  }
  const std::string good = Good();
  const std::string signature = good.substr(good.rfind('.') + 1);
  for (const char* header : {"{\"alg\":\"none\",\"alg\":\"ES256\"}", "{\"alg\":[\"ES256\"]}", "{}", "[]", "ES256"}) {
    cases.push_back({absl::StrCat("header ", header), {"Bearer " + Unsigned(header, Payload(), signature)}});
  }
  cases.push_back({"another payload under a good signature",
                   {"Bearer " + Unsigned(Header("ES256"), Payload({{"sub", "\"boss\""}}), signature)}});
  cases.push_back(
      {"a signature of zeros",
       {"Bearer " + Unsigned(Header("ES256"), Payload(), absl::WebSafeBase64Escape(std::string(64, '\0')))}});
}

void BadTokensTest::AddShapes(std::vector<Case>& cases) const {
  const std::string good = Good();
  const std::string start = good.substr(0, good.rfind('.'));
  for (const auto& [name, header] : std::vector<std::pair<const char*, std::string>>{
           {"no scheme", good},
           {"another scheme", "Basic " + good},
           {"the scheme in small letters", "bearer " + good},
           {"the scheme alone", "Bearer"},
           {"nothing behind the scheme", "Bearer "},
           {"the scheme twice", "Bearer Bearer " + good},
           {"two spaces", "Bearer  " + good},
           {"in quotes", "Bearer \"" + good + "\""},
           {"two tokens", "Bearer " + good + ", Bearer " + good},
           {"two tokens with a space", "Bearer " + good + " " + good},
           {"a parameter", "Bearer token=" + good},
           {"no signature", "Bearer " + start},
           {"an empty signature", "Bearer " + start + "."},
           {"a dot more", "Bearer " + good + "."},
           {"five parts", "Bearer " + good + ".x.y"},
           {"padding", "Bearer " + good + "="},
           {"the other alphabet", "Bearer " + start + ".+/+/"},
           {"a signature cut short", "Bearer " + good.substr(0, good.size() - 2)},
           {"a signature too long", "Bearer " + good + "AAAA"},
           {"percent", "Bearer " + good.substr(0, 10) + "%2E" + good.substr(10)},
           {"JSON", "Bearer {\"token\":\"" + good + "\"}"},
           {"a kilobyte of dots", "Bearer " + std::string(1'000, '.')},
           {"huge", "Bearer " + start + "." + std::string(6'000, 'A')},
       }) {
    cases.push_back({name, {header}});
  }
  // Who looks at one and who at the other may not agree on who is calling.
  cases.push_back({"a good header and a bad one", {"Bearer " + good, "Bearer x"}});
  cases.push_back({"a bad header and a good one", {"Bearer x", "Bearer " + good}});
  cases.push_back({"the good header twice", {"Bearer " + good, "Bearer " + good}});
  cases.push_back({"an empty header and a good one", {"", "Bearer " + good}});
}

std::vector<BadTokensTest::Case> BadTokensTest::Cases() const {
  std::vector<Case> cases;
  AddClaims(cases);
  AddHeaders(cases);
  AddShapes(cases);
  return cases;
}

TEST_F(BadTokensTest, EachIsRefusedAndLeavesNothingBehind) {
  ASSERT_TRUE(CallWith({"Bearer " + Good()}).ok()) << CallWith({"Bearer " + Good()});
  const std::vector<Case> cases = Cases();
  std::vector<std::string> secrets = {"smuggler"};
  for (const Case& each : cases) {
    SCOPED_TRACE(each.name);
    const absl::Status refused = CallWith(each.headers);
    EXPECT_EQ(refused.code(), absl::StatusCode::kUnauthenticated) << refused;
    for (const std::string& header : each.headers) {
      for (const absl::string_view part : absl::StrSplit(header, absl::ByAnyChar(" .,"))) {
        if (part.size() < 24) continue;
        EXPECT_FALSE(absl::StrContains(refused.message(), part)) << refused;
        secrets.emplace_back(part.substr(0, 24));
      }
    }
  }
  ASSERT_TRUE(CallWith({"Bearer " + Token({{"sub", "\"last\""}})}).ok());
  int lines = 0;
  for (const std::string& file : environment_.StopAndGetLogs()) {
    std::ifstream log(file);
    for (std::string line; std::getline(log, line); ++lines) {
      // Who came in is in the log.
      if (absl::StrContains(line, "\"OK\"")) continue;
      for (const std::string& secret : secrets) EXPECT_FALSE(absl::StrContains(line, secret)) << secret << "\n" << line;
    }
  }
  EXPECT_GT(lines, static_cast<int>(cases.size()));
  EXPECT_GE(cases.size(), 60u);
  std::printf("TOKENS %zu refused\n", cases.size());
}

}  // namespace
}  // namespace equity::api
