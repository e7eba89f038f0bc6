// Resource names of people.
#pragma once

#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/rpc/method.h"
#include "common/strings.h"
#include "services/participants/store.h"

namespace equity::participants {

// The organisation's id in `organisations/{id}` or a name below it.
inline std::string OrganisationOf(const std::string& name) { return std::string(rpc::OrganisationOf(name)); }

// The UUID in `organisations/{id}/participants/{uuid}`.
inline std::string ParticipantIdOf(const std::string& name) { return name.substr(name.rfind('/') + 1); }

inline std::string ParticipantName(const std::string& organisation, const std::string& id) {
  return absl::StrCat("organisations/", organisation, "/participants/", id);
}

// The person of this name; nothing for somebody whose registration is not decided yet.
inline std::optional<store::Registered> FindVisible(sql::ReadTransaction& transaction, const std::string& name) {
  auto registered = store::FindParticipant(transaction, OrganisationOf(name), ParticipantIdOf(name));
  if (registered && registered->state == store::State::kPending) registered.reset();
  return registered;
}

}  // namespace equity::participants
