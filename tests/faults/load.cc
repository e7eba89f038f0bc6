#include "tests/faults/load.h"

#include "absl/time/clock.h"
#include "clients/cpp/registration_stream.h"
#include "common/ids/uuid.h"
#include "common/status/macros.h"

namespace equity::faults {
namespace {

constexpr absl::Duration kPause = absl::Milliseconds(20);
constexpr size_t kMostEchoes = 16;

}  // namespace

Load::Load(const Scene& scene, Ledger& ledger, client::CallOptions calls, int port, LoadOptions options)
    : scene_(scene), ledger_(ledger), calls_(std::move(calls)), port_(port), options_(options) {
  Run(&Load::Client, options_.clients);
  Run(&Load::Registrar, options_.registrars);
}

Load::~Load() { Abandon(); }

void Load::Run(void (Load::*client)(int), int count) {
  for (int i = 0; i < count; ++i) {
    ++running_;
    threads_.emplace_back([=, this] {
      (this->*client)(i);
      --running_;
    });
  }
}

bool Load::Finish(absl::Duration patience) {
  finishing_ = true;
  const absl::Time until = absl::Now() + patience;
  while (running_ > 0 && absl::Now() < until) absl::SleepFor(kPause);
  if (running_ > 0) return false;
  Join();
  return true;
}

void Load::Abandon() {
  finishing_ = true;
  abandoned_ = true;
  Join();
}

void Load::Join() {
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void Load::Client(int index) {
  Random random(options_.seed * 1000 + static_cast<unsigned>(index) + 1);
  client::BookingsClient bookings(Connect(port_), calls_);
  while (!finishing_ && (options_.requests == 0 || requests_++ < options_.requests)) {
    if (Request* request = Choose(random)) Send(bookings, *request, random);
  }
}

Request* Load::Choose(Random& random) {
  if (Request* echo = TakeEcho()) return echo;
  // One in eight was sent before, and may have had its answer long ago.
  if (OneIn(random, 8)) return ledger_.Any(random);
  Request* request = OneIn(random, 3) ? NewCancellation(random) : nullptr;
  if (request == nullptr) request = &NewBooking(random);
  if (OneIn(random, 10)) {
    std::lock_guard lock(mutex_);
    if (echoes_.size() < kMostEchoes) echoes_.push_back(request);
  }
  return request;
}

Request* Load::TakeEcho() {
  std::lock_guard lock(mutex_);
  if (echoes_.empty()) return nullptr;
  Request* echo = echoes_.front();
  echoes_.pop_front();
  return echo;
}

Request& Load::NewBooking(Random& random) {
  places_v1::BookPlaceRequest message;
  message.set_participant(scene_.people[Below(random, scene_.people.size())]);
  message.set_session(scene_.sessions[Below(random, scene_.sessions.size())]);
  message.set_on_full(OneIn(random, 4)   ? places_v1::ON_FULL_REJECT
                      : OneIn(random, 4) ? places_v1::ON_FULL_NEXT_DATE
                                         : places_v1::ON_FULL_WAITLIST);
  message.set_request_id(NewUuidV7(absl::Now()));
  return ledger_.Add(std::move(message));
}

Request* Load::NewCancellation(Random& random) {
  places_v1::CancelBookingRequest message;
  {
    std::lock_guard lock(mutex_);
    if (booked_.empty()) return nullptr;
    std::string& chosen = booked_[Below(random, booked_.size())];
    message.set_name(chosen);
    // One in ten may be cancelled again, by another request.
    if (!OneIn(random, 10)) {
      std::swap(chosen, booked_.back());
      booked_.pop_back();
    }
  }
  message.set_request_id(NewUuidV7(absl::Now()));
  return &ledger_.Add(std::move(message));
}

void Load::Send(client::BookingsClient& bookings, Request& request, Random& random) {
  while (!abandoned_) {
    std::string answer, booking;
    const absl::Status status = SendOnce(bookings, request, answer, booking);
    if (!booking.empty()) MayBeCancelled(booking);
    if (ledger_.Settle(request, status, answer)) return;
    // One in twenty that got no answer is never heard of again.
    if (OneIn(random, 20)) return;
    absl::SleepFor(kPause);
  }
}

void Load::MayBeCancelled(const std::string& booking) {
  std::lock_guard lock(mutex_);
  booked_.push_back(booking);
}

void Load::Registrar(int index) {
  Random random(options_.seed * 1000 + 500 + static_cast<unsigned>(index));
  while (!finishing_ && (options_.lists == 0 || lists_ < options_.lists)) {
    Operation& operation = ledger_.Add(StaffList(scene_, lists_++, options_.staff, random));
    while (!Register(operation, random) && !abandoned_) absl::SleepFor(kPause);
    // One in four is sent anew from the start, as by somebody who does not know what came of it.
    if (OneIn(random, 4)) Register(operation, random);
    absl::SleepFor(options_.pause);
  }
}

bool Load::Register(Operation& operation, Random& random) {
  client::RegistrationStream stream(Connect(port_), calls_, {.operation = operation.id, .patience = options_.patience},
                                    [&](const people_v1::RegistrationOutcome& outcome) {
                                      ledger_.Settle(operation, outcome);
                                      if (!outcome.booking().empty()) MayBeCancelled(outcome.booking());
                                    });
  // One in six breaks off in the middle.
  const size_t end = OneIn(random, 6) ? Below(random, operation.rows.size()) : operation.rows.size();
  for (size_t i = 0; i < end; ++i) {
    if (abandoned_ || !stream.Send(operation.rows[i]).ok()) return false;
  }
  return end == operation.rows.size() && stream.Finish().ok();
}

absl::Status SendOnce(client::BookingsClient& bookings, const Request& request, std::string& answer,
                      std::string& booking) {
  if (const auto* cancel = std::get_if<places_v1::CancelBookingRequest>(&request.message)) {
    const auto response = bookings.CancelBooking(*cancel);
    if (response.ok()) answer = response->SerializeAsString();
    return response.status();
  }
  const auto response = bookings.BookPlace(std::get<places_v1::BookPlaceRequest>(request.message));
  if (response.ok()) {
    answer = response->SerializeAsString();
    booking = response->booking().name();
  }
  return response.status();
}

absl::Status SendAllAgain(int port, const client::CallOptions& calls, Ledger& ledger, absl::Duration patience) {
  const absl::Time until = absl::Now() + patience;
  for (Operation* operation : ledger.Operations()) {
    client::RegistrationStream stream(
        Connect(port), calls, {.operation = operation->id, .patience = patience},
        [&](const people_v1::RegistrationOutcome& outcome) { ledger.Settle(*operation, outcome); });
    for (const people_v1::RegistrationRow& row : operation->rows) RETURN_IF_ERROR(stream.Send(row));
    RETURN_IF_ERROR(stream.Finish());
  }
  client::BookingsClient bookings(Connect(port), calls);
  for (Request* request : ledger.Requests()) {
    std::string answer, booking;
    while (!ledger.Settle(*request, SendOnce(bookings, *request, answer, booking), answer)) {
      if (absl::Now() > until) return absl::DeadlineExceededError("request " + request->id() + " got no answer");
      absl::SleepFor(kPause);
    }
  }
  return absl::OkStatus();
}

}  // namespace equity::faults
