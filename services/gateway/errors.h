// Errors on their way out: HTTP status, google.rpc.Status as JSON, and the form of the Connect protocol.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "grpcpp/support/status.h"
#include "services/gateway/http.h"

namespace equity::gateway {

// An error of the gateway's own, beside the codes of the services.
struct Problem {
  int http_status;
  absl::Status status;
};

Problem BadRequest(std::string reason, std::string message);
Problem NoSuchRoute();
Problem NoSuchMethod();  // of the Connect protocol
Problem MethodNotAllowed();
Problem ForeignOrigin();
Problem UnsupportedMediaType(std::string message);
Problem NotAcceptable(std::string message);
// What the server says before a request is whole, by its HTTP status.
Problem Unreadable(int http_status, std::string message);
Problem TooManyConnections();

// As the table of the Connect protocol and of google.rpc.Code say.
int HttpStatus(absl::StatusCode code);
// Such as not_found.
std::string ConnectCode(absl::StatusCode code);

// What a call ended with. What gRPC itself says of an unreachable service is replaced: it names addresses.
absl::Status FromUpstream(const grpc::Status& status);

// google.rpc.Status as JSON.
std::string StatusJson(const absl::Status& status);
// {"code":..,"message":..,"details":[..]}
std::string ConnectErrorJson(const absl::Status& status);

Response ErrorResponse(const Problem& problem);
Response ErrorResponse(const absl::Status& status);
Response ConnectErrorResponse(const Problem& problem);
Response ConnectErrorResponse(const absl::Status& status);

}  // namespace equity::gateway
