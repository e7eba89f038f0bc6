// The workshops service: the challenge, workshops, sessions, places, bookings, waiting lists, attendance.
#pragma once

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "common/exec/store.h"
#include "common/host/host.h"
#include "common/rpc/service.h"
#include "equity/workshops/v1/bookings.grpc.pb.h"
#include "equity/workshops/v1/sessions.grpc.pb.h"
#include "equity/workshops/v1/workshops.grpc.pb.h"
#include "services/workshops/bookings/bookings.h"
#include "services/workshops/programme/programme.h"
#include "services/workshops/sessions/sessions.h"

namespace equity::workshops {

std::vector<exec::Migration> Schema();

class WorkshopMounts final : public rpc::Service<v1::WorkshopService> {
 public:
  using Service::Service;
  EQUITY_WRITE(CreateChallenge, workshops::CreateChallenge)
  EQUITY_READ(GetChallenge, workshops::GetChallenge)
  EQUITY_READ(ListChallenges, workshops::ListChallenges)
  EQUITY_WRITE(CreateWorkshop, workshops::CreateWorkshop)
  EQUITY_READ(GetWorkshop, workshops::GetWorkshop)
  EQUITY_READ(ListWorkshops, workshops::ListWorkshops)
  EQUITY_WRITE(UpdateWorkshop, workshops::UpdateWorkshop)
};

class SessionMounts final : public rpc::Service<v1::SessionService> {
 public:
  using Service::Service;
  EQUITY_WRITE(ImportSessions, workshops::ImportSessions)
  EQUITY_WRITE(CreateSession, workshops::CreateSession)
  EQUITY_READ(GetSession, workshops::GetSession)
  EQUITY_READ(ListSessions, workshops::ListSessions)
  EQUITY_READ(ListPublicSessions, workshops::ListPublicSessions)
  EQUITY_WRITE(UpdateSession, workshops::UpdateSession)
  EQUITY_WRITE(CancelSession, workshops::CancelSession)
};

class BookingMounts final : public rpc::Service<v1::BookingService> {
 public:
  using Service::Service;
  EQUITY_WRITE(BookPlace, workshops::BookPlace)
  EQUITY_WRITE(SeatPeople, workshops::SeatPeople)
  EQUITY_READ(PreviewSeats, workshops::PreviewSeats)
  EQUITY_READ(GetBooking, workshops::GetBooking)
  EQUITY_READ(ListBookings, workshops::ListBookings)
  EQUITY_WRITE(CancelBooking, workshops::CancelBooking)
  EQUITY_WRITE(SubstituteBooking, workshops::SubstituteBooking)
  EQUITY_WRITE(RecordAttendance, workshops::RecordAttendance)
};

// Opens the service's store, to be hosted.
absl::StatusOr<std::unique_ptr<host::HostedService>> Open(rpc::Shared& shared, exec::StoreOptions options);

}  // namespace equity::workshops
