// Update masks (AIP-134).
#pragma once

#include <algorithm>
#include <vector>

#include "absl/types/span.h"
#include "common/status/errors.h"
#include "google/protobuf/field_mask.pb.h"
#include "google/protobuf/message.h"
#include "google/protobuf/util/field_mask_util.h"

namespace equity::referencegroup {

// Copies into `target` what the mask of the request names, or where there is no mask, what is set in `source`. A path
// that is not among those allowed becomes a fault.
template <class Request, class Resource>
std::vector<status::FieldFault> ApplyMask(const Request& request, const Resource& source,
                                          absl::Span<const char* const> allowed, Resource& target) {
  std::vector<status::FieldFault> faults;
  google::protobuf::FieldMask mask = request.update_mask();
  for (const std::string& path : mask.paths()) {
    if (std::find(allowed.begin(), allowed.end(), path) == allowed.end()) {
      faults.push_back({"update_mask", "must not name " + path + ", which cannot be changed"});
    }
  }
  const auto* reflection = source.GetReflection();
  for (const char* path : allowed) {
    if (request.has_update_mask()) break;
    const auto* field = source.GetDescriptor()->FindFieldByName(path);
    if (field->is_repeated() ? reflection->FieldSize(source, field) > 0 : reflection->HasField(source, field)) {
      mask.add_paths(path);
    }
  }
  if (!faults.empty()) return faults;
  google::protobuf::util::FieldMaskUtil::MergeOptions replace;
  replace.set_replace_repeated_fields(true);
  google::protobuf::util::FieldMaskUtil::MergeMessageTo(source, mask, replace, &target);
  return faults;
}

}  // namespace equity::referencegroup
