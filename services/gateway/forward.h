// What of an HTTP request goes on to a service: the credential, the trace, the time left. Nothing else: a client must
// not speak in the name of the gateway.
#pragma once

#include "absl/status/statusor.h"
#include "services/gateway/http.h"
#include "services/gateway/routes.h"
#include "services/gateway/upstream.h"

namespace equity::gateway {

// A call gets so long where its client asks for nothing else; the services give it no longer either.
inline constexpr absl::Duration kLongestCall = absl::Seconds(10);

// UNAUTHENTICATED for a credential that could not even be sent on.
absl::StatusOr<Outgoing> Forward(const Request& request, const Operation& operation);

}  // namespace equity::gateway
