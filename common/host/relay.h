// What every process answers for itself, answered for all services by a process that has none: the gateway's. Each
// service is asked in the caller's name, with the caller's own credential.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "common/host/peers.h"
#include "common/rpc/service.h"
#include "equity/changes/v1/changes.grpc.pb.h"
#include "equity/operations/v1/operations.grpc.pb.h"

namespace equity::host {

// The change feeds of the peers as one. A stream fails as soon as one of them cannot be followed, and is resumed.
class ChangesRelay final : public rpc::Service<changes::v1::ChangesService> {
  struct v1 {  // the package, as the macros name it
    using WatchChangesRequest = changes::v1::WatchChangesRequest;
    using WatchChangesResponse = changes::v1::WatchChangesResponse;
    using GetFeedPositionRequest = changes::v1::GetFeedPositionRequest;
    using GetFeedPositionResponse = changes::v1::GetFeedPositionResponse;
  };

 public:
  ChangesRelay(rpc::Runtime& runtime, const Peers& peers) : Service(runtime), peers_(peers) {}

  EQUITY_SERVER_STREAM(WatchChanges, Watch)
  EQUITY_FLOW(GetFeedPosition, Position)

 private:
  absl::Status Watch(const rpc::Context& context, const v1::WatchChangesRequest& request,
                     rpc::Sink<v1::WatchChangesResponse>& sink);
  absl::StatusOr<v1::GetFeedPositionResponse> Position(const rpc::Context& context,
                                                       const v1::GetFeedPositionRequest& request);

  const Peers& peers_;
};

class OperationsRelay final : public rpc::Service<operations::v1::OperationsService> {
  struct v1 {  // the package, as the macros name it
    using GetStateHashRequest = operations::v1::GetStateHashRequest;
    using GetStateHashResponse = operations::v1::GetStateHashResponse;
    using GetBusinessTimeRequest = operations::v1::GetBusinessTimeRequest;
    using GetBusinessTimeResponse = operations::v1::GetBusinessTimeResponse;
    using AdvanceBusinessTimeRequest = operations::v1::AdvanceBusinessTimeRequest;
    using AdvanceBusinessTimeResponse = operations::v1::AdvanceBusinessTimeResponse;
    using CreateBackupRequest = operations::v1::CreateBackupRequest;
    using CreateBackupResponse = operations::v1::CreateBackupResponse;
    using CheckInvariantsRequest = operations::v1::CheckInvariantsRequest;
    using CheckInvariantsResponse = operations::v1::CheckInvariantsResponse;
  };

 public:
  OperationsRelay(rpc::Runtime& runtime, const Peers& peers) : Service(runtime), peers_(peers) {}

  EQUITY_FLOW(GetStateHash, Hash)
  EQUITY_FLOW(GetBusinessTime, Time)
  EQUITY_FLOW(AdvanceBusinessTime, Advance)
  EQUITY_FLOW(CreateBackup, Backup)
  EQUITY_FLOW(CheckInvariants, Check)

 private:
  absl::StatusOr<v1::GetStateHashResponse> Hash(const rpc::Context& context, const v1::GetStateHashRequest& request);
  absl::StatusOr<v1::GetBusinessTimeResponse> Time(const rpc::Context& context,
                                                   const v1::GetBusinessTimeRequest& request);
  absl::StatusOr<v1::AdvanceBusinessTimeResponse> Advance(const rpc::Context& context,
                                                          const v1::AdvanceBusinessTimeRequest& request);
  absl::StatusOr<v1::CreateBackupResponse> Backup(const rpc::Context& context, const v1::CreateBackupRequest& request);
  absl::StatusOr<v1::CheckInvariantsResponse> Check(const rpc::Context& context,
                                                    const v1::CheckInvariantsRequest& request);

  const Peers& peers_;
};

}  // namespace equity::host
