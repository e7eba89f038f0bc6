// Small things about names and times in changes.
#pragma once

#include <string>

#include "absl/time/time.h"
#include "equity/changes/v1/changes.pb.h"

namespace equity::statistics {

// A category that no change has told yet, such as the week of a registration that is on its way. Sorts after the weeks.
inline constexpr char kUnknown[] = "UNKNOWN";

// `organisations/{id}` of a name below it.
inline std::string OrganisationOf(const std::string& name) {
  return name.substr(0, name.find('/', name.find('/') + 1));
}

inline absl::Time TimeOf(const changes::v1::Change& change) {
  return absl::FromUnixSeconds(change.time().seconds()) + absl::Nanoseconds(change.time().nanos());
}

}  // namespace equity::statistics
