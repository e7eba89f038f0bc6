// absl::Status with payloads <-> grpc::Status with google.rpc.Status in its details. gRPC 1.51 has no conversion.
#pragma once

#include "absl/status/status.h"
#include "grpcpp/support/status.h"

namespace equity::status {

grpc::Status ToGrpc(const absl::Status& status);
absl::Status FromGrpc(const grpc::Status& status);

}  // namespace equity::status
