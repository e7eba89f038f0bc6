#include "services/participants/testing/faulty_bookings.h"

#include <chrono>
#include <string>
#include <thread>

namespace equity::participants::testing {
namespace {

const grpc::Status kGone(grpc::StatusCode::UNAVAILABLE, "gone, as the test wants it");

bool Take(std::atomic<int>& left) {
  int now = left;
  while (now > 0 && !left.compare_exchange_weak(now, now - 1)) {
  }
  return now > 0;
}

}  // namespace

FaultyBookings::FaultyBookings() {
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
  builder.RegisterService(this);
  server_ = builder.BuildAndStart();
}

FaultyBookings::~FaultyBookings() { server_->Shutdown(std::chrono::system_clock::now()); }

void FaultyBookings::Forward(std::shared_ptr<grpc::Channel> workshops) {
  std::lock_guard lock(mutex_);
  workshops_ = workshops::v1::BookingService::NewStub(workshops);
}

std::shared_ptr<grpc::Channel> FaultyBookings::channel() {
  return grpc::CreateChannel("127.0.0.1:" + std::to_string(port_), grpc::InsecureChannelCredentials());
}

std::string FaultyBookings::last_actor() {
  std::lock_guard lock(mutex_);
  return last_actor_;
}

std::optional<std::string> FaultyBookings::last_organisation() {
  std::lock_guard lock(mutex_);
  return last_organisation_;
}

template <class Forwarded>
grpc::Status FaultyBookings::HandOn(grpc::ServerContext* context, Forwarded forwarded) {
  if (Take(unreachable)) return kGone;
  if (Take(broken)) return {grpc::StatusCode::INTERNAL, "broken, as the test wants it"};
  std::this_thread::sleep_for(std::chrono::milliseconds(delay_milliseconds));
  std::shared_ptr<workshops::v1::BookingService::Stub> workshops;
  grpc::ClientContext onward;
  for (const auto& [key, value] : context->client_metadata()) {
    const std::string name(key.data(), key.size());
    const std::string text(value.data(), value.size());
    if (name == "authorization" || name.starts_with("equity-")) onward.AddMetadata(name, text);
    std::lock_guard lock(mutex_);
    if (name == "equity-actor") last_actor_ = text;
    if (name == "equity-organisation") last_organisation_ = text;
    workshops = workshops_;
  }
  const grpc::Status status = forwarded(*workshops, onward);
  return Take(lose_answers) ? kGone : status;
}

grpc::Status FaultyBookings::SeatPeople(grpc::ServerContext* context, const workshops::v1::SeatPeopleRequest* request,
                                        workshops::v1::SeatPeopleResponse* response) {
  ++seat_calls;
  return HandOn(context, [&](auto& stub, auto& onward) { return stub.SeatPeople(&onward, *request, response); });
}

grpc::Status FaultyBookings::PreviewSeats(grpc::ServerContext* context,
                                          const workshops::v1::PreviewSeatsRequest* request,
                                          workshops::v1::PreviewSeatsResponse* response) {
  return HandOn(context, [&](auto& stub, auto& onward) { return stub.PreviewSeats(&onward, *request, response); });
}

}  // namespace equity::participants::testing
