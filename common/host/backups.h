// Making backups of the stores of this process, and looking whether what must always hold does.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/exec/snapshot.h"
#include "common/rpc/shared.h"
#include "equity/operations/v1/operations.pb.h"

namespace equity::host {

class Backups {
 public:
  Backups(rpc::Shared& shared, const std::vector<exec::Store*>& stores, std::string data_folder)
      : shared_(shared), stores_(stores), data_folder_(std::move(data_folder)) {}

  // A new backup, or the one that was made for this request; then removes all but the newest `retain`, or none for 0.
  absl::StatusOr<operations::v1::Backup> Make(const std::string& request_id, int retain);

 private:
  operations::v1::Backup Write(exec::Snapshot snapshot, operations::v1::Backup manifest, const std::string& folder);
  void Retain(int count);

  rpc::Shared& shared_;
  const std::vector<exec::Store*>& stores_;
  const std::string data_folder_;
  std::mutex mutex_;
};

absl::StatusOr<operations::v1::CheckInvariantsResponse> CheckInvariants(rpc::Shared& shared,
                                                                        const std::vector<exec::Store*>& stores);

}  // namespace equity::host
