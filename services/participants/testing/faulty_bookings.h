// Stands between participants and workshops, hands calls on, and loses them when told to.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>

#include "equity/workshops/v1/bookings.grpc.pb.h"
#include "grpcpp/grpcpp.h"

namespace equity::participants::testing {

class FaultyBookings final : public workshops::v1::BookingService::Service {
 public:
  FaultyBookings();
  ~FaultyBookings() override;

  // Where calls are handed on to.
  void Forward(std::shared_ptr<grpc::Channel> workshops);
  std::shared_ptr<grpc::Channel> channel();

  // The next calls so many: not handed on; handed on, but their answers lost; answered with an error of no use.
  std::atomic<int> unreachable = 0;
  std::atomic<int> lose_answers = 0;
  std::atomic<int> broken = 0;
  // Waits before each call is handed on.
  std::atomic<int> delay_milliseconds = 0;
  // What was asked.
  std::atomic<int> seat_calls = 0;
  std::string last_actor();
  // Whose turn the last one was; nothing where it did not say.
  std::optional<std::string> last_organisation();

  grpc::Status SeatPeople(grpc::ServerContext* context, const workshops::v1::SeatPeopleRequest* request,
                          workshops::v1::SeatPeopleResponse* response) override;
  grpc::Status PreviewSeats(grpc::ServerContext* context, const workshops::v1::PreviewSeatsRequest* request,
                            workshops::v1::PreviewSeatsResponse* response) override;

 private:
  template <class Forwarded>
  grpc::Status HandOn(grpc::ServerContext* context, Forwarded forwarded);

  std::mutex mutex_;
  std::string last_actor_;
  std::optional<std::string> last_organisation_;
  std::shared_ptr<workshops::v1::BookingService::Stub> workshops_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace equity::participants::testing
