// A progress bar on standard error, where that is a terminal.
#pragma once

#include <ostream>

#include "absl/time/time.h"

namespace equity::cli {

class Progress {
 public:
  Progress(std::ostream& err, bool is_terminal) : err_(err), enabled_(is_terminal) {}
  ~Progress() { Clear(); }

  // `part` is from 0 to 1, or negative where it is not known.
  void Show(double part, int rows);
  void Clear();

 private:
  std::ostream& err_;
  bool enabled_;
  bool shown_ = false;
  absl::Time last_ = absl::InfinitePast();
};

}  // namespace equity::cli
