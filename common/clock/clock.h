// Two clocks. The business clock decides dates, day numbers and what is past; the system clock decides token expiry,
// deadlines and retention. Durations are measured with neither: use absl::Now() differences only for logs, and
// std::chrono::steady_clock where it matters.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace equity {

// Thread-safe; a copy is the same clock. An offset of zero is real time.
class BusinessClock {
 public:
  BusinessClock() : BusinessClock(absl::ZeroDuration()) {}
  explicit BusinessClock(absl::Duration offset) : BusinessClock(offset, "") {}

  absl::Time Now() const { return absl::Now() + absl::Microseconds(state_->offset_us.load()); }
  bool IsDemonstration() const { return state_->offset_us != 0; }

  // Moves a demonstration forward to this time, for good; where it is that late already, nothing happens.
  // FAILED_PRECONDITION for real time, which goes by itself.
  absl::Status AdvanceTo(absl::Time time);
  // For tests: to whatever time, kept nowhere.
  void Set(absl::Time time) { state_->offset_us = absl::ToInt64Microseconds(time - absl::Now()); }

  // The demonstration clock of a data folder: starts at `start` when the folder is new, and goes on from there with
  // every later start, so that a restart never turns time back.
  static absl::StatusOr<BusinessClock> OpenDemonstration(const std::string& folder, absl::Time start);
  // What a data folder says: its demonstration clock where it has one, else real time.
  static absl::StatusOr<BusinessClock> Open(const std::string& folder);

 private:
  struct State {
    std::atomic<int64_t> offset_us;
    const std::string file;  // empty where nothing is kept
    std::mutex advancing;
  };
  BusinessClock(absl::Duration offset, std::string file)
      : state_(new State{absl::ToInt64Microseconds(offset), std::move(file), {}}) {}

  std::shared_ptr<State> state_;
};

// The zone of challenges that do not say otherwise.
absl::TimeZone London();

}  // namespace equity
