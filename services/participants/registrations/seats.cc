#include "services/participants/registrations/seats.h"

#include <algorithm>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/participants/errors.h"

namespace equity::participants::registrations {
namespace {

// One attempt. The service answers 500 rows in some milliseconds.
constexpr absl::Duration kAttempt = absl::Seconds(3);
// For a caller that sets no deadline, such as a stream.
constexpr absl::Duration kPatience = absl::Seconds(10);
constexpr absl::Duration kFirstPause = absl::Milliseconds(50);
constexpr absl::Duration kLongestPause = absl::Seconds(1);

bool MayBeTriedAgain(grpc::StatusCode code) {
  // CANCELLED: a server that is going cancels what arrives in its last moment.
  return code == grpc::StatusCode::UNAVAILABLE || code == grpc::StatusCode::CANCELLED ||
         code == grpc::StatusCode::DEADLINE_EXCEEDED || code == grpc::StatusCode::RESOURCE_EXHAUSTED;
}

}  // namespace

void Seats::Start(const host::Peers& peers) {
  std::lock_guard lock(mutex_);
  workshops_ = peers.To("workshops");
}

Seats::Turn::Turn(Seats& seats, const std::string& operation, absl::Time give_up)
    : seats_(seats), operation_(operation) {
  const absl::Duration patience = std::min(give_up - absl::Now(), kPatience);
  std::unique_lock lock(seats_.mutex_);
  has_come_ = seats_.turn_ended_.wait_for(lock, absl::ToChronoMilliseconds(patience),
                                          [&] { return !seats_.in_turn_.contains(operation_); });
  if (has_come_) seats_.in_turn_.insert(operation_);
}

Seats::Turn::~Turn() {
  if (!has_come_) return;
  std::lock_guard lock(seats_.mutex_);
  seats_.in_turn_.erase(operation_);
  seats_.turn_ended_.notify_all();
}

host::Peer Seats::workshops() {
  std::lock_guard lock(mutex_);
  return workshops_;
}

template <class Request, class Response>
absl::Status Seats::Ask(const Asking& asking,
                        grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                        const Request& request, Response& response) {
  const host::Peer peer = workshops();
  if (peer.channel == nullptr) return errors::WorkshopsUnreachable();
  const auto stub = workshops::v1::BookingService::NewStub(peer.channel);
  const absl::Time give_up = std::min(asking.give_up, absl::Now() + kPatience);
  for (absl::Duration pause = kFirstPause;; pause = std::min(2 * pause, kLongestPause)) {
    grpc::ClientContext context;
    context.AddMetadata("authorization", "Bearer " + peer.bearer());
    context.AddMetadata("equity-actor", asking.actor);
    context.AddMetadata("equity-organisation", asking.organisation);
    // The trace goes on; the span of the call that asks is not known here.
    if (asking.trace_id.size() == 32) {
      context.AddMetadata("traceparent", absl::StrCat("00-", asking.trace_id, "-", asking.trace_id.substr(16), "-01"));
    }
    context.set_deadline(absl::ToChronoTime(std::min(give_up, absl::Now() + kAttempt)));
    const grpc::Status status = (stub.get()->*method)(&context, request, &response);
    if (status.ok()) return absl::OkStatus();
    if (!MayBeTriedAgain(status.error_code())) {
      return absl::InternalError(absl::StrCat("the workshops service refused: ", status.error_message()));
    }
    if (draining_ || absl::Now() + pause >= give_up) return errors::WorkshopsUnreachable();
    absl::SleepFor(pause);
  }
}

absl::Status Seats::Seat(const Asking& asking, const workshops::v1::SeatPeopleRequest& request,
                         workshops::v1::SeatPeopleResponse& response) {
  return Ask(asking, &Stub::SeatPeople, request, response);
}

absl::Status Seats::Preview(const Asking& asking, const workshops::v1::PreviewSeatsRequest& request,
                            workshops::v1::PreviewSeatsResponse& response) {
  return Ask(asking, &Stub::PreviewSeats, request, response);
}

}  // namespace equity::participants::registrations
