// What an operator asks a process about itself.
#pragma once

#include <string>
#include <vector>

#include "common/exec/store.h"
#include "common/host/backups.h"
#include "common/rpc/service.h"
#include "equity/operations/v1/operations.grpc.pb.h"

namespace equity::host {

// SHA-256 over the domain tables of a store, in hexadecimal. Left out: feed, audit, answered requests, migrations, and
// tables named local_*, in which a service keeps its own place (feed positions, operations in progress).
std::string StateHash(sql::ReadTransaction& transaction);

class OperationsMounts final : public rpc::Service<operations::v1::OperationsService> {
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
  OperationsMounts(rpc::Runtime& runtime, const std::vector<exec::Store*>& stores, const std::string& data_folder)
      : Service(runtime), stores_(stores), backups_(runtime.shared(), stores, data_folder) {}

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

  const std::vector<exec::Store*>& stores_;
  Backups backups_;
};

}  // namespace equity::host
