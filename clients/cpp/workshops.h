// Clients of the workshops service. Methods are the contract's RPCs; see protos/equity/workshops/v1.
#pragma once

#include <utility>

#include "absl/status/statusor.h"
#include "clients/cpp/call.h"
#include "equity/workshops/v1/bookings.grpc.pb.h"
#include "equity/workshops/v1/sessions.grpc.pb.h"
#include "equity/workshops/v1/workshops.grpc.pb.h"

namespace equity::client {

class WorkshopsClient : public ServiceClient<workshops::v1::WorkshopService> {
 public:
  using ServiceClient::ServiceClient;

  absl::StatusOr<workshops::v1::CreateChallengeResponse> CreateChallenge(workshops::v1::CreateChallengeRequest request,
                                                                         const Options& options = {}) {
    return Call(&Stub::CreateChallenge, std::move(request), options);
  }

  absl::StatusOr<workshops::v1::GetChallengeResponse> GetChallenge(workshops::v1::GetChallengeRequest request,
                                                                   const Options& options = {}) {
    return Call(&Stub::GetChallenge, std::move(request), options);
  }

  absl::StatusOr<workshops::v1::ListChallengesResponse> ListChallenges(workshops::v1::ListChallengesRequest request,
                                                                       const Options& options = {}) {
    return Call(&Stub::ListChallenges, std::move(request), options);
  }

  absl::StatusOr<workshops::v1::CreateWorkshopResponse> CreateWorkshop(workshops::v1::CreateWorkshopRequest request,
                                                                       const Options& options = {}) {
    return Call(&Stub::CreateWorkshop, std::move(request), options);
  }

  absl::StatusOr<workshops::v1::GetWorkshopResponse> GetWorkshop(workshops::v1::GetWorkshopRequest request,
                                                                 const Options& options = {}) {
    return Call(&Stub::GetWorkshop, std::move(request), options);
  }

  absl::StatusOr<workshops::v1::ListWorkshopsResponse> ListWorkshops(workshops::v1::ListWorkshopsRequest request,
                                                                     const Options& options = {}) {
    return Call(&Stub::ListWorkshops, std::move(request), options);
  }

  absl::StatusOr<workshops::v1::UpdateWorkshopResponse> UpdateWorkshop(workshops::v1::UpdateWorkshopRequest request,
                                                                       const Options& options = {}) {
    return Call(&Stub::UpdateWorkshop, std::move(request), options);
  }

  absl::Status ForEachChallenge(workshops::v1::ListChallengesRequest request, Visit<workshops::v1::Challenge> visit,
                                const Options& options = {}) {
    return ForEachItem(&Stub::ListChallenges, std::move(request), &workshops::v1::ListChallengesResponse::challenges,
                       visit, options);
  }

  absl::Status ForEachWorkshop(workshops::v1::ListWorkshopsRequest request, Visit<workshops::v1::Workshop> visit,
                               const Options& options = {}) {
    return ForEachItem(&Stub::ListWorkshops, std::move(request), &workshops::v1::ListWorkshopsResponse::workshops,
                       visit, options);
  }
};

class SessionsClient : public ServiceClient<workshops::v1::SessionService> {
 public:
  using ServiceClient::ServiceClient;

  absl::StatusOr<workshops::v1::ImportSessionsResponse> ImportSessions(workshops::v1::ImportSessionsRequest request,
                                                                       const Options& options = {}) {
    return Call(&Stub::ImportSessions, std::move(request), options);
  }

  absl::StatusOr<workshops::v1::CreateSessionResponse> CreateSession(workshops::v1::CreateSessionRequest request,
                                                                     const Options& options = {}) {
    return Call(&Stub::CreateSession, std::move(request), options);
  }

  absl::StatusOr<workshops::v1::GetSessionResponse> GetSession(workshops::v1::GetSessionRequest request,
                                                               const Options& options = {}) {
    return Call(&Stub::GetSession, std::move(request), options);
  }

  absl::StatusOr<workshops::v1::ListSessionsResponse> ListSessions(workshops::v1::ListSessionsRequest request,
                                                                   const Options& options = {}) {
    return Call(&Stub::ListSessions, std::move(request), options);
  }

