// A server in this process with the workshops service, and beside it a stand-in for participants, whose feed it
// follows.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/auth/dev_issuer.h"
#include "common/host/host.h"
#include "common/ids/uuid.h"
#include "common/status/errors.h"
#include "common/status/grpc_status.h"
#include "equity/changes/v1/changes.grpc.pb.h"
#include "equity/workshops/v1/bookings.grpc.pb.h"
#include "equity/workshops/v1/sessions.grpc.pb.h"
#include "equity/workshops/v1/workshops.grpc.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace equity::workshops {

inline constexpr char kWorkshop[] = "workshops/health-equity-challenge";
inline constexpr char kChallenge[] = "challenges/summer-2021";

// A participant's name, always the same for the same two.
std::string Person(std::string_view organisation, int number);
inline std::string NewId() { return NewUuidV7(absl::Now()); }
absl::Time London(const std::string& local);  // such as 2021-07-20 09:00

// OK, or the ErrorInfo reason.
std::string ReasonOf(const absl::Status& status);
template <class T>
std::string ReasonOf(const absl::StatusOr<T>& result) {
  return ReasonOf(result.status());
}

class ServerTest : public testing::Test {
 protected:
  ServerTest();
  ~ServerTest() override;

  // Calls an RPC with a credential.
  template <class Stub, class Request, class Response>
  absl::StatusOr<Response> CallAs(const std::string& bearer, Stub& stub,
                                  grpc::Status (Stub::*rpc)(grpc::ClientContext*, const Request&, Response*),
                                  const Request& request) {
    grpc::ClientContext context;
    if (!bearer.empty()) context.AddMetadata("authorization", "Bearer " + bearer);
    Response response;
    const grpc::Status status = (stub.*rpc)(&context, request, &response);
    if (!status.ok()) return status::FromGrpc(status);
    return response;
  }
  // The same, as the central team, or for what that may not do, as a service.
  template <class Stub, class Request, class Response>
  absl::StatusOr<Response> Call(Stub& stub, grpc::Status (Stub::*rpc)(grpc::ClientContext*, const Request&, Response*),
                                const Request& request) {
    return CallAs(central_, stub, rpc, request);
  }
  std::string Token(const std::string& role, const std::string& organisation = "");

  // Ends it in good order, so that its files are as a stopped server leaves them.
  void StopServer();
  // The business clock from now on.
  void SetNow(absl::Time now);
  absl::Time now() { return host_->shared().clock.Now(); }

  // Makes kChallenge and kWorkshop.
  void AddWorkshop();
  // Adds a session to kWorkshop; returns its name.
  std::string AddSession(const std::string& date, const std::string& start, int capacity);
  v1::Session GetSession(const std::string& name);
  v1::Booking GetBooking(const std::string& name);

  // Makes the service know people as active, without the feed.
  void Know(const std::vector<std::string>& people);
  // What participants would say in its feed; returns when it has arrived.
  void Tell(const changes::v1::ParticipantEvent& event);

  absl::StatusOr<v1::BookPlaceResponse> Book(const std::string& participant, const std::string& session,
                                             v1::OnFull on_full = v1::ON_FULL_REJECT);
  // Books for a person who is known by this.
  v1::Booking Booked(const std::string& participant, const std::string& session,
                     v1::OnFull on_full = v1::ON_FULL_REJECT);
  absl::StatusOr<v1::CancelBookingResponse> Cancel(const std::string& booking);
  std::vector<v1::Booking> List(v1::ListBookingsRequest request);
  // Every change that was committed so far.
  std::vector<changes::v1::Change> Changes();
  std::string log_file() const { return folder_ + "/log"; }

  std::string folder_;
  std::unique_ptr<host::Host> host_;
  rpc::Runtime* workshops_runtime_ = nullptr;
  rpc::Runtime* participants_runtime_ = nullptr;
  std::unique_ptr<v1::WorkshopService::Stub> workshops_;
  std::unique_ptr<v1::SessionService::Stub> sessions_;
  std::unique_ptr<v1::BookingService::Stub> bookings_;
  std::string central_;
  std::string service_;
};

}  // namespace equity::workshops
