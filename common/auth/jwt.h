// Bearer tokens: JWT (RFC 7519) signed with RS256, PS256 or ES256, verified against a JWKS file (RFC 7517).
#pragma once

#include <memory>
#include <string>

#include "common/auth/authenticator.h"

namespace equity::auth {

struct JwtOptions {
  std::string jwks_file;  // read again when it changes and a key id is unknown, at most every 10 s
  std::string issuer;     // `iss` must equal it
  std::string audience = "equity-challenge";  // `aud` must be or contain it
  absl::Duration leeway = absl::Seconds(60);  // for `exp` and `nbf`
};

// Claims read: iss, aud, exp (needed), nbf, sub (needed), roles (a list of central_team, partner, facilitator,
// reference_group, analyst, service; at least one), organisation (needed by a partner, refused for central_team).
// A verified token is remembered until it expires, so that its signature is checked once.
absl::StatusOr<std::unique_ptr<Authenticator>> NewJwtAuthenticator(JwtOptions options);

}  // namespace equity::auth
