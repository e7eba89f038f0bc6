// Who is calling.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/time/time.h"
#include "equity/common/v1/access.pb.h"

namespace equity::auth {

using common::v1::Scope;

// A verified caller. Immutable: one object serves all calls that carry the same credential.
struct Principal {
  std::string subject;       // the `sub` claim, or the service's own name
  std::string organisation;  // the organisation's id, such as `rde`; empty for who is bound to none
  uint32_t scopes = 0;       // bit `1 << Scope`
  absl::Time expires = absl::InfiniteFuture();
  bool is_this_process = false;  // one of its services, to another

  bool Has(Scope scope) const { return (scopes & (1u << scope)) != 0; }
  void Grant(Scope scope) { scopes |= 1u << scope; }
  // Bound to one organisation: sees and changes nothing of the others.
  bool IsBound() const { return !organisation.empty(); }
};

using PrincipalPtr = std::shared_ptr<const Principal>;

}  // namespace equity::auth
