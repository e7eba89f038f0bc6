// How it bends: throughput against calls in flight, latency against load.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tests/bench/figures.h"

namespace equity::bench {

struct CurveOptions {
  std::string folder;  // for data
  double seconds = 2;  // of a window
  // What comes in a second, in parts of the most that a closed loop got.
  std::vector<double> fractions = {0.1, 0.25, 0.5, 0.75, 0.9, 1.1};
};

// BookPlace in a closed loop with ever more calls in flight, and then at fixed rates, counted from when a call was to
// begin; then what the server needs for it.
absl::Status MeasureCurves(const CurveOptions& options, Figures& figures);

// The figures in ten lines.
std::string CurveSummary(const Figures& figures);

}  // namespace equity::bench
