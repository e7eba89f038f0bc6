// A token issuer for one machine: what ./run and the tests use in place of an organisation's identity provider.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace equity::auth {

struct DevClaims {
  std::string subject;
  std::vector<std::string> roles;  // such as `partner`
  std::string organisation;        // an organisation's id, for a partner
  absl::Duration lifetime = absl::Hours(12);
};

class DevIssuer {
 public:
  static constexpr char kIssuer[] = "https://issuer.equity-challenge.invalid";

  // Opens the issuer in `folder`, making key (issuer.jwk, mode 0600) and public key set (jwks.json) where missing.
  static absl::StatusOr<DevIssuer> OpenOrCreate(const std::string& folder);
  // Opens an issuer that exists; NOT_FOUND with the way out where it does not.
  static absl::StatusOr<DevIssuer> Open(const std::string& folder);

  // A signed token (ES256). `now` is the system clock's time.
  absl::StatusOr<std::string> Mint(const DevClaims& claims, absl::Time now) const;
  std::string jwks_file() const;

 private:
  DevIssuer(std::string folder, std::string key_json) : folder_(std::move(folder)), key_(std::move(key_json)) {}
  std::string folder_;
  std::string key_;
};

}  // namespace equity::auth
