// The two macros for functions that return a status. There is no third.
#pragma once

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

// Leaves the function with the status unless it is OK.
#define RETURN_IF_ERROR(expression)                                         \
  do {                                                                      \
    if (absl::Status status_ = (expression); !status_.ok()) return status_; \
  } while (false)

// Leaves the function with the status, or assigns the value: ASSIGN_OR_RETURN(auto session, store.Find(name));
#define ASSIGN_OR_RETURN(target, expression) EQUITY_ASSIGN_(EQUITY_JOIN_(result_, __LINE__), target, expression)

#define EQUITY_JOIN_(a, b) EQUITY_JOIN_AGAIN_(a, b)
#define EQUITY_JOIN_AGAIN_(a, b) a##b
#define EQUITY_ASSIGN_(result, target, expression)     \
  auto result = (expression);                          \
  if (!result.ok()) return std::move(result).status(); \
  target = *std::move(result)
