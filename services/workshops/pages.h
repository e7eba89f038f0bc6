// Pages of lists that stand in the order in which things were added.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "common/page/page.h"
#include "common/status/errors.h"
#include "common/status/macros.h"

namespace equity::workshops {

// The number after which a page begins.
inline absl::StatusOr<int64_t> NumberAfter(const std::string& binding, const std::string& token) {
  ASSIGN_OR_RETURN(const std::string text, page::Key(binding, token));
  int64_t number = 0;
  if (!text.empty() && !absl::SimpleAtoi(text, &number)) return status::InvalidPageToken();
  return number;
}

// Cuts what was read, one more than the page holds, to the page, and returns the token of the next one.
template <class Thing>
std::string NextPage(const std::string& binding, int size, std::vector<Thing>& things) {
  if (static_cast<int>(things.size()) <= size) return "";
  things.pop_back();
  return page::Token(binding, std::to_string(things.back().number));
}

}  // namespace equity::workshops
