// The statistics service: what it mounts, and what it runs.
#pragma once

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "common/exec/store.h"
#include "common/host/host.h"
#include "common/rpc/service.h"
#include "equity/statistics/v1/statistics.grpc.pb.h"
#include "services/statistics/numbers.h"
#include "services/statistics/rebuild.h"
#include "services/statistics/snapshots.h"

namespace equity::statistics {

class StatisticsMounts final : public rpc::Service<v1::StatisticsService> {
 public:
  StatisticsMounts(rpc::Runtime& runtime, Numbers& numbers, Rebuild& rebuild)
      : Service(runtime), numbers_(numbers), rebuild_(rebuild) {}

  EQUITY_FLOW(GetSummary, numbers_.GetSummary)
  EQUITY_FLOW(QueryTable, numbers_.QueryTable)
  EQUITY_READ(GetPublicSummary, statistics::GetPublicSummary)
  EQUITY_READ(QueryPublicTable, statistics::QueryPublicTable)
  EQUITY_READ(ListSnapshots, statistics::ListSnapshots)
  EQUITY_READ(GetSnapshot, statistics::GetSnapshot)
  EQUITY_READ(ListMeasures, statistics::ListMeasures)
  EQUITY_FLOW(RebuildReadModel, rebuild_.Run)

 private:
  Numbers& numbers_;
  Rebuild& rebuild_;
};

// The migrations of its store, from schema/.
std::vector<exec::Migration> Schema();

// `options` come with name and folder. Weeks that have ended are looked for so often, or never.
absl::StatusOr<std::unique_ptr<host::HostedService>> OpenWith(rpc::Shared& shared, exec::StoreOptions options,
                                                              absl::Duration freeze);
absl::StatusOr<std::unique_ptr<host::HostedService>> Open(rpc::Shared& shared, exec::StoreOptions options);

}  // namespace equity::statistics
