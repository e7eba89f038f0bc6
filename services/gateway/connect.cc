#include "services/gateway/connect.h"

#include <algorithm>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/status/errors.h"
#include "common/status/macros.h"
#include "services/gateway/binding.h"
#include "services/gateway/errors.h"
#include "services/gateway/forward.h"
#include "services/gateway/media.h"
#include "services/gateway/stream_reply.h"

namespace equity::gateway {
namespace {

constexpr char kBinaryType[] = "application/proto";
constexpr char kJsonStream[] = "application/connect+json";
constexpr char kBinaryStream[] = "application/connect+proto";

absl::Status Invalid(std::string reason, std::string message) {
  return status::Error(absl::StatusCode::kInvalidArgument, reason, std::move(message));
}

// A message of a stream: flags, length, bytes.
constexpr char kLast = 2;
std::string Envelope(char flags, const std::string& bytes) {
  std::string envelope(1, flags);
  for (int shift = 24; shift >= 0; shift -= 8) envelope += static_cast<char>(bytes.size() >> shift & 0xff);
  return envelope + bytes;
}

absl::StatusOr<std::string> OneEnvelope(const std::string& body) {
  if (body.size() >= 5 && body[0] == 0) {
    size_t size = 0;
    for (int i = 1; i <= 4; ++i) size = size << 8 | static_cast<unsigned char>(body[i]);
    if (body.size() == 5 + size) return body.substr(5);
  }
  return Invalid("MALFORMED_STREAM", "The body must be one message in an envelope, not compressed.");
}

absl::StatusOr<std::optional<absl::Time>> Deadline(const Request& request) {
  const std::string text(request.Header("connect-timeout-ms"));
  if (text.empty()) return std::nullopt;
  int64_t milliseconds;
  const bool digits = std::all_of(text.begin(), text.end(), [](char c) { return absl::ascii_isdigit(c); });
  if (!digits || text.size() > 10 || !absl::SimpleAtoi(text, &milliseconds)) {
    return Invalid("INVALID_TIMEOUT", "Connect-Timeout-Ms must be a number of at most 10 digits.");
  }
  return absl::Now() + absl::Milliseconds(milliseconds);
}

std::string EndOfStream(const absl::Status& status) {
  return Envelope(kLast, status.ok() ? "{}" : absl::StrCat("{\"error\":", ConnectErrorJson(status), "}"));
}

}  // namespace

std::string Connect::Allow(const Operation& operation) {
  return operation.reads_only && !operation.streams && !operation.personal ? "GET, HEAD, OPTIONS, POST"
                                                                           : "OPTIONS, POST";
}

void Connect::Handle(const ExchangePtr& exchange, const Operation& operation, Query query) const {
  const Request& request = exchange->request();
  const bool may_get = operation.reads_only && !operation.streams && !operation.personal;
  if (request.method == "POST") return Post(exchange, operation);
  if (request.RouteMethod() == "GET" && may_get) return Get(exchange, operation, std::move(query));
  exchange->Reply(ConnectErrorResponse(MethodNotAllowed()).With("Allow", Allow(operation)));
}

void Connect::Post(const ExchangePtr& exchange, const Operation& operation) const {
  const Request& request = exchange->request();
  const std::string type = MediaType(request.Header("content-type"));
  const bool json = type == (operation.streams ? kJsonStream : kJson);
  if (!json && type != (operation.streams ? kBinaryStream : kBinaryType)) {
    const std::string types =
        operation.streams ? absl::StrCat(kJsonStream, ", ", kBinaryStream) : absl::StrCat(kJson, ", ", kBinaryType);
    return exchange->Reply(ConnectErrorResponse(UnsupportedMediaType("The content type must be one of " + types))
                               .With("Accept-Post", types));
  }
  const Codec codec = json ? Codec::kJson : Codec::kBinary;
  if (operation.streams) return Stream(exchange, operation, codec);
  const std::string_view encoding = request.Header("content-encoding");
  if (!encoding.empty() && encoding != "identity") {
    return exchange->Reply(ConnectErrorResponse(
        status::Error(absl::StatusCode::kUnimplemented, "COMPRESSION_NOT_TAKEN", "Compressed bodies are not taken.")));
  }
  Unary(exchange, operation, codec, request.body);
}

void Connect::Get(const ExchangePtr& exchange, const Operation& operation, Query query) const {
  const std::string encoding = TakeParameter(query, "encoding");
  const std::string compression = TakeParameter(query, "compression");
  std::string message = TakeParameter(query, "message");
  if (encoding != "json" && encoding != "proto") {
    return exchange->Reply(ConnectErrorResponse(UnsupportedMediaType("encoding must be json or proto.")));
  }
  if (!compression.empty() && compression != "identity") {
    return exchange->Reply(ConnectErrorResponse(status::Error(absl::StatusCode::kUnimplemented, "COMPRESSION_NOT_TAKEN",
                                                              "Compressed messages are not taken.")));
  }
  if (TakeParameter(query, "base64") == "1") {
    std::string decoded;
    if (!absl::WebSafeBase64Unescape(message, &decoded)) {
      return exchange->Reply(ConnectErrorResponse(Invalid("INVALID_BASE64", "message must be base64, safe for URLs.")));
    }
    message = std::move(decoded);
  }
  Unary(exchange, operation, encoding == "json" ? Codec::kJson : Codec::kBinary, message);
}

absl::StatusOr<std::string> Connect::Decode(const Operation& operation, Codec codec, const std::string& message) const {
  if (codec == Codec::kJson) {
    return contract_.FromJson(*operation.method->input_type(), message, Contract::Unknown::kIgnore);
  }
  // Read here, as what a service cannot read looks like its own fault.
  if (NewRequest(contract_, operation)->ParseFromString(message)) return message;
  return Invalid("INVALID_MESSAGE", "The message is not what the contract says.");
}

absl::StatusOr<std::string> Connect::Encode(const Operation& operation, Codec codec, const std::string& bytes) const {
  if (codec == Codec::kBinary) return bytes;
  return contract_.ToJson(*operation.method->output_type(), bytes);
}

absl::StatusOr<Outgoing> Connect::Prepare(const Request& request, const Operation& operation, Codec codec,
                                          const std::string& message) const {
  const std::string_view version = request.Header("connect-protocol-version");
  if (!version.empty() && version != "1") {
    return Invalid("UNKNOWN_PROTOCOL_VERSION", "Connect-Protocol-Version must be 1.");
  }
  ASSIGN_OR_RETURN(Outgoing outgoing, Forward(request, operation));
  ASSIGN_OR_RETURN(const auto deadline, Deadline(request));
  if (deadline) outgoing.deadline = std::min(outgoing.deadline, *deadline);
  ASSIGN_OR_RETURN(outgoing.request, Decode(operation, codec, message));
  if (outgoing.deadline <= absl::Now()) return FromUpstream(grpc::Status(grpc::StatusCode::DEADLINE_EXCEEDED, ""));
  return outgoing;
}

void Connect::Unary(const ExchangePtr& exchange, const Operation& operation, Codec codec,
                    const std::string& message) const {
  const auto outgoing = Prepare(exchange->request(), operation, codec, message);
  if (!outgoing.ok()) return exchange->Reply(ConnectErrorResponse(outgoing.status()));
  const auto call =
      upstream_.Unary(*outgoing, [this, exchange, &operation, codec](grpc::Status status, std::string bytes) {
        exchange->Post([this, exchange, &operation, codec, status = std::move(status), bytes = std::move(bytes)] {
          if (!status.ok()) return exchange->Reply(ConnectErrorResponse(FromUpstream(status)));
          auto body = Encode(operation, codec, bytes);
          if (!body.ok()) return exchange->Reply(ConnectErrorResponse(status::Internal()));
          exchange->Reply({.content_type = codec == Codec::kJson ? kJson : kBinaryType, .body = *std::move(body)});
        });
      });
  exchange->OnGone([call] { call->Cancel(); });
}

// Errors of a stream travel in its last envelope, those before its first message too.
void Connect::Stream(const ExchangePtr& exchange, const Operation& operation, Codec codec) const {
  Response head{.content_type = codec == Codec::kJson ? kJsonStream : kBinaryStream};
  const auto message = OneEnvelope(exchange->request().body);
  auto outgoing = message.ok() ? Prepare(exchange->request(), operation, codec, *message) : message.status();
  if (!outgoing.ok()) {
    head.body = EndOfStream(outgoing.status());
    return exchange->Reply(std::move(head));
  }
  Framing framing;
  framing.head = std::move(head);
  framing.message = [this, &operation, codec](const std::string& bytes) -> absl::StatusOr<std::string> {
    ASSIGN_OR_RETURN(const std::string message, Encode(operation, codec, bytes));
    return Envelope(0, message);
  };
  framing.end = EndOfStream;
  ReplyWithStream(exchange, upstream_, *std::move(outgoing), std::move(framing));
}

}  // namespace equity::gateway
