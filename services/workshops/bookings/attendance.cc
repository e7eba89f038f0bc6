#include "common/status/errors.h"
#include "services/workshops/bookings/bookings.h"
#include "services/workshops/bookings/store.h"
#include "services/workshops/errors.h"
#include "services/workshops/names.h"
#include "services/workshops/sessions/store.h"

namespace equity::workshops {
namespace {

void Emit(rpc::WriteContext& context, const v1::Booking& booking, bool attended) {
  changes::v1::Change change;
  change.set_organisation(OrganisationName(OrganisationId(booking.name())));
  changes::v1::AttendanceEvent& event = *change.mutable_attendance_event();
  event.set_booking(booking.name());
  event.set_participant(booking.participant());
  event.set_session(booking.session());
  event.set_attended(attended);
  if (booking.attendance() != v1::Booking::ATTENDANCE_UNSPECIFIED) {
    event.set_previously_attended(booking.attendance() == v1::Booking::ATTENDANCE_ATTENDED);
  }
  context.Emit(std::move(change));
}

v1::AttendanceResult RecordRow(rpc::WriteContext& context, sql::Transaction& transaction, int64_t session,
                               const v1::AttendanceRow& row) {
  v1::AttendanceResult result;
  const auto found = store::FindLiveBooking(transaction, ChildId(row.participant()), session);
  if (!found || found->message.state() != v1::Booking::STATE_SEATED) {
    result.set_outcome(v1::AttendanceResult::OUTCOME_REJECTED);
    result.set_code("NO_PLACE");
    result.set_message("This person has no place on this session. Check the participant's name, or who had the place.");
    return result;
  }
  const v1::Booking& booking = found->message;
  result.set_booking(booking.name());
  const auto attendance = row.attended() ? v1::Booking::ATTENDANCE_ATTENDED : v1::Booking::ATTENDANCE_ABSENT;
  if (booking.attendance() == attendance) {
    result.set_outcome(v1::AttendanceResult::OUTCOME_UNCHANGED);
    return result;
  }
  store::SetAttendance(transaction, ChildId(booking.name()), attendance, context.now());
  Emit(context, booking, row.attended());
  result.set_outcome(v1::AttendanceResult::OUTCOME_RECORDED);
  return result;
}

}  // namespace

absl::StatusOr<v1::RecordAttendanceResponse> RecordAttendance(rpc::WriteContext& context, sql::Transaction& transaction,
                                                              const v1::RecordAttendanceRequest& request) {
  const auto session = store::FindOffer(transaction, Segment(request.session(), 1), ChildId(request.session()));
  if (!session) return status::NotFound();
  if (session->cancelled) return errors::SessionCancelled(session->places);
  if (session->start > context.now()) return errors::SessionNotBegun(session->places);
  v1::RecordAttendanceResponse response;
  for (const v1::AttendanceRow& row : request.rows()) {
    *response.add_results() = RecordRow(context, transaction, session->session, row);
  }
  return response;
}

}  // namespace equity::workshops
