// The request message of an RPC from the parts of an HTTP request: path, query and body, as google.api.http says.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "services/gateway/contract.h"
#include "services/gateway/routes.h"
#include "services/gateway/url.h"

namespace equity::gateway {

// What a request brings along for a binding.
struct Parts {
  PathTemplate::Captures captures;
  Query query;
  std::string body;
  std::string idempotency_key;  // becomes the request_id where there is none, and must be the one that there is
};

std::unique_ptr<google::protobuf::Message> NewRequest(const Contract& contract, const Operation& operation);

// INVALID_ARGUMENT names every parameter that is wrong.
absl::StatusOr<std::unique_ptr<google::protobuf::Message>> BindRequest(const Contract& contract, const Binding& binding,
                                                                       const Parts& parts);

}  // namespace equity::gateway
