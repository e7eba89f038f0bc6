#include <jansson.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "absl/strings/str_cat.h"
#include "common/auth/jwks.h"
#include "common/auth/test_tokens.h"
#include "tests/fuzz/properties.h"

namespace equity::fuzz {
namespace {

struct JsonDeleter {
  void operator()(json_t* value) const { json_decref(value); }
};
using JsonPtr = std::unique_ptr<json_t, JsonDeleter>;

// Read by another library than the one that the service uses.
JsonPtr ReadJson(std::string_view text) {
  return JsonPtr(json_loadb(text.data(), text.size(), JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL, nullptr));
}

std::string_view TextOf(const json_t* object, const char* name) {
  const json_t* value = json_object_get(object, name);
  return json_is_string(value) ? std::string_view(json_string_value(value), json_string_length(value))
                               : std::string_view();
}

bool IsRole(std::string_view text) {
  for (const char* role :
       {"central_team", "partner", "facilitator", "reference_group", "analyst", "service", "safeguarding"}) {
    if (text == role) return true;
  }
  return false;
}

bool HasAudience(const json_t* claims) {
  const json_t* audience = json_object_get(claims, "aud");
  if (json_is_string(audience)) return TextOf(claims, "aud") == "equity-challenge";
  for (size_t i = 0; i < json_array_size(audience); ++i) {
    const json_t* one = json_array_get(audience, i);
    if (json_is_string(one) && std::string_view(json_string_value(one)) == "equity-challenge") return true;
  }
  return false;
}

// What is wrong with claims that make a principal, going by the words of the contract.
std::string WrongClaims(const json_t* claims, const auth::Principal& principal) {
  const auto now = static_cast<double>(absl::ToUnixSeconds(auth::kNow));
  const json_t* expires = json_object_get(claims, "exp");
  const json_t* not_before = json_object_get(claims, "nbf");
  const json_t* roles = json_object_get(claims, "roles");
  if (TextOf(claims, "iss") != auth::kTestIssuer) return "another issuer's";
  if (!HasAudience(claims)) return "for another audience";
  if (!json_is_number(expires) || json_number_value(expires) + 60 <= now) return "expired";
  if (not_before != nullptr && (!json_is_number(not_before) || json_number_value(not_before) > now + 60)) {
    return "not valid yet";
  }
  if (principal.subject.empty() || principal.subject != TextOf(claims, "sub")) return "somebody else's";
  if (!json_is_array(roles) || json_array_size(roles) == 0) return "of no role";
  bool partner = false, central_team = false;
  for (size_t i = 0; i < json_array_size(roles); ++i) {
    const json_t* value = json_array_get(roles, i);
    const std::string_view role = json_is_string(value) ? json_string_value(value) : "";
    if (!IsRole(role)) return "of an unknown role";
    partner = partner || role == "partner";
    central_team = central_team || role == "central_team";
  }
  if (partner != principal.Has(auth::Scope::SCOPE_PARTNER) ||
      central_team != principal.Has(auth::Scope::SCOPE_CENTRAL_TEAM)) {
    return "of another role";
  }
  if (TextOf(claims, "organisation") != principal.organisation) return "of another organisation";
  return partner == !principal.organisation.empty() || !(partner || central_team) ? "" : "of a role without its bounds";
}

class Tokens {
 public:
  Tokens() : authenticator_(issuer_.NewAuthenticator()), stranger_(auth::NewEcKey()), good_(issuer_.Token("ES256")) {}

  std::string Check(std::string_view input) {
    if (input.empty()) return "";
    const char kind = input.front();
    input.remove_prefix(1);
    switch (kind) {
      case 's':
        return CheckSigned(input, issuer_.KeyFor("ES256"), true);
      case 'o':
        return CheckSigned(input, stranger_.get(), false);
      case 'c':
        return CheckChanged(input);
      case 'k':
        return CheckKeys(input);
      default:
        return Accepts(input) == nullptr ? "" : "a token is accepted that nobody signed";
    }
  }

 private:
  auth::PrincipalPtr Accepts(std::string_view token) {
    const auto principal = authenticator_->Authenticate(token, auth::kNow);
    return principal.ok() ? *principal : nullptr;
  }

  std::string CheckSigned(std::string_view input, const cjose_jwk_t* key, bool by_issuer) {
    const size_t end = std::min(input.find('\n'), input.size());
    const JsonPtr header = ReadHeader(input.substr(0, end));
    input.remove_prefix(std::min(end + 1, input.size()));
    if (header == nullptr) return "";
    const auto* bytes = reinterpret_cast<const uint8_t*>(input.data());
    const auth::JwsPtr jws(cjose_jws_sign(key, header.get(), bytes, input.size(), nullptr));
    const char* token = nullptr;
    if (!jws || !cjose_jws_export(jws.get(), &token, nullptr)) return "";
    const auth::PrincipalPtr principal = Accepts(token);
    if (principal == nullptr) return "";
    if (!by_issuer) return "a token is accepted that somebody else signed";
    if (TextOf(header.get(), "alg") != "ES256" || TextOf(header.get(), "kid") != "ec-1") return "a wrong header";
    if (json_object_get(header.get(), "crit") != nullptr) return "a critical header is passed over";
    const JsonPtr claims = ReadJson(input);
    if (claims == nullptr) return "";  // the two libraries do not bound the same
    const std::string wrong = WrongClaims(claims.get(), *principal);
    return wrong.empty() ? "" : "a token is accepted that is " + wrong;
  }

  static JsonPtr ReadHeader(std::string_view text) {
    JsonPtr header(json_loadb(text.data(), text.size(), 0, nullptr));
    return json_is_object(header.get()) ? std::move(header) : nullptr;
  }

  std::string CheckChanged(std::string_view changes) {
    std::string token = good_;
    for (; changes.size() >= 3; changes.remove_prefix(3)) {
      const size_t at = static_cast<unsigned char>(changes[0]) * 256u + static_cast<unsigned char>(changes[1]);
      token[at % token.size()] = changes[2];
    }
    const bool same = token.substr(0, token.rfind('.')) == good_.substr(0, good_.rfind('.'));
    const auth::PrincipalPtr principal = Accepts(token);
    if (token == good_) return principal != nullptr ? "" : "a good token is refused";
    return principal == nullptr || same ? "" : "a changed token is accepted";
  }

  static std::string CheckKeys(std::string_view text) {
    const auto keys = auth::KeySet::Parse(text);
    if (!keys.ok()) return "";
    for (const char* kid : {"", "rsa-1", "ec-1", "k"}) {
      const auth::VerifyKey* key = (*keys)->Find(kid);
      if (key == nullptr) continue;
      if (kid[0] == '\0') return "a key without an id is loaded";
      for (const char* algorithm : {"none", "HS256", "RS512", ""}) {
        if (key->Fits(algorithm)) return absl::StrCat("a key is good for ", algorithm);
      }
    }
    return "";
  }

  auth::TestIssuer issuer_;
  std::unique_ptr<auth::Authenticator> authenticator_;
  const auth::JwkPtr stranger_;
  const std::string good_;
};

}  // namespace

std::string CheckToken(std::string_view input) {
  static auto* const tokens = new Tokens();
  return tokens->Check(input);
}

}  // namespace equity::fuzz
