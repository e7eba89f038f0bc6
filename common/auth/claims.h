// What the claims of a verified token say about its holder.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/auth/principal.h"

namespace equity::auth {

struct ClaimRules {
  std::string issuer;
  std::string audience;
  absl::Duration leeway;
};

// Reads the payload of a token whose signature is known to be good. UNAUTHENTICATED, naming the first claim that is
// wrong, when it makes no principal at `now`. The principal expires at `exp` plus the leeway.
absl::StatusOr<PrincipalPtr> PrincipalFromClaims(std::string_view payload, const ClaimRules& rules, absl::Time now);

}  // namespace equity::auth
