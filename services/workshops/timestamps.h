// Between the store's times and the contract's.
#pragma once

#include <string>

#include "absl/time/time.h"
#include "common/clock/clock.h"
#include "google/protobuf/timestamp.pb.h"

namespace equity::workshops {

inline void SetTime(google::protobuf::Timestamp& timestamp, absl::Time time) {
  const int64_t seconds = absl::ToUnixSeconds(time);
  timestamp.set_seconds(seconds);
  timestamp.set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(seconds))));
}

// The store keeps microseconds; what is answered before it was read back must not differ.
inline absl::Time Stored(absl::Time time) { return absl::FromUnixMicros(absl::ToUnixMicros(time)); }

// A day as text, which sorts as days do.
inline std::string DayText(absl::Time time) { return absl::FormatTime("%Y-%m-%d", time, London()); }

}  // namespace equity::workshops
