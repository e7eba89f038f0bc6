// The way to the workshops service: asks for places, or what places there would be.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/host/host.h"
#include "equity/workshops/v1/bookings.grpc.pb.h"

namespace equity::participants::registrations {

// For whom places are asked for, and until when.
struct Asking {
  std::string actor;
  std::string organisation;  // whose turn it is, where many wait
  std::string trace_id;
  absl::Time give_up = absl::InfiniteFuture();
};

// Thread-safe.
class Seats {
 public:
  explicit Seats(const std::atomic<bool>& draining) : draining_(draining) {}

  // Before this, and without a channel, places cannot be asked for.
  void Start(const host::Peers& peers);

  // Both try again while the service does not answer, as asking twice has one effect; then WORKSHOPS_UNREACHABLE.
  absl::Status Seat(const Asking& asking, const workshops::v1::SeatPeopleRequest& request,
                    workshops::v1::SeatPeopleResponse& response);
  absl::Status Preview(const Asking& asking, const workshops::v1::PreviewSeatsRequest& request,
                       workshops::v1::PreviewSeatsResponse& response);

  // The turn of one caller to complete an operation, from what is pending to what was decided. Of two at once, one
  // could be refused a place, and the other get it a moment later, for somebody whose row had fallen.
  class Turn {
   public:
    // Waits for it; not longer than a place would be asked for.
    Turn(Seats& seats, const std::string& operation, absl::Time give_up);
    ~Turn();
    Turn(const Turn&) = delete;
    bool has_come() const { return has_come_; }

   private:
    Seats& seats_;
    const std::string operation_;
    bool has_come_ = false;
  };

 private:
  using Stub = workshops::v1::BookingService::Stub;

  template <class Request, class Response>
  absl::Status Ask(const Asking& asking, grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                   const Request& request, Response& response);
  host::Peer workshops();

  const std::atomic<bool>& draining_;
  std::mutex mutex_;
  std::condition_variable turn_ended_;
  std::set<std::string> in_turn_;  // operations
  host::Peer workshops_;
};

}  // namespace equity::participants::registrations
