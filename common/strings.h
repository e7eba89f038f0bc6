// Debian's Abseil has a string_view of its own; these two lines are the only bridge.
#pragma once

#include <string_view>

#include "absl/strings/string_view.h"

namespace equity {

inline absl::string_view ToAbsl(std::string_view text) { return {text.data(), text.size()}; }
inline std::string_view ToStd(absl::string_view text) { return {text.data(), text.size()}; }

}  // namespace equity
