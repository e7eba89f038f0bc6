#include "services/benefit_plans/rules/curve.h"

#include <set>

namespace equity::benefit_plans {
namespace {

constexpr size_t kPoints = 5;  // what was long ago says little about where the curve goes
constexpr size_t kLeastDays = 3;

}  // namespace

std::optional<double> ForecastOn(const std::vector<Point>& forecast, absl::CivilDay day) {
  if (forecast.empty()) return std::nullopt;
  if (day <= forecast.front().day) return forecast.front().value;
  for (size_t i = 1; i < forecast.size(); ++i) {
    const Point& left = forecast[i - 1];
    const Point& right = forecast[i];
    if (day > right.day || left.day == right.day) continue;
    const double share = static_cast<double>(day - left.day) / static_cast<double>(right.day - left.day);
    return left.value + (right.value - left.value) * share;
  }
  return forecast.back().value;
}

std::optional<Line> Project(const std::vector<Point>& measurements) {
  std::vector<Point> last;
  std::set<absl::CivilDay> days;
  for (auto point = measurements.rbegin(); point != measurements.rend(); ++point) {
    if (last.size() >= kPoints && days.size() >= kLeastDays) break;
    last.insert(last.begin(), *point);
    days.insert(point->day);
  }
  if (days.size() < kLeastDays) return std::nullopt;
  const auto count = static_cast<double>(last.size());
  double mean_day = 0;
  double mean_value = 0;
  for (const Point& point : last) {
    mean_day += static_cast<double>(point.day - last.front().day) / count;
    mean_value += point.value / count;
  }
  double product = 0;
  double square = 0;
  for (const Point& point : last) {
    const double distance = static_cast<double>(point.day - last.front().day) - mean_day;
    product += distance * (point.value - mean_value);
    square += distance * distance;
  }
  Line line;
  line.points = static_cast<int>(last.size());
  line.slope_per_day = product / square;
  line.origin = {last.front().day, mean_value - line.slope_per_day * mean_day};
  return line;
}

}  // namespace equity::benefit_plans
