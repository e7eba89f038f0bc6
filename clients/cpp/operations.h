// Client of what an operator asks a server about itself; see protos/equity/operations/v1.
#pragma once

#include <utility>

#include "absl/status/statusor.h"
#include "clients/cpp/call.h"
#include "equity/operations/v1/operations.grpc.pb.h"

namespace equity::client {

class OperationsClient : public ServiceClient<operations::v1::OperationsService> {
 public:
  using ServiceClient::ServiceClient;

  absl::StatusOr<operations::v1::GetStateHashResponse> GetStateHash(operations::v1::GetStateHashRequest request,
                                                                    const Options& options = {}) {
    return Call(&Stub::GetStateHash, std::move(request), options);
  }

  absl::StatusOr<operations::v1::GetBusinessTimeResponse> GetBusinessTime(
      operations::v1::GetBusinessTimeRequest request, const Options& options = {}) {
    return Call(&Stub::GetBusinessTime, std::move(request), options);
  }

  absl::StatusOr<operations::v1::AdvanceBusinessTimeResponse> AdvanceBusinessTime(
      operations::v1::AdvanceBusinessTimeRequest request, const Options& options = {}) {
    return Call(&Stub::AdvanceBusinessTime, std::move(request), options);
  }

  absl::StatusOr<operations::v1::CreateBackupResponse> CreateBackup(operations::v1::CreateBackupRequest request,
                                                                    const Options& options = {}) {
    return Call(&Stub::CreateBackup, std::move(request), options);
  }

  absl::StatusOr<operations::v1::CheckInvariantsResponse> CheckInvariants(
      operations::v1::CheckInvariantsRequest request, const Options& options = {}) {
    return Call(&Stub::CheckInvariants, std::move(request), options);
  }
};

}  // namespace equity::client
