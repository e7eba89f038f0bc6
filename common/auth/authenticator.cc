#include "common/auth/authenticator.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <cstdlib>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace equity::auth {
namespace {

std::string RandomSecret() {
  unsigned char bytes[32];
  // Without random numbers there is no security; there is nothing sensible to go on with.
  if (RAND_bytes(bytes, sizeof bytes) != 1) std::abort();
  return absl::StrCat("process-", absl::BytesToHexString({reinterpret_cast<const char*>(bytes), sizeof bytes}));
}

}  // namespace

absl::StatusOr<PrincipalPtr> AnyOf::Authenticate(std::string_view bearer, absl::Time now) {
  absl::Status refusal = absl::UnauthenticatedError("this server accepts no credentials");
  for (const auto& member : members_) {
    absl::StatusOr<PrincipalPtr> principal = member->Authenticate(bearer, now);
    if (principal.ok()) return principal;
    refusal = principal.status();
  }
  return refusal;
}

ProcessSecret::ProcessSecret(std::string service_name) : bearer_(RandomSecret()) {
  auto principal = std::make_shared<Principal>();
  principal->subject = std::move(service_name);
  principal->Grant(common::v1::SCOPE_SERVICE);
  principal->is_this_process = true;
  principal_ = std::move(principal);
}

absl::StatusOr<PrincipalPtr> ProcessSecret::Authenticate(std::string_view bearer, absl::Time) {
  // In constant time, so that the time of a refusal says nothing of the secret; its length is no secret.
  if (bearer.size() != bearer_.size() || CRYPTO_memcmp(bearer.data(), bearer_.data(), bearer_.size()) != 0) {
    return absl::UnauthenticatedError("the credential is not this process's own");
  }
  return principal_;
}

}  // namespace equity::auth
