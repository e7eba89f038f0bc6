// What a test cannot go on without.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "absl/status/statusor.h"

namespace equity::api {

inline void Need(const absl::Status& status, const char* what) {
  if (status.ok()) return;
  std::fprintf(stderr, "%s: %s\n", what, status.ToString().c_str());
  std::abort();
}

template <class T>
T Need(absl::StatusOr<T> result, const char* what) {
  Need(result.status(), what);
  return *std::move(result);
}

}  // namespace equity::api
