#include "common/working_time/waiting.h"

#include <algorithm>
#include <tuple>

namespace equity {

std::optional<int64_t> AnsweredBy(double share, std::vector<Wait> waits) {
  // Of those with the same time, who was answered was still at risk when the others left.
  std::sort(waits.begin(), waits.end(), [](const Wait& a, const Wait& b) {
    return std::make_tuple(a.minutes, !a.answered) < std::make_tuple(b.minutes, !b.answered);
  });
  constexpr double kRounding = 1e-9;
  double waiting = 1;
  for (size_t i = 0; i < waits.size(); ++i) {
    if (!waits[i].answered) continue;
    const auto at_risk = static_cast<double>(waits.size() - i);
    waiting *= (at_risk - 1) / at_risk;
    if (waiting <= 1 - share + kRounding) return waits[i].minutes;
  }
  return std::nullopt;
}

}  // namespace equity