  absl::StatusOr<workshops::v1::ListPublicSessionsResponse> ListPublicSessions(
      workshops::v1::ListPublicSessionsRequest request, const Options& options = {}) {
    return Call(&Stub::ListPublicSessions, std::move(request), options);
  }

  absl::StatusOr<workshops::v1::UpdateSessionResponse> UpdateSession(workshops::v1::UpdateSessionRequest request,
                                                                     const Options& options = {}) {
    return Call(&Stub::UpdateSession, std::move(request), options);
  }

  absl::StatusOr<workshops::v1::CancelSessionResponse> CancelSession(workshops::v1::CancelSessionRequest request,
                                                                     const Options& options = {}) {
    return Call(&Stub::CancelSession, std::move(request), options);
  }

  absl::Status ForEachSession(workshops::v1::ListSessionsRequest request, Visit<workshops::v1::Session> visit,
                              const Options& options = {}) {
    return ForEachItem(&Stub::ListSessions, std::move(request), &workshops::v1::ListSessionsResponse::sessions, visit,
                       options);
  }

  absl::Status ForEachPublicSession(workshops::v1::ListPublicSessionsRequest request,
                                    Visit<workshops::v1::PublicSession> visit, const Options& options = {}) {
    return ForEachItem(&Stub::ListPublicSessions, std::move(request),
                       &workshops::v1::ListPublicSessionsResponse::sessions, visit, options);
  }
};

class BookingsClient : public ServiceClient<workshops::v1::BookingService> {
 public:
  using ServiceClient::ServiceClient;

  absl::StatusOr<workshops::v1::BookPlaceResponse> BookPlace(workshops::v1::BookPlaceRequest request,
                                                             const Options& options = {}) {
    return Call(&Stub::BookPlace, std::move(request), options);
  }

  absl::StatusOr<workshops::v1::SeatPeopleResponse> SeatPeople(workshops::v1::SeatPeopleRequest request,
                                                               const Options& options = {}) {
    return Call(&Stub::SeatPeople, std::move(request), options);
  }

  absl::StatusOr<workshops::v1::PreviewSeatsResponse> PreviewSeats(workshops::v1::PreviewSeatsRequest request,
                                                                   const Options& options = {}) {
    return Call(&Stub::PreviewSeats, std::move(request), options);
  }

  absl::StatusOr<workshops::v1::GetBookingResponse> GetBooking(workshops::v1::GetBookingRequest request,
                                                               const Options& options = {}) {
    return Call(&Stub::GetBooking, std::move(request), options);
  }

  absl::StatusOr<workshops::v1::ExplainDecisionResponse> ExplainDecision(workshops::v1::ExplainDecisionRequest request,
                                                                         const Options& options = {}) {
    return Call(&Stub::ExplainDecision, std::move(request), options);
  }

  absl::StatusOr<workshops::v1::ListBookingsResponse> ListBookings(workshops::v1::ListBookingsRequest request,
                                                                   const Options& options = {}) {
    return Call(&Stub::ListBookings, std::move(request), options);
  }

  absl::StatusOr<workshops::v1::CancelBookingResponse> CancelBooking(workshops::v1::CancelBookingRequest request,
                                                                     const Options& options = {}) {
    return Call(&Stub::CancelBooking, std::move(request), options);
  }

  absl::StatusOr<workshops::v1::SubstituteBookingResponse> SubstituteBooking(
      workshops::v1::SubstituteBookingRequest request, const Options& options = {}) {
    return Call(&Stub::SubstituteBooking, std::move(request), options);
  }

  absl::StatusOr<workshops::v1::RecordAttendanceResponse> RecordAttendance(
      workshops::v1::RecordAttendanceRequest request, const Options& options = {}) {
    return Call(&Stub::RecordAttendance, std::move(request), options);
  }

  absl::Status ForEachBooking(workshops::v1::ListBookingsRequest request, Visit<workshops::v1::Booking> visit,
                              const Options& options = {}) {
    return ForEachItem(&Stub::ListBookings, std::move(request), &workshops::v1::ListBookingsResponse::bookings, visit,
                       options);
  }
};

}  // namespace equity::client
