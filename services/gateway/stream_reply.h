// A stream of answers on its way to the client: one message at a time, so that a slow client holds up nobody but
// itself.
#pragma once

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "services/gateway/http.h"
#include "services/gateway/upstream.h"

namespace equity::gateway {

// How a protocol writes a stream.
struct Framing {
  Response head;
  std::function<absl::StatusOr<std::string>(const std::string& bytes)> message;
  std::function<std::string(const absl::Status&)> end;
  // The reply to a call that ends in an error before its first message; without it, that is a stream as well.
  std::function<Response(const absl::Status&)> refusal;
  std::string heartbeat;  // shows the client, and what is between, that the stream lives; empty where there is none
};

void ReplyWithStream(const ExchangePtr& exchange, Upstream& upstream, Outgoing outgoing, Framing framing);

}  // namespace equity::gateway
