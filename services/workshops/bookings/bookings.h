// The handlers of BookingService.
#pragma once

#include "absl/status/statusor.h"
#include "common/rpc/context.h"
#include "common/sql/sql.h"
#include "equity/workshops/v1/bookings.pb.h"
#include "services/workshops/rules.h"

namespace equity::workshops {

absl::StatusOr<v1::BookPlaceResponse> BookPlace(rpc::WriteContext& context, sql::Transaction& transaction,
                                                const v1::BookPlaceRequest& request);
absl::StatusOr<v1::SeatPeopleResponse> SeatPeople(rpc::WriteContext& context, sql::Transaction& transaction,
                                                  const v1::SeatPeopleRequest& request);
absl::StatusOr<v1::PreviewSeatsResponse> PreviewSeats(const rpc::Context& context, sql::ReadTransaction& transaction,
                                                      const v1::PreviewSeatsRequest& request);
absl::StatusOr<v1::GetBookingResponse> GetBooking(const rpc::Context& context, sql::ReadTransaction& transaction,
                                                  const v1::GetBookingRequest& request);
absl::StatusOr<v1::ExplainDecisionResponse> ExplainDecision(const rpc::Context& context,
                                                            sql::ReadTransaction& transaction,
                                                            const v1::ExplainDecisionRequest& request);
absl::StatusOr<v1::ListBookingsResponse> ListBookings(const rpc::Context& context, sql::ReadTransaction& transaction,
                                                      const v1::ListBookingsRequest& request);
absl::StatusOr<v1::CancelBookingResponse> CancelBooking(rpc::WriteContext& context, sql::Transaction& transaction,
                                                        const v1::CancelBookingRequest& request);
absl::StatusOr<v1::SubstituteBookingResponse> SubstituteBooking(rpc::WriteContext& context,
                                                                sql::Transaction& transaction,
                                                                const v1::SubstituteBookingRequest& request);
absl::StatusOr<v1::RecordAttendanceResponse> RecordAttendance(rpc::WriteContext& context, sql::Transaction& transaction,
                                                              const v1::RecordAttendanceRequest& request);

inline OnFull OnFullOf(v1::OnFull on_full) {
  switch (on_full) {
    case v1::ON_FULL_WAITLIST:
      return OnFull::kWaitlist;
    case v1::ON_FULL_NEXT_DATE:
      return OnFull::kNextDate;
    default:
      return OnFull::kReject;
  }
}

}  // namespace equity::workshops
