// What happens when more comes than the server can do: its writers are slowed down, and calls come at a fixed rate.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "tests/bench/figures.h"

namespace equity::bench {

struct OverloadOptions {
  std::string folder;   // for data
  int writer = 1'000;   // requests a second that a store takes
  int offered = 5'000;  // by one organisation
  double seconds = 4;   // of a window
  int rounds = 3;       // of the polite one alone and beside the other
  int storm = 5'000;    // calls that give up after 5 ms

  double polite() const { return offered / 100.0; }  // what another one sends
};

// Adds the figures; an error only where it could not be measured.
absl::Status MeasureOverload(const OverloadOptions& options, Figures& figures);

}  // namespace equity::bench
