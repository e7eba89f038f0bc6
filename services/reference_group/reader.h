// Who reads or writes, as far as it decides what may be seen.
#pragma once

#include <string>

#include "absl/strings/str_cat.h"
#include "common/rpc/context.h"

namespace equity::referencegroup {

struct Reader {
  bool group = false;        // the reference group, the central team, safeguarding, services: bound to no organisation
  std::string organisation;  // id; empty for who is bound to none
};

inline Reader ReaderOf(const rpc::Context& context) {
  const auth::Principal& caller = context.caller();
  using auth::Scope;
  const bool group = caller.Has(Scope::SCOPE_REFERENCE_GROUP) || caller.Has(Scope::SCOPE_CENTRAL_TEAM) ||
                     caller.Has(Scope::SCOPE_SAFEGUARDING) || caller.Has(Scope::SCOPE_SERVICE);
  return {.group = group && !caller.IsBound(), .organisation = caller.organisation};
}

// The account that acts, for telling people apart; never shown.
inline std::string ActorKey(const rpc::Context& context) {
  return absl::StrCat(context.actor(), "@", context.caller().organisation);
}

}  // namespace equity::referencegroup
