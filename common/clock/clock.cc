#include "common/clock/clock.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/status/macros.h"

namespace equity {
namespace {

std::string OffsetFile(const std::string& folder) { return folder + "/business-clock"; }

// Whole or not at all: a clock that cannot be read keeps the server from starting.
absl::Status Write(const std::string& file, int64_t microseconds) {
  const std::string part = file + ".part";
  std::ofstream out(part);
  out << microseconds << "\n";
  out.close();
  std::error_code error;
  if (out) std::filesystem::rename(part, file, error);
  if (!out || error) return absl::UnavailableError(absl::StrCat("cannot write ", file));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<BusinessClock> BusinessClock::Open(const std::string& folder) {
  std::ifstream file(OffsetFile(folder));
  if (!file) return BusinessClock();
  int64_t microseconds = 0;
  if (!(file >> microseconds)) {
    return absl::DataLossError(absl::StrCat(OffsetFile(folder),
                                            " is damaged: it must hold one number, the offset in "
                                            "microseconds. Remove it to run on real time."));
  }
  return BusinessClock(absl::Microseconds(microseconds), OffsetFile(folder));
}

absl::StatusOr<BusinessClock> BusinessClock::OpenDemonstration(const std::string& folder, absl::Time start) {
  if (std::filesystem::exists(OffsetFile(folder))) return Open(folder);
  const absl::Duration offset = start - absl::Now();
  RETURN_IF_ERROR(Write(OffsetFile(folder), absl::ToInt64Microseconds(offset)));
  return BusinessClock(offset, OffsetFile(folder));
}

absl::Status BusinessClock::AdvanceTo(absl::Time time) {
  if (!IsDemonstration()) return absl::FailedPreconditionError("the clock shows real time");
  const std::lock_guard lock(state_->advancing);
  const int64_t offset = absl::ToInt64Microseconds(time - absl::Now());
  if (offset <= state_->offset_us) return absl::OkStatus();
  if (!state_->file.empty()) RETURN_IF_ERROR(Write(state_->file, offset));
  state_->offset_us = offset;
  return absl::OkStatus();
}

absl::TimeZone London() {
  static const absl::TimeZone zone = [] {
    absl::TimeZone loaded;
    // Without its time zones the system would put sessions at wrong hours: better not to run.
    if (!absl::LoadTimeZone("Europe/London", &loaded)) std::abort();
    return loaded;
  }();
  return zone;
}

}  // namespace equity
