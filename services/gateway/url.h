// The parts of a request's target.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace equity::gateway {

// Without percent signs; nothing where one is not followed by two hexadecimal digits. `keep_slashes` leaves %2F as it
// is, `form` takes a plus sign for a space.
struct Decoding {
  bool keep_slashes = false;
  bool form = false;
};
std::optional<std::string> PercentDecode(std::string_view text, Decoding how = {});

using Query = std::vector<std::pair<std::string, std::string>>;

struct Target {
  std::string path;  // not decoded: what a slash is must be known first
  Query query;
};
// Nothing for a target that cannot be decoded.
std::optional<Target> ParseTarget(std::string_view target);

// Takes the parameter of this name out; its value, or empty.
std::string TakeParameter(Query& query, std::string_view name);

}  // namespace equity::gateway
