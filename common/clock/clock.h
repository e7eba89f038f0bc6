// Two clocks. The business clock decides dates, day numbers and what is past; the system clock decides token expiry,
// deadlines and retention. Durations are measured with neither: use absl::Now() differences only for logs, and
// std::chrono::steady_clock where it matters.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace equity {

// Thread-safe and immutable. An offset of zero is real time.
class BusinessClock {
 public:
  BusinessClock() = default;
  explicit BusinessClock(absl::Duration offset) : offset_(offset) {}

  absl::Time Now() const { return absl::Now() + offset_; }
  bool IsDemonstration() const { return offset_ != absl::ZeroDuration(); }

  // The demonstration clock of a data folder: starts at `start` when the folder is new, and goes on from there with
  // every later start, so that a restart never turns time back.
  static absl::StatusOr<BusinessClock> OpenDemonstration(const std::string& folder, absl::Time start);
  // What a data folder says: its demonstration clock where it has one, else real time.
  static absl::StatusOr<BusinessClock> Open(const std::string& folder);

 private:
  absl::Duration offset_;
};

// The zone of challenges that do not say otherwise.
absl::TimeZone London();

}  // namespace equity
