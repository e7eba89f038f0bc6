// Resource names, put together and taken apart. The runtime has checked the shape of those in requests.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/strings.h"

namespace equity::benefit_plans {

// The part of a name between its slashes, counted from 0; empty beyond the last.
inline std::string_view Segment(std::string_view name, int index) {
  while (index-- > 0) {
    const size_t slash = name.find('/');
    if (slash == name.npos) return {};
    name.remove_prefix(slash + 1);
  }
  return name.substr(0, name.find('/'));
}

// `organisations/{organisation}/...`
inline std::string_view OrganisationId(std::string_view name) { return Segment(name, 1); }
// `organisations/{organisation}/plans/{id}/...`, `organisations/{organisation}/participants/{id}`
inline std::string_view ChildId(std::string_view name) { return Segment(name, 3); }

inline std::string PlanName(std::string_view organisation, std::string_view id) {
  return absl::StrCat("organisations/", ToAbsl(organisation), "/plans/", ToAbsl(id));
}
inline std::string ParticipantName(std::string_view organisation, std::string_view id) {
  return absl::StrCat("organisations/", ToAbsl(organisation), "/participants/", ToAbsl(id));
}
inline std::string CardName(std::string_view plan_id) { return absl::StrCat("cards/", ToAbsl(plan_id)); }

// The name of the plan in the name of one of its parts.
inline std::string PlanNameIn(std::string_view name) { return PlanName(OrganisationId(name), ChildId(name)); }

// The number at this place of a name; 0, which no part has, where there is none.
inline int64_t NumberAt(std::string_view name, int index) {
  int64_t number = 0;
  return absl::SimpleAtoi(ToAbsl(Segment(name, index)), &number) ? number : 0;
}

}  // namespace equity::benefit_plans
