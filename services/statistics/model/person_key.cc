#include "services/statistics/model/person_key.h"

#include "common/status/macros.h"

namespace equity::statistics {

absl::StatusOr<PersonKey> PersonKey::OpenOrCreate(const std::string& folder) {
  ASSIGN_OR_RETURN(const secret::Key key,
                   secret::OpenOrCreateKeyFile(folder + "/statistics.key",
                                               "Restore it, or remove it together with statistics.db: both are made "
                                               "anew from the change feed."));
  return PersonKey(key);
}

std::string PersonKey::Hash(std::string_view name) const { return secret::Hmac(key_, name).substr(0, 16); }

}  // namespace equity::statistics
