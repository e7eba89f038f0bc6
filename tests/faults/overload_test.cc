// More than a store's writer can do: what its callers are told, and what the client makes of it.
#include <stdlib.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "absl/time/clock.h"
#include "clients/cpp/workshops.h"
#include "common/status/errors.h"
#include "gtest/gtest.h"
#include "tests/faults/hosted_server.h"
#include "tests/faults/scene.h"
#include "tests/faults/server_process.h"

namespace equity::faults {
namespace {

constexpr int kQueue = 4;

// The services with a short queue in front of the bookings, whose writer stands still when it is told to.
class OverloadTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_NE(mkdtemp(folder_.data()), nullptr);
    const ServerPlace place{.folder = folder_ + "/data", .log = folder_ + "/log", .port = FreePort()};
    auto server = HostedServer::StartWith(place,
                                          [this](exec::StoreOptions& store) {
                                            if (store.name != "workshops") return;
                                            store.queue.limit = kQueue;
                                            store.batch_limit = 1;
                                            store.before_job = [this] {
                                              for (; held_; absl::SleepFor(absl::Milliseconds(1))) stands_ = true;
                                            };
                                          },
                                          {"participants", "workshops"});
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    const auto calls = Credentials(place.folder);
    ASSERT_TRUE(calls.ok()) << calls.status();
    calls_ = *calls;
    channel_ = Connect(place.port);
    auto scene = SetScene(channel_, calls_, ledger_);
    ASSERT_TRUE(scene.ok()) << scene.status();
    scene_ = *std::move(scene);
  }
  ~OverloadTest() override {
    held_ = false;
    for (std::thread& caller : callers_) caller.join();
    server_.reset();
    std::filesystem::remove_all(folder_);
  }

  absl::Status Book(client::CallOptions calls) {
    places_v1::BookPlaceRequest request;
    request.set_participant(scene_.people[next_++]);
    request.set_session(scene_.sessions[0]);
    request.set_on_full(places_v1::ON_FULL_WAITLIST);
    return client::BookingsClient(channel_, std::move(calls)).BookPlace(request).status();
  }
  client::CallOptions Until(absl::Duration deadline) const {
    client::CallOptions calls = calls_;
    calls.deadline = deadline;
    calls.max_tries = 0;
    return calls;
  }

  // Lets the writer stand still, and the queue be full.
  void Fill(absl::Duration deadline = absl::Seconds(10)) {
    held_ = true;
    client::CallOptions calls = calls_;
    calls.deadline = deadline;
    const auto book = [this, calls] { ++(Book(calls).ok() ? booked_ : refused_); };
    callers_.emplace_back(book);
    while (!stands_) absl::SleepFor(absl::Milliseconds(1));
    // Two are too many.
    for (int i = 0; i < kQueue + 2; ++i) callers_.emplace_back(book);
    while (refused_ < 2) absl::SleepFor(absl::Milliseconds(1));
  }
  int Bookings() {
    int count = 0;
    places_v1::ListBookingsRequest request;
    request.set_parent("organisations/-");
    const absl::Status listed =
        client::BookingsClient(channel_, calls_).ForEachBooking(request, [&](const places_v1::Booking&) {
          ++count;
          return absl::OkStatus();
        });
    EXPECT_TRUE(listed.ok()) << listed;
    return count;
  }

  std::string folder_ = std::filesystem::temp_directory_path() / "faults_test-XXXXXX";
  std::atomic<bool> held_ = false;
  std::atomic<bool> stands_ = false;  // the writer
  std::unique_ptr<HostedServer> server_;
  std::shared_ptr<grpc::Channel> channel_;
  client::CallOptions calls_;
  Ledger ledger_;
  Scene scene_;
  std::atomic<int> next_ = 0;
  std::atomic<int> booked_ = 0;
  std::atomic<int> refused_ = 0;
  std::vector<std::thread> callers_;
};

TEST_F(OverloadTest, ARefusalSaysWhatHappenedAndWhenToComeBack) {
  Fill();
  const absl::Status refused = Book(calls_);
  EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(status::Reason(refused), "QUEUE_FULL");
  EXPECT_EQ(status::Detail(refused, "waiting"), std::to_string(kQueue));
  EXPECT_GE(status::RetryAfter(refused), absl::Milliseconds(200));
}

TEST_F(OverloadTest, TheClientTriesAgainUntilThereIsRoom) {
  Fill();
  absl::Status booked;
  std::thread caller([&] { booked = Book(Until(absl::Seconds(10))); });
  absl::SleepFor(absl::Milliseconds(50));
  held_ = false;
  caller.join();
  EXPECT_TRUE(booked.ok()) << booked;
}

TEST_F(OverloadTest, AndNoLongerThanItsDeadline) {
  Fill();
  const absl::Time before = absl::Now();
  const absl::Status refused = Book(Until(absl::Milliseconds(700)));
  EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_LT(absl::Now() - before, absl::Milliseconds(900));
}

TEST_F(OverloadTest, WhatIsGivenUpMeanwhileHasNoEffect) {
  Fill(absl::Milliseconds(300));
  absl::SleepFor(absl::Milliseconds(400));
  held_ = false;
  for (std::thread& caller : callers_) caller.join();
  callers_.clear();
  EXPECT_EQ(booked_, 0);
  // But for one that the writer had begun with.
  EXPECT_TRUE(Book(Until(absl::Seconds(5))).ok());
  EXPECT_LE(Bookings(), 2);
}

}  // namespace
}  // namespace equity::faults
