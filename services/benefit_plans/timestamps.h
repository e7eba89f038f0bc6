// Between times and the contract's.
#pragma once

#include "absl/time/time.h"
#include "google/protobuf/timestamp.pb.h"

namespace equity::benefit_plans {

// To the microsecond, as times are stored everywhere.
inline void SetTime(google::protobuf::Timestamp& timestamp, absl::Time time) {
  const int64_t micros = absl::ToUnixMicros(time);
  timestamp.set_seconds(micros / 1'000'000);
  timestamp.set_nanos(static_cast<int32_t>(micros % 1'000'000) * 1000);
}

}  // namespace equity::benefit_plans
