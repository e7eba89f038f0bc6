// Media types: what a client sends, and what it takes.
#pragma once

#include <string>
#include <string_view>

#include "services/gateway/http.h"

namespace equity::gateway {

inline constexpr char kJson[] = "application/json";
inline constexpr char kCsv[] = "text/csv";
inline constexpr char kEventStream[] = "text/event-stream";

// The type in lower case without parameters; `*` where it has a parameter other than charset=utf-8.
std::string MediaType(std::string_view content_type);
// How much the client wants this type (RFC 9110, 12.5.1): 0 not at all, 1 most.
double Quality(const Request& request, std::string_view media_type);

}  // namespace equity::gateway
