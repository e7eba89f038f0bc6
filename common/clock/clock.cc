#include "common/clock/clock.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace equity {
namespace {

std::string OffsetFile(const std::string& folder) { return folder + "/business-clock"; }

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
  return BusinessClock(absl::Microseconds(microseconds));
}

absl::StatusOr<BusinessClock> BusinessClock::OpenDemonstration(const std::string& folder, absl::Time start) {
  if (std::filesystem::exists(OffsetFile(folder))) return Open(folder);
  const absl::Duration offset = start - absl::Now();
  std::ofstream file(OffsetFile(folder));
  file << absl::ToInt64Microseconds(offset) << "\n";
  file.flush();
  if (!file) return absl::UnavailableError(absl::StrCat("cannot write ", OffsetFile(folder)));
  return BusinessClock(offset);
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
