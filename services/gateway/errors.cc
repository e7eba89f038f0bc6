#include "services/gateway/errors.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/status/errors.h"
#include "common/status/grpc_status.h"
#include "common/strings.h"
#include "google/protobuf/util/json_util.h"
#include "google/rpc/status.pb.h"
#include "services/gateway/media.h"

namespace equity::gateway {
namespace {

using absl::StatusCode;

google::rpc::Status ToProto(const absl::Status& status) {
  google::rpc::Status proto;
  proto.ParseFromString(status::ToGrpc(status).error_details());
  return proto;
}

// What a client can do about it stands in headers too, where HTTP has one.
Response WithHints(Response response, const absl::Status& status) {
  if (response.status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer");
  const absl::Duration after = status::RetryAfter(status);
  if (after > absl::ZeroDuration()) {
    const int64_t seconds = std::max<int64_t>(1, absl::ToInt64Seconds(absl::Ceil(after, absl::Seconds(1))));
    response.headers.emplace_back("Retry-After", absl::StrCat(seconds));
  }
  return response;
}

}  // namespace

Problem BadRequest(std::string reason, std::string message) {
  return {400, status::Error(StatusCode::kInvalidArgument, reason, std::move(message))};
}

Problem NoSuchRoute() {
  return {404, status::Error(StatusCode::kNotFound, "NO_SUCH_ROUTE",
                             "There is nothing at this address. /openapi.json lists what there is.")};
}

Problem NoSuchMethod() {
  return {404, status::Error(StatusCode::kUnimplemented, "NO_SUCH_METHOD",
                             "There is no such method here. Streams of requests, and methods for services alone, have "
                             "no form over HTTP/1.1.")};
}

Problem MethodNotAllowed() {
  return {405, status::Error(StatusCode::kUnimplemented, "METHOD_NOT_ALLOWED",
                             "This address does not take this HTTP method; the Allow header says which it takes.")};
}

Problem ForeignOrigin() {
  return {403, status::Error(StatusCode::kPermissionDenied, "FOREIGN_ORIGIN",
                             "Pages of another origin may not use this server.")};
}

Problem UnsupportedMediaType(std::string message) {
  return {415, status::Error(StatusCode::kInvalidArgument, "UNSUPPORTED_MEDIA_TYPE", std::move(message))};
}

Problem NotAcceptable(std::string message) {
  return {406, status::Error(StatusCode::kInvalidArgument, "NOT_ACCEPTABLE", std::move(message))};
}

Problem Unreadable(int http_status, std::string message) {
  const bool too_large = http_status == 413 || http_status == 431;
  return {http_status, status::Error(too_large ? StatusCode::kResourceExhausted : StatusCode::kInvalidArgument,
                                     too_large ? "REQUEST_TOO_LARGE" : "MALFORMED_REQUEST", std::move(message))};
}

Problem TooManyConnections() {
  return {503, status::TryAgain("TOO_MANY_CONNECTIONS", "The server has as many connections as it takes.",
                                absl::Seconds(1))};
}

int HttpStatus(StatusCode code) {
  switch (code) {
    case StatusCode::kOk:
      return 200;
    case StatusCode::kInvalidArgument:
    case StatusCode::kFailedPrecondition:
    case StatusCode::kOutOfRange:
      return 400;
    case StatusCode::kUnauthenticated:
      return 401;
    case StatusCode::kPermissionDenied:
      return 403;
    case StatusCode::kNotFound:
      return 404;
    case StatusCode::kAlreadyExists:
    case StatusCode::kAborted:
      return 409;
    case StatusCode::kResourceExhausted:
      return 429;
    case StatusCode::kCancelled:
      return 499;
    case StatusCode::kUnimplemented:
      return 501;
    case StatusCode::kUnavailable:
      return 503;
    case StatusCode::kDeadlineExceeded:
      return 504;
    default:
      return 500;
  }
}

std::string ConnectCode(StatusCode code) {
  if (code == StatusCode::kCancelled) return "canceled";
  return absl::AsciiStrToLower(absl::StatusCodeToString(code));
}

absl::Status FromUpstream(const grpc::Status& status) {
  absl::Status result = status::FromGrpc(status);
  if (!status::Reason(result).empty()) return result;
  switch (result.code()) {
    case StatusCode::kUnavailable:
      return status::TryAgain("SERVICE_UNREACHABLE",
                              "The service behind this address does not answer. Send the same request again.",
                              absl::Seconds(1));
    case StatusCode::kInternal:
    case StatusCode::kUnknown:
    case StatusCode::kDataLoss:
      return status::Internal();
    case StatusCode::kDeadlineExceeded:
      return status::Error(StatusCode::kDeadlineExceeded, "DEADLINE_EXCEEDED",
                           "It took too long. It may have happened all the same: send the same request again, with the "
                           "same request_id.");
    default:
      return result;
  }
}

std::string StatusJson(const absl::Status& status) {
  google::rpc::Status proto = ToProto(status);
  std::string json;
  if (google::protobuf::util::MessageToJsonString(proto, &json).ok()) return json;
  // A detail that nobody here knows, of a newer service.
  proto.clear_details();
  json.clear();
  static_cast<void>(google::protobuf::util::MessageToJsonString(proto, &json));
  return json;
}

std::string ConnectErrorJson(const absl::Status& status) {
  nlohmann::ordered_json error = {{"code", ConnectCode(status.code())}, {"message", std::string(status.message())}};
  const google::rpc::Status proto = ToProto(status);
  for (const auto& any : proto.details()) {
    std::string value = absl::Base64Escape(any.value());
    value.erase(value.find_last_not_of('=') + 1);
    error["details"].push_back({{"type", any.type_url().substr(any.type_url().rfind('/') + 1)}, {"value", value}});
  }
  return error.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Response ErrorResponse(const Problem& problem) {
  return WithHints({.status = problem.http_status, .content_type = kJson, .body = StatusJson(problem.status)},
                   problem.status);
}

Response ErrorResponse(const absl::Status& status) { return ErrorResponse({HttpStatus(status.code()), status}); }

Response ConnectErrorResponse(const Problem& problem) {
  return WithHints({.status = problem.http_status, .content_type = kJson, .body = ConnectErrorJson(problem.status)},
                   problem.status);
}

Response ConnectErrorResponse(const absl::Status& status) {
  return ConnectErrorResponse({HttpStatus(status.code()), status});
}

}  // namespace equity::gateway
