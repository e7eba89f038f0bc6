#include "tests/bench/disk.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace equity::bench {

absl::StatusOr<double> FdatasyncP50(const std::string& folder) {
  constexpr int kTimes = 200;
  const std::string path = absl::StrCat(folder, "/fdatasync");
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return absl::ErrnoToStatus(errno, path);
  const auto close_it = absl::MakeCleanup([&] { close(fd); });
  const std::string page(4096, 'x');
  std::vector<double> times;
  for (int i = 0; i < kTimes; ++i) {
    // Always the same page: as in a log that is written anew, the file does not grow.
    if (pwrite(fd, page.data(), page.size(), 0) != static_cast<ssize_t>(page.size())) {
      return absl::ErrnoToStatus(errno, path);
    }
    const auto before = std::chrono::steady_clock::now();
    if (fdatasync(fd) != 0) return absl::ErrnoToStatus(errno, path);
    times.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - before).count());
  }
  std::nth_element(times.begin(), times.begin() + kTimes / 2, times.end());
  return times[kTimes / 2];
}

}  // namespace equity::bench
