// Turns a credential into a principal.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/auth/principal.h"

namespace equity::auth {

// One way to know a caller. Thread-safe; called for every RPC that carries a credential.
class Authenticator {
 public:
  virtual ~Authenticator() = default;

  // `bearer` is what follows "Bearer " in the authorization header. Returns UNAUTHENTICATED, with a sentence that says
  // what is wrong but nothing of the token, when it is not valid at `now` (system clock).
  virtual absl::StatusOr<PrincipalPtr> Authenticate(std::string_view bearer, absl::Time now) = 0;
};

// Tries each in turn; the first that accepts wins, the last refusal is reported.
class AnyOf final : public Authenticator {
 public:
  explicit AnyOf(std::vector<std::unique_ptr<Authenticator>> members) : members_(std::move(members)) {}
  absl::StatusOr<PrincipalPtr> Authenticate(std::string_view bearer, absl::Time now) override;

 private:
  std::vector<std::unique_ptr<Authenticator>> members_;
};

// The credential by which the services of one process call each other: 32 random bytes that never leave it.
class ProcessSecret final : public Authenticator {
 public:
  explicit ProcessSecret(std::string service_name);
  absl::StatusOr<PrincipalPtr> Authenticate(std::string_view bearer, absl::Time now) override;
  const std::string& bearer() const { return bearer_; }

 private:
  std::string bearer_;
  PrincipalPtr principal_;
};

}  // namespace equity::auth
