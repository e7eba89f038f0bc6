// Client of the statistics service. Methods are the contract's RPCs; see protos/equity/statistics/v1.
#pragma once

#include <utility>

#include "absl/status/statusor.h"
#include "clients/cpp/call.h"
#include "equity/statistics/v1/statistics.grpc.pb.h"

namespace equity::client {

class StatisticsClient : public ServiceClient<statistics::v1::StatisticsService> {
 public:
  using ServiceClient::ServiceClient;

  absl::StatusOr<statistics::v1::GetSummaryResponse> GetSummary(statistics::v1::GetSummaryRequest request,
                                                                const Options& options = {}) {
    return Call(&Stub::GetSummary, std::move(request), options);
  }

  absl::StatusOr<statistics::v1::GetPublicSummaryResponse> GetPublicSummary(
      statistics::v1::GetPublicSummaryRequest request, const Options& options = {}) {
    return Call(&Stub::GetPublicSummary, std::move(request), options);
  }

  absl::StatusOr<statistics::v1::QueryTableResponse> QueryTable(statistics::v1::QueryTableRequest request,
                                                                const Options& options = {}) {
    return Call(&Stub::QueryTable, std::move(request), options);
  }

  absl::StatusOr<statistics::v1::QueryPublicTableResponse> QueryPublicTable(
      statistics::v1::QueryPublicTableRequest request, const Options& options = {}) {
    return Call(&Stub::QueryPublicTable, std::move(request), options);
  }

  absl::StatusOr<statistics::v1::ListSnapshotsResponse> ListSnapshots(statistics::v1::ListSnapshotsRequest request,
                                                                      const Options& options = {}) {
    return Call(&Stub::ListSnapshots, std::move(request), options);
  }

  absl::StatusOr<statistics::v1::GetSnapshotResponse> GetSnapshot(statistics::v1::GetSnapshotRequest request,
                                                                  const Options& options = {}) {
    return Call(&Stub::GetSnapshot, std::move(request), options);
  }

  absl::StatusOr<statistics::v1::ListMeasuresResponse> ListMeasures(statistics::v1::ListMeasuresRequest request,
                                                                    const Options& options = {}) {
    return Call(&Stub::ListMeasures, std::move(request), options);
  }

  absl::StatusOr<statistics::v1::RebuildReadModelResponse> RebuildReadModel(
      statistics::v1::RebuildReadModelRequest request, const Options& options = {}) {
    return Call(&Stub::RebuildReadModel, std::move(request), options);
  }
};

}  // namespace equity::client
