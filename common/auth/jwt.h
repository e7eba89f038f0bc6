// Bearer tokens: JWT (RFC 7519) signed with RS256, PS256 or ES256, verified against a JWKS file (RFC 7517).
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "common/auth/authenticator.h"

namespace equity::auth {

struct JwtOptions {
  std::string jwks_file;  // looked at for a change every `reload_floor`, and when a key id is unknown
  std::string issuer;     // `iss` must equal it
  std::string audience = "equity-challenge";        // `aud` must be or contain it
  absl::Duration leeway = absl::Seconds(60);        // for `exp` and `nbf`
  absl::Duration reload_floor = absl::Seconds(10);  // the file is read at most this often
  // Told when a changed file cannot be used; the old keys stay in force. Called by whichever call noticed it.
  std::function<void(const absl::Status&)> on_bad_file;
};

// Claims read: iss, aud, exp (needed), nbf, sub (needed), roles (a list of central_team, partner, facilitator,
// reference_group, analyst, service, safeguarding; at least one), organisation (needed by a partner, refused for
// central_team). A verified token is remembered until it expires or the key set changes, so that its signature is
// checked once. INVALID_ARGUMENT or NOT_FOUND, naming the file, when there is no good key set to begin with.
absl::StatusOr<std::unique_ptr<Authenticator>> NewJwtAuthenticator(JwtOptions options);

}  // namespace equity::auth
