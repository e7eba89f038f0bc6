// Resource names, put together and taken apart. The runtime has checked the shape of those in requests.
#pragma once

#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "common/strings.h"

namespace equity::referencegroup {

// The part of a name between its slashes, counted from 0.
inline std::string_view Segment(std::string_view name, int index) {
  while (index-- > 0) name.remove_prefix(name.find('/') + 1);
  return name.substr(0, name.find('/'));
}

// `{collection}/{id}`
inline std::string_view Id(std::string_view name) { return Segment(name, 1); }
// `{collection}/{id}/{collection}/{id}`
inline std::string_view ChildId(std::string_view name) { return Segment(name, 3); }

inline std::string Name(std::string_view collection, std::string_view id) {
  return absl::StrCat(ToAbsl(collection), "/", ToAbsl(id));
}
inline std::string NameOrEmpty(std::string_view collection, std::string_view id) {
  return id.empty() ? std::string() : Name(collection, id);
}
inline std::string ChildName(std::string_view parent, std::string_view collection, std::string_view id) {
  return absl::StrCat(ToAbsl(parent), "/", ToAbsl(collection), "/", ToAbsl(id));
}

inline constexpr char kAdvice[] = "advice";
inline constexpr char kKnowledge[] = "knowledge";
inline constexpr char kMembers[] = "members";
inline constexpr char kConsents[] = "consents";
inline constexpr char kFlags[] = "flags";
inline constexpr char kReveals[] = "reveals";
inline constexpr char kOrganisations[] = "organisations";

}  // namespace equity::referencegroup
