#include "common/auth/jwks.h"

#include <openssl/err.h>

#include <fstream>
#include <iterator>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/strings.h"
#include "nlohmann/json.hpp"

namespace equity::auth {
namespace {

using nlohmann::json;

constexpr size_t kMaxFileBytes = 1 << 20;
constexpr size_t kLeastRsaBits = 2048;

std::string TextOf(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// Whether the key is one we can use at all. Symmetric keys never are: a public key must not turn into a secret.
bool IsUsable(const json& key) {
  if (!key.is_object() || TextOf(key, "kid").empty()) return false;
  if (key.contains("use") && TextOf(key, "use") != "sig") return false;
  const std::string type = TextOf(key, "kty");
  return type == "RSA" || (type == "EC" && TextOf(key, "crv") == "P-256");
}

// The public members alone, as far as they can be read: libcjose ends the process over a character that is none.
std::optional<std::string> PublicPart(const json& key) {
  json part = {{"kty", key["kty"]}};
  const bool is_rsa = key["kty"] == "RSA";
  if (!is_rsa) part["crv"] = key["crv"];
  for (const char* name : {is_rsa ? "n" : "x", is_rsa ? "e" : "y"}) {
    const std::string value = TextOf(key, name);
    if (!IsCanonicalBase64Url(value)) return std::nullopt;
    part[name] = value;
  }
  return part.dump();
}

absl::StatusOr<VerifyKey> ImportKey(const json& key) {
  const auto part = PublicPart(key);
  if (!part) return absl::InvalidArgumentError("a key that cannot be read");
  const std::string& text = *part;
  cjose_err error;
  JwkPtr jwk(cjose_jwk_import(text.data(), text.size(), &error));
  ERR_clear_error();
  if (!jwk) return absl::InvalidArgumentError("a key that cannot be read");
  if (cjose_jwk_get_kty(jwk.get(), &error) == CJOSE_JWK_KTY_RSA &&
      cjose_jwk_get_keysize(jwk.get(), &error) < kLeastRsaBits) {
    return absl::InvalidArgumentError("an RSA key of less than 2,048 bits");
  }
  return VerifyKey{std::move(jwk), TextOf(key, "alg")};
}

}  // namespace

bool IsCanonicalBase64Url(std::string_view text) {
  std::string bytes;
  return !text.empty() && absl::WebSafeBase64Unescape(ToAbsl(text), &bytes) &&
         absl::WebSafeBase64Escape(bytes) == ToAbsl(text);
}

bool VerifyKey::Fits(std::string_view algorithm) const {
  if (!alg.empty() && alg != algorithm) return false;
  cjose_err error;
  if (cjose_jwk_get_kty(jwk.get(), &error) == CJOSE_JWK_KTY_EC) return algorithm == "ES256";
  return algorithm == "RS256" || algorithm == "PS256";
}

absl::StatusOr<KeySetPtr> KeySet::Parse(std::string_view text) {
  const json document = json::parse(text, nullptr, /*allow_exceptions=*/false);
  const auto list = document.is_object() ? document.find("keys") : document.end();
  if (list == document.end() || !list->is_array()) return absl::InvalidArgumentError("not a JSON Web Key Set");

  auto set = std::make_shared<KeySet>();
  for (const json& entry : *list) {
    if (!IsUsable(entry)) continue;
    absl::StatusOr<VerifyKey> key = ImportKey(entry);
    if (!key.ok()) return key.status();
    if (!set->keys_.emplace(TextOf(entry, "kid"), *std::move(key)).second) {
      return absl::InvalidArgumentError("a key id stands for two keys");
    }
  }
  if (set->keys_.empty()) return absl::InvalidArgumentError("no RSA or P-256 signing key with a key id");
  return set;
}

const VerifyKey* KeySet::Find(std::string_view kid) const {
  const auto found = keys_.find(ToAbsl(kid));
  return found == keys_.end() ? nullptr : &found->second;
}

std::optional<JwksFile::Stamp> JwksFile::StampOf(const std::string& path) {
  struct stat info;
  if (stat(path.c_str(), &info) != 0) return std::nullopt;
  return Stamp{info.st_dev, info.st_ino, info.st_size, info.st_ctim.tv_sec * 1'000'000'000 + info.st_ctim.tv_nsec};
}

absl::StatusOr<KeySetPtr> JwksFile::Read(absl::Time now) {
  const std::lock_guard lock(mutex_);
  return ReadLocked(now);
}

absl::StatusOr<KeySetPtr> JwksFile::ReadIfChanged(absl::Time now) {
  const std::lock_guard lock(mutex_);
  const bool read_lately = now >= last_read_ && now - last_read_ < floor_;
  if (read_lately || StampOf(path_) == stamp_) return nullptr;
  return ReadLocked(now);
}

absl::StatusOr<KeySetPtr> JwksFile::ReadLocked(absl::Time now) {
  last_read_ = now;
  const auto stamp = StampOf(path_);  // before reading: a change meanwhile is then seen next time
  std::ifstream file(path_, std::ios::binary);
  if (!stamp || !file) return absl::NotFoundError(absl::StrCat("cannot read the key set ", path_));
  std::string text;
  if (static_cast<size_t>(stamp->size) <= kMaxFileBytes) text.assign(std::istreambuf_iterator<char>(file), {});
  absl::StatusOr<KeySetPtr> keys = KeySet::Parse(text);
  if (!keys.ok()) return absl::InvalidArgumentError(absl::StrCat("key set ", path_, ": ", keys.status().message()));
  stamp_ = stamp;
  return keys;
}

}  // namespace equity::auth
