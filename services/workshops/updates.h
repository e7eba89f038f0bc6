// Update masks (AIP-134).
#pragma once

#include <algorithm>
#include <vector>

#include "absl/types/span.h"
#include "common/status/errors.h"
#include "google/protobuf/field_mask.pb.h"
#include "google/protobuf/message.h"

namespace equity::workshops {

// The paths to change: those asked for, or where no mask was given, those that are set. Others than `allowed` become a
// fault.
template <class Request>
google::protobuf::FieldMask UpdateMask(const Request& request, const google::protobuf::Message& resource,
                                       absl::Span<const char* const> allowed, std::vector<status::FieldFault>& faults) {
  google::protobuf::FieldMask mask = request.update_mask();
  for (const std::string& path : mask.paths()) {
    if (std::find(allowed.begin(), allowed.end(), path) == allowed.end()) {
      faults.push_back({"update_mask", "must not name " + path + ", which cannot be changed"});
    }
  }
  if (request.has_update_mask()) return mask;
  const auto* reflection = resource.GetReflection();
  for (const char* path : allowed) {
    const auto* field = resource.GetDescriptor()->FindFieldByName(path);
    const bool is_set =
        field->is_repeated() ? reflection->FieldSize(resource, field) > 0 : reflection->HasField(resource, field);
    if (is_set) mask.add_paths(path);
  }
  return mask;
}

inline bool Names(const google::protobuf::FieldMask& mask, std::string_view path) {
  return std::find(mask.paths().begin(), mask.paths().end(), path) != mask.paths().end();
}

}  // namespace equity::workshops
