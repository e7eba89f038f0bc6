#include "services/gateway/http.h"

#include <algorithm>

namespace equity::gateway {

std::string_view Request::Header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (key == name) return value;
  }
  return {};
}

size_t Request::Count(std::string_view name) const {
  return std::count_if(headers.begin(), headers.end(), [&](const auto& header) { return header.first == name; });
}

}  // namespace equity::gateway
