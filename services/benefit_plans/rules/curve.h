// Curves of measures: lines through points, and what they say.
#pragma once

#include <optional>
#include <vector>

#include "absl/time/civil_time.h"

namespace equity::benefit_plans {

struct Point {
  absl::CivilDay day;
  double value = 0;
};

// A forecast on a day: on the line between the points around it, and level before the first and after the last of them.
// Nothing without points, which must be in the order of their days.
std::optional<double> ForecastOn(const std::vector<Point>& forecast, absl::CivilDay day);

// The straight line through the last measurements, by least squares.
struct Line {
  int points = 0;
  double slope_per_day = 0;
  Point origin;
  double On(absl::CivilDay day) const { return origin.value + slope_per_day * static_cast<double>(day - origin.day); }
};
// Through the last five, more where those are of fewer than three days; nothing where there are no three days. The
// measurements are in the order of their days.
std::optional<Line> Project(const std::vector<Point>& measurements);

// Whether a value is as good as the other one, or better.
inline bool AtLeastAsGood(double value, double other, bool higher_is_better) {
  return higher_is_better ? value >= other : value <= other;
}
inline bool Better(double value, double other, bool higher_is_better) {
  return higher_is_better ? value > other : value < other;
}

}  // namespace equity::benefit_plans
