#include "clients/cli/progress.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace equity::cli {
namespace {

constexpr absl::Duration kPause = absl::Milliseconds(100);
constexpr int kWidth = 40;

}  // namespace

void Progress::Show(double part, int rows) {
  if (!enabled_ || absl::Now() - last_ < kPause) return;
  last_ = absl::Now();
  std::string line = absl::StrCat(rows, " rows");
  if (part >= 0) {
    const double whole = std::min(part, 1.0);
    std::string bar(kWidth, ' ');
    std::fill_n(bar.begin(), static_cast<int>(whole * kWidth), '#');
    line = absl::StrCat("[", bar, "] ", static_cast<int>(whole * 100), " %  ", line);
  }
  err_ << "\r\x1b[K" << line << std::flush;
  shown_ = true;
}

void Progress::Clear() {
  if (shown_) err_ << "\r\x1b[K" << std::flush;
  shown_ = false;
}

}  // namespace equity::cli
