// What updates of plans and their parts have in common: masks and etags (AIP-134, AIP-154), codes, names of parts.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "common/sql/sql.h"
#include "common/status/errors.h"
#include "google/protobuf/field_mask.pb.h"
#include "google/protobuf/message.h"
#include "google/protobuf/util/field_mask_util.h"
#include "services/benefit_plans/store/lists.h"
#include "services/benefit_plans/store/parts.h"

namespace equity::benefit_plans {

namespace v1 = ::equity::benefitplans::v1;

// The paths to change: those asked for, or where no mask was given, those that are set. INVALID_ARGUMENT for others
// than `allowed`, and for a resource without a name.
template <class Request, class Resource>
absl::StatusOr<google::protobuf::FieldMask> UpdateMask(const Request& request, const Resource& resource,
                                                       const char* field, absl::Span<const char* const> allowed) {
  std::vector<status::FieldFault> faults;
  if (resource.name().empty()) faults.push_back({absl::StrCat(field, ".name"), "must be set"});
  google::protobuf::FieldMask mask = request.update_mask();
  for (const std::string& path : mask.paths()) {
    if (std::find(allowed.begin(), allowed.end(), path) == allowed.end()) {
      faults.push_back({"update_mask", "must not name " + path + ", which cannot be changed"});
    }
  }
  if (!faults.empty()) return status::InvalidFields(faults);
  if (request.has_update_mask()) return mask;
  const auto* reflection = resource.GetReflection();
  for (const char* path : allowed) {
    const auto* descriptor = Resource::descriptor()->FindFieldByName(path);
    const bool is_set = descriptor->is_repeated() ? reflection->FieldSize(resource, descriptor) > 0
                                                  : reflection->HasField(resource, descriptor);
    if (is_set) mask.add_paths(path);
  }
  return mask;
}

// Puts what the mask names of `given` into `stored`. ABORTED where `given` has another etag.
template <class Resource>
absl::Status Merge(const google::protobuf::FieldMask& mask, const Resource& given, Resource& stored) {
  if (!given.etag().empty() && given.etag() != stored.etag()) return status::EtagMismatch();
  using google::protobuf::util::FieldMaskUtil;
  FieldMaskUtil::MergeOptions replace;
  replace.set_replace_repeated_fields(true);
  replace.set_replace_message_fields(true);
  FieldMaskUtil::MergeMessageTo(given, mask, replace, &stored);
  return absl::OkStatus();
}

inline bool Names(const google::protobuf::FieldMask& mask, std::string_view path) {
  return std::find(mask.paths().begin(), mask.paths().end(), path) != mask.paths().end();
}

// A fault for each code that is not in its list on that day.
template <class Codes>
void CheckCodes(sql::ReadTransaction& transaction, const char* list, const Codes& codes, const std::string& field,
                const std::string& day, std::vector<status::FieldFault>& faults) {
  int number = 0;
  for (const std::string& code : codes) {
    ++number;
    if (!store::IsCode(transaction, list, code, day)) {
      faults.push_back({field, absl::StrCat("must be codes of the list ", list, "; number ", number, " is none")});
    }
  }
}

// NOT_FOUND unless each is the name of such a part of this plan.
template <class Part, class Names>
absl::Status CheckParts(sql::ReadTransaction& transaction, const std::string& plan, const Names& names) {
  for (const std::string& name : names) {
    const std::string prefix = absl::StrCat(plan, "/", store::Particulars<Part>::kCollection, "/");
    if (!absl::StartsWith(name, prefix) || !store::FindPart<Part>(transaction, name)) return status::NotFound();
  }
  return absl::OkStatus();
}

// INVALID_ARGUMENT for a text that must be set.
inline void CheckSet(const std::string& text, const char* field, std::vector<status::FieldFault>& faults) {
  if (text.empty()) faults.push_back({field, "must be set"});
}

}  // namespace equity::benefit_plans
