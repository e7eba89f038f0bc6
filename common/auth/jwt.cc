#include "common/auth/jwt.h"

#include <openssl/err.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <utility>
#include <vector>

#include "absl/strings/str_split.h"
#include "common/auth/cjose_ptr.h"
#include "common/auth/claims.h"
#include "common/auth/jwks.h"
#include "common/auth/token_cache.h"
#include "common/strings.h"

namespace equity::auth {
namespace {

constexpr size_t kMaxTokenBytes = 8 << 10;

absl::Status Refused(const char* why) { return absl::UnauthenticatedError(why); }

// Three parts of base64url and nothing else, before any parser sees it. Five parts would be an encrypted token.
bool LooksLikeJws(std::string_view token) {
  const std::vector<absl::string_view> parts = absl::StrSplit(ToAbsl(token), '.');
  return parts.size() == 3 && std::all_of(parts.begin(), parts.end(),
                                          [](absl::string_view part) { return IsCanonicalBase64Url(ToStd(part)); });
}

std::string_view HeaderText(cjose_header_t* header, const char* name) {
  cjose_err error;
  const char* text = cjose_header_get(header, name, &error);
  return text == nullptr ? std::string_view() : std::string_view(text);
}

bool HasHeader(cjose_header_t* header, const char* name) {
  cjose_err error;
  return CTextPtr(cjose_header_get_raw(header, name, &error)) != nullptr;
}

// What the header asks for. The views live as long as the token that was read.
struct Wanted {
  std::string_view alg;
  std::string_view kid;
};

absl::StatusOr<Wanted> ReadHeader(cjose_jws_t* jws) {
  cjose_header_t* header = cjose_jws_get_protected(jws);
  const Wanted wanted{HeaderText(header, CJOSE_HDR_ALG), HeaderText(header, CJOSE_HDR_KID)};
  if (wanted.alg != "RS256" && wanted.alg != "PS256" && wanted.alg != "ES256") {
    return Refused("the token's algorithm is not one of RS256, PS256, ES256");
  }
  if (HasHeader(header, "crit")) return Refused("the token has critical headers, and none is known here");
  if (wanted.kid.empty()) return Refused("the token names no key");
  return wanted;
}

// The payload, once the signature is known to be good. The view lives as long as `jws`.
absl::StatusOr<std::string_view> VerifiedPayload(cjose_jws_t* jws, const Wanted& wanted, const KeySet& keys) {
  const VerifyKey* key = keys.Find(wanted.kid);
  if (key == nullptr) return Refused("the token's key is unknown");
  if (!key->Fits(wanted.alg)) return Refused("the token's algorithm does not fit its key");
  cjose_err error;
  if (!cjose_jws_verify(jws, key->jwk.get(), &error)) return Refused("the token's signature is wrong");
  uint8_t* payload = nullptr;
  size_t size = 0;
  if (!cjose_jws_get_plaintext(jws, &payload, &size, &error)) return Refused("the token has no payload");
  return std::string_view(reinterpret_cast<const char*>(payload), size);
}

class JwtAuthenticator final : public Authenticator {
 public:
  explicit JwtAuthenticator(JwtOptions options)
      : rules_{std::move(options.issuer), std::move(options.audience), options.leeway},
        floor_(options.reload_floor),
        on_bad_file_(std::move(options.on_bad_file)),
        file_(std::move(options.jwks_file), options.reload_floor) {}

  absl::Status Open() {
    absl::StatusOr<KeySetPtr> keys = file_.Read(absl::InfinitePast());
    if (!keys.ok()) return keys.status();
    keys_ = *std::move(keys);
    return absl::OkStatus();
  }

  absl::StatusOr<PrincipalPtr> Authenticate(std::string_view bearer, absl::Time now) override {
    if (bearer.size() > kMaxTokenBytes) return Refused("the token is longer than 8 KiB");
    if (IsTimeToLook(now)) ReloadIfChanged(now);
    if (PrincipalPtr known = cache_.Find(bearer, now)) return known;
    absl::StatusOr<PrincipalPtr> principal = Verify(bearer, now);
    ERR_clear_error();
    return principal;
  }

 private:
  absl::StatusOr<PrincipalPtr> Verify(std::string_view token, absl::Time now) {
    if (!LooksLikeJws(token)) return Refused("the credential is not a signed token of three parts");
    cjose_err error;
    const JwsPtr jws(cjose_jws_import(token.data(), token.size(), &error));
    if (!jws) return Refused("the token cannot be read as one that is signed");
    const absl::StatusOr<Wanted> wanted = ReadHeader(jws.get());
    if (!wanted.ok()) return wanted.status();

    if (Keys()->Find(wanted->kid) == nullptr) ReloadIfChanged(now);
    const KeySetPtr keys = Keys();
    const absl::StatusOr<std::string_view> payload = VerifiedPayload(jws.get(), *wanted, *keys);
    if (!payload.ok()) return payload.status();
    absl::StatusOr<PrincipalPtr> principal = PrincipalFromClaims(*payload, rules_, now);
    if (!principal.ok()) return principal;
    cache_.Insert(token, *principal, now);
    if (Keys() != keys) cache_.Clear();  // the keys changed meanwhile: what the old ones proved must not stay
    return principal;
  }

  // True for one caller every `reload_floor`, so that a withdrawn key is noticed when all tokens are known ones.
  bool IsTimeToLook(absl::Time now) {
    const int64_t now_us = absl::ToUnixMicros(now);
    int64_t last = last_look_us_.load(std::memory_order_relaxed);
    if (now_us >= last && absl::Microseconds(now_us - last) < floor_) return false;
    return last_look_us_.compare_exchange_strong(last, now_us, std::memory_order_relaxed);
  }

  void ReloadIfChanged(absl::Time now) {
    absl::StatusOr<KeySetPtr> changed = file_.ReadIfChanged(now);
    if (!changed.ok()) {
      if (on_bad_file_) on_bad_file_(changed.status());
      return;
    }
    if (*changed == nullptr) return;
    {
      const std::lock_guard lock(mutex_);
      keys_ = *std::move(changed);
    }
    cache_.Clear();
  }

  KeySetPtr Keys() const {
    const std::lock_guard lock(mutex_);
    return keys_;
  }

  const ClaimRules rules_;
  const absl::Duration floor_;
  const std::function<void(const absl::Status&)> on_bad_file_;
  JwksFile file_;
  std::atomic<int64_t> last_look_us_{0};
  mutable std::mutex mutex_;
  KeySetPtr keys_;  // guarded by mutex_
  TokenCache cache_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Authenticator>> NewJwtAuthenticator(JwtOptions options) {
  auto authenticator = std::make_unique<JwtAuthenticator>(std::move(options));
  if (auto status = authenticator->Open(); !status.ok()) return status;
  return authenticator;
}

}  // namespace equity::auth
