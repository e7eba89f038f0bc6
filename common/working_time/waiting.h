// How long questions wait, with those that wait still: an estimate by Kaplan and Meier. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace equity {

struct Wait {
  int64_t minutes;
  bool answered;  // otherwise it waited so long at least
};

// The time by which this share (0 to 1) is answered; nothing where fewer are, as far as can be told.
std::optional<int64_t> AnsweredBy(double share, std::vector<Wait> waits);

}  // namespace equity
