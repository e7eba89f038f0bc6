// The handlers of MeasureService.
#pragma once

#include "absl/status/statusor.h"
#include "common/rpc/context.h"
#include "common/sql/sql.h"
#include "equity/benefitplans/v1/measures.pb.h"

namespace equity::benefit_plans {

namespace v1 = ::equity::benefitplans::v1;

absl::StatusOr<v1::CreateMeasureResponse> CreateMeasure(rpc::WriteContext& context, sql::Transaction& transaction,
                                                        const v1::CreateMeasureRequest& request);
absl::StatusOr<v1::GetMeasureResponse> GetMeasure(const rpc::Context& context, sql::ReadTransaction& transaction,
                                                  const v1::GetMeasureRequest& request);
absl::StatusOr<v1::ListMeasuresResponse> ListMeasures(const rpc::Context& context, sql::ReadTransaction& transaction,
                                                      const v1::ListMeasuresRequest& request);
absl::StatusOr<v1::UpdateMeasureResponse> UpdateMeasure(rpc::WriteContext& context, sql::Transaction& transaction,
                                                        const v1::UpdateMeasureRequest& request);
absl::StatusOr<v1::RecordMeasurementResponse> RecordMeasurement(rpc::WriteContext& context,
                                                                sql::Transaction& transaction,
                                                                const v1::RecordMeasurementRequest& request);
absl::StatusOr<v1::ListMeasurementsResponse> ListMeasurements(const rpc::Context& context,
                                                              sql::ReadTransaction& transaction,
                                                              const v1::ListMeasurementsRequest& request);
absl::StatusOr<v1::GetCurveResponse> GetCurve(const rpc::Context& context, sql::ReadTransaction& transaction,
                                              const v1::GetCurveRequest& request);

}  // namespace equity::benefit_plans
