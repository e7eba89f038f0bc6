#include "services/workshops/bookings/bookings.h"

#include "common/page/page.h"
#include "common/status/errors.h"
#include "common/status/macros.h"
#include "services/workshops/bookings/seat.h"
#include "services/workshops/errors.h"
#include "services/workshops/names.h"
#include "services/workshops/sessions/store.h"

namespace equity::workshops {
namespace {

absl::Status MayBook(const store::Person& person) {
  switch (person.state) {
    case PersonState::kUnknown:
      return errors::ParticipantNotKnownYet();
    case PersonState::kActive:
      return absl::OkStatus();
    default:
      return errors::ParticipantNotActive();
  }
}

std::optional<store::Booking> FindBooking(sql::ReadTransaction& transaction, std::string_view name) {
  return store::FindBooking(transaction, OrganisationId(name), ChildId(name));
}

// The booking that a person has on a session.
v1::Booking FindHeld(const rpc::Context& context, sql::ReadTransaction& transaction, const std::string& participant,
                     int64_t session) {
  v1::Booking booking = store::FindLiveBooking(transaction, ChildId(participant), session).value().message;
  if (!context.MaySee(OrganisationId(booking.name()))) {
    // Made before the person moved: where that was is not the new organisation's to see.
    booking.clear_name();
    booking.set_participant(participant);
  }
  return booking;
}

// What a list is narrowed to; nothing where no booking can be meant.
std::optional<store::BookingFilter> FilterOf(sql::ReadTransaction& transaction,
                                             const v1::ListBookingsRequest& request) {
  store::BookingFilter filter{.show_cancelled = request.show_cancelled()};
  const std::string_view organisation = OrganisationId(request.parent());
  if (organisation != "-") filter.organisation = organisation;
  if (!request.participant().empty()) {
    const std::string_view own = OrganisationId(request.participant());
    if (!filter.organisation.empty() && filter.organisation != own) return std::nullopt;
    filter.organisation = own;
    filter.participant = ChildId(request.participant());
  }
  if (!request.session().empty()) {
    const auto session = store::FindOffer(transaction, Segment(request.session(), 1), ChildId(request.session()));
    if (!session) return std::nullopt;
    filter.session = session->session;
  }
  return filter;
}

}  // namespace

absl::StatusOr<v1::BookPlaceResponse> BookPlace(rpc::WriteContext& context, sql::Transaction& transaction,
                                                const v1::BookPlaceRequest& request) {
  Board board(transaction, context.now());
  Offer* asked = board.Find(request.session());
  if (asked == nullptr) return status::NotFound();
  store::Person& person = board.FindPerson(request.participant());
  // First of all: a name that is not, or no longer, the person's learns nothing of the person's bookings.
  RETURN_IF_ERROR(MayBook(person));
  const Decision decision = board.Decide(person, *asked, OnFullOf(request.on_full()));
  v1::BookPlaceResponse response;
  if (decision.kind == Decision::Kind::kKeep) {
    *response.mutable_booking() = FindHeld(context, transaction, request.participant(), decision.held);
    response.set_existed(true);
    return response;
  }
  if (decision.kind == Decision::Kind::kRefuse) return errors::Refused(decision.refusal, asked->places);
  *response.mutable_booking() =
      Seat(context, transaction, {.participant = request.participant(), .decision = decision, .request_id = {}});
  context.SetResource(response.booking().name());
  return response;
}

absl::StatusOr<v1::GetBookingResponse> GetBooking(const rpc::Context&, sql::ReadTransaction& transaction,
                                                  const v1::GetBookingRequest& request) {
  auto booking = FindBooking(transaction, request.name());
  if (!booking) return status::NotFound();
  v1::GetBookingResponse response;
  *response.mutable_booking() = std::move(booking->message);
  return response;
}

absl::StatusOr<v1::ListBookingsResponse> ListBookings(const rpc::Context&, sql::ReadTransaction& transaction,
                                                      const v1::ListBookingsRequest& request) {
  const std::string binding = Joined({"ListBookings|", request.parent(), "|", request.session(), "|",
                                      request.participant(), "|", request.show_cancelled() ? "all" : "live"});
  ASSIGN_OR_RETURN(const std::string after, page::Key(binding, request.page_token()));
  const int size = page::Size(request.page_size());
  v1::ListBookingsResponse response;
  const auto filter = FilterOf(transaction, request);
  if (!filter) return response;
  auto bookings = store::ListBookings(transaction, *filter, after, size + 1);
  if (static_cast<int>(bookings.size()) > size) {
    bookings.pop_back();
    response.set_next_page_token(page::Token(binding, ChildId(bookings.back().message.name())));
  }
  for (auto& booking : bookings) *response.add_bookings() = std::move(booking.message);
  return response;
}

absl::StatusOr<v1::CancelBookingResponse> CancelBooking(rpc::WriteContext& context, sql::Transaction& transaction,
                                                        const v1::CancelBookingRequest& request) {
  auto booking = FindBooking(transaction, request.name());
  if (!booking) return status::NotFound();
  v1::CancelBookingResponse response;
  if (booking->IsLive()) {
    if (booking->start <= context.now()) {
      return errors::SessionInPast(store::FindPlaces(transaction, booking->session));
    }
    response.set_promoted(Release(context, transaction, *booking));
  }
  *response.mutable_booking() = std::move(booking->message);
  return response;
}

absl::StatusOr<v1::SubstituteBookingResponse> SubstituteBooking(rpc::WriteContext& context,
                                                                sql::Transaction& transaction,
                                                                const v1::SubstituteBookingRequest& request) {
  auto booking = FindBooking(transaction, request.name());
  if (!booking) return status::NotFound();
  const auto places = [&] { return store::FindPlaces(transaction, booking->session); };
  if (!booking->IsLive()) return errors::BookingNotLive(places());
  if (booking->start <= context.now()) return errors::SessionInPast(places());
  const std::string_view organisation = OrganisationId(request.participant());
  if (organisation != OrganisationId(request.name())) return errors::OtherOrganisation();
  const store::Person person = store::FindPerson(transaction, organisation, ChildId(request.participant()));
  RETURN_IF_ERROR(MayBook(person));
  for (const Held& held : person.held) {
    if (held.session == booking->session || held.requested == booking->requested_session) {
      return errors::AlreadyBooked(places());
    }
  }
  HandOver(context, transaction, *booking, request.participant());
  v1::SubstituteBookingResponse response;
  *response.mutable_booking() = std::move(booking->message);
  return response;
}

}  // namespace equity::workshops
